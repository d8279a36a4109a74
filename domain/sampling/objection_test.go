package sampling_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

// TestClocks holds the periods to days worked out by hand: 2026-02-16 to 02-23 are the spring festival's, 02-14 and 02-28 are
// worked Saturdays.
func TestClocks(t *testing.T) {
	for name, c := range map[string]struct {
		kind     sampling.Kind
		received string
		rule     string
		last     string
	}{
		"food, seven working days over the festival": {sampling.Food, "2026-02-13", "food-2019", "2026-03-02"},
		"food, plain weeks":                          {sampling.Food, "2026-03-02", "food-2019", "2026-03-11"},
		"food under the law alone":                   {sampling.Food, "2018-03-05", "food-2015", "2018-03-14"},
		"product, fifteen calendar days":             {sampling.Product, "2026-03-02", "product-2000", "2026-03-17"},
		"product, the last day is free":              {sampling.Product, "2026-02-06", "product-2000", "2026-02-24"},
		"drug":                                       {sampling.Drug, "2026-03-02", "drug-2019", "2026-03-11"},
		"device":                                     {sampling.MedicalDevice, "2026-03-02", "device-2021", "2026-03-11"},
		"device before its rule":                     {sampling.MedicalDevice, "2021-03-01", "device-2021", "2021-03-10"},
	} {
		rule := sampling.RuleOn(c.kind, day(c.received))
		if got := rule.Deadline(day(c.received)); rule.ID != c.rule || got.Date != day(c.last) || got.Provisional {
			t.Errorf("%s: %s %+v, want %s %s", name, rule.ID, got, c.rule, c.last)
		}
	}
	seen := map[string]bool{}
	for _, r := range sampling.Rules() {
		if seen[r.ID] || r.Days < 1 || r.Basis == "" || r.Kind.Label() == "" {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
	}
}

func TestLodge(t *testing.T) {
	cmd := sampling.Lodge{
		By: clerk, Today: today, Role: sampling.SampledParty, Matter: sampling.MatterResult, Ground: "同批次自检合格", LodgedOn: day("2026-02-27"),
	}
	given := results.Given(failed(notified)...)
	given.When(cmd).Then(t, lodged(1))
	results.Given(failed(notified, lodged(1))...).When(cmd).ThenNothing(t)
	results.Given(failed()...).When(cmd).ThenError(t, faulty("sampling.objection.unnotified"))
	last := cmd
	last.LodgedOn = day("2026-03-02")
	want := lodged(1)
	want.LodgedOn = day("2026-03-02")
	given.When(last).Then(t, want)
	for name, c := range map[string]struct {
		change func(*sampling.Lodge)
		code   string
	}{
		"foreign":             {func(c *sampling.Lodge) { c.By = stranger }, "sampling.authority.foreign"},
		"a day late":          {func(c *sampling.Lodge) { c.LodgedOn = day("2026-03-03") }, "sampling.objection.late"},
		"tomorrow":            {func(c *sampling.Lodge) { c.LodgedOn = today.AddDays(1) }, "sampling.date.future"},
		"before the sampling": {func(c *sampling.Lodge) { c.LodgedOn = day("2026-01-11") }, "sampling.date.early"},
		"by a neighbour":      {func(c *sampling.Lodge) { c.Role = "neighbour" }, "sampling.role.unknown"},
		"producer unnotified": {func(c *sampling.Lodge) { c.Role = sampling.Producer }, "sampling.objection.unnotified"},
		"about the weather":   {func(c *sampling.Lodge) { c.Matter = "weather" }, "sampling.matter.unknown"},
		"without a ground":    {func(c *sampling.Lodge) { c.Ground = "" }, "sampling.required"},
		"sampling, too late":  {func(c *sampling.Lodge) { c.Matter = sampling.MatterProcess }, "sampling.objection.late"},
	} {
		bad := cmd
		c.change(&bad)
		t.Run(name, func(t *testing.T) { given.When(bad).ThenError(t, faulty(c.code)) })
	}
	passed := results.Given(recorded(sampling.Food, passing()), notified)
	passed.When(cmd).ThenError(t, faulty("sampling.objection.passed"))
	again := cmd
	again.Ground = "另一理由"
	results.Given(failed(notified, lodged(1))...).When(again).ThenError(t, faulty("sampling.objection.pending"))
	results.Given(failed(notified, lodged(1), sampling.ObjectionRefused{Number: 1})...).When(again).
		Then(t, func() sampling.ObjectionLodged { o := lodged(2); o.Ground = "另一理由"; return o }())
	results.Given(failed(notified, lodged(1), sampling.RetestOrdered{Number: 1}, sampling.Retested{Number: 1, BatchesFailing: 1})...).When(again).
		ThenError(t, faulty("sampling.retest.final"))
	many := []sampling.ResultEvent{notified}
	for n := range 10 {
		many = append(many, lodged(n+1), sampling.ObjectionRefused{Number: n + 1})
	}
	results.Given(failed(many...)...).When(again).ThenError(t, faulty("sampling.objection.many"))
	nobody := cmd
	nobody.Role = sampling.Producer
	results.Given(recorded(sampling.Food, failing(func(s *sampling.Sample) { s.Producer = nil })), foodHandling).When(nobody).
		ThenError(t, faulty("sampling.producer.none"))
}

// TestTheSamplingOfFoodIsObjectedToAtOnce: that clock starts with the sampling, whoever was told what.
func TestTheSamplingOfFoodIsObjectedToAtOnce(t *testing.T) {
	cmd := sampling.Lodge{By: clerk, Today: today, Role: sampling.SampledParty, Matter: sampling.MatterProcess, Ground: "未封样", LodgedOn: day("2026-01-21")}
	want := sampling.ObjectionLodged{
		Number: 1, Role: sampling.SampledParty, Matter: sampling.MatterProcess, Ground: "未封样", LodgedOn: day("2026-01-21"), Rule: "food-2019",
		Deadline: calendar.Embedded().AddWorkingDays(day("2026-01-12"), 7), By: "wang",
	}
	results.Given(failed()...).When(cmd).Then(t, want)
	results.Given(recorded(sampling.Product, failing())).When(cmd).ThenError(t, faulty("sampling.objection.unnotified"))
}

// TestAnUnknownCalendarShutsNobodyOut: a last day that a notice may still move is not held against a party.
func TestAnUnknownCalendarShutsNobodyOut(t *testing.T) {
	far := failing(func(s *sampling.Sample) { s.SampledOn, s.ReportedOn = day("2090-01-02"), day("2090-01-03") })
	cmd := sampling.Lodge{By: clerk, Today: day("2090-12-31"), Role: sampling.SampledParty, Matter: sampling.MatterResult, Ground: "x", LodgedOn: day("2090-03-01")}
	results.Given(recorded(sampling.Food, far), sampling.PartyNotified{Role: sampling.SampledParty, On: day("2090-01-04")}).When(cmd).Then(t,
		sampling.ObjectionLodged{
			Number: 1, Role: sampling.SampledParty, Matter: sampling.MatterResult, Ground: "x", LodgedOn: day("2090-03-01"), Rule: "food-2019",
			Deadline: calendar.Embedded().AddWorkingDays(day("2090-01-04"), 7), By: "wang",
		})
}

func TestWithdrawAndRefuse(t *testing.T) {
	given := results.Given(failed(notified, lodged(1))...)
	withdraw := sampling.Withdraw{By: clerk, Today: today, Number: 1, On: day("2026-03-01"), Reason: "自愿"}
	withdrawn := sampling.ObjectionWithdrawn{Number: 1, On: day("2026-03-01"), Reason: "自愿", By: "wang"}
	given.When(withdraw).Then(t, withdrawn)
	results.Given(failed(notified, lodged(1), sampling.RetestOrdered{Number: 1})...).When(withdraw).Then(t, withdrawn)
	refuse := sampling.Refuse{By: clerk, Today: today, Number: 1, On: day("2026-03-01"), Reason: "证据不足"}
	refused := sampling.ObjectionRefused{Number: 1, On: day("2026-03-01"), Reason: "证据不足", By: "wang"}
	given.When(refuse).Then(t, refused)
	results.Given(failed(notified, lodged(1), sampling.RetestOrdered{Number: 1})...).When(refuse).ThenError(t, faulty("sampling.objection.state"))
	results.Given(failed(notified, lodged(1), withdrawn)...).When(withdraw).ThenNothing(t)
	results.Given(failed(notified, lodged(1), withdrawn)...).When(refuse).ThenError(t, faulty("sampling.objection.state"))
	results.Given(failed(notified, lodged(1), refused)...).When(refuse).ThenNothing(t)
	results.Given(failed(notified, lodged(1), refused)...).When(withdraw).ThenError(t, faulty("sampling.objection.state"))
	for code, change := range map[string]func(*sampling.Refuse){
		"sampling.authority.foreign": func(c *sampling.Refuse) { c.By = stranger },
		"sampling.objection.missing": func(c *sampling.Refuse) { c.Number = 2 },
		"sampling.required":          func(c *sampling.Refuse) { c.Reason = "" },
		"sampling.date.early":        func(c *sampling.Refuse) { c.On = day("2026-02-26") },
	} {
		bad := refuse
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
		given.When(sampling.Withdraw(bad)).ThenError(t, faulty(code))
	}
}

func TestRetest(t *testing.T) {
	order := sampling.OrderRetest{By: clerk, Today: today, Number: 1, Laboratory: otherLab, On: day("2026-03-02")}
	ordered := sampling.RetestOrdered{Number: 1, Laboratory: otherLab, On: day("2026-03-02"), By: "wang"}
	given := results.Given(failed(notified, lodged(1))...)
	given.When(order).Then(t, ordered)
	running := failed(notified, lodged(1), ordered)
	results.Given(running...).When(order).ThenNothing(t)
	for code, change := range map[string]func(*sampling.OrderRetest){
		"sampling.authority.foreign":      func(c *sampling.OrderRetest) { c.By = stranger },
		"sampling.objection.missing":      func(c *sampling.OrderRetest) { c.Number = 3 },
		"sampling.date.early":             func(c *sampling.OrderRetest) { c.On = day("2026-02-26") },
		"sampling.required":               func(c *sampling.OrderRetest) { c.Laboratory.Name = "" },
		"sampling.retest.same_laboratory": func(c *sampling.OrderRetest) { c.Laboratory.Name = "江苏省产品质量检验院（南京）" },
	} {
		bad := order
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	same := order
	same.Laboratory = failing().Laboratory
	drug := []sampling.ResultEvent{recorded(sampling.Drug, failing()), sampling.HandlingOpened{Number: 1}, notified, lodged(1)}
	results.Given(drug...).When(same).Then(t, sampling.RetestOrdered{Number: 1, Laboratory: same.Laboratory, On: day("2026-03-02"), By: "wang"})

	microbial := failing(func(s *sampling.Sample) { s.Failures[0].Microbial = true })
	results.Given(recorded(sampling.Food, microbial), foodHandling, notified, lodged(1)).When(order).ThenError(t, faulty("sampling.retest.microbial"))
	results.Given(recorded(sampling.Product, microbial), foodHandling, notified, lodged(1)).When(order).Then(t, ordered)
	mixed := failing(func(s *sampling.Sample) {
		s.Failures = append(s.Failures, s.Failures[0])
		s.Failures[0].Microbial = true
	})
	results.Given(recorded(sampling.Food, mixed), foodHandling, notified, lodged(1)).When(order).Then(t, ordered)

	producer := lodged(2)
	producer.Role = sampling.Producer
	other := order
	other.Number = 2
	results.Given(append(running, producer)...).When(other).ThenError(t, faulty("sampling.retest.running"))
}

func TestTheRetestStands(t *testing.T) {
	running := failed(notified, lodged(1), sampling.RetestOrdered{Number: 1, Laboratory: otherLab, On: day("2026-03-02"), By: "wang"})
	pass := sampling.RecordRetest{By: second, Today: today, Number: 1, ReportNo: "FJ-1", ReportedOn: day("2026-03-10")}
	passed := sampling.Retested{Number: 1, Laboratory: otherLab, ReportNo: "FJ-1", ReportedOn: day("2026-03-10"), By: "qian"}
	ended := sampling.HandlingClosed{Outcome: sampling.OutcomeRetestPassed, On: today, By: "qian"}
	given := results.Given(running...)
	given.When(pass).Then(t, passed, ended)
	r := fold(append(running, passed, ended)...)
	if r.Failing() || r.Open() != nil || r.Objections[0].State != sampling.Upheld || r.BatchesFailing() != 0 {
		t.Errorf("%+v", r)
	}
	results.Given(append(running, passed, ended)...).When(pass).ThenNothing(t)
	fail := pass
	fail.BatchesFailing, fail.Failures = 1, []sampling.Failure{failure()}
	failedAgain := passed
	failedAgain.BatchesFailing, failedAgain.Failures = 1, fail.Failures
	given.When(fail).Then(t, failedAgain)
	if r := fold(append(running, failedAgain)...); !r.Failing() || r.Open() == nil || r.Objections[0].State != sampling.Dismissed {
		t.Errorf("%+v", r)
	}
	results.Given(append(running, failedAgain)...).When(pass).ThenError(t, faulty("sampling.objection.state"))
	for code, change := range map[string]func(*sampling.RecordRetest){
		"sampling.authority.foreign":     func(c *sampling.RecordRetest) { c.By = stranger },
		"sampling.objection.missing":     func(c *sampling.RecordRetest) { c.Number = 2 },
		"sampling.batches_failing.range": func(c *sampling.RecordRetest) { c.BatchesFailing = 3 },
		"sampling.failures.none":         func(c *sampling.RecordRetest) { c.BatchesFailing = 1 },
		"sampling.required":              func(c *sampling.RecordRetest) { c.ReportNo = "" },
		"sampling.date.early":            func(c *sampling.RecordRetest) { c.ReportedOn = day("2026-03-01") },
	} {
		bad := pass
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	results.Given(failed(notified, lodged(1))...).When(pass).ThenError(t, faulty("sampling.objection.state"))

	// The producer's objection had asked for no more.
	producer := lodged(2)
	producer.Role = sampling.Producer
	if r := fold(append(append(running, producer), passed)...); r.Objections[1].State != sampling.Upheld {
		t.Errorf("%+v", r.Objections)
	}
}
