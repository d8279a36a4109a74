package deadline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	view "github.com/mingjian-ledger/mingjian/projections/deadline"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var day = calendar.MustParse

// log is what was told to the periods, and what they came to.
type log struct {
	testing.TB
	store  *estest.Store
	states map[string]deadline.State
	n      int
}

func newLog(t testing.TB) *log {
	return &log{TB: t, store: estest.NewStore(t), states: map[string]deadline.State{}}
}

// do runs a command on a record's periods.
func (l *log) do(id string, cmd deadline.Command) {
	l.Helper()
	l.n++
	res, err := es.Transact(l.Context(), l.store, deadline.Decider, id, cmd, es.Metadata{
		Command: es.DeriveID("", fmt.Sprint("command", l.n)), RecordedAt: time.Unix(int64(l.n), 0).UTC(),
	})
	if err != nil {
		l.Fatal(err)
	}
	l.states[id] = res.State
}

// decided tells of a decision which starts these clocks.
func (l *log) decided(authority domain.AuthorityID, id, on string, clocks ...string) {
	l.Helper()
	record := deadline.Record{Kind: rule.Penalty, ID: id}
	cmd := deadline.Tell{
		By: domain.Actor{Account: "policy", Authority: authority}, Record: record, What: "penalty.decided", On: day(on),
		Event: es.DeriveID("", id), Tables: rule.Embedded().Version(), Calendar: calendar.Embedded(), District: "540000",
	}
	for _, c := range clocks {
		clock, ok := rule.Embedded().Clock(c)
		if !ok {
			l.Fatal(c)
		}
		cmd.Clocks = append(cmd.Clocks, clock)
	}
	l.do(record.Stream(), cmd)
}

func (l *log) told(id, what, on string, outlets ...rule.Outlet) {
	l.Helper()
	record := deadline.Record{Kind: rule.Penalty, ID: id}
	l.do(record.Stream(), deadline.Tell{Record: record, What: what, On: day(on), Event: es.DeriveID("", what, id), Outlets: outlets})
}

// notice counts everything again by a notice that is made up.
func (l *log) notice() {
	l.Helper()
	notices, err := calendar.ReadNotices(strings.NewReader("year 2027 2026-11-10 测试〔2026〕1号\noff 2026-12-31..2027-01-02\nwork 2026-12-27\n"))
	if err != nil {
		l.Fatal(err)
	}
	cal, err := calendar.Embedded().Merge(notices...)
	if err != nil {
		l.Fatal(err)
	}
	for _, id := range slices.Sorted(keys(l.states)) {
		l.do(id, deadline.Recount{Calendar: cal, Notice: "测试〔2026〕1号", NoticeEvent: es.DeriveID("", "notice")})
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, view.Projection(), l.store.All())
}

// list is what a filter finds, two a page, as "record rule due state".
func list(t testing.TB, r projections.Reader, f view.Filter) string {
	t.Helper()
	var out []string
	for f.PageSize = 2; ; {
		page, next, err := view.List(t.Context(), r, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			text := v.GetRecordId() + " " + strings.TrimPrefix(v.GetRule(), "penalty-") + " " + v.GetDueOn() + " " + v.GetState()
			if v.GetLate() {
				text += " late"
			}
			out = append(out, text)
		}
		if f.PageToken = next; next == "" {
			return strings.Join(out, ", ")
		}
	}
}

const (
	lhasa   = "11540100MB0000001A"
	shannan = "11540500MB0000002B"
)

// story has a period of every state.
func story(t testing.TB) *log {
	l := newLog(t)
	l.decided(lhasa, "1", "2026-11-02", "penalty-portal-7", "penalty-service-7", "penalty-gsxt-20") // 11-11, 11-30
	l.decided(lhasa, "2", "2026-11-10", "penalty-portal-7", "penalty-service-7")                    // 11-19
	l.decided(shannan, "3", "2026-11-10", "penalty-portal-7")
	l.decided(lhasa, "4", "2026-12-17", "penalty-portal-7")
	l.told("1", "disclosure.published", "2026-11-11", rule.Portal)
	l.told("1", "penalty.served", "2026-11-12")
	l.told("2", "penalty.withheld", "2026-11-12")
	return l
}

func TestWorkLists(t *testing.T) {
	t.Parallel()
	r := story(t).live()
	today := day("2026-11-28")
	for name, test := range map[string]struct {
		filter view.Filter
		want   string
	}{
		"overdue at one":        {view.Filter{Authority: lhasa, State: view.Open, To: today.AddDays(-1)}, "2 service-7 2026-11-19 open"},
		"overdue at all":        {view.Filter{State: view.Open, To: today.AddDays(-1)}, "2 service-7 2026-11-19 open, 3 portal-7 2026-11-19 open"},
		"due soon":              {view.Filter{Authority: lhasa, State: view.Open, From: today, To: today.AddDays(6)}, "1 gsxt-20 2026-11-30 open"},
		"open by a rule":        {view.Filter{Authority: lhasa, Rule: "penalty-portal-7", State: view.Open}, "4 portal-7 2026-12-28 open"},
		"met":                   {view.Filter{Authority: lhasa, State: view.Met}, "1 portal-7 2026-11-11 met, 1 service-7 2026-11-11 met late"},
		"lapsed":                {view.Filter{Authority: lhasa, State: view.Lapsed}, "2 portal-7 2026-11-19 lapsed"},
		"of a record":           {view.Filter{Record: deadline.Record{Kind: rule.Penalty, ID: "2"}}, "2 portal-7 2026-11-19 lapsed, 2 service-7 2026-11-19 open"},
		"of a month":            {view.Filter{Authority: lhasa, Month: "2026-12"}, "4 portal-7 2026-12-28 open"},
		"of a month and a rule": {view.Filter{Authority: lhasa, Month: "2026-11", Rule: "penalty-service-7"}, "1 service-7 2026-11-11 met late, 2 service-7 2026-11-19 open"},
		"of nobody":             {view.Filter{Authority: "x", State: view.Open}, ""},
	} {
		got := strings.Split(list(t, r, test.filter), ", ")
		want := strings.Split(test.want, ", ")
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	ids, next, err := view.OpenFrom(t.Context(), r, day("2026-11-20"), "")
	if err != nil || next != "" || !slices.Equal(ids, []string{"penalty.1", "penalty.4"}) {
		t.Errorf("open from a day on: %v, %q, %v", ids, next, err)
	}
}

func TestAPeriodAsItIsShown(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.decided(lhasa, "4", "2026-12-17", "penalty-portal-7")
	l.notice()
	l.told("4", "disclosure.published", "2026-12-28", rule.Portal)
	page, _, err := view.List(t.Context(), l.live(), view.Filter{Authority: lhasa, State: view.Met, PageSize: 9})
	if err != nil || len(page) != 1 {
		t.Fatalf("%v, %v", page, err)
	}
	clock, _ := rule.Embedded().Clock("penalty-portal-7")
	p := l.states["penalty.4"].Periods[0]
	want := &viewv1.Deadline{
		Id: p.Set.Deadline, Rule: clock.ID, Duty: clock.Duty, DutyEn: clock.DutyEN, Source: clock.Source, AuthorityId: lhasa, Jurisdiction: "540000",
		RecordKind: "penalty", RecordId: "4", Outlet: "portal", Unit: "working", N: 7, Trigger: "penalty.decided", TriggerEvent: string(es.DeriveID("", "4")),
		StartOn: "2026-12-17", DueOn: "2026-12-27", TableVersion: rule.Embedded().Version(), CalendarVersion: p.Recomputed[0].CalendarVersion,
		State: view.Met, EndedOn: "2026-12-28", EndedBy: "disclosure.published", Late: true,
		Recounts: []*viewv1.Recount{{
			FormerDueOn: "2026-12-28", DueOn: "2026-12-27", Notice: "测试〔2026〕1号", CalendarVersion: p.Recomputed[0].CalendarVersion,
		}},
	}
	if diff := cmp.Diff(want, page[0], protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestPunctuality(t *testing.T) {
	t.Parallel()
	l := story(t)
	tell := func(m view.Months) string {
		list, err := view.Punctuality(t.Context(), l.live(), m)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range list {
			out = append(out, fmt.Sprintf("%s %s %d=%d+%d+%d+%d(%d,%d?)", p.GetMonth(), strings.TrimPrefix(p.GetRule(), "penalty-"), p.GetTotal(),
				p.GetInTime(), p.GetLate(), p.GetLapsed(), p.GetOpen(), p.GetOverdue(), p.GetProvisional()))
		}
		return strings.Join(out, ", ")
	}
	november := "2026-11 gsxt-20 1=0+0+0+1(0,0?), 2026-11 portal-7 2=1+0+1+0(0,0?), 2026-11 service-7 2=0+1+0+1(1,0?)"
	for _, test := range []struct {
		months view.Months
		want   string
	}{
		{view.Months{Authority: lhasa, Today: day("2026-11-28")}, november + ", 2026-12 portal-7 1=0+0+0+1(0,1?)"},
		{view.Months{Authority: lhasa, Today: day("2026-11-28"), To: "2026-11"}, november},
		{view.Months{Authority: lhasa, Today: day("2026-11-28"), From: "2026-12", To: "2026-12"}, "2026-12 portal-7 1=0+0+0+1(0,1?)"},
		{view.Months{Authority: lhasa, Today: day("2026-12-28"), From: "2026-12"}, "2026-12 portal-7 1=0+0+0+1(0,1?)"},
		{view.Months{Authority: lhasa, Today: day("2026-12-29"), From: "2026-12"}, "2026-12 portal-7 1=0+0+0+1(1,1?)"},
		{view.Months{Authority: lhasa, Today: day("2026-11-28"), Rule: "penalty-gsxt-20"}, "2026-11 gsxt-20 1=0+0+0+1(0,0?)"},
		{view.Months{Authority: shannan, Today: day("2026-11-19")}, "2026-11 portal-7 1=0+0+0+1(0,0?)"},
		{view.Months{Authority: "115", Today: day("2026-11-19")}, ""},
	} {
		if got := tell(test.months); got != test.want {
			t.Errorf("%+v:\n got %s\nwant %s", test.months, got, test.want)
		}
	}
	// A notice moves a period into another month, and its count with it.
	l.decided(lhasa, "5", "2026-12-22", "penalty-portal-7") // 12-31, by the notice 12-30
	l.decided(lhasa, "6", "2026-12-23", "penalty-portal-7") // 01-01, by the notice 12-31 is free and the 27th worked: 01-04
	before := tell(view.Months{Authority: lhasa, Today: day("2026-12-22"), From: "2026-12"})
	l.notice()
	after := tell(view.Months{Authority: lhasa, Today: day("2026-12-22"), From: "2026-12"})
	if before != "2026-12 portal-7 2=0+0+0+2(0,2?), 2027-01 portal-7 1=0+0+0+1(0,1?)" || after != "2026-12 portal-7 2=0+0+0+2(0,0?), 2027-01 portal-7 1=0+0+0+1(0,0?)" {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

// TestTheCountsAreThoseOfTheRows counts again what anybody can list, of any history, and compares both with the states.
func TestTheCountsAreThoseOfTheRows(t *testing.T) {
	t.Parallel()
	clocks := []string{"penalty-portal-7", "penalty-credit-china-7", "penalty-service-7", "penalty-gsxt-20", "penalty-decision-90"}
	whats := []string{"disclosure.published", "penalty.served", "penalty.withheld", "penalty.revoked", "penalty.case_decided"}
	rapid.Check(t, func(rt *rapid.T) {
		l := newLog(t)
		today := day("2026-12-10").AddDays(rapid.IntRange(0, 60).Draw(rt, "today"))
		for i := range rapid.IntRange(1, 12).Draw(rt, "records") {
			authority := domain.AuthorityID(rapid.SampledFrom([]string{lhasa, shannan}).Draw(rt, "authority"))
			on := day("2026-11-01").AddDays(rapid.IntRange(0, 70).Draw(rt, "on"))
			l.decided(authority, fmt.Sprint(i), on.String(), rapid.SliceOfNDistinct(rapid.SampledFrom(clocks), 1, 4, rapid.ID).Draw(rt, "clocks")...)
			for range rapid.IntRange(0, 3).Draw(rt, "steps") {
				l.told(fmt.Sprint(i), rapid.SampledFrom(whats).Draw(rt, "what"), on.AddDays(rapid.IntRange(0, 40).Draw(rt, "after")).String(),
					rapid.SliceOfDistinct(rapid.SampledFrom(rule.Outlets()), rapid.ID).Draw(rt, "outlets")...)
			}
			if rapid.IntRange(0, 5).Draw(rt, "notice") == 0 {
				l.notice()
			}
		}
		r := l.live()
		for _, authority := range []string{lhasa, shannan} {
			told, err := view.Punctuality(t.Context(), r, view.Months{Authority: authority, Today: today})
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(recount(t, r, authority, today), told, protocmp.Transform()); diff != "" {
				rt.Fatalf("%s (-rows +counts):\n%s", authority, diff)
			}
			if diff := cmp.Diff(l.naive(authority, today), told, protocmp.Transform(), protocmp.IgnoreFields(&viewv1.Punctuality{}, "days", "duty", "duty_en", "source", "outlet")); diff != "" {
				rt.Fatalf("%s (-states +counts):\n%s", authority, diff)
			}
		}
	})
}

// recount makes the counts from the rows that anybody can list.
func recount(t testing.TB, r projections.Reader, authority string, today calendar.Date) []*viewv1.Punctuality {
	counts := map[string]*viewv1.Punctuality{}
	for _, month := range []string{"2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"} {
		for token := ""; ; {
			page, next, err := view.List(t.Context(), r, view.Filter{Authority: authority, Month: month, PageSize: 3, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page {
				p := counts[month+v.GetRule()]
				if p == nil {
					p = &viewv1.Punctuality{
						AuthorityId: authority, Month: month, Rule: v.GetRule(), Duty: v.GetDuty(), DutyEn: v.GetDutyEn(), Source: v.GetSource(), Outlet: v.GetOutlet(),
					}
					counts[month+v.GetRule()] = p
				}
				view.Count(p, v, 1)
				if v.GetState() == view.Open && v.GetDueOn() < today.String() {
					p.Overdue++
				}
			}
			if token = next; next == "" {
				break
			}
		}
	}
	return sorted(counts)
}

// naive counts the states of the aggregate, without any view.
func (l *log) naive(authority string, today calendar.Date) []*viewv1.Punctuality {
	counts := map[string]*viewv1.Punctuality{}
	for _, s := range l.states {
		for _, period := range s.Periods {
			if string(period.Set.Authority) != authority {
				continue
			}
			month := period.Due.String()[:7]
			p := counts[month+period.Set.Rule]
			if p == nil {
				p = &viewv1.Punctuality{AuthorityId: authority, Month: month, Rule: period.Set.Rule}
				counts[month+period.Set.Rule] = p
			}
			p.Total++
			switch {
			case period.Lapsed != nil:
				p.Lapsed++
			case period.Late():
				p.Late++
			case period.Met != nil:
				p.InTime++
			default:
				p.Open++
				if period.Provisional {
					p.Provisional++
				}
				if period.Due.Before(today) {
					p.Overdue++
				}
			}
		}
	}
	return sorted(counts)
}

func sorted(counts map[string]*viewv1.Punctuality) (out []*viewv1.Punctuality) {
	for _, k := range slices.Sorted(keys(counts)) {
		out = append(out, counts[k])
	}
	return out
}
