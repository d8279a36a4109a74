package sampling_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

const bureau = domain.AuthorityID("11320100MB0000001X")

var (
	day       = calendar.MustParse
	today     = day("2026-03-20")
	campaigns = estest.Of(sampling.Campaigns)
	results   = estest.Of(sampling.Results)
	planner   = actor(domain.Planner, "zhao")
	approver  = actor(domain.Approver, "sun")
	clerk     = actor(domain.Clerk, "wang")
	second    = actor(domain.Clerk, "qian")
	stranger  = domain.Actor{Account: "x", Role: domain.Clerk, Authority: "other"}
	law       = actor("", "policy")
)

func actor(role domain.Role, account string) domain.Actor {
	return domain.Actor{Account: account, Role: role, Authority: bureau}
}

func opened(kind sampling.Kind) sampling.Opened {
	return sampling.Opened{
		Sampling: "na-2026-q1", Authority: bureau, AuthorityName: "宁安市市场监督管理局", Kind: kind, Year: 2026, Title: "2026年一季度监督抽检", By: "zhao",
	}
}

func plan() sampling.Plan {
	return sampling.Plan{
		Title: "工作计划", Content: "抽检食用农产品\n及糕点", From: day("2026-01-05"), To: day("2026-03-31"), Batches: 120, AttachmentDigest: strings.Repeat("ab", 32),
	}
}

func scheme() sampling.Scheme {
	return sampling.Scheme{
		Title: "抽查方案", Content: "一季度", AttachmentDigest: strings.Repeat("cd", 32), Products: []sampling.PlannedProduct{
			{Product: "韭菜", Batches: 20, Method: "随机", Items: []string{"腐霉利", "镉"}, Standards: []string{"GB 2763-2021", "GB 2762-2022"}},
		},
	}
}

func selection() sampling.Selection {
	return sampling.Selection{
		Content: "公开招标", AttachmentDigest: strings.Repeat("ef", 32), Laboratories: []sampling.Laboratory{
			{Name: "江苏省产品质量检验院（南京）", Code: "91320105780688132K", AccreditationNo: "CMA 231000", Manner: sampling.Tendered, TenderNo: "宁采2026-8", Products: []string{"韭菜"}},
			{Name: "宁安市检验检测中心", AccreditationNo: "CMA 231001", Manner: sampling.Designated, Reason: "本市仅此一家具备资质"},
		},
	}
}

// published is a history in which all but the results are public.
func published(kind sampling.Kind) []sampling.Event {
	history := []sampling.Event{
		opened(kind), sampling.PlanDrafted{Version: 1, Plan: plan(), By: "zhao"},
		sampling.SchemeDrafted{Version: 1, Scheme: scheme(), By: "zhao"},
		sampling.LaboratoriesDrafted{Version: 1, Selection: selection(), By: "zhao"},
	}
	for _, act := range []sampling.Act{sampling.ActPlan, sampling.ActScheme, sampling.ActLaboratories} {
		history = append(history, sampling.Published{Act: act, Version: 1, DocumentNo: "1号", PublishedOn: day("2026-01-04"), By: "sun"})
	}
	return history
}

func campaign(history ...sampling.Event) (c sampling.Campaign) {
	for _, e := range history {
		c = sampling.Campaigns.Evolve(c, e)
	}
	return c
}

func fold(history ...sampling.ResultEvent) (r sampling.Result) {
	for _, e := range history {
		r = sampling.Results.Evolve(r, e)
	}
	return r
}

// passing is a sample of which nothing failed.
func passing(changes ...func(*sampling.Sample)) sampling.Sample {
	s := sampling.Sample{
		Product: "韭菜", Specification: "散装", Stage: sampling.Circulation, Batches: []string{"2026-01-10", "2026-01-11"}, BatchesDrawn: 2,
		Laboratory:  sampling.Tester{Name: "江苏省产品质量检验院(南京)"},
		SampledFrom: sampling.Party{Name: "宁安市惠民超市", Subject: "91320105780688132K", Address: "宁安市人民路1号"},
		Producer:    &sampling.Party{Name: "青山农场"}, SampledOn: day("2026-01-12"), ReportNo: "SP2026〔001〕", ReportedOn: day("2026-01-30"),
	}
	for _, c := range changes {
		c(&s)
	}
	return s
}

func failure() sampling.Failure {
	return sampling.Failure{Item: "腐霉利", Measured: "0.45 mg/kg", Limit: "≤0.2 mg/kg", Standard: "GB 2763-2021", Batch: "2026-01-10"}
}

// failing is a sample of which one batch failed.
func failing(changes ...func(*sampling.Sample)) sampling.Sample {
	return passing(append([]func(*sampling.Sample){func(s *sampling.Sample) {
		s.BatchesFailing, s.Failures = 1, []sampling.Failure{failure()}
	}}, changes...)...)
}

func recorded(kind sampling.Kind, s sampling.Sample) sampling.ResultRecorded {
	return sampling.ResultRecorded{
		Result: sampling.ResultID("na-2026-q1", s), Sampling: "na-2026-q1", Kind: kind, Authority: bureau, AuthorityName: "宁安市市场监督管理局", Sample: s, By: "wang",
	}
}

var (
	foodHandling = sampling.HandlingOpened{Number: 1, On: day("2026-01-30"), DueOn: day("2026-04-30"), Rule: "food-2019"}
	notified     = sampling.PartyNotified{Role: sampling.SampledParty, On: day("2026-02-13"), By: "wang"}
	otherLab     = sampling.Tester{Name: "安徽省食品检验院"}
)

// failed is the history of a failing result of food; more goes on with it.
func failed(more ...sampling.ResultEvent) []sampling.ResultEvent {
	return append([]sampling.ResultEvent{recorded(sampling.Food, failing()), foodHandling}, more...)
}

func lodged(number int) sampling.ObjectionLodged {
	return sampling.ObjectionLodged{
		Number: number, Role: sampling.SampledParty, Matter: sampling.MatterResult, Ground: "同批次自检合格", LodgedOn: day("2026-02-27"), Rule: "food-2019",
		Deadline: calendar.Embedded().AddWorkingDays(day("2026-02-13"), 7), By: "wang",
	}
}

func step(kind sampling.StepKind, on string) sampling.HandlingStepped {
	return sampling.HandlingStepped{Step: sampling.Step{Kind: kind, On: day(on)}, By: "wang"}
}

// shown is the event by which what the result says now becomes public.
func shown(t testing.TB, version int, r sampling.Result) sampling.ResultPublished {
	t.Helper()
	raw, digest, err := r.Document().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return sampling.ResultPublished{Version: version, DocumentNo: "2号", PublishedOn: day("2026-03-01"), Document: raw, Digest: digest}
}

func faulty(code string) func(error) bool { return func(err error) bool { return hasCode(err, code) } }

func hasCode(err error, code string) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if hasCode(e, code) {
				return true
			}
		}
		return false
	}
	f, ok := errors.AsType[*domain.Fault](err)
	return ok && f.Code == code
}

func examples() []sampling.Event {
	return []sampling.Event{
		opened(sampling.Food),
		sampling.PlanDrafted{Version: 2, Reason: "增加批次", Plan: plan(), By: "zhao"},
		sampling.SchemeDrafted{Version: 2, Reason: "增加项目", Scheme: scheme(), By: "zhao"},
		sampling.LaboratoriesDrafted{Version: 2, Reason: "重新招标", Selection: selection(), By: "zhao"},
		sampling.Published{Act: sampling.ActPlan, Version: 2, DocumentNo: "宁市监〔2026〕3号", PublishedOn: day("2026-01-04"), By: "sun"},
		sampling.ResultsPublished{
			Version: 2, Reason: "复检更正", DocumentNo: "宁市监〔2026〕9号", PublishedOn: day("2026-03-01"), By: "sun",
			List:   sampling.List{Digest: strings.Repeat("09", 32), Count: 118},
			Totals: sampling.Totals{Products: 117, BatchesDrawn: 120, BatchesFailing: 3, Failing: 2, Held: 1, Annulled: 1},
		},
		sampling.Cancelled{Reason: "任务调整", By: "zhao"},
	}
}

func resultExamples() []sampling.ResultEvent {
	whole := failing(func(s *sampling.Sample) {
		s.Trademark, s.Laboratory.Code, s.Producer.Subject, s.Producer.Address = "青山", "91320105780688132K", "ext:r:1", "青山镇"
		s.Failures = append(s.Failures, sampling.Failure{Item: "菌落总数", Measured: "10⁶", Limit: "10⁵", Standard: "GB 7099", Microbial: true})
	})
	first := lodged(1)
	first.Deadline.Provisional = true
	return []sampling.ResultEvent{
		recorded(sampling.Food, whole),
		sampling.ResultCorrected{Sample: whole, Reason: "实测值录入错误", By: "wang"},
		sampling.ResultAnnulled{Reason: "抽样程序违法", By: "wang"},
		sampling.ResultPublished{
			Version: 2, DocumentNo: "宁市监〔2026〕9号", PublishedOn: day("2026-03-01"), Document: json.RawMessage(`{"schema":"mingjian.sampling.result.v1","id":"x"}`),
			Digest: strings.Repeat("12", 32), Stale: true,
		},
		sampling.PartyNotified{Role: sampling.Producer, On: day("2026-02-13"), Reason: "日期更正", By: "wang"},
		first,
		sampling.ObjectionWithdrawn{Number: 1, On: day("2026-03-01"), Reason: "自愿撤回", By: "wang"},
		sampling.ObjectionRefused{Number: 1, On: day("2026-03-01"), Reason: "证据不足", By: "wang"},
		sampling.RetestOrdered{Number: 1, Laboratory: sampling.Tester{Name: "安徽省食品检验院", Code: "ext:r:2"}, On: day("2026-03-02"), By: "wang"},
		sampling.Retested{
			Number: 1, Laboratory: sampling.Tester{Name: "安徽省食品检验院", Code: "ext:r:2"}, BatchesFailing: 1, Failures: whole.Failures,
			ReportNo: "FJ-1", ReportedOn: day("2026-03-10"), By: "wang",
		},
		sampling.HandlingOpened{Number: 1, On: day("2026-03-20"), DueOn: day("2026-06-18"), Rule: "food-2019"},
		sampling.HandlingStepped{By: "wang", Step: sampling.Step{
			Kind: sampling.StepPenalised, On: day("2026-03-11"), Quantity: "3 kg", CaseNo: "宁市监立〔2026〕1号", Penalty: "p1", Note: "已执行",
		}},
		sampling.HandlingClosed{Outcome: sampling.OutcomePenalised, On: day("2026-03-20"), Note: "结案", By: "qian"},
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events/campaign", sampling.Codec(), examples()...)
	estest.Golden(t, "testdata/events/result", sampling.ResultCodec(), resultExamples()...)
}

func TestFold(t *testing.T) {
	estest.Fold(t, sampling.Campaigns, examples()...)
	estest.Fold(t, sampling.Results, resultExamples()...)
}

func FuzzDecode(f *testing.F) {
	body := []byte(`{"sampling":"x","version":1,"act":"plan","document_no":"1","number":1,"on":"2026-01-02","result":"r","sample":{"product":"a"},"step":{"kind":"sealed"}}`)
	for _, typ := range append(sampling.Codec().Types(), sampling.ResultCodec().Types()...) {
		f.Add(typ, body)
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		if sampling.Codec().Knows(typ) {
			if e, err := sampling.Codec().Decode(typ, data); err == nil {
				c := campaign(opened(sampling.Food), e, e)
				c.Missing()
				c.Doubts(failing())
			}
			return
		}
		if e, err := sampling.ResultCodec().Decode(typ, data); err == nil {
			r := fold(append(failed(), e, e)...)
			_ = sampling.NewListing(io.Discard).Add(r)
		}
	})
}

func FuzzParseDocument(f *testing.F) {
	raw, _, err := fold(failed()...).Document().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(raw))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := sampling.ParseDocument(data)
		if err == nil && d.ID == "" {
			t.Error("a document without an id")
		}
	})
}
