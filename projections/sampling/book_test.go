package sampling_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	events "github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/sampling"
)

var day = calendar.MustParse

// book collects records of several streams in one log.
type book struct {
	*testing.T
	records []es.Record
	next    map[es.Stream]es.Revision
}

func newBook(t *testing.T) *book { return &book{T: t, next: map[es.Stream]es.Revision{}} }

func add[E es.Event](b *book, category, id string, list ...E) {
	b.Helper()
	meta := es.Metadata{
		Command: es.DeriveID("", id, fmt.Sprint(len(b.records))), Actor: "wang",
		RecordedAt: time.Date(2026, 3, 20, 1, len(b.records), 0, 0, time.UTC),
	}
	proposed, err := es.Propose(meta, list...)
	if err != nil {
		b.Fatal(err)
	}
	stream := es.Stream{Category: category, ID: id}
	for _, p := range proposed {
		b.records = append(b.records, es.Record{
			Proposed: p, Stream: stream, Revision: b.next[stream], Position: es.At(uint64(len(b.records)+1), 0),
		})
		b.next[stream]++
	}
}

func (b *book) campaign(id string, list ...events.Event) {
	b.Helper()
	add(b, events.Category, id, list...)
}

func (b *book) result(id string, list ...events.ResultEvent) {
	b.Helper()
	add(b, events.ResultCategory, id, list...)
}

func (b *book) live() *projectionstest.Memory {
	b.Helper()
	return projectionstest.Live(b, sampling.Projection(), b.records)
}

func opened(id string, year int) events.Opened {
	return events.Opened{Sampling: id, Authority: "b1", AuthorityName: "甲局", Kind: events.Food, Year: year, Title: "抽检 " + id, By: "zhao"}
}

func plan(batches int) events.Plan {
	return events.Plan{Title: "计划", Content: "内容", From: day("2026-01-05"), To: day("2026-03-31"), Batches: batches}
}

func published(act events.Act, version int) events.Published {
	return events.Published{Act: act, Version: version, DocumentNo: fmt.Sprint(version, "号"), PublishedOn: day("2026-01-04"), By: "sun"}
}

func sampleOf(reported string, failing int) events.Sample {
	s := events.Sample{
		Product: "韭菜", Trademark: "青山", Specification: "散装", Stage: events.Circulation, Batches: []string{"1", "2"}, BatchesDrawn: 2, BatchesFailing: failing,
		Laboratory: events.Tester{Name: "南京院", Code: "ext:r:9"}, SampledFrom: events.Party{Name: "惠民超市", Subject: "91320105780688132K", Address: "人民路1号"},
		Producer: &events.Party{Name: "青山农场"}, SampledOn: day("2026-01-12"), ReportNo: "SP-1", ReportedOn: day(reported),
	}
	if failing > 0 {
		s.Failures = []events.Failure{{Item: "腐霉利", Measured: "0.45", Limit: "0.2", Standard: "GB 2763", Batch: "1", Microbial: true}}
	}
	return s
}

func recorded(id, campaign string, kind events.Kind, s events.Sample) events.ResultRecorded {
	return events.ResultRecorded{Result: id, Sampling: campaign, Kind: kind, Authority: "b1", AuthorityName: "甲局", Sample: s, By: "wang"}
}

// shown is the event that makes what a history says public.
func shown(t testing.TB, version int, history ...events.ResultEvent) events.ResultPublished {
	t.Helper()
	r := fold(history...)
	raw, digest, err := r.Document().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return events.ResultPublished{Version: version, DocumentNo: "9号", PublishedOn: day("2026-03-01"), Document: raw, Digest: digest}
}

func fold(history ...events.ResultEvent) (r events.Result) {
	for _, e := range history {
		r = events.Results.Evolve(r, e)
	}
	return r
}

// story is the life of a failing result: objected to, tested again in vain, handled and closed.
func story(t testing.TB, id, campaign string) []events.ResultEvent {
	t.Helper()
	h := []events.ResultEvent{
		recorded(id, campaign, events.Food, sampleOf("2026-01-30", 1)),
		events.HandlingOpened{Number: 1, On: day("2026-01-30"), DueOn: day("2026-04-30"), Rule: "food-2019"},
		events.PartyNotified{Role: events.SampledParty, On: day("2026-02-01"), By: "wang"},
		events.ObjectionLodged{
			Number: 1, Role: events.SampledParty, Matter: events.MatterResult, Ground: "自检合格", LodgedOn: day("2026-02-02"), Rule: "food-2019",
			Deadline: calendar.Deadline{Date: day("2026-02-10"), CalendarVersion: "x", Provisional: true}, By: "wang",
		},
		events.HandlingStepped{By: "wang", Step: events.Step{
			Kind: events.StepRecalled, On: day("2026-02-03"), Quantity: "3 kg", CaseNo: "立1号", Penalty: "p1", Note: "内部备注",
		}},
	}
	h = append(h, shown(t, 1, h...))
	return append(h,
		events.RetestOrdered{Number: 1, Laboratory: events.Tester{Name: "安徽院"}, On: day("2026-02-04"), By: "wang"},
		events.Retested{
			Number: 1, Laboratory: events.Tester{Name: "安徽院"}, BatchesFailing: 2, ReportNo: "FJ-1", ReportedOn: day("2026-02-20"), By: "wang",
			Failures: []events.Failure{{Item: "腐霉利", Measured: "0.5", Limit: "0.2", Standard: "GB 2763"}},
		},
		events.HandlingClosed{Outcome: events.OutcomePenalised, On: day("2026-03-01"), Note: "结案说明", By: "qian"},
	)
}
