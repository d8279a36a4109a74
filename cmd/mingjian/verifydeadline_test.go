package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// TestVerifyCountsEveryPeriodAgain changes what an event says of a period, one thing at a time.
func TestVerifyCountsEveryPeriodAgain(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), eventsFile), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	known, err := es.Transact(t.Context(), store, holiday.Decider, holiday.Stream, holiday.Command(holiday.RecordNotice{
		By: domain.Actor{Account: "root"}, Today: calendar.MustParse("2026-11-28"), Year: 2027, Number: "测试〔2026〕1号",
		IssuedOn: calendar.MustParse("2026-11-10"), Table: "off 2026-12-31..2027-01-02\nwork 2026-12-27\n",
	}), es.Metadata{Command: es.DeriveID("", "notice"), RecordedAt: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	clock, _ := rule.Embedded().Clock("penalty-portal-7")
	tell := deadline.Tell{
		Record: deadline.Record{Kind: rule.Penalty, ID: "1"}, What: "penalty.decided", On: calendar.MustParse("2026-12-17"), Event: es.DeriveID("", "e"),
		Clocks: []rule.Clock{clock}, Tables: rule.Embedded().Version(), Calendar: calendar.Embedded(), District: "540000",
	}
	state := deadline.State{}
	for _, cmd := range []deadline.Command{tell, deadline.Recount{Calendar: known.State.Calendar(), Notice: "测试〔2026〕1号"}} {
		events, err := deadline.Decider.Decide(state, cmd)
		if err != nil || len(events) != 1 {
			t.Fatalf("%v, %v", events, err)
		}
		state = deadline.Decider.Evolve(state, events[0])
	}
	for name, test := range map[string]struct {
		change   func(*deadline.Period)
		problem  string
		foreign  int
		counting int
	}{
		"as it is":           {func(*deadline.Period) {}, "", 0, 2},
		"a last day":         {func(p *deadline.Period) { p.Set.Due = p.Set.Due.AddDays(1) }, "ends on 2026-12-28", 0, 1},
		"a settled one":      {func(p *deadline.Period) { p.Set.Provisional = false }, "ends on 2026-12-28", 0, 1},
		"one counted again":  {func(p *deadline.Period) { p.Recomputed[0].Due = p.Set.Due }, "ends on 2026-12-27", 0, 2},
		"more days":          {func(p *deadline.Period) { p.Set.N, p.Set.Due = 8, calendar.MustParse("2026-12-29") }, "does not say so", 0, 0},
		"another outlet":     {func(p *deadline.Period) { p.Set.Outlet = rule.GSXT }, "does not say so", 0, 0},
		"a rule of no table": {func(p *deadline.Period) { p.Set.Rule = "mine" }, "does not say so", 0, 0},
		"too early a start":  {func(p *deadline.Period) { p.Set.Start = calendar.MustParse("2018-07-24") }, "did not hold on 2018-07-24", 0, 0},
		"other tables":       {func(p *deadline.Period) { p.Set.TableVersion, p.Set.Outlet = "rules-0", rule.GSXT }, "", 0, 2},
		"another calendar":   {func(p *deadline.Period) { p.Set.CalendarVersion = "cn-2015-2025-0" }, "", 1, 1},
	} {
		v := &verifier{events: store, periods: periods{tables: rule.Embedded()}}
		p := state.Periods[0]
		p.Recomputed = append([]deadline.Recomputed(nil), p.Recomputed...)
		test.change(&p)
		err := v.checkDeadlines(t.Context(), deadline.State{Periods: []deadline.Period{p}})
		if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
			t.Errorf("%s: %v, want %q", name, err, test.problem)
		}
		if v.periods.counted != test.counting || v.periods.foreign != test.foreign {
			t.Errorf("%s: %d counted, %d foreign", name, v.periods.counted, v.periods.foreign)
		}
	}
}
