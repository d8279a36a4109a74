package draw

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

var (
	clerk   = domain.Actor{Account: "clerk", Role: domain.Clerk, Authority: bureau}
	lottery = sortition.BeaconTerms{Name: "福彩双色球", Round: "2026131", NotBefore: "2026-11-20T08:00:00Z"}
)

// home is a party whose account is one of another authority's.
func home(p Party) Party {
	p.Authority = fire
	return p
}

// doubled are terms whose source two people enter.
func doubled() TermsFixed {
	e := fixed(&lottery, home(first), home(second))
	e.Unproved, e.DoubleEntry = true, true
	return e
}

func entered(by domain.Actor, value string) BeaconEntered {
	return BeaconEntered{Value: sortition.Bytes(value), By: Entrant{Account: by.Account, Authority: by.Authority}, EnteredAt: speaks}
}

func enteredFor(p Party, value string) BeaconEntered {
	return BeaconEntered{Value: sortition.Bytes(value), By: Entrant{Account: p.Account, Authority: p.Authority, Party: p.Name}, EnteredAt: speaks}
}

func recorded(value string) BeaconRecorded { return BeaconRecorded{Value: sortition.Bytes(value)} }

// spokenTo is a draw that waits for what the lottery drew.
func spokenTo(more ...Event) []Event {
	terms := doubled()
	return append([]Event{frozen(), terms, committed(terms, first), committed(terms, second)}, more...)
}

func TestTwoPeopleEnterWhatASourceSaid(t *testing.T) {
	t.Parallel()
	const right, wrong, third = "9-3-31-16-22-8-11", "9-3-31-16-22-8-12", "1-2-3-4-5-6-7"
	enter := func(by domain.Actor, value string) RecordBeacon {
		return RecordBeacon{By: by, At: speaks, Value: sortition.Bytes(value)}
	}
	given(spokenTo()...).When(enter(clerk, right)).Then(t, entered(clerk, right))
	given(spokenTo(entered(clerk, right))...).When(enter(planner, right)).Then(t, entered(planner, right), recorded(right))

	party := enter(acting(first), right)
	party.Party = first.Name
	given(spokenTo(entered(clerk, right))...).When(party).Then(t, enteredFor(home(first), right), recorded(right))
	given(spokenTo()...).When(party).Then(t, enteredFor(home(first), right))

	// A namesake in another authority is another person.
	namesake := acting(first)
	namesake.Account, namesake.Authority = first.Account, bureau
	given(spokenTo(enteredFor(home(first), right))...).When(enter(namesake, right)).Then(t, entered(namesake, right), recorded(right))

	// What differs stays, and a further person decides.
	given(spokenTo(entered(clerk, wrong))...).When(enter(planner, right)).Then(t, entered(planner, right))
	differing := spokenTo(entered(clerk, wrong), entered(planner, right))
	given(differing...).When(party).Then(t, enteredFor(home(first), right), recorded(right))
	given(append(differing, enteredFor(home(first), third))...).When(enter(domain.Actor{Account: "boss", Authority: bureau}, wrong)).
		Then(t, entered(domain.Actor{Account: "boss", Authority: bureau}, wrong), recorded(wrong))
	given(differing...).When(Run{By: planner}).ThenError(t, refused(domain.Precondition, "draw.run.differ"))
	given(differing...).When(Abort{By: planner, At: after, Reason: "录入不一致"}).Then(t, Aborted{Reason: "录入不一致"})

	done := spokenTo(entered(clerk, right), entered(planner, right), recorded(right))
	given(done...).When(party).ThenNothing(t)
	given(done...).When(enter(domain.Actor{Account: "boss", Authority: bureau}, wrong)).ThenError(t, refused(domain.Conflict, "draw.beacon.recorded"))
}

func TestEntriesThatAreRefused(t *testing.T) {
	t.Parallel()
	const value = "9-3-31-16-22-8-11"
	cmd := RecordBeacon{By: clerk, At: speaks, Value: sortition.Bytes(value)}
	cases := map[string]struct {
		change func(*RecordBeacon)
		kind   domain.Kind
		code   string
	}{
		"the same person, the same":          {func(*RecordBeacon) {}, domain.Conflict, "draw.beacon.entered"},
		"the same person, something else":    {func(c *RecordBeacon) { c.Value = sortition.Bytes("1") }, domain.Conflict, "draw.beacon.entered"},
		"the same person in another role":    {func(c *RecordBeacon) { c.By.Role = domain.Planner }, domain.Conflict, "draw.beacon.entered"},
		"too early":                          {func(c *RecordBeacon) { c.By, c.At = planner, before }, domain.Precondition, "draw.beacon.early"},
		"a signature":                        {func(c *RecordBeacon) { c.By, c.Signature = planner, sortition.Bytes("s") }, domain.Invalid, "draw.beacon.unsigned"},
		"no form of the source's":            {func(c *RecordBeacon) { c.By, c.Disproved = planner, errors.New("no") }, domain.Invalid, "draw.beacon.form"},
		"nothing":                            {func(c *RecordBeacon) { c.By, c.Value = planner, nil }, domain.Invalid, "draw.beacon.value.required"},
		"another authority":                  {func(c *RecordBeacon) { c.By.Authority = fire }, domain.Forbidden, "draw.authority.foreign"},
		"no party's account":                 {func(c *RecordBeacon) { c.Party = first.Name }, domain.Forbidden, "draw.party.foreign"},
		"a party that isn't":                 {func(c *RecordBeacon) { c.By, c.Party = acting(first), "公证处" }, domain.Invalid, "draw.party.unknown"},
		"a namesake in the draw's authority": {func(c *RecordBeacon) { c.By.Account, c.Party = first.Account, first.Name }, domain.Forbidden, "draw.party.foreign"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := cmd
			c.change(&cmd)
			given(spokenTo(entered(clerk, value))...).When(cmd).ThenError(t, refused(c.kind, c.code))
		})
	}
	given(spokenTo(entered(planner, value), Aborted{Reason: "r"})...).When(cmd).ThenError(t, refused(domain.Precondition, "draw.aborted"))
}

// A value that its source signs may be brought by anybody who takes part: nobody can hold it back. In draws from before two
// people entered the others, parties had no part in it.
func TestPartiesRecordWhatIsProved(t *testing.T) {
	t.Parallel()
	terms := fixed(&beacon, home(first), home(second))
	cmd := RecordBeacon{By: acting(first), At: speaks, Party: first.Name, Value: spoken().Value, Signature: spoken().Signature}
	given(frozen(), terms).When(cmd).Then(t, spoken())
	cmd.Disproved = errors.New("no")
	given(frozen(), terms).When(cmd).ThenError(t, refused(domain.Invalid, "draw.beacon.disproved"))
	terms.Unproved = true
	given(frozen(), terms).When(cmd).ThenError(t, refused(domain.Forbidden, "draw.beacon.party"))
	given(frozen()).When(cmd).ThenError(t, refused(domain.Precondition, "draw.terms.open"))
}

// Account names are unique within an authority only.
func TestANamesakeElsewhereIsNotTheParty(t *testing.T) {
	t.Parallel()
	terms := fixed(&beacon, home(first), Party{Name: second.Name, Account: first.Account, Authority: bureau})
	given(frozen()).When(FixTerms{By: planner, At: before, Beacon: &beacon, Parties: terms.Parties}).Then(t, terms)
	twice := []Party{home(first), {Name: "公证处", Account: first.Account, Authority: fire}}
	given(frozen()).When(FixTerms{By: planner, At: before, Beacon: &beacon, Parties: twice}).ThenError(t, refused(domain.Invalid, "draw.parties.repeated"))

	sealed := committed(terms, first)
	cmd := Commit{By: acting(first), At: before, Party: first.Name, Commitment: sealed.Commitment}
	given(frozen(), terms).When(cmd).Then(t, sealed)
	cmd.By.Authority = bureau
	given(frozen(), terms).When(cmd).ThenError(t, refused(domain.Forbidden, "draw.party.foreign"))
	given(frozen(), fixed(&beacon, first, second)).When(cmd).Then(t, sealed) // in draws that named no authority
}
