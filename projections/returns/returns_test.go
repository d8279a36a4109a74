package returns_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	events "github.com/mingjian-ledger/mingjian/domain/returns"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	"github.com/mingjian-ledger/mingjian/projections/returns"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func on(day string) calendar.Date { return calendar.MustParse(day) }

// history is a log in the making.
type history struct {
	testing.TB
	records   []es.Record
	revisions map[es.Stream]es.Revision
}

func newHistory(t testing.TB) *history {
	return &history{TB: t, revisions: map[es.Stream]es.Revision{}}
}

func (h *history) add(category, id string, list ...es.Event) {
	h.Helper()
	s := es.Stream{Category: category, ID: id}
	proposed, err := es.Propose(es.Metadata{
		Command: es.DeriveID("", fmt.Sprint(len(h.records))), RecordedAt: time.Date(2023, 5, 1, 0, len(h.records), 0, 0, time.UTC),
	}, list...)
	if err != nil {
		h.Fatal(err)
	}
	for _, p := range proposed {
		h.records = append(h.records, es.Record{Proposed: p, Stream: s, Revision: h.revisions[s], Position: es.At(uint64(len(h.records)+1), 0)})
		h.revisions[s]++
	}
}

func assignment(id, task string) inspection.Assigned {
	return inspection.Assigned{
		Inspection: id, Draw: "d", Task: task, Plan: "p", Authority: "bs", Subject: "91540321MA6TCRT16N", SubjectName: "甲餐厅",
		Teams: []inspection.Team{{Department: "餐饮科", Inspectors: []domain.InspectorID{"A1", "A2"}}}, Items: []inspection.Item{{No: "1", Matter: "餐饮服务日常检查"}},
	}
}

func (h *history) inspect(id, task, day string) {
	h.Helper()
	h.add("inspection", id, assignment(id, task),
		inspection.Recorded{Department: "餐饮科", By: "A1", Outcomes: []inspection.Outcome{inspection.NoProblem}, CompletedOn: on(day)},
		inspection.Confirmed{Department: "餐饮科", By: "A2"},
		inspection.Concluded{CompletedOn: on(day), Outcomes: []inspection.Outcome{inspection.NoProblem}})
}

func sample(day string, failing int) sampling.Sample {
	s := sampling.Sample{
		Product: "酱牛肉", Stage: sampling.Catering, BatchesDrawn: 3, BatchesFailing: failing, SampledFrom: sampling.Party{Name: "甲餐厅", Subject: "91540321MA6TCRT16N"},
		Producer: &sampling.Party{Name: "乙厂"}, SampledOn: on(day), ReportNo: "R1", ReportedOn: on(day),
	}
	if failing > 0 {
		s.Failures = []sampling.Failure{{Item: "菌落总数"}}
	}
	return s
}

// world is a bit of everything.
func world(t testing.TB) *history {
	h := newHistory(t)
	h.add("plan", "p", plan.TaskOpened{Task: plan.Task{ID: "p-1", Line: "餐饮服务", WindowStart: on("2023-01-01"), WindowEnd: on("2023-12-31")}})
	h.inspect("i1", "p-1", "2023-05-02")
	h.inspect("i2", "p-1", "2023-06-02")
	h.inspect("i3", "unknown", "2023-05-03")
	h.add("inspection", "i1", inspection.Corrected{Department: "餐饮科", Outcomes: []inspection.Outcome{inspection.ProblemPending}, By: "A2"})
	h.add("inspection", "old", inspection.TakenOver{Inspection: "old", Authority: "bs", CompletedOn: on("2023-05-04"), Outcomes: []inspection.Outcome{inspection.NoProblem}})
	h.add("inspection", "open", assignment("open", "p-1"))
	h.add(sampling.ResultCategory, "s1", sampling.ResultRecorded{Result: "s1", Kind: sampling.Food, Authority: "bs", Sample: sample("2023-05-05", 2)},
		sampling.HandlingOpened{Number: 1, On: on("2023-05-06")},
		sampling.HandlingStepped{Step: sampling.Step{Kind: sampling.StepSealed, On: on("2023-05-07"), Quantity: "10箱"}},
		sampling.Retested{BatchesFailing: 1, Failures: []sampling.Failure{{Item: "大肠菌群"}}, ReportedOn: on("2023-05-08")})
	h.add(sampling.ResultCategory, "s2", sampling.ResultRecorded{Result: "s2", Kind: sampling.Product, Authority: "bs", Sample: sample("2023-05-05", 1)},
		sampling.HandlingOpened{Number: 1, On: on("2023-05-06")}, sampling.HandlingClosed{Outcome: sampling.OutcomeRectified, On: on("2023-06-10")})
	h.add(sampling.ResultCategory, "s3", sampling.ResultRecorded{Result: "s3", Kind: sampling.Food, Authority: "bs", Sample: sample("2023-05-05", 0)},
		sampling.ResultAnnulled{Reason: "x"})
	h.add("licence", "l1", licence.Granted{Licence: "l1", Authority: "bs", Holder: licence.Holder{Name: "甲餐厅", Subject: "91540321MA6TCRT16N"},
		DocumentTitle: "准予许可决定书", CertificateName: "食品经营许可证", LicenceNo: "JY1", Content: "热食", DecidedOn: on("2023-05-08"), ValidFrom: on("2023-05-08"), ValidTo: on("2028-05-07")},
		licence.Amended{DocumentNo: "变1", DecidedOn: on("2023-05-20"), Reason: "更名", Holder: &licence.Holder{Name: "丙餐厅"}},
		licence.Cancelled{DocumentNo: "注1", Reason: "申请", On: on("2024-01-02")})
	h.add("licence", "l2", licence.TermTakenOver{Licence: "l2", Authority: "bs", LicenceNo: "9", Action: licence.ActGrant, ValidFrom: on("2023-02-02"), ValidTo: on("2024-02-02")})
	h.add("penalty", "f1", penalty.Decided{Penalty: "f1", Authority: "bs", DecisionNo: "罚1", Parties: []penalty.Party{{Name: "张某某"}}, DecidedOn: on("2023-03-03"), FineFen: 200_001})
	h.add("penalty", "f2", penalty.Decided{Penalty: "f2", Authority: "bs", DecisionNo: "罚2", DecidedOn: on("2023-03-04")}, penalty.Revoked{On: on("2024-01-01")})
	h.add("penalty", "f3", penalty.Decided{Penalty: "f3", Authority: "bs", DecisionNo: "罚3", DecidedOn: on("2023-03-05"), SourceRow: &penalty.SourceRow{Line: 1}})
	h.add("penalty", "f4", penalty.Decided{Penalty: "f4", Decision: "f1", Place: 2, Authority: "bs", DecisionNo: "罚1", DecidedOn: on("2023-03-03")})
	return h
}

func list(t *testing.T, r projections.Reader, f returns.Filter) (rows []*viewv1.ReturnRow, ids string) {
	t.Helper()
	var all []string
	for v, err := range returns.Rows(t.Context(), r, f) {
		if err != nil {
			t.Fatal(err)
		}
		rows, all = append(rows, v), append(all, v.GetId())
	}
	return rows, strings.Join(all, " ")
}

func TestRows(t *testing.T) {
	t.Parallel()
	h := world(t)
	r := projectionstest.Live(t, returns.Projection(), h.records)
	catering := returns.LineScope("餐饮服务")
	for _, c := range []struct {
		f    returns.Filter
		want string
	}{
		{returns.Filter{Kind: returns.Inspection, Scope: catering}, "i1 i2"},
		{returns.Filter{Kind: returns.Inspection, Scope: catering, To: "2023-05-31"}, "i1"},
		{returns.Filter{Kind: returns.Inspection, From: "2023-05-01", To: "2023-12-31"}, "i1 i3 i2"},
		{returns.Filter{Kind: returns.Sampling, Scope: returns.SampleScope("food", "catering")}, "s1"},
		{returns.Filter{Kind: returns.Sampling, Scope: returns.SampleScope("food", "catering"), ClosedBy: "2023-12-01"}, "s1"},
		{returns.Filter{Kind: returns.Sampling, Scope: returns.SampleScope("product", ""), ClosedBy: "2023-06-10"}, "s2"},
		{returns.Filter{Kind: returns.Sampling, Scope: returns.SampleScope("product", ""), ClosedBy: "2023-06-11"}, ""},
		{returns.Filter{Kind: returns.Licence, Scope: returns.Decided}, "l1.0 l1.1 l1.2"},
		{returns.Filter{Kind: returns.Penalty, Scope: returns.Decided}, "f1 f2"},
	} {
		c.f.Authority = "bs"
		if _, got := list(t, r, c.f); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
	rows, _ := list(t, r, returns.Filter{Authority: "bs", Kind: returns.Inspection, Scope: catering})
	if v := rows[0]; v.GetOutcome() != inspection.ProblemPending.Label() || !slices.Equal(v.GetInspectors(), []string{"A1", "A2"}) || v.GetMatter() != "餐饮服务日常检查" {
		t.Errorf("an inspection that was corrected is %v", v)
	}
	rows, _ = list(t, r, returns.Filter{Authority: "bs", Kind: returns.Sampling, Scope: returns.SampleScope("food", "catering")})
	if v := rows[0]; v.GetBatchesFailing() != 1 || v.GetFailures()[0] != "大肠菌群" || !v.GetOpen() || v.GetHandling() != "2023-05-06 启动核查处置；2023-05-07 封存（10箱）" {
		t.Errorf("a sample is %v", v)
	}
	rows, _ = list(t, r, returns.Filter{Authority: "bs", Kind: returns.Licence, Scope: returns.Decided})
	if rows[0].GetSubjectName() != "甲餐厅" || rows[1].GetSubjectName() != "丙餐厅" || rows[1].GetLicenceNo() != "JY1" || rows[2].GetAction() != "cancelled" {
		t.Errorf("decisions are %v", rows)
	}
	if v, _ := list(t, r, returns.Filter{Authority: "bs", Kind: returns.Penalty, Scope: returns.Decided}); strings.Contains(fmt.Sprint(v), "张某某") {
		t.Error("the name of a party stands in a row")
	}
}

func TestRowsBehindAPlace(t *testing.T) {
	t.Parallel()
	h := world(t)
	r := projectionstest.Live(t, returns.Projection(), h.records)
	whole, _ := list(t, r, returns.Filter{Authority: "bs", Kind: returns.Inspection, Scope: returns.LineScope("餐饮服务")})
	since, ok := returns.Place("5") // i1 was concluded in the fifth event
	if !ok || whole[0].GetFirstAt() != since {
		t.Fatalf("the first place is %s, not %s", whole[0].GetFirstAt(), since)
	}
	if _, got := list(t, r, returns.Filter{Authority: "bs", Kind: returns.Inspection, Scope: returns.LineScope("餐饮服务"), Since: since}); got != "i2" {
		t.Errorf("behind it are %q", got)
	}
	if _, ok := returns.Place("nowhere"); ok {
		t.Error("nowhere is a place")
	}
}

// TestCountsAreTheirRows counts the rows again.
func TestCountsAreTheirRows(t *testing.T) {
	t.Parallel()
	r := projectionstest.Live(t, returns.Projection(), world(t).records)
	for year, want := range map[uint32]string{
		2023: "map[inspection/concluded:3 licence/amended:1 licence/granted:1 penalty/decided:2 penalty/revoked:1]",
		2024: "map[licence/cancelled:1]", 2022: "map[]",
	} {
		got, err := returns.Counts(t.Context(), r, "bs", year)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%d: %v, %v, want %s", year, got, err, want)
		}
		again := map[string]int64{}
		for _, kind := range []string{returns.Inspection, returns.Licence, returns.Penalty} {
			rows, _ := list(t, r, returns.Filter{Authority: "bs", Kind: kind, From: fmt.Sprintf("%d-01-01", year), To: fmt.Sprintf("%d-12-31", year)})
			for _, v := range rows {
				switch kind {
				case returns.Licence:
					again["licence/"+v.GetAction()]++
				case returns.Penalty:
					if v.GetScope() == returns.CoParty {
						continue
					}
					again["penalty/decided"]++
					if v.GetRevoked() {
						again["penalty/revoked"]++
					}
				default:
					again["inspection/concluded"]++
				}
			}
		}
		if fmt.Sprint(again) != fmt.Sprint(got) {
			t.Errorf("%d: the rows count %v, the view %v", year, again, got)
		}
	}
}

func TestTheHeadTellsOfEveryChange(t *testing.T) {
	t.Parallel()
	h := world(t)
	r := projectionstest.Live(t, returns.Projection(), h.records)
	before, err := returns.HeadOf(t.Context(), r, []string{"bs"}, []string{returns.Inspection})
	if err != nil || before.Position == (es.Position{}) || before.Recorded == "" {
		t.Fatalf("%v, %v", before, err)
	}
	h.add("inspection", "i2", inspection.Corrected{Department: "餐饮科", Outcomes: []inspection.Outcome{inspection.ProblemPending}, By: "A2"})
	end := es.At(uint64(len(h.records)), 0)
	h.add("penalty", "f9", penalty.Decided{Penalty: "f9", Authority: "bs", DecidedOn: on("2023-03-03")})
	r = projectionstest.Live(t, returns.Projection(), h.records)
	after, err := returns.HeadOf(t.Context(), r, []string{"bs", "other"}, []string{returns.Inspection})
	if err != nil || after.Position != end || before == after {
		t.Errorf("%v after %v, %v", after, before, err)
	}
	if none, err := returns.HeadOf(t.Context(), r, []string{"other"}, []string{returns.Inspection}); err != nil || none != (returns.Head{}) {
		t.Errorf("%v, %v", none, err)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	file := events.File{Digest: strings.Repeat("a", 64), Format: "xlsx", Rows: 3, Late: 1, Carried: 1, AsOf: "7", AsOfAt: time.Date(2023, 5, 25, 1, 2, 3, 0, time.UTC)}
	second := file
	second.Digest = strings.Repeat("b", 64)
	id := events.ID("4a", "bs")
	h.add("return", id,
		events.ScheduleOverridden{Authority: "bs", Row: "4a", From: on("2023-05-01"), Schedule: events.Schedule{Every: events.Month, Day: 7, After: 1, Covers: events.WholePeriod, Roll: events.Later},
			Lines: []string{"医疗器械"}, WithoutInspectors: true, OverrideBy: "市局", CopyTo: "党政办公室", DocumentNo: "1号", Reason: "条线要求"},
		events.Submitted{Authority: "bs", Row: "4a", Period: "2023-05", From: on("2023-05-01"), To: on("2023-05-31"),
			Due: calendar.Deadline{Date: on("2023-06-07"), CalendarVersion: "v"}, File: file, CopyTo: "党政办公室", SubmittedOn: on("2023-06-05"), By: "wang"},
		events.Amended{Period: "2023-05", Number: 1, Reason: "漏报", FormerDigest: file.Digest, File: second, AmendedOn: on("2023-06-06"), By: "wang"})
	r := projectionstest.Live(t, returns.Projection(), h.records)
	v, err := returns.State(t.Context(), r, id)
	if err != nil {
		t.Fatal(err)
	}
	d := v.GetDelivered()[0]
	if v.GetRow() != "4a" || v.GetAuthorityId() != "bs" || v.GetOverrides()[0].GetOverrideBy() != "市局" || d.GetFile().GetDigest() != second.Digest ||
		d.GetAmendments()[0].GetFormerDigest() != file.Digest || d.GetDueOn() != "2023-06-07" || d.GetFile().GetAsOfAt() != "2023-05-25T01:02:03Z" {
		t.Errorf("%v", v)
	}
	if none, err := returns.State(t.Context(), r, "1.none"); err != nil || len(none.GetDelivered()) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}
