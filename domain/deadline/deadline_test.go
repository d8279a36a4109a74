package deadline_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"pgregory.net/rapid"
)

var (
	day    = calendar.MustParse
	by     = domain.Actor{Account: "policy", Authority: "xz-bureau"}
	record = deadline.Record{Kind: rule.Penalty, ID: "p-1"}
	cause  = es.DeriveID("", "decided")
)

// clock is one of the tables.
func clock(id string) rule.Clock {
	c, ok := rule.Embedded().Clock(id)
	if !ok {
		panic(id)
	}
	return c
}

func decided() deadline.Tell {
	return deadline.Tell{
		By: by, Record: record, What: "penalty.decided", On: day("2026-12-17"), Event: cause,
		Clocks: []rule.Clock{clock("penalty-portal-7"), clock("penalty-service-7")},
		Tables: rule.Embedded().Version(), Calendar: calendar.Embedded(), District: "540000",
	}
}

func set(id, due string) deadline.Set {
	c := clock(id)
	return deadline.Set{
		Deadline: deadline.ID(cause, id), Record: record, Authority: "xz-bureau", Rule: id, TableVersion: rule.Embedded().Version(),
		Jurisdiction: "540000", Source: c.Source, Duty: c.Duty, DutyEN: c.DutyEN, Outlet: c.Outlet, Unit: c.Unit, N: c.N,
		MetBy: c.MetBy, LapsedBy: c.LapsedBy, Trigger: "penalty.decided", TriggerEvent: cause,
		Start: day("2026-12-17"), Due: day(due), Provisional: true, CalendarVersion: calendar.Embedded().Version(),
	}
}

var (
	portal  = set("penalty-portal-7", "2026-12-28")
	service = set("penalty-service-7", "2026-12-28")
)

// next is the calendar with a notice that is made up: Sunday 27 December is worked, New Year is free from the 31st on.
func next(t testing.TB) calendar.Calendar {
	t.Helper()
	notices, err := calendar.ReadNotices(strings.NewReader("year 2027 2026-11-10 测试〔2026〕1号\noff 2026-12-31..2027-01-02\nwork 2026-12-27\n"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.Embedded().Merge(notices...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func recount(t testing.TB) deadline.Recount {
	return deadline.Recount{By: by, Calendar: next(t), Notice: "测试〔2026〕1号", NoticeEvent: es.DeriveID("", "notice")}
}

func recomputed(t testing.TB, s deadline.Set) deadline.Recomputed {
	return deadline.Recomputed{
		Deadline: s.Deadline, Former: day("2026-12-28"), Due: day("2026-12-27"), CalendarVersion: next(t).Version(),
		Notice: "测试〔2026〕1号", NoticeEvent: es.DeriveID("", "notice"),
	}
}

func met(s deadline.Set, on, what string) deadline.Met {
	return deadline.Met{Deadline: s.Deadline, On: day(on), By: what, Event: es.DeriveID("", what)}
}

func lapsed(s deadline.Set) deadline.Lapsed {
	return deadline.Lapsed{Deadline: s.Deadline, On: day("2026-12-20"), By: "penalty.withheld", Event: es.DeriveID("", "penalty.withheld")}
}

func told(what, on string, outlets ...rule.Outlet) deadline.Tell {
	return deadline.Tell{By: by, Record: record, What: what, On: day(on), Event: es.DeriveID("", what), Outlets: outlets}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	portal, service := portal, service
	for _, s := range []*deadline.Set{&portal, &service} { // what is stored does not hang on today's tables
		s.TableVersion, s.CalendarVersion = "rules-0123456789ab", "cn-2015-2026-0123456789ab"
		s.Source, s.Duty, s.DutyEN, s.MetBy, s.LapsedBy = "《行政处罚法》第六十一条", "送达", "serve", []string{"penalty.served"}, []string{"penalty.revoked"}
	}
	yearly := portal
	yearly.Unit, yearly.N, yearly.Day, yearly.Unconfirmed = rule.OnDate, 0, "01-31", true
	plain := recomputed(t, portal)
	plain.Provisional, plain.CalendarVersion = true, "cn-2015-2027-0123456789ab"
	estest.Golden(t, "testdata/events", deadline.Codec(), []deadline.Event{
		yearly, service, plain, met(portal, "2026-12-20", "disclosure.published"), lapsed(portal),
	}...)
}

func TestFold(t *testing.T) {
	t.Parallel()
	estest.Fold(t, deadline.Decider, []deadline.Event{
		portal, recomputed(t, portal), met(portal, "2026-12-20", "disclosure.published"), lapsed(portal),
	}...)
}

func TestTell(t *testing.T) {
	t.Parallel()
	of := estest.Of(deadline.Decider)
	of.When(decided()).Then(t, portal, service)
	of.Given(portal, service).When(decided()).ThenNothing(t)
	of.Given(portal, service).When(told("disclosure.published", "2026-12-20", rule.Portal)).Then(t, met(portal, "2026-12-20", "disclosure.published"))
	of.Given(portal, service).When(told("disclosure.published", "2026-12-20", rule.GSXT)).ThenNothing(t)
	of.Given(portal, service).When(told("disclosure.published", "2026-12-20")).Then(t, met(portal, "2026-12-20", "disclosure.published"))
	of.Given(portal, service).When(told("penalty.served", "2027-01-20")).Then(t, met(service, "2027-01-20", "penalty.served"))
	of.Given(portal, service).When(told("penalty.withheld", "2026-12-20")).Then(t, lapsed(portal))
	of.Given(portal, lapsed(portal)).When(told("disclosure.published", "2026-12-21")).ThenNothing(t)
	of.Given(portal, met(portal, "2026-12-20", "disclosure.published")).When(told("penalty.withheld", "2026-12-21")).ThenNothing(t)
	of.When(told("", "2026-12-20")).ThenNothing(t)
	none := decided()
	none.On = calendar.Date{}
	of.When(none).ThenError(t, func(err error) bool {
		fault, ok := errors.AsType[*domain.Fault](err)
		return ok && fault.Code == "deadline.tell.day"
	})
}

func TestRecount(t *testing.T) {
	t.Parallel()
	of := estest.Of(deadline.Decider)
	of.Given(portal, service).When(recount(t)).Then(t, recomputed(t, portal), recomputed(t, service))
	of.Given(portal, recomputed(t, portal)).When(recount(t)).ThenNothing(t)
	of.Given(portal, service, met(portal, "2026-12-20", "disclosure.published"), lapsed(service)).When(recount(t)).ThenNothing(t)
	// A notice that only settles what was provisional is told as well.
	early := portal
	early.Due, early.Start = day("2026-12-25"), day("2026-12-16")
	settled := recomputed(t, portal)
	settled.Former, settled.Due = day("2026-12-25"), day("2026-12-25")
	of.Given(early).When(recount(t)).Then(t, settled)
}

func TestLate(t *testing.T) {
	t.Parallel()
	for on, late := range map[string]bool{"2026-12-27": false, "2026-12-28": false, "2026-12-29": true} {
		s := deadline.State{}
		for _, e := range []deadline.Event{portal, met(portal, on, "disclosure.published")} {
			s = deadline.Decider.Evolve(s, e)
		}
		if s.Periods[0].Late() != late || s.Periods[0].Open() {
			t.Errorf("done on %s: late is %t", on, s.Periods[0].Late())
		}
	}
}

// history draws what may happen to a record, in any order.
func history(t *rapid.T, cal calendar.Calendar) (s deadline.State) {
	ids := []string{"penalty-portal-7", "penalty-credit-china-7", "penalty-service-7", "penalty-gsxt-20", "penalty-decision-90", "annual-report-01-31"}
	whats := []string{"penalty.decided", "disclosure.published", "penalty.served", "penalty.withheld", "penalty.case_decided", "nothing.else"}
	for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
		c := deadline.Tell{
			By: by, Record: record, What: rapid.SampledFrom(whats).Draw(t, "what"), Event: es.DeriveID("", "step", string(rune('a'+i))),
			On:      day("2026-11-20").AddDays(rapid.IntRange(0, 90).Draw(t, "on")),
			Outlets: rapid.SliceOfDistinct(rapid.SampledFrom(rule.Outlets()), rapid.ID).Draw(t, "outlets"), Calendar: cal,
		}
		for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 3, rapid.ID).Draw(t, "clocks") {
			c.Clocks = append(c.Clocks, clock(id))
		}
		events, err := deadline.Decider.Decide(s, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			s = deadline.Decider.Evolve(s, e)
		}
	}
	return s
}

// TestARecountNeverTouchesWhatIsClosed holds of any history: what is open stands as the new calendar counts it, what is closed
// stands as it stood, and counting twice changes nothing more.
func TestARecountNeverTouchesWhatIsClosed(t *testing.T) {
	t.Parallel()
	after := next(t)
	cmd := recount(t)
	rapid.Check(t, func(t *rapid.T) {
		before := history(t, calendar.Embedded())
		events, err := deadline.Decider.Decide(before, cmd)
		if err != nil {
			t.Fatal(err)
		}
		now := before
		for _, e := range events {
			now = deadline.Decider.Evolve(now, e)
		}
		for i, p := range now.Periods {
			if !p.Open() {
				if !reflect.DeepEqual(p, before.Periods[i]) {
					t.Fatalf("a closed one changed: %+v to %+v", before.Periods[i], p)
				}
				continue
			}
			c, _ := rule.Embedded().Clock(p.Set.Rule)
			if want := c.Due(after, p.Set.Start); p.Due != want.Date || p.Provisional != want.Provisional {
				t.Fatalf("an open one stands at %s %t, not %+v", p.Due, p.Provisional, want)
			}
		}
		if again, err := deadline.Decider.Decide(now, cmd); err != nil || len(again) > 0 {
			t.Fatalf("counted twice: %v, %v", again, err)
		}
	})
}

// TestEachPeriodEndsOnce: whatever is told, in whatever order, a period is met or lapsed at most once and its id is unique.
func TestEachPeriodEndsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var ids []string
		for _, p := range history(t, calendar.Embedded()).Periods {
			ids = append(ids, p.Set.Deadline)
			if p.Met != nil && p.Lapsed != nil {
				t.Fatalf("both: %+v", p)
			}
		}
		slices.Sort(ids)
		if len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Fatalf("an id is there twice: %v", ids)
		}
	})
}
