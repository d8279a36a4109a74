package roster_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

const heir domain.SubjectID = "91320105780688132K"

func succeed() roster.SucceedSubject {
	return roster.SucceedSubject{
		By: clerk, Today: today, Successor: heir, Manner: roster.Absorbed, Reason: "合并协议2026-3", EffectiveOn: founded, Known: true,
	}
}

func succeeded() roster.SubjectSucceeded {
	return roster.SubjectSucceeded{Successor: heir, Manner: roster.Absorbed, Reason: "合并协议2026-3", EffectiveOn: founded}
}

func TestASubjectGoesOnAsAnother(t *testing.T) {
	subjects := estest.Of(roster.Subjects)
	revoked := roster.SubjectSuccessionRevoked{Successor: heir, Reason: "登记有误"}
	subjects.Given(registered()).When(succeed()).Then(t, succeeded())
	subjects.Given(registered(), succeeded()).When(succeed()).ThenNothing(t)
	subjects.Given(registered(), succeeded(), revoked).When(succeed()).Then(t, succeeded())
	moved := succeed()
	moved.Onward = "91320105780688132X"
	subjects.Given(registered(), succeeded()).When(moved).ThenNothing(t)

	revoke := roster.RevokeSuccession{By: clerk, Reason: "登记有误"}
	subjects.Given(registered(), succeeded()).When(revoke).Then(t, revoked)
	subjects.Given(registered()).When(revoke).ThenNothing(t)
	subjects.Given(registered(), succeeded()).When(roster.RevokeSuccession{By: clerk}).ThenError(t, faults("roster.subject.reason.required"))
	subjects.Given(registered(), succeeded()).When(roster.RevokeSuccession{By: foreign, Reason: "x"}).ThenError(t, faults("roster.authority.foreign"))
	subjects.When(revoke).ThenError(t, faults("roster.subject.missing"))

	for name, c := range map[string]struct {
		change func(*roster.SucceedSubject)
		codes  string
	}{
		"itself":            {func(c *roster.SucceedSubject) { c.Successor = firm }, "roster.subject.successor.self"},
		"nobody":            {func(c *roster.SucceedSubject) { c.Successor = "" }, "roster.subject.successor.self"},
		"one not recorded":  {func(c *roster.SucceedSubject) { c.Known = false }, "roster.subject.successor.missing"},
		"one that went on":  {func(c *roster.SucceedSubject) { c.Onward = firm }, "roster.subject.successor.succeeded"},
		"a strange manner":  {func(c *roster.SucceedSubject) { c.Manner = "sold" }, "roster.subject.succession.unknown"},
		"no reason":         {func(c *roster.SucceedSubject) { c.Reason = "" }, "roster.subject.reason.required"},
		"a day to come":     {func(c *roster.SucceedSubject) { c.EffectiveOn = today.AddDays(1) }, "roster.subject.effective_on.future"},
		"another authority": {func(c *roster.SucceedSubject) { c.By = foreign }, "roster.authority.foreign"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := succeed()
			c.change(&cmd)
			subjects.Given(registered()).When(cmd).ThenError(t, faults(c.codes))
		})
	}
	another := succeed()
	another.Successor = "reg:540300000012345"
	subjects.Given(registered(), succeeded()).When(another).ThenError(t, faults("roster.subject.succeeded"))
}

func TestEveryMannerOfSuccessionHasALabel(t *testing.T) {
	for _, s := range roster.Successions() {
		if s.Label() == "" {
			t.Errorf("%s has no label", s)
		}
	}
}
