package authority_test

import (
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func layers() []authority.Layer {
	return []authority.Layer{
		{ID: "desk", Name: "承办科室", Role: domain.Clerk}, {ID: "law", Name: "法规科", Role: domain.Reviewer},
		{ID: "secrecy", Name: "保密办", Role: domain.Reviewer, Secrecy: true}, {ID: "head", Name: "分管领导", Role: domain.Approver},
	}
}

func TestArrangingTheReview(t *testing.T) {
	given := estest.Of(authority.Decider).Given(registered())
	c := authority.ArrangeReview{By: admin, Layers: layers(), Reason: "层层审批"}
	arranged := authority.ReviewArranged{Layers: layers(), Reason: "层层审批"}
	given.When(c).Then(t, arranged)
	arrangedAlready := estest.Of(authority.Decider).Given(registered(), arranged)
	arrangedAlready.When(c).ThenNothing(t)
	given.When(authority.ArrangeReview{By: admin}).ThenNothing(t)
	arrangedAlready.When(authority.ArrangeReview{By: admin, Reason: "从简"}).Then(t, authority.ReviewArranged{Reason: "从简"})

	for code, change := range map[string]func(*authority.ArrangeReview){
		"authority.role":            func(c *authority.ArrangeReview) { c.By.Role = domain.Approver },
		"authority.reason.required": func(c *authority.ArrangeReview) { c.Reason = "" },
		"authority.layers.secrecy":  func(c *authority.ArrangeReview) { c.Layers = slices.Delete(c.Layers, 2, 3) },
		"authority.layers.twice":    func(c *authority.ArrangeReview) { c.Layers[1].ID = "desk" },
		"authority.layers.id":       func(c *authority.ArrangeReview) { c.Layers[1].ID = "法规" },
		"authority.layers.required": func(c *authority.ArrangeReview) { c.Layers[1].Name = "" },
		"authority.layers.role":     func(c *authority.ArrangeReview) { c.Layers[2].Role = domain.Approver },
		"authority.layers.count":    func(c *authority.ArrangeReview) { c.Layers = make([]authority.Layer, 10) },
	} {
		bad := c
		bad.Layers = layers()
		change(&bad)
		given.When(bad).ThenError(t, faults(code))
	}
	auditor := c
	auditor.Layers = layers()
	auditor.Layers[0].Role = domain.Auditor
	given.When(auditor).ThenError(t, faults("authority.layers.role"))
	estest.Of(authority.Decider).When(c).ThenError(t, faults("authority.missing"))
}
