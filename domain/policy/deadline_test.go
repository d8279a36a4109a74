package policy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/holiday"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// openInLog lists what is open by folding the log, two a page.
type openInLog struct{ w *world }

func (o openInLog) Open(_ context.Context, from calendar.Date, page string) ([]string, string, error) {
	var ids []string
	for _, r := range o.w.store.All() {
		if id := r.Stream.ID; r.Stream.Category == deadline.Category && id > page && !slices.Contains(ids, id) &&
			slices.ContainsFunc(stateOf(o.w, deadline.Decider, id).Periods, func(p deadline.Period) bool { return p.Open() && !p.Due.Before(from) }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) <= 2 {
		return ids, "", nil
	}
	return ids[:2], ids[1], nil
}

// periods tells a record's, in the order in which they began.
func (w *world) periods(kind rule.Record, id string) string {
	w.Helper()
	var out []string
	for _, p := range stateOf(w, deadline.Decider, deadline.Record{Kind: kind, ID: id}.Stream()).Periods {
		text := p.Set.Rule + " " + p.Due.String()
		if p.Provisional {
			text += "?"
		}
		switch {
		case p.Met != nil:
			text += " met " + p.Met.On.String()
		case p.Lapsed != nil:
			text += " lapsed"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (w *world) expect(kind rule.Record, id, want string) {
	w.Helper()
	w.react()
	if got := w.periods(kind, id); got != want {
		w.Errorf("%s %s:\n got %s\nwant %s", kind, id, got, want)
	}
	if len(w.refused) > 0 {
		w.Errorf("refused: %v", w.refused)
	}
}

func fined(id, on string, change ...func(*penalty.Decided)) penalty.Decided {
	d := penalty.Decided{
		Penalty: id, Authority: bureau, AuthorityName: "西藏自治区市场监督管理局", DecisionNo: "藏市监处罚〔2026〕" + id + "号", Procedure: penalty.Ordinary,
		Parties: []penalty.Party{{Kind: penalty.Legal, Name: "甲公司"}}, Kinds: []penalty.Kind{penalty.Fine}, FineFen: 1000_00, Content: "罚款1000元", DecidedOn: day(on),
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func shown(on string, outlets ...rule.Outlet) disclosure.Published {
	e := disclosure.Published{Digest: "d", Number: 1, By: "sun", On: day(on)}
	for _, o := range outlets {
		e.Terms = append(e.Terms, rule.Term{Outlet: o, From: day(on), Rule: "r", Version: "v"})
	}
	return e
}

func TestAPenaltyStartsItsClocksAndWhatIsDoneStopsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("penalty", "1", fined("1", "2026-02-13"))
	const decided = "penalty-portal-7 2026-03-02%s, penalty-credit-china-7 2026-03-02%s, penalty-service-7 2026-03-02%s, penalty-gsxt-20 2026-03-19%s"
	w.expect(rule.Penalty, "1", fmt.Sprintf(decided, "", "", "", ""))
	w.add("penalty", "1", penalty.Served{On: day("2026-02-25")})
	w.expect(rule.Penalty, "1", fmt.Sprintf(decided, "", "", " met 2026-02-25", ""))
	w.add("disclosure", "penalty.1", shown("2026-03-02"))
	w.expect(rule.Penalty, "1", fmt.Sprintf(decided, " met 2026-03-02", "", " met 2026-02-25", ""))
	w.add("disclosure", "penalty.1", shown("2026-03-03", rule.CreditChina, rule.GSXT))
	w.expect(rule.Penalty, "1", fmt.Sprintf(decided, " met 2026-03-02", " met 2026-03-03", " met 2026-02-25", " met 2026-03-03"))
	w.add("penalty", "1", penalty.Revoked{Ground: penalty.GroundRevoked, Reason: "复议撤销", On: day("2026-04-30")})
	over := fmt.Sprintf(decided, " met 2026-03-02", " met 2026-03-03", " met 2026-02-25", " met 2026-03-03") + ", penalty-withdraw-3 2026-05-08%s"
	w.expect(rule.Penalty, "1", fmt.Sprintf(over, ""))
	w.add("disclosure", "penalty.1", disclosure.Withdrawn{Digest: "d", Number: 2, On: day("2026-05-09")})
	w.expect(rule.Penalty, "1", fmt.Sprintf(over, " met 2026-05-09"))
	if p := stateOf(w, deadline.Decider, "penalty.1").Periods; !p[4].Late() || p[0].Late() {
		t.Errorf("late: %t and %t", p[4].Late(), p[0].Late())
	}
	first := stateOf(w, deadline.Decider, "penalty.1").Periods[0].Set
	if first.Jurisdiction != "540000" || first.TableVersion != rule.Embedded().Version() || first.CalendarVersion != calendar.Embedded().Version() ||
		first.Authority != bureau || first.Outlet != rule.Portal || first.Trigger != "penalty.decided" {
		t.Errorf("%+v", first)
	}
}

// TestWhatIsNotForThePublicIsServedAlone: when 信用中国 still had no rule of its own against it, a bare warning was due there as
// little as anywhere else.
func TestWhatIsNotForThePublicIsServedAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id, change := range map[string]func(*penalty.Decided){
		"1": func(d *penalty.Decided) { d.Kinds, d.FineFen = []penalty.Kind{penalty.Warning}, 0 },
		"2": func(d *penalty.Decided) { d.Procedure = penalty.Summary },
		"3": func(d *penalty.Decided) {
			d.Kinds, d.FineFen = []penalty.Kind{penalty.Warning}, 0
			d.Parties[0].Province, d.Parties[0].ProvinceSource = "51", penalty.FromRegistration
		},
	} {
		w.add("penalty", id, fined(id, "2023-02-27", change))
		w.expect(rule.Penalty, id, "penalty-service-7 2023-03-08")
	}
}

func TestWhatIsNotForThePublicHasNoClockForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("authority", "gz", authority.Registered{ID: "gz", Name: "贵阳市市场监督管理局", District: "520100", Level: authority.City})
	w.add("penalty", "1", fined("1", "2026-02-13", func(d *penalty.Decided) { d.Kinds, d.FineFen = []penalty.Kind{penalty.Warning}, 0 }))
	w.add("penalty", "2", fined("2", "2026-02-13", func(d *penalty.Decided) { d.Procedure = penalty.Summary }))
	w.add("penalty", "3", fined("3", "2026-02-13", func(d *penalty.Decided) { d.SourceRow = &penalty.SourceRow{Line: 1} }))
	w.add("penalty", "4", fined("4", "2026-04-07", func(d *penalty.Decided) { d.Authority = "gz" }))
	w.add("penalty", "5", fined("5", "2026-04-07"))
	w.add("penalty", "6", fined("6", "2026-04-07"), penalty.Amended{Reason: "复议变更", Kinds: []penalty.Kind{penalty.Warning}, Content: "警告", On: day("2026-04-08")})
	w.add("penalty", "7", fined("7", "2026-04-07"), penalty.Revoked{Ground: penalty.GroundVoid, Reason: "无效", On: day("2026-04-08")})
	const service = "penalty-service-7 2026-04-16"
	for id, want := range map[string]string{
		"1": "penalty-service-7 2026-03-02", "2": "penalty-service-7 2026-03-02", "3": "",
		"4": "penalty-portal-7 2026-04-16, " + service + ", penalty-gsxt-20 2026-05-08", // minor in Guizhou: not on the credit platform
		"5": "penalty-portal-7 2026-04-16, penalty-credit-china-7 2026-04-16, " + service + ", penalty-gsxt-20 2026-05-08",
		"6": "penalty-portal-7 2026-04-16 lapsed, penalty-credit-china-7 2026-04-16 lapsed, " + service + ", penalty-gsxt-20 2026-05-08 lapsed",
		"7": "penalty-portal-7 2026-04-16 lapsed, penalty-credit-china-7 2026-04-16 lapsed, " + service + " lapsed, penalty-gsxt-20 2026-05-08 lapsed",
	} {
		w.expect(rule.Penalty, id, want)
	}
}

func TestLicencesAndInspectionsHaveTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("licence", "l", licence.Granted{Licence: "l", Authority: bureau, AuthorityName: "局", Holder: licence.Holder{Name: "甲公司"},
		DocumentTitle: "准予许可决定书", DecidedOn: day("2026-09-29"), ValidFrom: day("2026-09-29"), ValidTo: day("2031-09-28"),
	}, licence.Renewed{DecidedOn: day("2026-10-08"), ValidFrom: day("2031-09-29"), ValidTo: day("2036-09-28")})
	w.expect(rule.Licence, "l.0", "licence-portal-7 2026-10-14, licence-credit-china-7 2026-10-14")
	w.add("disclosure", "licence.l.1", shown("2026-10-09"))
	w.expect(rule.Licence, "l.1", "licence-portal-7 2026-10-16 met 2026-10-09, licence-credit-china-7 2026-10-16")
	w.add("inspection", "i", inspection.Assigned{Inspection: "i", Authority: bureau, Subject: "ext:r:1", SubjectName: "公司"},
		inspection.Concluded{CompletedOn: day("2026-09-29"), Outcomes: []inspection.Outcome{inspection.Unreachable, inspection.ProblemPending}},
		inspection.HandedOver{To: inspection.CaseFiling, Reason: "r", On: day("2026-09-29")})
	const ended = "inspection-gsxt-20 2026-11-02, inspection-portal-20 2026-11-02"
	w.expect(rule.Inspection, "i", ended)
	w.add("inspection", "i", inspection.FollowUpClosed{To: inspection.CaseFiling, Result: inspection.Filed, On: day("2026-10-12")})
	w.expect(rule.Inspection, "i", ended+", penalty-decision-90 2027-01-11?")
	w.add("penalty", "1", fined("1", "2026-11-16", func(d *penalty.Decided) { d.Inspection = "i" }))
	w.expect(rule.Inspection, "i", ended+", penalty-decision-90 2027-01-11? met 2026-11-16")
	// A case that was filed without an inspection has its ninety days too; the last day moves past the holidays.
	w.add("penalty", "2", fined("2", "2026-10-09", func(d *penalty.Decided) { d.FiledOn, d.Procedure = day("2026-07-04"), penalty.Summary }))
	w.expect(rule.Penalty, "2", "penalty-service-7 2026-10-19, penalty-decision-90 2026-10-08 met 2026-10-09")
}

func TestAPenaltyOfAnotherProvinceIsPushed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	abroad := func(d *penalty.Decided) {
		d.Parties[0].Province, d.Parties[0].ProvinceSource = "33", penalty.FromRegistration
	}
	w.add("penalty", "1", fined("1", "2026-02-13", abroad))
	w.add("penalty", "2", fined("2", "2026-02-13"))
	const ours = "penalty-portal-7 2026-03-02, penalty-credit-china-7 2026-03-02, penalty-service-7 2026-03-02, "
	w.expect(rule.Penalty, "1", ours+"penalty-push-10 2026-03-05")
	w.expect(rule.Penalty, "2", ours+"penalty-gsxt-20 2026-03-19")
	push := penalty.Pushed{Province: "33", Authority: "浙江省局", On: day("2026-03-05")}
	w.add("penalty", "1", push)
	w.add("penalty", "2", push) // nobody had said that the party is registered there
	w.expect(rule.Penalty, "1", ours+"penalty-push-10 2026-03-05 met 2026-03-05")
	w.expect(rule.Penalty, "2", ours+"penalty-gsxt-20 2026-03-19 lapsed, penalty-push-10 2026-03-05 met 2026-03-05")
	w.add("penalty", "1", penalty.PushReceived{ReceiptNo: "7", On: day("2026-03-09")}, penalty.PushPublished{On: day("2026-03-24")})
	w.expect(rule.Penalty, "1", ours+"penalty-push-10 2026-03-05 met 2026-03-05, penalty-receipt-gsxt-10 2026-03-23 met 2026-03-24")
	if p := stateOf(w, deadline.Decider, "penalty.1").Periods[4]; p.Set.Authority != "province-33" || !p.Late() {
		t.Errorf("whose duty it was: %+v", p)
	}
}

func TestAFindingIsDecidedOnAndAnEntryPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	found := func(n int) listing.Found {
		return listing.Found{Listing: "L", List: listing.Abnormal, Authority: bureau, Subject: listing.Subject{ID: "ext:r:1", Name: "公司1"},
			Finding: n, Ground: listing.Unreachable, Table: "t", On: day("2026-09-29"), By: "policy"}
	}
	by := listing.Decision{AuthorityName: "局", DocumentNo: "1号", On: day("2026-10-19"), By: "sun"}
	w.add("listing", "L", found(1), found(2), found(3), listing.Dismissed{Finding: 2, Reason: "r", On: day("2026-10-10"), By: "sun"},
		listing.Entered{Entry: 1, Findings: []int{1}, Ground: listing.Unreachable, Table: "t", Decision: by})
	w.expect(rule.Listing, "L.finding-1", "listing-finding-10 2026-10-19 met 2026-10-19")
	w.expect(rule.Listing, "L.finding-2", "listing-finding-10 2026-10-19 lapsed")
	w.expect(rule.Listing, "L.finding-3", "listing-finding-10 2026-10-19")
	const entered = "listing-portal-20 2026-11-16%s, listing-gsxt-20 2026-11-16%s"
	w.expect(rule.Listing, "L.1", fmt.Sprintf(entered, "", ""))
	w.add("disclosure", "listing.L.1", shown("2026-10-20", rule.Portal))
	w.add("listing", "L", listing.Retracted{Finding: 3, Reason: "r"},
		listing.RemovalApplied{Entry: 1, Application: 1, Statement: "s", ReceivedOn: day("2026-10-21"), By: "wang"},
		listing.Removed{Entry: 1, Application: 1, Decision: listing.Decision{AuthorityName: "局", DocumentNo: "2号", On: day("2026-10-29"), By: "sun"}})
	w.expect(rule.Listing, "L.1", fmt.Sprintf(entered, " met 2026-10-20", " lapsed")+", listing-removal-5 2026-10-28 met 2026-10-29")
	w.expect(rule.Listing, "L.finding-3", "listing-finding-10 2026-10-19 lapsed")
}

func TestWhatIsAskedOfTheAuthorityIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("dispute", "d", dispute.Requested{Request: "d", Record: dispute.Record{Disclosure: "penalty.1", Authority: bureau}, ReceivedOn: day("2026-09-29")})
	w.expect("correction", "d", "correction-request-20 2026-11-02")
	w.add("dispute", "d", dispute.Decided{Outcome: dispute.Refused, Reason: "r", On: day("2026-11-03"), By: "sun"})
	w.expect("correction", "d", "correction-request-20 2026-11-02 met 2026-11-03")
	w.add("dispute", "e", dispute.Requested{Request: "e", Record: dispute.Record{Disclosure: "penalty.1", Authority: bureau}, ReceivedOn: day("2026-09-29")},
		dispute.Dropped{On: day("2026-10-09"), By: "wang"})
	w.expect("correction", "e", "correction-request-20 2026-11-02 lapsed")
	w.add("disclosure", "penalty.1", disclosure.RepairApplied{Repair: "R", Digest: "d", By: "wang", On: day("2026-09-29")},
		disclosure.RepairDecided{Repair: "R", Granted: true, Reason: "r", By: "sun", On: day("2026-10-19")})
	w.expect(rule.Penalty, "1", "repair-decision-10 2026-10-19 met 2026-10-19")
	w.add("disclosure", "penalty.2", disclosure.RepairApplied{Repair: "S", Digest: "d", By: "wang", On: day("2026-09-29")},
		disclosure.Withdrawn{Digest: "d", Number: 2, On: day("2026-10-08")})
	w.expect(rule.Penalty, "2", "repair-decision-10 2026-10-19 lapsed")
	if p := stateOf(w, deadline.Decider, "correction.d").Periods[0]; p.Set.Authority != bureau || !p.Late() {
		t.Errorf("%+v", p)
	}
	w.add("penalty", "9", fined("9", "2026-09-29"))
	w.react()
	w.add("disclosure", "penalty.9", disclosure.Withheld{Withholding: 1, CheckBy: day("2027-01-31"), Parts: []string{"penalty.facts"}, Digest: "d", On: day("2026-10-08")})
	w.expect(rule.Penalty, "9", "penalty-portal-7 2026-10-14, penalty-credit-china-7 2026-10-14, penalty-service-7 2026-10-14, penalty-gsxt-20 2026-11-02")
	w.add("disclosure", "penalty.9", disclosure.Withheld{Withholding: 2, CheckBy: day("2027-01-31"), Digest: "d", On: day("2026-10-08")})
	w.expect(rule.Penalty, "9", "penalty-portal-7 2026-10-14 lapsed, penalty-credit-china-7 2026-10-14 lapsed, penalty-service-7 2026-10-14, penalty-gsxt-20 2026-11-02 lapsed")
}

// notice is made up.
func notice() holiday.NoticeRecorded {
	return holiday.NoticeRecorded{
		Year: 2027, Number: "测试〔2026〕1号", IssuedOn: day("2026-11-10"), By: "root",
		Off: []calendar.Date{day("2026-12-31"), day("2027-01-01")}, Work: []calendar.Date{day("2026-12-27")},
	}
}

func TestANoticeCountsAgainWhatIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const before = "penalty-portal-7 2026-12-28?%s, penalty-credit-china-7 2026-12-28?, penalty-service-7 2026-12-28?, penalty-gsxt-20 2027-01-14?"
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		w.add("penalty", id, fined(id, "2026-12-17"))
	}
	w.react()
	w.add("disclosure", "penalty.1", shown("2026-12-20"))
	w.expect(rule.Penalty, "1", fmt.Sprintf(before, " met 2026-12-20"))
	w.add("penalty", "late", fined("late", "2026-12-17")) // not reacted to when the notice comes
	w.add("holiday", "cn", notice())
	w.add("penalty", "after", fined("after", "2026-12-17"))
	const after = "penalty-credit-china-7 2026-12-27, penalty-service-7 2026-12-27, penalty-gsxt-20 2027-01-15"
	w.expect(rule.Penalty, "1", "penalty-portal-7 2026-12-28? met 2026-12-20, "+after)
	for _, id := range []string{"2", "3", "4", "5", "late", "after"} {
		w.expect(rule.Penalty, id, "penalty-portal-7 2026-12-27, "+after)
	}
	of := func(id string) deadline.Period { return stateOf(w, deadline.Decider, "penalty."+id).Periods[0] }
	if late := of("late"); late.Set.CalendarVersion != calendar.Embedded().Version() || len(late.Recomputed) != 1 ||
		late.Recomputed[0].Notice != "测试〔2026〕1号" || late.Recomputed[0].Former != day("2026-12-28") {
		t.Errorf("what was decided before the notice: %+v", late)
	}
	if p := of("after"); len(p.Recomputed) != 0 || p.Set.CalendarVersion == calendar.Embedded().Version() {
		t.Errorf("what was decided after it: %+v", p)
	}
	told := len(w.store.All())
	w.done = 0
	w.react()
	if n := len(w.store.All()); n != told {
		t.Errorf("reacting again added %d events", n-told)
	}
}

func TestANoticeWithoutAListIsAnErrorAndNotPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("holiday", "cn", notice())
	r := w.reactions()
	r.Open = nil
	all := w.store.All()
	if err := r.Handle(t.Context(), all[len(all)-1]); err == nil || !strings.Contains(err.Error(), "no list of open deadlines") {
		t.Errorf("%v", err)
	}
}
