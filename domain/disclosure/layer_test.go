package disclosure_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

// TestLayers walks through an arrangement of four layers, each passed by another person with its role.
func TestLayers(t *testing.T) {
	d := penalty("罚款2000元")
	_, digest := raw(t, d)
	layers := []disclosure.Layer{
		{ID: "desk", Name: "承办科室", Role: domain.Clerk}, {ID: "law", Name: "法规科", Role: domain.Reviewer},
		{ID: "secrecy", Name: "保密办", Role: domain.Reviewer, Secrecy: true}, {ID: "head", Name: "分管领导", Role: domain.Approver},
	}
	first := submitted(t, d, "")
	first.Layers = layers
	scenario.When(disclosure.Submit{By: clerk, Document: d, Layers: layers}).Then(t, first)

	pass := func(account string, role domain.Role, layer string) disclosure.PassLayer {
		return disclosure.PassLayer{By: person(account, role), Digest: digest, Layer: layer, Opinion: "同意"}
	}
	passed := func(account, layer string) disclosure.LayerPassed {
		return disclosure.LayerPassed{Layer: layer, Digest: digest, By: account, Opinion: "同意"}
	}
	clear := disclosure.Reviewed{Digest: digest, By: "qian", SecrecyClear: true, Layer: "secrecy"}
	review := disclosure.Review{By: person("qian", domain.Reviewer), Digest: digest, SecrecyClear: true}
	history := []disclosure.Event{first, passed("sun", "desk"), passed("li", "law"), clear, passed("he", "head")}

	scenario.Given(history[0]).When(pass("sun", domain.Clerk, "desk")).Then(t, history[1])
	scenario.Given(history[:2]...).When(pass("sun", domain.Clerk, "desk")).ThenNothing(t)
	scenario.Given(history[:2]...).When(pass("li", domain.Reviewer, "law")).Then(t, history[2])
	scenario.Given(history[:3]...).When(review).Then(t, clear)
	scenario.Given(history[:4]...).When(review).ThenNothing(t)
	scenario.Given(history[:4]...).When(pass("he", domain.Approver, "head")).Then(t, history[4])
	approve := disclosure.Approve{By: approver, Digest: digest}
	for n := 1; n < 5; n++ {
		scenario.Given(history[:n]...).When(approve).ThenError(t, faulty("disclosure.stage"))
	}
	scenario.Given(history...).When(approve).Then(t, disclosure.Approved{Digest: digest, By: "zhao"})

	for name, c := range map[string]struct {
		given []disclosure.Event
		cmd   disclosure.Command
		code  string
	}{
		"out of turn":               {history[:1], pass("li", domain.Reviewer, "law"), "disclosure.layer.role"},
		"another layer than next":   {history[:1], pass("sun", domain.Clerk, "law"), "disclosure.layer.turn"},
		"secrecy without a review":  {history[:3], pass("qian", domain.Reviewer, "secrecy"), "disclosure.layer.turn"},
		"a review out of turn":      {history[:2], review, "disclosure.layer.turn"},
		"two layers by one":         {history[:2], pass("sun", domain.Reviewer, "law"), "disclosure.layer.same"},
		"a review by an earlier":    {history[:3], disclosure.Review{By: person("li", domain.Reviewer), Digest: digest, SecrecyClear: true}, "disclosure.layer.same"},
		"by the submitter":          {history[:1], pass("wang", domain.Clerk, "desk"), "disclosure.reviewer.same"},
		"all passed":                {history, pass("jin", domain.Approver, "head"), "disclosure.stage"},
		"another digest":            {history[:1], disclosure.PassLayer{By: clerk, Digest: "0", Layer: "desk"}, "disclosure.digest.other"},
		"approved by a layer":       {history, disclosure.Approve{By: person("he", domain.Approver), Digest: digest}, "disclosure.approver.same"},
		"a layer where none is":     {way(t, d, 1)[:1], pass("sun", domain.Clerk, "desk"), "disclosure.stage"},
		"a review once all is done": {history, disclosure.Review{By: person("jin", domain.Reviewer), Digest: digest, SecrecyClear: true}, "disclosure.stage"},
	} {
		t.Run(name, func(t *testing.T) { scenario.Given(c.given...).When(c.cmd).ThenError(t, faulty(c.code)) })
	}
	// A review that is not clear keeps its layer open, whoever makes it again.
	unclear := disclosure.Reviewed{Digest: digest, By: "qian", Opinion: "含商业秘密", Layer: "secrecy"}
	scenario.Given(history[0], history[1], history[2], unclear).When(pass("he", domain.Approver, "head")).ThenError(t, faulty("disclosure.layer.role"))
	scenario.Given(history[0], history[1], history[2], unclear).When(review).Then(t, clear)
	// After a return all layers are asked again.
	back := disclosure.Returned{Digest: digest, By: "he", Reason: "错字"}
	scenario.Given(append(history[:4:4], back, first)...).When(pass("li", domain.Reviewer, "law")).ThenError(t, faulty("disclosure.layer.role"))
}
