package reporting_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	view "github.com/mingjian-ledger/mingjian/projections/reporting"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

const (
	bureau   = projectionstest.Bureau
	county   = projectionstest.County
	platform = "credit_china"
	other    = "province"
)

var on = calendar.MustParse

// log is what a ledger records of decisions, their periods, publications and deliveries.
type log struct {
	*projectionstest.Releases
	rows map[string]int // prepared for a delivery
	sent uint64
}

func newLog(t testing.TB) *log { return &log{projectionstest.NewReleases(t), map[string]int{}, 0} }

func (l *log) live() projections.Reader {
	l.Helper()
	return projectionstest.Live(l, view.Projection(), l.Store.All())
}

// decide records a penalty.
func (l *log) decide(id, authority, day string, change func(*penalty.Decided)) {
	e := penalty.Decided{
		Penalty: id, Authority: domain.AuthorityID(authority), DecisionNo: id + "号", Procedure: penalty.Ordinary, Kinds: []penalty.Kind{penalty.Fine},
		Parties: []penalty.Party{{Name: "甲公司"}}, DecidedOn: on(day),
	}
	if change != nil {
		change(&e)
	}
	l.Add(es.Stream{Category: "penalty", ID: id}, e)
}

// period begins the period for reporting, and one for serving, which is of no concern.
func (l *log) period(disclosure, authority, day string) {
	kind, id, _ := strings.Cut(disclosure, ".")
	set := deadline.Set{
		Deadline: "d-" + disclosure, Record: deadline.Record{Kind: rule.Record(kind), ID: id}, Authority: domain.AuthorityID(authority), Outlet: rule.CreditChina,
		Trigger: kind + ".decided", Start: on(day), Due: calendar.Embedded().AddWorkingDays(on(day), 7).Date,
	}
	serve := set
	serve.Deadline, serve.Outlet, serve.Due = "s-"+disclosure, "", on("2030-01-01")
	l.Add(es.Stream{Category: deadline.Category, ID: disclosure}, serve, set)
}

// public publishes it on the portal and the platforms' outlet.
func (l *log) public(id, day string) {
	p := l.Published(projectionstest.Penalty(strings.TrimPrefix(id, "penalty."), bureau, day, projectionstest.Huimin), 1)
	p.On = on(day)
	p.Terms = []rule.Term{{Outlet: rule.Portal, From: on(day)}, {Outlet: rule.CreditChina, From: on(day)}}
	l.Disclosure(id, p)
}

func (l *log) deliver(at, id string, events ...es.Event) {
	l.Add(es.Stream{Category: delivery.Category, ID: delivery.ID(at, id)}, events...)
}

// row prepares a row and submits it, unless the day is empty.
func (l *log) row(id string, action delivery.Action, day string) {
	l.rows[id]++
	events := []es.Event{delivery.Prepared{About: delivery.About{Platform: platform, Disclosure: id}, Row: l.rows[id], Act: 1, Action: action, On: on("2026-03-01")}}
	if day != "" {
		l.sent++
		events = append(events, delivery.Submitted{Row: l.rows[id], Number: l.sent, Digest: fmt.Sprint("row", l.sent), Batch: "b", On: on(day)})
	}
	l.deliver(platform, id, events...)
}

func (l *log) answer(id string, verdict string, day string) {
	a := delivery.Answer{Row: l.rows[id], Number: l.sent, Code: "0", Receipt: "receipt " + verdict, On: on(day)}
	switch verdict {
	case reporting.Rejected:
		l.deliver(platform, id, delivery.Rejected{Answer: a})
	default:
		l.deliver(platform, id, delivery.Accepted{Answer: a, Duplicate: verdict == reporting.Duplicate})
	}
}

// tells is how the decisions of an authority and month stand for a platform, as "record class why".
func (l *log) tells(authority, month, at, day string) string {
	l.Helper()
	var out []string
	for v, err := range view.Decisions(l.Context(), l.live(), authority, month) {
		if err != nil {
			l.Fatal(err)
		}
		j := view.Of(v, at).On(on(day))
		out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s %s", v.GetRecordId(), j.Class, j.Why), " "))
	}
	return strings.Join(out, ", ")
}

// TestHowDecisionsStand: each begins on Friday, 20 March 2026, so that the seventh working day is the 31st.
func TestHowDecisionsStand(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	const day, id = "2026-03-20", "penalty.p"
	for i, story := range []func(string){
		func(id string) {
			l.public(id, "2026-03-23")
			l.row(id, delivery.Add, "2026-03-31")
			l.answer(id, reporting.Taken, "2026-04-02")
		},
		func(id string) {
			l.public(id, "2026-03-23")
			l.row(id, delivery.Add, "2026-04-01")
			l.answer(id, reporting.Duplicate, "2026-04-02")
		},
		func(string) {},
		func(id string) { l.public(id, "2026-03-23") },
		func(id string) { l.public(id, "2026-03-23"); l.row(id, delivery.Add, "") },
		func(id string) { l.public(id, "2026-03-23"); l.row(id, delivery.Add, "2026-03-24") },
		func(id string) {
			l.public(id, "2026-03-23")
			l.deliver(platform, id, delivery.Held{About: delivery.About{Platform: platform}, Act: 1, On: on(day)})
		},
		func(id string) {
			l.public(id, "2026-03-23")
			l.row(id, delivery.Add, "2026-03-24")
			l.answer(id, reporting.Rejected, "2026-03-25")
			l.row(id, delivery.Add, "2026-03-26")
			l.answer(id, reporting.Taken, "2026-03-27")
			l.row(id, delivery.Modify, "2026-05-01")
			l.answer(id, reporting.Rejected, "2026-05-02")
		},
		func(id string) {
			l.public(id, "2026-03-23")
			l.Disclosure(id, disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Number: 2, On: on("2026-03-25")})
		},
		func(id string) {
			l.public(id, "2026-03-23")
			l.Disclosure(id, disclosure.Masked{Outlets: []rule.Outlet{rule.CreditChina}, Number: 2, On: on("2026-03-25")})
			l.Disclosure(id, disclosure.Unmasked{Outlets: []rule.Outlet{rule.CreditChina}, Number: 3, On: on("2026-03-30")})
		},
		func(id string) {
			l.Add(es.Stream{Category: deadline.Category, ID: id}, deadline.Lapsed{Deadline: "s-" + id, On: on(day), By: "penalty.revoked"},
				deadline.Lapsed{Deadline: "d-" + id, On: on("2026-03-25"), By: "disclosure.withheld"})
		},
		func(id string) {
			l.public(id, "2026-03-23")
			l.row(id, delivery.Add, "2026-03-24")
			l.deliver(platform, id, delivery.GivenUp{Act: 1, Why: delivery.NoAnswer, On: on("2026-04-24")})
		},
		func(id string) {
			l.public(id, "2026-03-23")
			l.Disclosure(id, disclosure.Ended{Outlets: []rule.Outlet{rule.Portal}, Number: 2, On: on("2026-03-25")})
		},
	} {
		id := fmt.Sprintf("%s%02d", id, i+1)
		l.decide(strings.TrimPrefix(id, "penalty."), bureau, day, nil)
		l.period(id, bureau, day)
		story(id)
	}
	l.decide("q1", bureau, day, func(e *penalty.Decided) { e.SourceRow = &penalty.SourceRow{Line: 1} })
	l.decide("q2", bureau, day, func(e *penalty.Decided) { e.Procedure = penalty.Summary })
	l.decide("q3", bureau, day, nil)
	l.decide("q4", county, day, nil)
	l.decide("q5", bureau, "2026-04-01", nil)
	want := "p01 in_time accepted, p02 late duplicate, p03 omitted not_released, p04 omitted no_row, p05 omitted not_sent, p06 waiting submitted, " +
		"p07 omitted held, p08 in_time accepted, p09 exempt withdrawn, p10 omitted no_row, p11 exempt disclosure.withheld, p12 omitted given_up, " +
		"p13 omitted no_row, q1 exempt taken_over, q2 exempt summary, q3 exempt no_period"
	if got := l.tells(bureau, "2026-03", platform, "2026-04-01"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if got := l.tells(bureau, "2026-03", platform, "2026-03-31"); strings.Count(got, "open") != 7 || strings.Contains(got, "omitted") {
		t.Errorf("on the last day: %s", got)
	}
	if got := l.tells(bureau, "2026-03", other, "2026-04-01"); strings.Contains(got, "in_time") || strings.Count(got, "omitted no_row") != 10 {
		t.Errorf("for another platform: %s", got)
	}
	if got := l.tells(bureau, "2026-04", platform, "2026-04-01") + l.tells(county, "2026-03", platform, "2026-04-01"); got != "q5 exempt no_periodq4 exempt no_period" {
		t.Errorf("elsewhere: %s", got)
	}
}

// TestALicencesDecisions belong to the licence's authority, and a date alone is none.
func TestALicencesDecisions(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.Add(es.Stream{Category: "licence", ID: "l"},
		licence.Granted{Licence: "l", Authority: bureau, DocumentNo: "许1", DecidedOn: on("2026-03-20"), ValidFrom: on("2026-03-20"), ValidTo: on("2030-03-20")},
		licence.Renewed{DocumentNo: "许2", DecidedOn: on("2026-03-23"), ValidFrom: on("2026-03-20"), ValidTo: on("2030-03-20")}, licence.Expired{On: on("2026-03-30")})
	l.Add(es.Stream{Category: "licence", ID: "old"}, licence.TermTakenOver{Licence: "old", Authority: bureau, RowNo: "1", ValidFrom: on("2026-03-02"), ValidTo: on("2030-03-20")})
	id := disclosure.Record{Kind: disclosure.Licence, ID: licence.RecordID("l", 1)}.Disclosure()
	l.period(id, bureau, "2026-03-23")
	l.deliver(platform, "licence.none", delivery.Prepared{About: delivery.About{Platform: platform}, Row: 1, Action: delivery.Add, On: on("2026-03-20")}) // of no decision here
	want := fmt.Sprintf("%s exempt no_period, %s omitted not_released, %s exempt expired, %s exempt taken_over",
		licence.RecordID("l", 0), licence.RecordID("l", 1), licence.RecordID("l", 2), licence.RecordID("old", 0))
	if got := l.tells(bureau, "2026-03", platform, "2026-06-01"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	// A notice moves the last day of an open period.
	l.Add(es.Stream{Category: deadline.Category, ID: id}, deadline.Recomputed{Deadline: "d-" + id, Former: on("2026-04-01"), Due: on("2026-06-01")},
		deadline.Recomputed{Deadline: "s-" + id, Former: on("2030-01-01"), Due: on("2026-01-01")})
	if got := l.tells(bureau, "2026-03", platform, "2026-06-01"); !strings.Contains(got, licence.RecordID("l", 1)+" open not_released") {
		t.Errorf("after a notice: %s", got)
	}
}

func TestADecisionAsItIsKept(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.decide("p", bureau, "2026-03-20", nil)
	l.period("penalty.p", bureau, "2026-03-20")
	l.public("penalty.p", "2026-03-23")
	l.row("penalty.p", delivery.Add, "2026-03-24")
	l.answer("penalty.p", reporting.Rejected, "2026-03-25")
	var got []*viewv1.ReportedDecision
	r := l.live()
	for v, err := range view.Decisions(t.Context(), r, bureau, "2026-03") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	first := l.Store.All()[0]
	want := []*viewv1.ReportedDecision{{
		DisclosureId: "penalty.p", Kind: "penalty", RecordId: "p", AuthorityId: bureau, Stream: "penalty-p", EventId: string(first.ID),
		DecidedOn: "2026-03-20", DocumentNo: "p号", DeadlineId: "d-penalty.p", DueOn: "2026-03-31", ReleasedOn: "2026-03-23",
		Deliveries: []*viewv1.ReportedDelivery{{Platform: platform, Status: "rejected", Rows: []*viewv1.ReportedRow{{
			Number: 1, Digest: "row1", Shows: true, SentOn: "2026-03-24", Verdict: "rejected", Refused: true, AnsweredOn: "2026-03-25", Receipt: "receipt rejected", Code: "0",
		}}}},
	}}
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&viewv1.ReportedDecision{}, "outlets", "event_digest")); diff != "" {
		t.Error(diff)
	}
	if len(got[0].GetEventDigest()) != 64 {
		t.Error("no digest of the event")
	}
	all := l.Store.All()
	head, err := view.HeadOf(t.Context(), r, []string{bureau, county})
	if err != nil || head.Position != all[len(all)-1].Position || head.Recorded == "" {
		t.Errorf("%+v, %v", head, err)
	}
	if rows, err := view.Prepared(t.Context(), r, platform); err != nil || rows["penalty"] != 1 || rows["licence"] != 0 {
		t.Errorf("%v, %v", rows, err)
	}
	if none, err := view.HeadOf(t.Context(), r, []string{county}); err != nil || none != (view.Head{}) {
		t.Errorf("%+v, %v", none, err)
	}
	if strings.Contains(fmt.Sprint(got), "甲公司") {
		t.Error("a party is named")
	}
}
