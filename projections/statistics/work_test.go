package statistics_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/projections/statistics"
)

func task(id string, kind plan.TaskKind, start string) plan.TaskOpened {
	return plan.TaskOpened{Task: plan.Task{ID: id, Kind: kind, WindowStart: calendar.MustParse(start), WindowEnd: calendar.MustParse(start)}}
}

func TestTasksCountUntilTheyAreCancelled(t *testing.T) {
	l := newLog(t)
	stream := func(id string) es.Stream { return es.Stream{Category: plan.Decider.Category, ID: id} }
	l.Add(stream("p1"), plan.Drafted{Plan: "p1", Authority: bureau, Year: 2026}, plan.Approved{}, plan.Published{PublishedOn: day},
		task("p1-1", plan.Targeted, "2026-05-01"), task("p1-2", plan.Untargeted, "2026-06-01"), task("p1-3", plan.Targeted, "2027-01-01"))
	l.Add(stream("p2"), plan.Drafted{Plan: "p2", Authority: county, Year: 2026})
	l.Add(stream("p2"), task("p2-1", plan.Targeted, "2026-05-01"))
	l.Add(stream("p1"), plan.TaskCancelled{Task: "p1-1", Reason: "x"})
	r := l.live()
	for f, want := range map[statistics.Filter]string{
		{}:                              "tasks_by_kind targeted 2 0\ntasks_by_kind untargeted 1 0",
		{Authority: bureau}:             "tasks_by_kind targeted 1 0\ntasks_by_kind untargeted 1 0",
		{Authority: bureau, Year: 2026}: "tasks_by_kind untargeted 1 0",
		{Authority: county, Year: 2026}: "tasks_by_kind targeted 1 0",
	} {
		if got := counted(t, r, f); got != want {
			t.Errorf("%+v:\ngot  %s\nwant %s", f, got, want)
		}
	}
}

// TestDrawsCountUnderTheirPhase runs draws at random and compares with what the aggregate says of them.
func TestDrawsCountUnderTheirPhase(t *testing.T) {
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 4)) //nolint:gosec // a repeatable test, not a secret
		l, phases := newLog(t), map[string]int{}
		for i := range 25 {
			id := fmt.Sprintf("t%02d-1", i)
			state := draw.Decider.Initial
			for _, e := range course(rnd) {
				l.Add(es.Stream{Category: draw.Decider.Category, ID: id}, e)
				state = draw.Decider.Evolve(state, e)
			}
			phases[string(state.Phase())]++
		}
		got := map[string]int{}
		list, err := statistics.List(t.Context(), l.live(), statistics.Filter{Measure: statistics.DrawsByState, Authority: bureau, Year: 2026})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			got[n.GetCode()] = int(n.GetCount())
		}
		if fmt.Sprint(got) != fmt.Sprint(phases) {
			t.Errorf("seed %d: %v, want %v", seed, got, phases)
		}
	}
}

// course is how far a draw might come.
func course(rnd *rand.Rand) []draw.Event {
	fixed := draw.TermsFixed{}
	events := []draw.Event{draw.Frozen{Authority: bureau, WindowEnd: day}}
	var tail []draw.Event
	for i := range rnd.IntN(3) {
		name := fmt.Sprint("party", i)
		fixed.Parties = append(fixed.Parties, draw.Party{Name: name})
		events = append(events, draw.PartyCommitted{Party: name})
		tail = append(tail, draw.PartyRevealed{Party: name})
	}
	if len(fixed.Parties) == 0 || rnd.IntN(2) == 0 {
		fixed.Beacon = &sortition.BeaconTerms{Name: "drand-quicknet"}
		tail = append(tail, draw.BeaconRecorded{Value: sortition.Bytes{1}})
	}
	events = append(append(append(events[:1:1], fixed), events[1:]...), tail...)
	events = append(events, draw.Drawn{}, draw.Replaced{Number: 1})
	events = events[:1+rnd.IntN(len(events))]
	if _, done := events[len(events)-1].(draw.Drawn); !done && rnd.IntN(5) == 0 {
		events = append(events, draw.Aborted{Reason: "x"})
	}
	return events
}
