package sampling_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

func TestSteps(t *testing.T) {
	cmd := sampling.TakeStep{By: clerk, Today: today, Step: sampling.Step{Kind: sampling.StepOffShelf, On: day("2026-02-14"), Quantity: "3 kg", Note: "全部下架"}}
	given := results.Given(failed()...)
	taken := sampling.HandlingStepped{Step: cmd.Step, By: "wang"}
	given.When(cmd).Then(t, taken)
	results.Given(failed(taken)...).When(cmd).ThenNothing(t)
	for name, c := range map[string]struct {
		change func(*sampling.TakeStep)
		code   string
	}{
		"foreign":             {func(c *sampling.TakeStep) { c.By = stranger }, "sampling.authority.foreign"},
		"unknown":             {func(c *sampling.TakeStep) { c.Step.Kind = "prayed" }, "sampling.step.unknown"},
		"tomorrow":            {func(c *sampling.TakeStep) { c.Step.On = today.AddDays(1) }, "sampling.date.future"},
		"before the sampling": {func(c *sampling.TakeStep) { c.Step.On = day("2026-01-11") }, "sampling.date.early"},
		"case without number": {func(c *sampling.TakeStep) { c.Step.Kind = sampling.StepCaseFiled }, "sampling.required"},
		"unknown penalty": {func(c *sampling.TakeStep) {
			c.Step.Kind, c.Step.Penalty = sampling.StepPenalised, "p1"
		}, "sampling.penalty.missing"},
		"penalty elsewhere": {func(c *sampling.TakeStep) { c.Step.Penalty = "p1" }, "sampling.penalty.unexpected"},
	} {
		bad := cmd
		c.change(&bad)
		t.Run(name, func(t *testing.T) { given.When(bad).ThenError(t, faulty(c.code)) })
	}
	penalised := cmd
	penalised.Step, penalised.PenaltyKnown = sampling.Step{Kind: sampling.StepPenalised, On: today, Penalty: "p1"}, true
	given.When(penalised).Then(t, sampling.HandlingStepped{Step: penalised.Step, By: "wang"})
	results.Given(recorded(sampling.Food, passing())).When(cmd).ThenError(t, faulty("sampling.handling.none"))
	var many []sampling.ResultEvent
	for n := range 100 {
		many = append(many, sampling.HandlingStepped{Step: sampling.Step{Kind: sampling.StepRecalled, On: today.AddDays(-n)}})
	}
	results.Given(failed(many...)...).When(cmd).ThenError(t, faulty("sampling.steps.many"))
}

func TestCloseHandling(t *testing.T) {
	cmd := sampling.CloseHandling{By: second, Today: today, Outcome: sampling.OutcomeRectified, On: today, Note: "复查合格"}
	closed := sampling.HandlingClosed{Outcome: sampling.OutcomeRectified, On: today, Note: "复查合格", By: "qian"}
	history := failed(step(sampling.StepRectifyOrdered, "2026-02-14"), step(sampling.StepRechecked, "2026-03-20"))
	given := results.Given(history...)
	given.When(cmd).Then(t, closed)
	results.Given(append(history, closed)...).When(cmd).ThenNothing(t)
	other := cmd
	other.Note = "别的"
	results.Given(append(history, closed)...).When(other).ThenError(t, faulty("sampling.handling.none"))
	results.Given(failed()...).When(cmd).ThenError(t, faulty("sampling.handling.untouched"))
	results.Given(append(history, notified, lodged(1))...).When(cmd).ThenError(t, faulty("sampling.handling.objected"))
	for name, c := range map[string]struct {
		change func(*sampling.CloseHandling)
		code   string
	}{
		"foreign":             {func(c *sampling.CloseHandling) { c.By = stranger }, "sampling.authority.foreign"},
		"the same person":     {func(c *sampling.CloseHandling) { c.By = clerk }, "sampling.same_person"},
		"without the step":    {func(c *sampling.CloseHandling) { c.Outcome = sampling.OutcomePenalised }, "sampling.outcome.step"},
		"exempted in silence": {func(c *sampling.CloseHandling) { c.Outcome, c.Note = sampling.OutcomeExempted, "" }, "sampling.required"},
		"unknown":             {func(c *sampling.CloseHandling) { c.Outcome = "forgotten" }, "sampling.outcome.unknown"},
		"by itself":           {func(c *sampling.CloseHandling) { c.Outcome = sampling.OutcomeRetestPassed }, "sampling.outcome.unknown"},
		"before its steps":    {func(c *sampling.CloseHandling) { c.On = day("2026-03-19") }, "sampling.date.early"},
		"tomorrow":            {func(c *sampling.CloseHandling) { c.On = today.AddDays(1) }, "sampling.date.future"},
	} {
		bad := cmd
		c.change(&bad)
		t.Run(name, func(t *testing.T) { given.When(bad).ThenError(t, faulty(c.code)) })
	}
	for outcome, kind := range map[sampling.Outcome]sampling.StepKind{
		sampling.OutcomePenalised: sampling.StepPenalised, sampling.OutcomeTransferred: sampling.StepTransferred,
		sampling.OutcomeExempted: sampling.StepSealed, sampling.OutcomeUntraceable: sampling.StepCauseFound,
	} {
		good := cmd
		good.Outcome = outcome
		results.Given(failed(step(kind, "2026-03-20"))...).When(good).
			Then(t, sampling.HandlingClosed{Outcome: outcome, On: today, Note: "复查合格", By: "qian"})
	}
}

func TestLabelsOfHandling(t *testing.T) {
	seen := map[string]bool{}
	for _, label := range []string{
		sampling.StepSealed.Label(), sampling.StepOffShelf.Label(), sampling.StepRecalled.Label(), sampling.StepDestroyed.Label(), sampling.StepCauseFound.Label(),
		sampling.StepRectifyOrdered.Label(), sampling.StepRechecked.Label(), sampling.StepCaseFiled.Label(), sampling.StepPenalised.Label(), sampling.StepTransferred.Label(),
	} {
		if label == "" || seen[label] {
			t.Errorf("step %q is blank or stands for two", label)
		}
		seen[label] = true
	}
	seen = map[string]bool{}
	for _, label := range []string{
		sampling.OutcomePenalised.Label(), sampling.OutcomeExempted.Label(), sampling.OutcomeRectified.Label(), sampling.OutcomeTransferred.Label(),
		sampling.OutcomeUntraceable.Label(), sampling.OutcomeRetestPassed.Label(), sampling.OutcomeCorrected.Label(), sampling.OutcomeAnnulled.Label(),
	} {
		if label == "" || seen[label] {
			t.Errorf("outcome %q is blank or stands for two", label)
		}
		seen[label] = true
	}
}
