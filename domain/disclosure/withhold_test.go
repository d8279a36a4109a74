package disclosure_test

import (
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

// found is the history of d up to a review that found something.
func found(t testing.TB, d disclosure.Document) []disclosure.Event {
	t.Helper()
	_, digest := raw(t, d)
	return []disclosure.Event{
		submitted(t, d, ""), disclosure.Reviewed{Digest: digest, By: "li", NegativeListHits: []string{"商业秘密"}, Opinion: "含配方"},
	}
}

func withheld(t testing.TB, d disclosure.Document, number int) disclosure.Withheld {
	t.Helper()
	_, digest := raw(t, d)
	return disclosure.Withheld{
		Withholding: number, Publicity: disclosure.NotPublic, Ground: disclosure.Labelled{Code: "commercial_secret", Label: "商业秘密"},
		Basis: "《政府信息公开条例》第十五条", List: "2019-05-15", Reason: "全文即配方", Digest: digest, By: "zhao", On: today,
		CheckBy: calendar.MustParse("2027-01-10"),
	}
}

func TestWithholdAll(t *testing.T) {
	d := penalty("罚款2000元")
	_, digest := raw(t, d)
	history := found(t, d)
	cmd := disclosure.Withhold{
		By: approver, Today: today, Digest: digest, Publicity: disclosure.NotPublic, Ground: "commercial_secret", Reason: "全文即配方",
	}
	e := withheld(t, d, 1)
	scenario.Given(history...).When(cmd).Then(t, e)
	for code, change := range map[string]func(*disclosure.Withhold){
		"disclosure.withhold.ground":    func(c *disclosure.Withhold) { c.Ground = "embarrassing" },
		"disclosure.withhold.publicity": func(c *disclosure.Withhold) { c.Publicity = disclosure.Proactive },
		"disclosure.withhold.request":   func(c *disclosure.Withhold) { c.Publicity = disclosure.OnRequest },
		"disclosure.required":           func(c *disclosure.Withhold) { c.Reason = "" },
		"disclosure.approver.same":      func(c *disclosure.Withhold) { c.By = person("li", "approver") },
		"disclosure.digest.other":       func(c *disclosure.Withhold) { c.Digest = "0" },
		"disclosure.authority.foreign":  func(c *disclosure.Withhold) { c.By = elsewhere(approver) },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	scenario.Given(way(t, d, 1)[:2]...).When(cmd).ThenError(t, faulty("disclosure.withhold.unreviewed")) // openness is the rule
	scenario.Given(history[:1]...).When(cmd).ThenError(t, faulty("disclosure.withhold.unreviewed"))
	scenario.Given(append(history, e)...).When(cmd).ThenError(t, faulty("disclosure.withhold.twice"))
	scenario.Given(append(way(t, penalty("罚款1元"), 1), found(t, d)...)...).When(cmd).ThenError(t, faulty("disclosure.withhold.public"))
	onRequest := cmd
	onRequest.Ground, onRequest.Publicity = "process", disclosure.OnRequest
	given := e
	given.Publicity, given.Ground = disclosure.OnRequest, disclosure.Labelled{Code: "process", Label: "过程性信息"}
	given.Basis = "《政府信息公开条例》第十六条第二款"
	scenario.Given(history...).When(onRequest).Then(t, given)

	// Nothing moves while it is withheld, and another document of the record is withheld too.
	held := append(history, e)
	scenario.Given(held...).When(disclosure.Review{By: reviewer, Digest: digest, SecrecyClear: true}).ThenError(t, faulty("disclosure.stage"))
	scenario.Given(held...).When(disclosure.Approve{By: approver, Digest: digest}).ThenError(t, faulty("disclosure.stage"))
	scenario.Given(held...).When(disclosure.Publish{By: approver, Digest: digest, Today: today}).ThenError(t, faulty("disclosure.stage"))
	changed := penalty("罚款1000元")
	_, other := raw(t, changed)
	scenario.Given(append(held, submitted(t, changed, ""))...).When(disclosure.Review{By: reviewer, Digest: other, SecrecyClear: true}).
		ThenError(t, faulty("disclosure.stage"))
}

func TestWithholdParts(t *testing.T) {
	d := penalty("罚款2000元")
	_, digest := raw(t, d)
	history := found(t, d)
	cmd := disclosure.Withhold{
		By: approver, Today: today, Digest: digest, Publicity: disclosure.NotPublic, Ground: "commercial_secret", Reason: "事实部分含配方",
		Parts: []string{"penalty.facts"},
	}
	left := d
	body := *d.Penalty
	left.Penalty = &body
	left.Penalty.Facts = ""
	left.Omitted = []disclosure.Omission{{
		Part: "penalty.facts", Ground: disclosure.Labelled{Code: "commercial_secret", Label: "商业秘密"}, Basis: "《政府信息公开条例》第十五条",
	}}
	e := withheld(t, d, 1)
	e.Reason, e.Parts = cmd.Reason, cmd.Parts
	e.Document, e.Remaining = raw(t, left)
	scenario.Given(history...).When(cmd).Then(t, e)
	for code, parts := range map[string][]string{
		"disclosure.withhold.part":  {"penalty.decision_no"}, // a decision without its number is none
		"disclosure.withhold.empty": {"penalty.licence_affected"},
	} {
		bad := cmd
		bad.Parts = parts
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	// What is left is reviewed anew, and each later document of the record leaves the part out too.
	partial := append(history, e)
	scenario.Given(partial...).When(disclosure.Approve{By: person("qian", "approver"), Digest: e.Remaining}).ThenError(t, faulty("disclosure.stage"))
	scenario.Given(partial...).When(disclosure.Review{By: reviewer, Digest: e.Remaining, SecrecyClear: true}).
		Then(t, disclosure.Reviewed{Digest: e.Remaining, By: "li", SecrecyClear: true})
	scenario.Given(partial...).When(disclosure.Submit{By: clerk, Document: d}).ThenNothing(t)
	changed, want := penalty("罚款1000元"), left
	want.Penalty = &disclosure.PenaltyBody{}
	*want.Penalty = *changed.Penalty
	want.Penalty.Facts = ""
	scenario.Given(partial...).When(disclosure.Submit{By: clerk, Document: changed}).Then(t, submitted(t, want, ""))
	if got := folded(partial...).LeaveOut(changed); got.Penalty.Facts != "" || len(got.Omitted) != 1 || changed.Penalty.Facts == "" {
		t.Errorf("left %+v of %+v", got, changed.Penalty)
	}
	if parts := disclosure.Parts(disclosure.Penalty); !slices.Contains(parts, "penalty.facts") || slices.Contains(parts, "penalty.status") {
		t.Errorf("parts %v", parts)
	}
}

func TestSelfCheck(t *testing.T) {
	d := penalty("罚款2000元")
	history := append(found(t, d), withheld(t, d, 1))
	january := calendar.MustParse("2027-01-05")
	cmd := disclosure.ReviewWithholding{By: reviewer, Today: january, Withholding: 1, Kept: true, Reason: "理由仍在"}
	kept := disclosure.WithholdingReviewed{
		Withholding: 1, Kept: true, Reason: "理由仍在", By: "li", On: january, CheckBy: calendar.MustParse("2028-01-10"),
	}
	scenario.Given(history...).When(cmd).Then(t, kept)
	scenario.Given(append(history, kept)...).When(cmd).ThenNothing(t)
	own := cmd
	own.By = person("zhao", "reviewer")
	scenario.Given(history...).When(own).ThenError(t, faulty("disclosure.withholding.same"))
	none := cmd
	none.Withholding = 2
	scenario.Given(history...).When(none).ThenError(t, faulty("disclosure.withholding.missing"))
	none = cmd
	none.Reason = ""
	scenario.Given(history...).When(none).ThenError(t, faulty("disclosure.required"))

	lifting := cmd
	lifting.Kept, lifting.Reason = false, "权利人同意公开"
	lifted := disclosure.WithholdingLifted{Withholding: 1, Reason: "权利人同意公开", By: "li", On: january}
	scenario.Given(history...).When(lifting).Then(t,
		disclosure.WithholdingReviewed{Withholding: 1, Reason: "权利人同意公开", By: "li", On: january}, lifted)
	_, digest := raw(t, d)
	after := append(history, lifted)
	scenario.Given(after...).When(disclosure.Approve{By: approver, Digest: digest}).ThenError(t, faulty("disclosure.stage"))
	scenario.Given(after...).When(disclosure.Review{By: reviewer, Digest: digest, SecrecyClear: true}).
		Then(t, disclosure.Reviewed{Digest: digest, By: "li", SecrecyClear: true})
	scenario.Given(after...).When(disclosure.Lift{By: approver, Today: january, Withholding: 1, Reason: "r"}).ThenNothing(t)
	scenario.Given(after...).When(cmd).ThenError(t, faulty("disclosure.withholding.missing"))
}

// TestLiftAPart: the document that the record gives goes its way anew, whole.
func TestLiftAPart(t *testing.T) {
	d := penalty("罚款2000元")
	e := withheld(t, d, 1)
	e.Parts = []string{"penalty.facts"}
	e.Document, e.Remaining = raw(t, penalty("余下"))
	history := append(found(t, d), e)
	cmd := disclosure.Lift{By: approver, Today: today, Withholding: 1, Reason: "权利人同意公开", Document: &d}
	lifted := disclosure.WithholdingLifted{Withholding: 1, Reason: cmd.Reason, By: "zhao", On: today}
	again := submitted(t, d, cmd.Reason)
	again.By = "zhao"
	scenario.Given(history...).When(cmd).Then(t, lifted, again)
	cmd.Document = nil
	scenario.Given(history...).When(cmd).Then(t, lifted)
	cmd.Reason = ""
	scenario.Given(history...).When(cmd).ThenError(t, faulty("disclosure.required"))
	cmd.By = elsewhere(approver)
	scenario.Given(history...).When(cmd).ThenError(t, faulty("disclosure.authority.foreign"))
}

// TestNegativeLists holds the table to the articles: no gap between its versions, and each ground with its basis.
func TestNegativeLists(t *testing.T) {
	lists := disclosure.NegativeLists()
	for i, l := range lists {
		if i > 0 && lists[i-1].ValidTo.AddDays(1) != l.ValidFrom {
			t.Errorf("%s follows %s with a gap", l.Version, lists[i-1].Version)
		}
		for _, g := range l.Grounds {
			if g.Code == "" || g.Label == "" || g.Basis == "" {
				t.Errorf("%s: %+v", l.Version, g)
			}
		}
	}
	for date, want := range map[string]string{"2008-04-30": "", "2008-05-01": "2008-05-01", "2019-05-14": "2008-05-01", "2019-05-15": "2019-05-15"} {
		if l, there := disclosure.NegativeListOn(calendar.MustParse(date)); l.Version != want || there != (want != "") {
			t.Errorf("on %s: %q", date, l.Version)
		}
	}
	now, _ := disclosure.NegativeListOn(today)
	for code, article := range map[string]string{
		"state_secret": "第十四条", "security_stability": "第十四条", "commercial_secret": "第十五条", "privacy": "第十五条",
	} {
		if g, there := now.Ground(code); !there || g.Basis != "《政府信息公开条例》"+article || g.OnRequest {
			t.Errorf("%s: %+v", code, g)
		}
	}
}
