package draw

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestFixingTheTerms(t *testing.T) {
	t.Parallel()
	cmd := FixTerms{By: planner, At: before, Beacon: &beacon, Parties: []Party{second, first}}
	given(frozen()).When(cmd).Then(t, fixed(&beacon, first, second))
	given(frozen(), fixed(&beacon, first, second)).When(cmd).ThenNothing(t)
	given(frozen()).When(FixTerms{By: planner, At: before, Parties: []Party{first, second}}).Then(t, fixed(nil, first, second))
	given(frozen()).When(FixTerms{By: planner, At: before, Beacon: &beacon, RoundAt: speaks}).Then(t, fixed(&beacon))

	other := beacon
	other.Round = "1001"
	given(frozen(), fixed(&beacon, first, second)).When(FixTerms{By: planner, At: before, Beacon: &other, Parties: cmd.Parties}).
		ThenError(t, refused(domain.Conflict, "draw.terms.fixed"))
}

func TestTermsThatAreRefused(t *testing.T) {
	t.Parallel()
	local := sortition.BeaconTerms{Name: "lottery", Round: "26131", NotBefore: "2026-11-20T16:00:00+08:00"}
	noTime := sortition.BeaconTerms{Name: "lottery", Round: "26131"}
	cases := map[string]struct {
		cmd  FixTerms
		kind domain.Kind
		code string
	}{
		"no randomness":               {FixTerms{At: before}, domain.Invalid, "draw.randomness.none"},
		"one party alone":             {FixTerms{At: before, Parties: []Party{first}}, domain.Invalid, "draw.parties.alone"},
		"a party twice":               {FixTerms{At: before, Parties: []Party{first, first}}, domain.Invalid, "draw.parties.repeated"},
		"one account for two parties": {FixTerms{At: before, Parties: []Party{first, {Name: "公证处", Account: first.Account}}}, domain.Invalid, "draw.parties.repeated"},
		"a party without an account":  {FixTerms{At: before, Parties: []Party{first, {Name: "公证处"}}}, domain.Invalid, "draw.parties.required"},
		"a source that has spoken":    {FixTerms{At: speaks, Beacon: &beacon}, domain.Precondition, "draw.beacon.spoken"},
		"a round of another time":     {FixTerms{At: before, Beacon: &beacon, RoundAt: speaks.Add(-time.Hour)}, domain.Invalid, "draw.beacon.round_time"},
		"a source without a time":     {FixTerms{At: before, Beacon: &noTime}, domain.Invalid, "draw.beacon.not_before"},
		"a local time":                {FixTerms{At: before, Beacon: &local}, domain.Invalid, "draw.input"},
		"a source that nothing proves, alone": {
			FixTerms{At: before, Beacon: &beacon, Unproved: true}, domain.Invalid, "draw.beacon.unproved"},
		"a source that nothing proves, with one party": {
			FixTerms{At: before, Beacon: &beacon, Unproved: true, Parties: []Party{first}}, domain.Invalid, "draw.beacon.unproved"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.cmd.By = planner
			given(frozen()).When(c.cmd).ThenError(t, refused(c.kind, c.code))
		})
	}
	given(frozen()).When(FixTerms{By: domain.Actor{Authority: fire}, At: before, Beacon: &beacon}).
		ThenError(t, refused(domain.Forbidden, "draw.authority.foreign"))
	given(frozen(), Aborted{Reason: "r"}).When(FixTerms{By: planner, At: before, Beacon: &beacon}).
		ThenError(t, refused(domain.Precondition, "draw.aborted"))
}

func TestCommitting(t *testing.T) {
	t.Parallel()
	terms := fixed(&beacon, first, second)
	sealed := committed(terms, first)
	cmd := Commit{By: acting(first), At: before, Party: first.Name, Commitment: sealed.Commitment}
	given(frozen(), terms).When(cmd).Then(t, sealed)
	given(frozen(), terms, sealed).When(cmd).ThenNothing(t)

	with := func(change func(*Commit)) Commit {
		c := cmd
		change(&c)
		return c
	}
	given(frozen(), terms).When(with(func(c *Commit) { c.At = speaks })).ThenError(t, refused(domain.Precondition, "draw.commit.late"))
	given(frozen(), terms, sealed).When(with(func(c *Commit) { c.Commitment = digest("other") })).
		ThenError(t, refused(domain.Conflict, "draw.party.committed"))
	given(frozen(), terms).When(with(func(c *Commit) { c.By = acting(second) })).ThenError(t, refused(domain.Forbidden, "draw.party.foreign"))
	given(frozen(), terms).When(with(func(c *Commit) { c.By = planner })).ThenError(t, refused(domain.Forbidden, "draw.party.foreign"))
	given(frozen(), terms).When(with(func(c *Commit) { c.Party = "公证处" })).ThenError(t, refused(domain.Invalid, "draw.party.unknown"))
	given(frozen(), terms, sealed).When(with(func(c *Commit) { c.By, c.Party = acting(second), second.Name })).
		ThenError(t, refused(domain.Invalid, "draw.commit.copied"))
	given(frozen()).When(cmd).ThenError(t, refused(domain.Precondition, "draw.terms.open"))
	given(frozen(), terms, Aborted{Reason: "r"}).When(cmd).ThenError(t, refused(domain.Precondition, "draw.aborted"))
	given().When(cmd).ThenError(t, refused(domain.NotFound, "draw.missing"))
}

func TestRevealing(t *testing.T) {
	t.Parallel()
	terms := fixed(&beacon, first, second)
	sealed := []Event{frozen(), terms, committed(terms, first), committed(terms, second)}
	cmd := Reveal{By: acting(first), At: speaks, Party: first.Name, Nonce: nonce(first)}
	given(sealed...).When(cmd).Then(t, revealed(first))
	given(append(sealed, revealed(first))...).When(cmd).ThenNothing(t)

	with := func(change func(*Reveal)) Reveal {
		c := cmd
		change(&c)
		return c
	}
	given(sealed...).When(with(func(c *Reveal) { c.At = before })).ThenError(t, refused(domain.Precondition, "draw.reveal.early"))
	given(frozen(), terms, committed(terms, first)).When(cmd).ThenError(t, refused(domain.Precondition, "draw.reveal.unsealed"))
	given(append(sealed, revealed(first))...).When(with(func(c *Reveal) { c.Nonce = nonce(second) })).
		ThenError(t, refused(domain.Conflict, "draw.party.revealed"))
	given(sealed...).When(with(func(c *Reveal) { c.By = acting(second) })).ThenError(t, refused(domain.Forbidden, "draw.party.foreign"))
	given(sealed...).When(with(func(c *Reveal) { c.Nonce = nonce(second) })).ThenError(t, func(err error) bool {
		f := (*domain.Fault)(nil)
		return refused(domain.Invalid, "draw.reveal.mismatch")(err) && errors.As(err, &f) && f.EN == "the nonce does not open the commitment of "+first.Name
	})

	alone := fixed(nil, first, second)
	given(frozen(), alone, committed(alone, first), committed(alone, second)).When(with(func(c *Reveal) { c.At = before })).
		Then(t, revealed(first))
}

// Whoever records what nothing proves must not know the parties' nonces, else he could choose the outcome.
func TestAnUnprovedSourceSpeaksBeforeAnybodyReveals(t *testing.T) {
	t.Parallel()
	terms := fixed(&beacon, first, second)
	terms.Unproved, terms.DoubleEntry = true, true
	given(frozen()).When(FixTerms{By: planner, At: before, Beacon: &beacon, Unproved: true, Parties: []Party{first, second}}).Then(t, terms)
	terms.DoubleEntry = false // as it was in former draws
	given(frozen()).When(FixTerms{By: planner, At: before, Unproved: true, Parties: []Party{first, second}}).Then(t, fixed(nil, first, second))
	sealed := []Event{frozen(), terms, committed(terms, first), committed(terms, second)}
	cmd := Reveal{By: acting(first), At: speaks, Party: first.Name, Nonce: nonce(first)}
	given(sealed...).When(cmd).ThenError(t, refused(domain.Precondition, "draw.reveal.beacon"))
	given(append(sealed, spoken())...).When(cmd).Then(t, revealed(first))
}

func TestRecordingTheBeacon(t *testing.T) {
	t.Parallel()
	cmd := RecordBeacon{By: planner, At: speaks, Value: spoken().Value, Signature: spoken().Signature}
	given(frozen(), fixed(&beacon)).When(cmd).Then(t, spoken())
	given(frozen(), fixed(&beacon), spoken()).When(cmd).ThenNothing(t)

	with := func(change func(*RecordBeacon)) RecordBeacon {
		c := cmd
		change(&c)
		return c
	}
	given(frozen(), fixed(&beacon)).When(with(func(c *RecordBeacon) { c.At = speaks.Add(-time.Nanosecond) })).
		ThenError(t, refused(domain.Precondition, "draw.beacon.early"))
	given(frozen(), fixed(&beacon)).When(with(func(c *RecordBeacon) { c.Disproved = errors.New("no") })).
		ThenError(t, refused(domain.Invalid, "draw.beacon.disproved"))
	given(frozen(), fixed(&beacon)).When(with(func(c *RecordBeacon) { c.Value = nil })).
		ThenError(t, refused(domain.Invalid, "draw.beacon.value.required"))
	given(frozen(), fixed(&beacon), spoken()).When(with(func(c *RecordBeacon) { c.Value = sortition.Bytes("other") })).
		ThenError(t, refused(domain.Conflict, "draw.beacon.recorded"))
	given(frozen(), fixed(nil, first, second)).When(cmd).ThenError(t, refused(domain.Precondition, "draw.beacon.none"))
	given(frozen()).When(cmd).ThenError(t, refused(domain.Precondition, "draw.beacon.none"))
	given(frozen(), fixed(&beacon)).When(with(func(c *RecordBeacon) { c.By.Authority = fire })).
		ThenError(t, refused(domain.Forbidden, "draw.authority.foreign"))
}

func TestAborting(t *testing.T) {
	t.Parallel()
	terms := fixed(&beacon, first, second)
	cmd := Abort{By: planner, At: after, Reason: "参与方未揭示", Party: second.Name}
	aborted := Aborted{Reason: "参与方未揭示", Party: second.Name}
	waiting := []Event{frozen(), terms, committed(terms, first), committed(terms, second), spoken(), revealed(first)}
	given(waiting...).When(cmd).Then(t, aborted)
	given(append(waiting, aborted)...).When(cmd).ThenNothing(t)
	given(append(waiting, aborted)...).When(Abort{By: planner, Reason: "其他"}).ThenError(t, refused(domain.Precondition, "draw.aborted"))
	given(frozen()).When(Abort{By: planner, Reason: "任务取消"}).Then(t, Aborted{Reason: "任务取消"})

	determined := refused(domain.Precondition, "draw.abort.determined")
	given(both()...).When(Abort{By: planner, Reason: "结果不理想"}).ThenError(t, determined)
	given(append(both(), drawn(both()...))...).When(Abort{By: planner, Reason: "结果不理想"}).ThenError(t, determined)
	given(frozen(), fixed(&beacon), spoken()).When(Abort{By: planner, Reason: "结果不理想"}).ThenError(t, determined)

	// What the source said is known to everybody, so leaving it out of the record doesn't undo the draw.
	known := map[string][]Event{
		"a source alone":             {frozen(), fixed(&beacon)},
		"a source after all reveals": append(both()[:4:4], revealed(first), revealed(second)),
	}
	for name, history := range known {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, at := range []time.Time{speaks, after, speaks.Add(lost - 1)} {
				given(history...).When(Abort{By: planner, At: at, Reason: "结果不理想"}).ThenError(t, determined)
			}
			given(history...).When(Abort{By: planner, At: before, Reason: "任务取消"}).Then(t, Aborted{Reason: "任务取消"})
			given(history...).When(Abort{By: planner, At: speaks.Add(lost), Reason: "随机源停止服务"}).Then(t, Aborted{Reason: "随机源停止服务"})
		})
	}

	given(waiting...).When(Abort{By: planner, Reason: strings.Repeat("字", 501)}).ThenError(t, refused(domain.Invalid, "draw.abort.text.length"))
	given(waiting[:4]...).When(Abort{By: planner, At: before, Reason: "r", Party: second.Name}).ThenError(t, refused(domain.Invalid, "draw.abort.party"))
	given(waiting[:3]...).When(Abort{By: planner, At: before, Reason: "r", Party: second.Name}).Then(t, Aborted{Reason: "r", Party: second.Name})
	given(waiting...).When(Abort{By: planner, Reason: "r", Party: first.Name}).ThenError(t, refused(domain.Invalid, "draw.abort.party"))
	given(waiting...).When(Abort{By: planner, Reason: "r", Party: "公证处"}).ThenError(t, refused(domain.Invalid, "draw.abort.party"))
	given(waiting...).When(Abort{By: planner}).ThenError(t, refused(domain.Invalid, "draw.abort.required"))
	given(waiting...).When(Abort{By: domain.Actor{Authority: fire}, Reason: "r"}).ThenError(t, refused(domain.Forbidden, "draw.authority.foreign"))
}
