package grpcapi_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	deadlineview "github.com/mingjian-ledger/mingjian/projections/deadline"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Open implements policy.OpenDeadlines over the views, which follow before anybody asks: what a notice counts again was set
// before it.
func (w *matrixWorld) Open(ctx context.Context, from calendar.Date, page string) ([]string, string, error) {
	return deadlineview.OpenFrom(ctx, w.views, from, page)
}

// holidayNotice is made up.
func holidayNotice() *mingjianv1.RecordHolidayNoticeRequest {
	return &mingjianv1.RecordHolidayNoticeRequest{
		Year: 2027, Number: "测试〔2026〕1号", IssuedOn: "2026-11-10", Table: "off 2026-12-31..2027-01-02\nwork 2026-12-27\n", Source: "测试",
	}
}

func holidayCases() map[string]writeCase {
	return map[string]writeCase{
		"RecordHolidayNotice": {by: rootOf, given: nothing, req: fixed(holidayNotice()), open: "a notice holds for the whole country",
			alter: map[string]string{"table": "off 2027-02-06..2027-02-12\n"}},
	}
}

// asked is the answer to a request that is accepted.
func asked[M proto.Message](w *matrixWorld, by caller, req proto.Message) (none M) {
	w.Helper()
	resp, err := w.send(by, "", req)
	if err != nil {
		w.Fatalf("%s: %v", methodOf(req).Name(), err)
	}
	m, ok := resp.(M)
	if !ok {
		w.Fatalf("%T", resp)
	}
	return m
}

// onePenalty is decided against one party.
func onePenalty(w *matrixWorld) {
	authorities(w)
	d := penaltyDecision()
	d.Parties = d.GetParties()[:1]
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: d}, "penalty")
}

func rules(list []*viewv1.Deadline) string {
	var out []string
	for _, v := range list {
		out = append(out, v.GetRule()+" "+v.GetDueOn())
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestDeadlinesAreListedForTheirAuthorityAndCountedForAll(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t) // 2026-11-18 in China
	onePenalty(w)
	list := func(req *mingjianv1.ListDeadlinesRequest) string {
		return rules(asked[*mingjianv1.ListDeadlinesResponse](w, clerk, req).GetDeadlines())
	}
	all := list(&mingjianv1.ListDeadlinesRequest{List: "open"})
	if strings.Count(all, "penalty-") != 4 {
		t.Fatalf("open: %s", all)
	}
	record := &mingjianv1.ListDeadlinesRequest{RecordKind: "penalty", RecordId: w.ids["penalty"]}
	for _, open := range strings.Split(all, ", ") {
		if got := list(record); !strings.Contains(got, open) {
			t.Errorf("of the record: %s, without %s", got, open)
		}
	}
	first := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{List: "open", PageSize: 1})
	due := calendar.MustParse(first.GetDeadlines()[0].GetDueOn())
	for _, test := range []struct {
		now                time.Time
		overdue, within, n int
	}{
		{due.StartsAt().Add(-time.Second), 0, 1, 0}, {due.StartsAt().Add(-time.Second), 0, 2, 3},
		{due.StartsAt(), 0, 1, 3}, {due.AddDays(1).StartsAt().Add(-time.Second), 0, 1, 3}, {due.AddDays(1).StartsAt(), 3, 1, 0},
	} {
		w.now = test.now
		overdue := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{})
		soon := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{List: "due_soon", WithinDays: int32(test.within)})
		if len(overdue.GetDeadlines()) != test.overdue || len(soon.GetDeadlines()) != test.n || overdue.GetOn() != calendar.DateOf(test.now).String() {
			t.Errorf("at %s: %s overdue, %s within %d days", test.now, rules(overdue.GetDeadlines()), rules(soon.GetDeadlines()), test.within)
		}
		counted := asked[*mingjianv1.GetPunctualityResponse](w, caller{}, &mingjianv1.GetPunctualityRequest{AuthorityId: string(ownBureau)})
		told := 0
		for _, p := range counted.GetPunctuality() {
			told += int(p.GetOverdue())
		}
		if told != test.overdue {
			t.Errorf("at %s the counts say %d overdue", test.now, told)
		}
	}
	if _, err := w.send(clerk, "", &mingjianv1.ListDeadlinesRequest{RecordKind: "penalty"}); faultOf(err) != "deadline.record" {
		t.Errorf("a record without an id: %v", err)
	}
	if _, err := w.send(caller{role: domain.Auditor, account: "shen"}, "", &mingjianv1.ListDeadlinesRequest{Rule: "penalty-gsxt-20"}); faultOf(err) != "deadline.rule" {
		t.Errorf("a rule at all authorities: %v", err)
	}
}

// TestThePublicCountsPeriodsWithoutTheirRecords: the id of a record derives from its party's name, and a record may not be public.
func TestThePublicCountsPeriodsWithoutTheirRecords(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	onePenalty(w)
	own := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{List: "open"}).GetDeadlines()
	months := map[string]bool{}
	for _, v := range own {
		months[v.GetDueOn()[:7]] = true
	}
	shown := 0
	for month := range months {
		resp := asked[*mingjianv1.ListPublicDeadlinesResponse](w, caller{}, &mingjianv1.ListPublicDeadlinesRequest{AuthorityId: string(ownBureau), Month: month})
		shown += len(resp.GetDeadlines())
		text, err := proto.Marshal(resp)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), w.ids["penalty"]) {
			t.Error("the record is named")
		}
	}
	if shown != len(own) || shown == 0 {
		t.Errorf("%d of %d are shown", shown, len(own))
	}
	kept := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{List: "open"}).GetDeadlines()
	if kept[0].GetRecordId() != w.ids["penalty"] {
		t.Errorf("staff see %q", kept[0].GetRecordId())
	}
}

func TestANoticeOfHolidaysCountsAgain(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	onePenalty(w)
	before := asked[*mingjianv1.ListHolidayNoticesResponse](w, caller{}, &mingjianv1.ListHolidayNoticesRequest{})
	due := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{List: "open", PageSize: 1}).GetDeadlines()[0]
	// A notice, made up, that frees the last day of the first period: it moves on.
	amending := &mingjianv1.RecordHolidayNoticeRequest{
		Year: 2026, Number: "测试〔2026〕9号", IssuedOn: "2026-11-10", Amends: true, Table: "off " + due.GetDueOn(),
	}
	w.do(rootOf, amending)
	w.do(rootOf, amending)
	moved := asked[*mingjianv1.ListDeadlinesResponse](w, clerk, &mingjianv1.ListDeadlinesRequest{RecordKind: "penalty", RecordId: w.ids["penalty"]}).GetDeadlines()
	after := asked[*mingjianv1.ListHolidayNoticesResponse](w, caller{}, &mingjianv1.ListHolidayNoticesRequest{})
	found := slices.ContainsFunc(after.GetNotices(), func(n *mingjianv1.HolidayNotice) bool {
		return n.GetNumber() == "测试〔2026〕9号" && n.GetAmends() && slices.Equal(n.GetOff(), []string{due.GetDueOn()})
	})
	if !found || len(after.GetNotices()) != len(before.GetNotices())+1 || after.GetCalendarVersion() == before.GetCalendarVersion() {
		t.Errorf("%d notices of calendar %s became %d of %s", len(before.GetNotices()), before.GetCalendarVersion(), len(after.GetNotices()), after.GetCalendarVersion())
	}
	for _, v := range moved {
		if v.GetState() != deadlineview.Open {
			continue
		}
		r := v.GetRecounts()
		if len(r) != 1 || r[0].GetNotice() != "测试〔2026〕9号" || r[0].GetDueOn() != v.GetDueOn() || r[0].GetFormerDueOn() >= v.GetDueOn() ||
			v.GetCalendarVersion() != after.GetCalendarVersion() {
			t.Errorf("%s: %v", v.GetRule(), v)
		}
	}
}

func TestTheDisclosureCatalogueIsThatOfTheDay(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	of := func(on string) *mingjianv1.DisclosureCatalogueEntry {
		resp := asked[*mingjianv1.GetDisclosureCatalogueResponse](w, caller{}, &mingjianv1.GetDisclosureCatalogueRequest{On: on, Jurisdiction: "540000"})
		if resp.GetTableVersion() == "" || on != "" && resp.GetOn() != on {
			t.Errorf("%s: %s of %s", on, resp.GetOn(), resp.GetTableVersion())
		}
		at := slices.IndexFunc(resp.GetEntries(), func(e *mingjianv1.DisclosureCatalogueEntry) bool { return e.GetItem() == "item-04-penalty" })
		if at < 0 {
			t.Fatalf("%s: no penalties among %d", on, len(resp.GetEntries()))
		}
		return resp.GetEntries()[at]
	}
	before, after := of("2026-03-31"), of("2026-04-01")
	has := func(e *mingjianv1.DisclosureCatalogueEntry, rule string) bool {
		return slices.Contains(e.GetRules(), rule)
	}
	if !has(before, "ndrc-58") || has(before, "ndrc-36-ordinary") || has(after, "ndrc-58") || !has(after, "ndrc-36-ordinary") {
		t.Errorf("%v and %v", before.GetRules(), after.GetRules())
	}
	if !slices.Contains(after.GetTimeLimit(), "在公示系统公示行政处罚信息：20个工作日内") || !slices.Contains(after.GetManner(), "信用中国网站") || after.GetConfirmed() {
		t.Errorf("%v", after)
	}
	if _, err := w.send(caller{}, "", &mingjianv1.GetDisclosureCatalogueRequest{On: "2026-02-30"}); faultOf(err) != "date.form" {
		t.Errorf("no such day: %v", err)
	}
}
