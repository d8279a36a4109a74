package sampling_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

func record(kind sampling.Kind, s sampling.Sample) sampling.Record {
	return sampling.Record{By: clerk, Today: today, Campaign: campaign(published(kind)...), Sample: s}
}

func TestRecord(t *testing.T) {
	results.When(record(sampling.Product, passing())).Then(t, recorded(sampling.Product, passing()))
	cmd := record(sampling.Food, failing())
	results.When(cmd).Then(t, failed()...)
	results.When(record(sampling.Product, failing())).Then(t, recorded(sampling.Product, failing()), sampling.HandlingOpened{Number: 1, On: day("2026-01-30")})
	given := results.Given(failed()...)
	given.When(cmd).ThenNothing(t)
	other := cmd
	other.Sample.BatchesDrawn, other.Sample.ReportedOn = 3, day("2026-01-31")
	given.When(other).ThenError(t, func(err error) bool {
		return hasCode(err, "sampling.result.exists") && strings.Contains(err.Error(), "batches_drawn, reported_on")
	})
	results.Given(failed(sampling.ResultAnnulled{Reason: "x"}, sampling.HandlingClosed{Outcome: sampling.OutcomeAnnulled})...).When(cmd).
		ThenError(t, faulty("sampling.result.annulled"))
	for name, c := range map[string]struct {
		change func(*sampling.Record)
		code   string
	}{
		"no campaign":          {func(c *sampling.Record) { c.Campaign = sampling.Campaign{} }, "sampling.missing"},
		"foreign":              {func(c *sampling.Record) { c.By = stranger }, "sampling.authority.foreign"},
		"cancelled":            {func(c *sampling.Record) { c.Campaign.Cancelled = true }, "sampling.cancelled"},
		"other laboratory":     {func(c *sampling.Record) { c.Sample.Laboratory = otherLab }, "sampling.laboratory.unsettled"},
		"no product":           {func(c *sampling.Record) { c.Sample.Product = "" }, "sampling.required"},
		"no report":            {func(c *sampling.Record) { c.Sample.ReportNo = " " }, "sampling.required"},
		"no place":             {func(c *sampling.Record) { c.Sample.SampledFrom = sampling.Party{} }, "sampling.required"},
		"unknown stage":        {func(c *sampling.Record) { c.Sample.Stage = "moon" }, "sampling.stage.unknown"},
		"nothing drawn":        {func(c *sampling.Record) { c.Sample.BatchesDrawn = 0 }, "sampling.number"},
		"more fail than drawn": {func(c *sampling.Record) { c.Sample.BatchesFailing = 3 }, "sampling.batches_failing.range"},
		"less than none fail":  {func(c *sampling.Record) { c.Sample.BatchesFailing = -1 }, "sampling.batches_failing.range"},
		"fails in nothing":     {func(c *sampling.Record) { c.Sample.Failures = nil }, "sampling.failures.none"},
		"no batch fails":       {func(c *sampling.Record) { c.Sample.BatchesFailing = 0 }, "sampling.failures.unexpected"},
		"no measured value": {func(c *sampling.Record) {
			c.Sample.Failures = []sampling.Failure{{Item: "镉", Limit: "0", Standard: "x"}}
		}, "sampling.required"},
		"unlisted batch": {func(c *sampling.Record) {
			f := failure()
			f.Batch = "2026-01-13"
			c.Sample.Failures = []sampling.Failure{f}
		}, "sampling.failure.batch"},
		"batch twice":         {func(c *sampling.Record) { c.Sample.Batches = []string{"2026-01-10", "2026-01-10"} }, "sampling.batch.twice"},
		"more numbers":        {func(c *sampling.Record) { c.Sample.BatchesDrawn = 1 }, "sampling.batches.more"},
		"sampled tomorrow":    {func(c *sampling.Record) { c.Sample.SampledOn = today.AddDays(1) }, "sampling.date.future"},
		"reported tomorrow":   {func(c *sampling.Record) { c.Sample.ReportedOn = today.AddDays(1) }, "sampling.date.future"},
		"reported before":     {func(c *sampling.Record) { c.Sample.ReportedOn = day("2026-01-11") }, "sampling.date.early"},
		"no day":              {func(c *sampling.Record) { c.Sample.SampledOn = calendar.Date{} }, "sampling.required"},
		"placeholder":         {func(c *sampling.Record) { c.Sample.SampledFrom.Subject = "00000000000000000X" }, "sampling.subject"},
		"resident":            {func(c *sampling.Record) { c.Sample.SampledFrom.Subject = "11010519491231002X" }, "sampling.personal_data"},
		"resident in a name":  {func(c *sampling.Record) { c.Sample.Producer.Name = "张三11010519491231002X" }, "sampling.personal_data"},
		"producer is nobody":  {func(c *sampling.Record) { c.Sample.Producer = &sampling.Party{} }, "sampling.required"},
		"too many failures":   {func(c *sampling.Record) { c.Sample.Failures = make([]sampling.Failure, 21) }, "sampling.number"},
		"does not fit at all": {func(c *sampling.Record) { c.Sample.Product = strings.Repeat("<", 10_000) }, "sampling.size"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := record(sampling.Food, failing(func(s *sampling.Sample) {
				producer := *s.Producer
				s.Producer = &producer
			}))
			c.change(&bad)
			results.When(bad).ThenError(t, faulty(c.code))
		})
	}
}

// TestTheSameReportIsOneResult holds the id to what tells results apart.
func TestTheSameReportIsOneResult(t *testing.T) {
	id := sampling.ResultID("c", passing())
	same := passing(func(s *sampling.Sample) {
		s.Laboratory.Name, s.ReportNo, s.BatchesDrawn = "江苏省产品质量检验院（南京）", "ＳＰ2026[001]", 9
	})
	if sampling.ResultID("c", same) != id {
		t.Error("width and brackets make another result")
	}
	for name, change := range map[string]func(*sampling.Sample){
		"report": func(s *sampling.Sample) { s.ReportNo = "2" }, "product": func(s *sampling.Sample) { s.Product = "芹菜" },
		"specification": func(s *sampling.Sample) { s.Specification = "500g" }, "laboratory": func(s *sampling.Sample) { s.Laboratory.Name = "乙" },
	} {
		if sampling.ResultID("c", passing(change)) == id {
			t.Errorf("another %s is the same result", name)
		}
	}
	if sampling.ResultID("d", passing()) == id {
		t.Error("another campaign has the same result")
	}
}

func TestDoubts(t *testing.T) {
	codes := func(c sampling.Campaign, s sampling.Sample) (out []string) {
		for _, d := range c.Doubts(s) {
			out = append(out, d.Code)
		}
		return out
	}
	whole := campaign(published(sampling.Food)...)
	if got := codes(whole, passing()); got != nil {
		t.Error(got)
	}
	if got := strings.Join(codes(campaign(opened(sampling.Food)), passing()), " "); got != "sampling.laboratory.unpublished sampling.scheme.unpublished" {
		t.Error(got)
	}
	if got := strings.Join(codes(whole, passing(func(s *sampling.Sample) { s.Product = "糕点" })), " "); got != "sampling.scheme.unlisted" {
		t.Error(got)
	}
	bare := record(sampling.Food, passing(func(s *sampling.Sample) { s.Laboratory = otherLab }))
	bare.Campaign = campaign(opened(sampling.Food))
	results.When(bare).Then(t, recorded(sampling.Food, bare.Sample))
	byCode := record(sampling.Food, passing(func(s *sampling.Sample) {
		s.Laboratory = sampling.Tester{Name: "南京院", Code: "91320105780688132K"}
	}))
	results.When(byCode).Then(t, recorded(sampling.Food, byCode.Sample))
}

func TestCorrect(t *testing.T) {
	cmd := sampling.Correct{By: second, Today: today, Campaign: campaign(published(sampling.Food)...), Sample: failing(), Reason: "漏录批次"}
	cmd.Sample.BatchesDrawn = 4
	corrected := sampling.ResultCorrected{Sample: cmd.Sample, Reason: "漏录批次", By: "qian"}
	given := results.Given(failed()...)
	given.When(cmd).Then(t, corrected)
	results.Given(failed(corrected)...).When(cmd).ThenNothing(t)

	cleared := cmd
	cleared.Sample = passing()
	given.When(cleared).Then(t, sampling.ResultCorrected{Sample: passing(), Reason: "漏录批次", By: "qian"},
		sampling.HandlingClosed{Outcome: sampling.OutcomeCorrected, On: today, By: "qian"})
	charged := cmd
	charged.Sample = failing()
	results.Given(recorded(sampling.Food, passing())).When(charged).Then(t, sampling.ResultCorrected{Sample: failing(), Reason: "漏录批次", By: "qian"}, foodHandling)
	reopened := foodHandling
	reopened.Number = 2
	results.Given(failed(sampling.ResultCorrected{Sample: passing()}, sampling.HandlingClosed{Outcome: sampling.OutcomeCorrected})...).When(charged).
		Then(t, sampling.ResultCorrected{Sample: failing(), Reason: "漏录批次", By: "qian"}, reopened)
	results.Given(failed(step(sampling.StepDestroyed, "2026-03-01"), sampling.HandlingClosed{Outcome: sampling.OutcomeExempted})...).When(cmd).Then(t, corrected)

	for code, change := range map[string]func(*sampling.Correct){
		"sampling.authority.foreign":     func(c *sampling.Correct) { c.By = stranger },
		"sampling.required":              func(c *sampling.Correct) { c.Reason = "" },
		"sampling.batches_failing.range": func(c *sampling.Correct) { c.Sample.BatchesFailing = 5 },
		"sampling.laboratory.unsettled":  func(c *sampling.Correct) { c.Sample.Laboratory = otherLab },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	results.When(cmd).ThenError(t, faulty("sampling.result.missing"))
	retested := failed(lodged(1), sampling.RetestOrdered{Number: 1, Laboratory: otherLab}, sampling.Retested{Number: 1, BatchesFailing: 2, Failures: []sampling.Failure{failure()}})
	fewer := cmd
	fewer.Sample.BatchesDrawn, fewer.Sample.Batches = 1, []string{"2026-01-10"}
	results.Given(retested...).When(fewer).ThenError(t, faulty("sampling.batches_drawn.retest"))
	var often []sampling.ResultEvent
	for range 10 {
		often = append(often, sampling.ResultCorrected{Sample: failing(), Reason: "x"})
	}
	results.Given(failed(often...)...).When(cmd).ThenError(t, faulty("sampling.corrections.many"))
}

func TestAnnul(t *testing.T) {
	cmd := sampling.Annul{By: second, Today: today, Reason: "抽样程序违法"}
	annulled := sampling.ResultAnnulled{Reason: "抽样程序违法", By: "qian"}
	closed := sampling.HandlingClosed{Outcome: sampling.OutcomeAnnulled, On: today, By: "qian"}
	results.Given(recorded(sampling.Food, passing())).When(cmd).Then(t, annulled)
	given := results.Given(failed(notified, lodged(1))...)
	given.When(cmd).Then(t, annulled, closed)
	given.When(sampling.Annul{By: stranger, Reason: "x"}).ThenError(t, faulty("sampling.authority.foreign"))
	given.When(sampling.Annul{By: clerk}).ThenError(t, faulty("sampling.required"))
	over := failed(notified, lodged(1), annulled, closed)
	results.Given(over...).When(cmd).ThenNothing(t)
	results.Given(over...).When(sampling.Annul{By: clerk, Reason: "别的"}).ThenError(t, faulty("sampling.result.annulled"))
	if r := fold(over...); r.Failing() || r.Objected() || r.Objections[0].State != sampling.Upheld {
		t.Errorf("%+v", r)
	}
}

func TestNotify(t *testing.T) {
	cmd := sampling.Notify{By: clerk, Today: today, Role: sampling.SampledParty, On: day("2026-02-13")}
	given := results.Given(failed()...)
	given.When(cmd).Then(t, notified)
	told := results.Given(failed(notified)...)
	told.When(cmd).ThenNothing(t)
	other := cmd
	other.On = day("2026-02-14")
	told.When(other).ThenError(t, faulty("sampling.notice.exists"))
	other.Reason = "回执日期录入错误"
	told.When(other).Then(t, sampling.PartyNotified{Role: sampling.SampledParty, On: day("2026-02-14"), Reason: "回执日期录入错误", By: "wang"})
	if on, ok := fold(failed(notified, sampling.PartyNotified{Role: sampling.SampledParty, On: day("2026-02-14")})...).Notified(sampling.SampledParty); !ok || on != day("2026-02-14") {
		t.Error(on, ok)
	}
	for code, change := range map[string]func(*sampling.Notify){
		"sampling.authority.foreign": func(c *sampling.Notify) { c.By = stranger },
		"sampling.role.unknown":      func(c *sampling.Notify) { c.Role = "neighbour" },
		"sampling.date.early":        func(c *sampling.Notify) { c.On = day("2026-01-29") },
		"sampling.date.future":       func(c *sampling.Notify) { c.On = today.AddDays(1) },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	cmd.Role = sampling.Producer
	results.Given(recorded(sampling.Food, passing(func(s *sampling.Sample) { s.Producer = nil }))).When(cmd).ThenError(t, faulty("sampling.producer.none"))
}

func TestShow(t *testing.T) {
	history := failed()
	first := shown(t, 1, fold(history...))
	cmd := sampling.Show{By: law, Version: 1, DocumentNo: "2号", PublishedOn: day("2026-03-01"), Document: first.Document}
	given := results.Given(history...)
	given.When(cmd).Then(t, first)
	results.Given(append(history, first)...).When(cmd).ThenNothing(t)
	next := cmd
	next.Version, next.DocumentNo = 2, "3号"
	results.Given(append(history, first)...).When(next).ThenNothing(t) // the same content in a later version

	corrected := sampling.ResultCorrected{Sample: passing(), Reason: "x", By: "wang"}
	changed := append(history, first, corrected)
	if r := fold(changed...); !r.Stale || r.Version != 1 {
		t.Errorf("%+v", r)
	}
	second := shown(t, 2, fold(changed...))
	next.DocumentNo, next.Document = "2号", second.Document
	results.Given(changed...).When(next).Then(t, second)
	if r := fold(append(changed, second)...); r.Stale || r.Version != 2 || r.Digest != second.Digest {
		t.Errorf("%+v", r)
	}
	results.Given(append(changed, second)...).When(cmd).ThenNothing(t) // overtaken

	// The list was drawn up before the correction: what it holds is shown, and is stale at once.
	late := first
	late.Stale = true
	results.Given(append(history, corrected)...).When(cmd).Then(t, late)
	// Corrected to and fro: the document tells of both.
	twice := append(history, first, corrected, sampling.ResultCorrected{Sample: failing(), Reason: "y", By: "wang"})
	third := shown(t, 2, fold(twice...))
	results.Given(twice...).When(sampling.Show{By: law, Version: 2, DocumentNo: "2号", PublishedOn: day("2026-03-01"), Document: third.Document}).Then(t, third)

	annulled := append(history, first, sampling.ResultAnnulled{Reason: "程序违法", By: "qian"})
	gone := shown(t, 2, fold(annulled...))
	next.Document = gone.Document
	results.Given(annulled...).When(next).Then(t, gone)

	results.When(cmd).ThenError(t, faulty("sampling.result.missing"))
	for code, change := range map[string]func(*sampling.Show){
		"sampling.document.form": func(c *sampling.Show) { c.Document = json.RawMessage(`{"id":"x"}`) },
		"sampling.result.missing": func(c *sampling.Show) {
			c.Document = json.RawMessage(`{"id":"x","schema":"mingjian.sampling.result.v1"}`)
		},
		"sampling.authority.foreign": func(c *sampling.Show) { c.By = stranger },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}
