package draw

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

const (
	bureau domain.AuthorityID = "11540000MB0000001A"
	fire   domain.AuthorityID = "11540000MB0000002B"
)

var (
	speaks  = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	before  = speaks.Add(-24 * time.Hour)
	after   = speaks.Add(time.Minute)
	planner = domain.Actor{Account: "planner", Role: domain.Planner, Authority: bureau}
	beacon  = sortition.BeaconTerms{Name: "drand-quicknet", Round: "1000", NotBefore: "2026-11-20T08:00:00Z"}
	first   = Party{Name: "市场监管局", Account: "bureau-clerk"}
	second  = Party{Name: "纪检监察室", Account: "discipline"}
)

func acting(p Party) domain.Actor {
	return domain.Actor{Account: p.Account, Role: domain.Reviewer, Authority: fire}
}

func digest(text string) sortition.Digest { return sha256.Sum256([]byte(text)) }

func frozen() Frozen {
	return Frozen{
		Draw: "xz-2026-t1-1", Task: "xz-2026-t1", Plan: "xz-2026", Authority: bureau, Number: 1, Line: "food",
		WindowEnd: calendar.MustParse("2026-12-31"), WorkloadCap: 4,
		Strata: []sortition.Stratum{{Name: "A", RatioPPM: 50000}, {Name: "none", Count: 2}},
		Departments: []Department{
			{Name: "市场监管", Authority: bureau, TeamSize: 2, Lead: true}, {Name: "消防", Authority: fire, TeamSize: 1}},
		Subjects:   Pool{Digest: digest("s").String(), Root: digest("S"), Count: 12},
		Inspectors: Pool{Digest: digest("i").String(), Root: digest("I"), Count: 9},
		Conflicts:  Pool{Digest: digest("c").String(), Root: digest("C"), Count: 1},
		Layers:     []Layer{{Stratum: "A", Candidates: 8}, {Stratum: "none", Candidates: 4}},
		Exclusions: []sortition.Exclusion{{Reason: "deregistered", Count: 3}},
		AtPosition: "417",
	}
}

// fixed are the terms of the frozen draw with its randomness.
func fixed(b *sortition.BeaconTerms, parties ...Party) TermsFixed {
	e := TermsFixed{Beacon: b, Parties: parties, FixedAt: before}
	f := frozen()
	e.Terms = State{Frozen: &f, Fixed: &e}.Terms().Digest()
	return e
}

func nonce(p Party) sortition.Nonce {
	return sortition.Nonce(sha256.Sum256([]byte("nonce of " + p.Name)))
}

func committed(terms TermsFixed, p Party) PartyCommitted {
	return PartyCommitted{Party: p.Name, Commitment: sortition.Seal(terms.Terms, p.Name, nonce(p)), CommittedAt: before}
}

func revealed(p Party) PartyRevealed { return PartyRevealed{Party: p.Name, Nonce: nonce(p)} }

func spoken() BeaconRecorded {
	return BeaconRecorded{Value: sortition.Bytes("value"), Signature: sortition.Bytes("signature")}
}

func selection(subject string) sortition.Selection {
	return sortition.Selection{
		Subject: subject, Stratum: "A", Ticket: digest(subject),
		Teams: []sortition.Team{{Department: "市场监管", Inspectors: []string{"XZ-001", "XZ-002"}}, {Department: "消防", Inspectors: []string{}}},
		Shortfalls: []sortition.Shortfall{{Department: "消防",
			Reasons: sortition.Reasons{Licence: 1, Line: 2, District: 3, Conflict: 4, Workload: 5}}},
	}
}

func drawn(history ...Event) Drawn {
	s := fold(history...)
	return Drawn{
		Seed:      sortition.Seed(s.Fixed.Terms, s.BeaconValue(), s.Opened()),
		Selection: List{Digest: digest("l").String(), Count: 3},
		Drawings:  []Drawing{{Stratum: "A", Selected: 1, Reserve: 7}, {Stratum: "none", Selected: 2, Reserve: 2}}, Shortfalls: []Short{{Department: "消防", Subjects: 1}},
	}
}

func replaced(number uint64, out string) Replaced {
	return Replaced{Number: number, SubjectOut: out, Reason: Deregistered, ReplacedBy: selection("91540400MA6TCRTU30")}
}

// both is a draw bound to a source and two parties, up to the point where everything is known.
func both() []Event {
	terms := fixed(&beacon, first, second)
	return []Event{frozen(), terms, committed(terms, first), committed(terms, second), spoken(), revealed(first), revealed(second)}
}

func fold(history ...Event) State {
	s := Decider.Initial
	for _, e := range history {
		s = evolve(s, e)
	}
	return s
}

func given(history ...Event) estest.Story[State, Command, Event] {
	return estest.Of(Decider).Given(history...)
}

// refused tells whether err is, or has joined to it, a fault of that kind and code with both texts.
func refused(kind domain.Kind, code string) func(error) bool {
	var is func(error) bool
	is = func(err error) bool {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				if is(e) {
					return true
				}
			}
		}
		f := (*domain.Fault)(nil)
		return errors.As(err, &f) && f.Kind == kind && f.Code == code && f.ZH != "" && f.EN != ""
	}
	return is
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	unproved := fixed(&beacon, first, second)
	unproved.Unproved = true
	estest.Golden[Event](t, "testdata/events", Codec(),
		frozen(), fixed(&beacon, first, second), fixed(&beacon), unproved, doubled(), committed(fixed(nil, first, second), first), revealed(first), spoken(),
		drawn(both()...), replaced(1, "91540124MA6TCRX899"), Aborted{Reason: "参与方未揭示", Party: second.Name},
		entered(clerk, "9-3-31-16-22-8-11"), enteredFor(home(first), "9-3-31-16-22-8-11"))
}

func TestFold(t *testing.T) {
	t.Parallel()
	estest.Fold[State, Command, Event](t, Decider, append(both(), entered(clerk, "1"), drawn(both()...), replaced(1, "91540124MA6TCRX899"), Aborted{Reason: "r"})...)
}

func FuzzDecode(f *testing.F) {
	f.Add(uint(0), []byte(`{"party":"p","nonce":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}`))
	f.Add(uint(5), []byte(`{"draw":"d","window_end":"2026-12-31","strata":[{"name":"A","count":1}],"subjects":{"count":1}}`))
	f.Fuzz(func(_ *testing.T, which uint, data []byte) {
		types := Codec().Types()
		e, err := Codec().Decode(types[which%uint(len(types))], data)
		if err != nil {
			return
		}
		for _, s := range []State{fold(e), fold(frozen(), e), fold(append(both(), e)...)} {
			_ = s.Phase()
			_, _ = decide(s, Abort{By: planner, At: after, Reason: "r"})
			_, _ = decide(s, Reveal{By: acting(first), At: after, Party: first.Name})
		}
	})
}
