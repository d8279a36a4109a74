package disclosure_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

func TestSubmit(t *testing.T) {
	first, second := penalty("罚款2000元"), penalty("罚款1000元")
	t.Run("a new record", func(t *testing.T) {
		scenario.When(disclosure.Submit{By: clerk, Document: first}).Then(t, submitted(t, first, ""))
	})
	t.Run("again", func(t *testing.T) {
		scenario.Given(submitted(t, first, "")).When(disclosure.Submit{By: reviewer, Document: first}).ThenNothing(t)
	})
	t.Run("another document takes the place of one that was approved", func(t *testing.T) {
		scenario.Given(way(t, first, 1)[:3]...).When(disclosure.Submit{By: clerk, Document: second}).Then(t, submitted(t, second, ""))
	})
	t.Run("once more after a return", func(t *testing.T) {
		_, digest := raw(t, first)
		scenario.Given(submitted(t, first, ""), disclosure.Returned{Digest: digest, By: "li", Reason: "错字"}).
			When(disclosure.Submit{By: clerk, Document: first}).Then(t, submitted(t, first, ""))
	})
	t.Run("what is public", func(t *testing.T) {
		scenario.Given(way(t, first, 1)...).When(disclosure.Submit{By: clerk, Document: first}).ThenNothing(t)
	})
	t.Run("after publication without a reason", func(t *testing.T) {
		scenario.Given(way(t, first, 1)...).When(disclosure.Submit{By: clerk, Document: second}).ThenError(t, faulty("disclosure.submit.reason"))
	})
	t.Run("after publication with a reason", func(t *testing.T) {
		scenario.Given(way(t, first, 1)...).When(disclosure.Submit{By: clerk, Document: second, Reason: "复议变更"}).
			Then(t, submitted(t, second, "复议变更"))
	})
	t.Run("after withdrawal the same document is new", func(t *testing.T) {
		history := append(way(t, first, 1), disclosure.Withdrawn{Ground: disclosure.GroundError, Reason: "有误", Number: 2})
		scenario.Given(history...).When(disclosure.Submit{By: clerk, Document: first, Reason: "经复核无误"}).
			Then(t, submitted(t, first, "经复核无误"))
	})
	t.Run("of another authority", func(t *testing.T) {
		scenario.When(disclosure.Submit{By: elsewhere(clerk), Document: first}).ThenError(t, faulty("disclosure.authority.foreign"))
		moved := first
		moved.Authority.ID = other
		scenario.Given(submitted(t, first, "")).When(disclosure.Submit{By: elsewhere(clerk), Document: moved}).
			ThenError(t, faulty("disclosure.authority.foreign"))
	})
	t.Run("of another record", func(t *testing.T) {
		moved := first
		moved.RecordID = "x"
		scenario.Given(submitted(t, first, "")).When(disclosure.Submit{By: clerk, Document: moved}).ThenError(t, faulty("disclosure.record.other"))
	})
	t.Run("unfit", func(t *testing.T) {
		scenario.When(disclosure.Submit{By: clerk, Document: penalty("罚\x00款")}).ThenError(t, faulty("disclosure.text.control"))
		scenario.Given(way(t, first, 1)...).When(disclosure.Submit{By: clerk, Document: second, Reason: long(2001)}).
			ThenError(t, faulty("disclosure.text.length"))
	})
}

func TestReturn(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	_, digest := raw(t, d)
	back := disclosure.Returned{Digest: digest, By: "li", Reason: "当事人名称有误"}
	cmd := disclosure.Return{By: reviewer, Digest: digest, Reason: "当事人名称有误"}
	scenario.Given(history[:1]...).When(cmd).Then(t, back)
	scenario.Given(history[:2]...).When(cmd).Then(t, back)
	scenario.Given(history[0], back).When(cmd).ThenNothing(t)
	scenario.Given(history[:3]...).When(cmd).Then(t, back) // an approved one can still be stopped
	scenario.Given(history...).When(cmd).ThenError(t, faulty("disclosure.stage"))
	scenario.When(cmd).ThenError(t, faulty("disclosure.missing"))
	other := cmd
	other.Reason = "另有错误"
	scenario.Given(history[0], back).When(other).ThenError(t, faulty("disclosure.stage"))
	other = cmd
	other.Reason = ""
	scenario.Given(history[:1]...).When(other).ThenError(t, faulty("disclosure.required"))
	other = cmd
	other.Digest = "0"
	scenario.Given(history[:1]...).When(other).ThenError(t, faulty("disclosure.digest.other"))
	other = cmd
	other.By = clerk
	scenario.Given(history[:1]...).When(other).ThenError(t, faulty("disclosure.reviewer.same"))
}

func TestRecall(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	_, digest := raw(t, d)
	cmd := disclosure.Recall{By: person("policy", ""), Reason: "处罚决定已失去效力"}
	back := disclosure.Returned{Digest: digest, By: "policy", Reason: "处罚决定已失去效力"}
	for n := 1; n <= 3; n++ {
		scenario.Given(history[:n]...).When(cmd).Then(t, back)
	}
	scenario.Given(history[0], back).When(cmd).ThenNothing(t)
	scenario.Given(history...).When(cmd).ThenNothing(t) // what is public is withdrawn by a person
	scenario.When(cmd).ThenNothing(t)
	scenario.Given(history[0]).When(disclosure.Recall{By: elsewhere(clerk), Reason: "r"}).ThenError(t, faulty("disclosure.authority.foreign"))
	scenario.Given(history[0]).When(disclosure.Recall{By: clerk}).ThenError(t, faulty("disclosure.required"))
	scenario.Given(history[0], back).When(disclosure.Approve{By: approver, Digest: digest}).ThenError(t, faulty("disclosure.stage"))
}

func TestReview(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	_, digest := raw(t, d)
	cmd := disclosure.Review{By: reviewer, Digest: digest, SecrecyClear: true}
	unclear := disclosure.Review{By: reviewer, Digest: digest, NegativeListHits: []string{"商业秘密"}, Opinion: "含配方"}
	recorded := disclosure.Reviewed{Digest: digest, By: "li", NegativeListHits: []string{"商业秘密"}, Opinion: "含配方"}
	scenario.Given(history[:1]...).When(cmd).Then(t, history[1])
	for n := 2; n <= 4; n++ {
		scenario.Given(history[:n]...).When(cmd).ThenNothing(t)
	}
	scenario.Given(history[:1]...).When(unclear).Then(t, recorded)
	scenario.Given(history[0], recorded).When(cmd).Then(t, history[1])
	scenario.Given(history[:3]...).When(unclear).ThenError(t, faulty("disclosure.stage"))
	scenario.Given(history[0], disclosure.Returned{Digest: digest, By: "li"}).When(cmd).ThenError(t, faulty("disclosure.stage"))
	for code, change := range map[string]func(*disclosure.Review){
		"disclosure.reviewer.same":     func(c *disclosure.Review) { c.By = clerk },
		"disclosure.authority.foreign": func(c *disclosure.Review) { c.By = elsewhere(reviewer) },
		"disclosure.digest.other":      func(c *disclosure.Review) { c.Digest = "0" },
		"disclosure.review.opinion":    func(c *disclosure.Review) { c.SecrecyClear = false },
		"disclosure.review.hits":       func(c *disclosure.Review) { c.NegativeListHits = make([]string, 21) },
		"disclosure.required":          func(c *disclosure.Review) { c.NegativeListHits, c.Opinion = []string{""}, "可公开" },
		"disclosure.text.length":       func(c *disclosure.Review) { c.Opinion = long(2001) },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history[:1]...).When(bad).ThenError(t, faulty(code))
	}
	withHits := cmd
	withHits.NegativeListHits = []string{"个人隐私"}
	scenario.Given(history[:1]...).When(withHits).ThenError(t, faulty("disclosure.review.opinion"))
}

func TestApprove(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	_, digest := raw(t, d)
	cmd := disclosure.Approve{By: approver, Digest: digest}
	scenario.Given(history[:2]...).When(cmd).Then(t, history[2])
	scenario.Given(history[:3]...).When(cmd).ThenNothing(t)
	scenario.Given(history...).When(cmd).ThenNothing(t)
	scenario.Given(history[:1]...).When(cmd).ThenError(t, faulty("disclosure.stage"))
	scenario.Given(history[0], disclosure.Reviewed{Digest: digest, By: "li", Opinion: "涉密"}).When(cmd).
		ThenError(t, faulty("disclosure.approve.secrecy"))
	scenario.Given(disclosure.Adopted{Disclosure: "penalty.7b0c", Authority: bureau, Number: 1}).When(cmd).
		ThenError(t, faulty("disclosure.draft.none"))
	bad := cmd
	bad.Digest = "0"
	scenario.Given(history[:2]...).When(bad).ThenError(t, faulty("disclosure.digest.other"))
	bad = cmd
	bad.Obsolete = domain.Refuse(domain.Precondition, "record.moved", "", "已变更", "moved on")
	scenario.Given(history[:2]...).When(bad).ThenError(t, faulty("record.moved"))
	scenario.Given(history[:3]...).When(bad).ThenNothing(t)
}

// TestThreePersons holds every path to separate duties, also where a document was submitted by a reaction, reviewed twice or
// submitted again by somebody else.
func TestThreePersons(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	_, digest := raw(t, d)
	as := func(account string) domain.Actor { return person(account, domain.Approver) }
	twice := []disclosure.Event{history[0], history[1], disclosure.Reviewed{Digest: digest, By: "sun", SecrecyClear: true, Opinion: "复核"}}
	for account, code := range map[string]string{"wang": "disclosure.approver.same", "li": "disclosure.approver.same", "sun": "disclosure.approver.same"} {
		scenario.Given(twice...).When(disclosure.Approve{By: as(account), Digest: digest}).ThenError(t, faulty(code))
		cleared := append(twice[:3:3], disclosure.Approved{Digest: digest, By: "zhao"})
		scenario.Given(cleared...).When(disclosure.Publish{By: as(account), Digest: digest, Today: today}).ThenError(t, faulty(code))
	}
	scenario.Given(twice...).When(disclosure.Approve{By: as("zhao"), Digest: digest}).Then(t, history[2])

	byPolicy := submitted(t, d, "")
	byPolicy.By = "policy"
	scenario.Given(byPolicy, history[1]).When(disclosure.Approve{By: as("li"), Digest: digest}).ThenError(t, faulty("disclosure.approver.same"))
	scenario.Given(byPolicy, history[1]).When(disclosure.Approve{By: as("wang"), Digest: digest}).
		Then(t, disclosure.Approved{Digest: digest, By: "wang"})
	// Whoever made the record stands behind the document that a policy submits of it.
	byPolicy.Author = "wang"
	scenario.When(disclosure.Submit{By: person("policy", ""), Author: "wang", Document: d}).Then(t, byPolicy)
	scenario.Given(byPolicy).When(disclosure.Review{By: person("wang", domain.Reviewer), Digest: digest, SecrecyClear: true}).
		ThenError(t, faulty("disclosure.reviewer.same"))
	scenario.Given(byPolicy).When(disclosure.Return{By: person("wang", domain.Reviewer), Digest: digest, Reason: "r"}).
		ThenError(t, faulty("disclosure.reviewer.same"))
	scenario.Given(byPolicy, history[1]).When(disclosure.Approve{By: as("wang"), Digest: digest}).ThenError(t, faulty("disclosure.approver.same"))
	scenario.Given(byPolicy, history[1], history[2]).When(disclosure.Publish{By: as("wang"), Digest: digest, Today: today}).
		ThenError(t, faulty("disclosure.approver.same"))
	// The digest of a document that was replaced approves nothing.
	changed := penalty("罚款1元")
	scenario.Given(append(history[:2:2], submitted(t, changed, ""))...).When(disclosure.Approve{By: approver, Digest: digest}).
		ThenError(t, faulty("disclosure.digest.other"))
}

func TestPublish(t *testing.T) {
	first, second := penalty("罚款2000元"), penalty("罚款1000元")
	history := way(t, first, 1)
	firstRaw, digest := raw(t, first)
	cmd := disclosure.Publish{By: approver, Digest: digest, Today: today}
	scenario.Given(history[:3]...).When(cmd).Then(t, history[3])
	scenario.Given(history...).When(cmd).ThenNothing(t)
	for n := range 2 {
		scenario.Given(history[:n+1]...).When(cmd).ThenError(t, faulty("disclosure.stage"))
	}
	obsolete := cmd
	obsolete.Obsolete = domain.Refuse(domain.Precondition, "record.moved", "", "已变更", "moved on")
	scenario.Given(history[:3]...).When(obsolete).ThenError(t, faulty("record.moved"))
	scenario.Given(history...).When(obsolete).ThenNothing(t)
	b, changed := raw(t, second)
	amended := append(way(t, first, 1), submitted(t, second, "复议变更"), disclosure.Reviewed{Digest: changed, By: "li", SecrecyClear: true},
		disclosure.Approved{Digest: changed, By: "zhao"})
	scenario.Given(amended...).When(disclosure.Publish{By: person("qian", domain.Approver), Digest: changed, Today: today}).
		Then(t, disclosure.Corrected{Document: b, Digest: changed, FormerDigest: digest, Reason: "复议变更", Number: 2, By: "qian", On: today})
	scenario.Given(amended...).When(cmd).ThenError(t, faulty("disclosure.digest.other"))

	gone := append(way(t, first, 1), disclosure.Withdrawn{Ground: disclosure.GroundError, Reason: "有误", Digest: digest, Number: 2})
	gone = append(gone, way(t, first, 1)[:3]...)
	scenario.Given(gone...).When(cmd).
		Then(t, disclosure.Published{Document: firstRaw, Digest: digest, Number: 3, By: "zhao", On: today})
}

func TestWithdraw(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	_, digest := raw(t, d)
	gone := disclosure.Withdrawn{
		Ground: disclosure.GroundRevoked, Reason: "复议撤销", Digest: digest, Number: 2, By: "zhao", On: today,
		Stone: stone(t, "withdrawn", "revoked", "复议撤销", 2, today, rule.Portal),
	}
	cmd := disclosure.Withdraw{By: approver, Today: today, Ground: disclosure.GroundRevoked, Reason: "复议撤销"}
	scenario.Given(history...).When(cmd).Then(t, gone)
	cmd.Digest = digest
	scenario.Given(history...).When(cmd).Then(t, gone)
	scenario.Given(append(history, gone)...).When(cmd).ThenNothing(t)
	scenario.Given(history[:3]...).When(cmd).ThenError(t, faulty("disclosure.withdraw.nothing"))
	scenario.When(cmd).ThenError(t, faulty("disclosure.missing"))
	for code, change := range map[string]func(*disclosure.Withdraw){
		"disclosure.withdraw.ground":   func(c *disclosure.Withdraw) { c.Ground = "repealed" },
		"disclosure.required":          func(c *disclosure.Withdraw) { c.Reason = "" },
		"disclosure.text.control":      func(c *disclosure.Withdraw) { c.Reason = "\x1b" },
		"disclosure.digest.other":      func(c *disclosure.Withdraw) { c.Digest = "0" },
		"disclosure.authority.foreign": func(c *disclosure.Withdraw) { c.By = elsewhere(approver) },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	// After a withdrawal nothing but a new submission: also a document that was under way is void.
	changed := penalty("罚款1000元")
	_, other := raw(t, changed)
	under := append(way(t, d, 1), submitted(t, changed, "更正"), gone)
	scenario.Given(under...).When(disclosure.Review{By: reviewer, Digest: other, SecrecyClear: true}).ThenError(t, faulty("disclosure.draft.none"))
	other2 := cmd
	other2.Reason = "另一理由"
	scenario.Given(append(history, gone)...).When(other2).ThenError(t, faulty("disclosure.withdraw.nothing"))
}

func TestAdopt(t *testing.T) {
	d := penalty("罚款2000元")
	b, digest := raw(t, d)
	cmd := disclosure.Adopt{By: admin, Today: today, Document: d, Source: "原公示平台", PublishedOn: today.AddDays(-900)}
	adopted := disclosure.Adopted{
		Disclosure: "penalty.7b0c", Record: d.Record(), Authority: bureau, Document: b, Digest: digest,
		Source: "原公示平台", PublishedOn: today.AddDays(-900), Number: 1, By: "root",
	}
	scenario.When(cmd).Then(t, adopted)
	scenario.Given(adopted).When(cmd).ThenNothing(t)
	scenario.Given(way(t, d, 1)[:1]...).When(cmd).ThenError(t, faulty("disclosure.adopt.exists"))
	scenario.Given(way(t, d, 1)...).When(cmd).ThenError(t, faulty("disclosure.adopt.exists"))
	changed := cmd
	changed.Document = penalty("罚款1元")
	scenario.Given(adopted).When(changed).ThenError(t, faulty("disclosure.adopt.exists"))
	// What has gone on since is not adopted again.
	scenario.Given(adopted, submitted(t, penalty("罚款1元"), "更正")).When(cmd).ThenNothing(t)
	scenario.Given(adopted, disclosure.Withdrawn{Number: 2}).When(cmd).ThenNothing(t)
	fromElsewhere := cmd
	fromElsewhere.Source = "另一平台"
	scenario.Given(adopted, disclosure.Withdrawn{Number: 2}).When(fromElsewhere).ThenError(t, faulty("disclosure.adopt.exists"))
	for code, change := range map[string]func(*disclosure.Adopt){
		"disclosure.adopt.role":        func(c *disclosure.Adopt) { c.By = clerk },
		"disclosure.authority.foreign": func(c *disclosure.Adopt) { c.By = elsewhere(admin) },
		"disclosure.required":          func(c *disclosure.Adopt) { c.Source = "" },
		"disclosure.adopt.future":      func(c *disclosure.Adopt) { c.PublishedOn = today.AddDays(1) },
		"disclosure.subject.nameless":  func(c *disclosure.Adopt) { c.Document.Subjects = []disclosure.Subject{{}} },
	} {
		bad := cmd
		change(&bad)
		scenario.When(bad).ThenError(t, faulty(code))
	}
	// What was adopted is corrected and withdrawn like anything else.
	_, other := raw(t, penalty("罚款1元"))
	scenario.Given(adopted, submitted(t, penalty("罚款1元"), "更正"), disclosure.Reviewed{Digest: other, By: "li", SecrecyClear: true},
		disclosure.Approved{Digest: other, By: "zhao"}).
		When(disclosure.Withdraw{By: approver, Today: today, Ground: disclosure.GroundError, Reason: "有误"}).
		Then(t, disclosure.Withdrawn{
			Ground: disclosure.GroundError, Reason: "有误", Digest: digest, Number: 2, By: "zhao", On: today,
			Stone: stone(t, "withdrawn", "error", "有误", 2, today, rule.Portal),
		})
}
