package disclosure_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// shown is the history of d up to its publication on the outlets of the terms.
func shown(t testing.TB, d disclosure.Document, terms ...rule.Term) []disclosure.Event {
	t.Helper()
	history := way(t, d, 1)
	p := history[3].(disclosure.Published)
	p.Terms = terms
	return append(history[:3:3], p)
}

func TestPublishWithTerms(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	b, digest := raw(t, d)
	cmd := disclosure.Publish{By: approver, Digest: digest, Today: today, Terms: terms}
	published := func(number int, terms ...rule.Term) disclosure.Published {
		return disclosure.Published{Document: b, Digest: digest, Number: number, By: "zhao", On: today, Terms: terms}
	}
	scenario.Given(history[:3]...).When(cmd).Then(t, published(1, terms...))
	named := cmd
	named.Outlets = []rule.Outlet{rule.GSXT}
	scenario.Given(history[:3]...).When(named).Then(t, published(1, terms[1]))
	// A further outlet is a further release; what stands there already is none.
	scenario.Given(shown(t, d, terms[0])...).When(named).Then(t, published(2, terms[1]))
	scenario.Given(shown(t, d, terms...)...).When(named).ThenNothing(t)
	scenario.Given(shown(t, d, terms[0])...).When(cmd).ThenNothing(t)

	late := cmd
	late.Today = calendar.MustParse("2027-03-21")
	b2 := published(1, terms[1])
	b2.On = late.Today
	scenario.Given(history[:3]...).When(late).Then(t, b2) // the term on the portal is over by then
	for code, change := range map[string]func(*disclosure.Publish){
		"disclosure.outlet.unknown": func(c *disclosure.Publish) { c.Outlets = []rule.Outlet{"wall"} },
		"disclosure.outlet.none":    func(c *disclosure.Publish) { c.Outlets = []rule.Outlet{rule.CreditChina} },
		"rule.warning": func(c *disclosure.Publish) {
			c.Outlets = []rule.Outlet{rule.CreditChina}
			c.Hidden = map[rule.Outlet]*domain.Fault{rule.CreditChina: domain.Refuse(domain.Precondition, "rule.warning", "", "警告", "warning")}
		},
		"disclosure.term.over": func(c *disclosure.Publish) { c.Today = calendar.MustParse("2029-03-21") },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history[:3]...).When(bad).ThenError(t, faulty(code))
	}
	nowhere := cmd
	nowhere.Terms = nil
	nowhere.Hidden = map[rule.Outlet]*domain.Fault{rule.Portal: domain.Refuse(domain.Precondition, "rule.summary", "", "简易", "summary")}
	scenario.Given(history[:3]...).When(nowhere).ThenError(t, faulty("rule.summary"))
}

func TestPublishAsApproved(t *testing.T) {
	d := penalty("罚款2000元")
	history := way(t, d, 1)
	b, digest := raw(t, d)
	approval := disclosure.Approve{By: approver, Digest: digest, Opinion: "措辞妥当", Outlets: []rule.Outlet{rule.GSXT}, NotBefore: today.AddDays(1)}
	approved := disclosure.Approved{Digest: digest, By: "zhao", Opinion: "措辞妥当", Outlets: []rule.Outlet{rule.GSXT}, NotBefore: today.AddDays(1)}
	scenario.Given(history[:2]...).When(approval).Then(t, approved)
	bad := approval
	bad.Outlets = []rule.Outlet{"wall"}
	scenario.Given(history[:2]...).When(bad).ThenError(t, faulty("disclosure.outlet.unknown"))
	bad = approval
	bad.Opinion = long(2001)
	scenario.Given(history[:2]...).When(bad).ThenError(t, faulty("disclosure.text.length"))

	given := scenario.Given(history[0], history[1], approved)
	cmd := disclosure.Publish{By: approver, Digest: digest, Today: today, Terms: terms}
	given.When(cmd).ThenError(t, faulty("disclosure.publish.early"))
	cmd.Today = today.AddDays(1)
	given.When(cmd).Then(t, disclosure.Published{Document: b, Digest: digest, Number: 1, By: "zhao", On: cmd.Today, Terms: terms[1:]})
	cmd.Outlets = []rule.Outlet{rule.Portal}
	given.When(cmd).ThenError(t, faulty("disclosure.outlet.unapproved"))
}

// TestCorrectOnAllOutlets: old and new are told apart by the former digest, and the terms run on as they were set.
func TestCorrectOnAllOutlets(t *testing.T) {
	first, second := penalty("罚款2000元"), penalty("罚款1000元")
	_, digest := raw(t, first)
	b, changed := raw(t, second)
	history := append(shown(t, first, terms...), submitted(t, second, "复议变更"),
		disclosure.Reviewed{Digest: changed, By: "li", SecrecyClear: true}, disclosure.Approved{Digest: changed, By: "zhao"})
	cmd := disclosure.Publish{By: approver, Digest: changed, Today: today.AddDays(9), Terms: []rule.Term{{Outlet: rule.Portal, Rule: "other"}}}
	corrected := disclosure.Corrected{
		Document: b, Digest: changed, FormerDigest: digest, Reason: "复议变更", Number: 2, By: "zhao", On: today.AddDays(9), Terms: terms,
	}
	scenario.Given(history...).When(cmd).Then(t, corrected)
	named := cmd
	named.Outlets = []rule.Outlet{rule.GSXT}
	scenario.Given(history...).When(named).ThenError(t, faulty("disclosure.outlet.correction"))
	// What ended stays ended; what is masked is corrected behind the mask.
	masked := disclosure.Masked{Outlets: []rule.Outlet{rule.GSXT}, Number: 2, On: today}
	ended := disclosure.Ended{Outlets: []rule.Outlet{rule.Portal}, Cause: disclosure.Expired, Number: 3, On: today}
	corrected.Number, corrected.Terms = 4, terms[1:]
	scenario.Given(append(history, masked, ended)...).When(cmd).Then(t, corrected)
	s := folded(append(history, masked, ended, corrected)...)
	if s.Shown(rule.GSXT, today) || s.Shown(rule.Portal, today) || s.Showing.Digest != changed {
		t.Errorf("showing %+v", s.Showing)
	}
}

func folded(history ...disclosure.Event) (s disclosure.State) {
	for _, e := range history {
		s = disclosure.Decider.Evolve(s, e)
	}
	return s
}

func TestMaskAndUnmask(t *testing.T) {
	d := penalty("罚款2000元")
	b, digest := raw(t, d)
	history := shown(t, d, terms...)
	both := []rule.Outlet{rule.Portal, rule.GSXT}
	cmd := disclosure.Mask{By: approver, Today: today, Reason: "法院裁定重整", DocumentNo: "（2026）某01破1号"}
	masked := disclosure.Masked{
		Outlets: both, Reason: cmd.Reason, DocumentNo: cmd.DocumentNo, Digest: digest, Number: 2, By: "zhao", On: today,
		Stone: stone(t, "masked", "", cmd.Reason, 2, today, both...),
	}
	scenario.Given(history...).When(cmd).Then(t, masked)
	scenario.Given(append(history, masked)...).When(cmd).ThenNothing(t)
	some := cmd
	some.Outlets = []rule.Outlet{rule.GSXT}
	onGSXT := masked
	onGSXT.Outlets, onGSXT.Stone = some.Outlets, stone(t, "masked", "", cmd.Reason, 2, today, rule.GSXT)
	scenario.Given(history...).When(some).Then(t, onGSXT)
	if s := folded(append(history, onGSXT)...); !s.Shown(rule.Portal, today) || s.Shown(rule.GSXT, today) || !s.Public() {
		t.Errorf("standing %+v", s.Showing.Outlets)
	}
	for code, change := range map[string]func(*disclosure.Mask){
		"disclosure.required":          func(c *disclosure.Mask) { c.DocumentNo = "" },
		"disclosure.text.length":       func(c *disclosure.Mask) { c.Reason = long(2001) },
		"disclosure.personal_data":     func(c *disclosure.Mask) { c.Reason = "申请人11010519491231002X" },
		"disclosure.outlet.absent":     func(c *disclosure.Mask) { c.Outlets = []rule.Outlet{rule.CreditChina} },
		"disclosure.outlet.unknown":    func(c *disclosure.Mask) { c.Outlets = []rule.Outlet{"wall"} },
		"disclosure.authority.foreign": func(c *disclosure.Mask) { c.By = elsewhere(approver) },
		"disclosure.outlet.nowhere":    func(c *disclosure.Mask) { c.Today = today.AddDays(2000) },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	scenario.Given(history[:3]...).When(cmd).ThenError(t, faulty("disclosure.outlet.nowhere"))
	scenario.When(cmd).ThenError(t, faulty("disclosure.missing"))

	back := disclosure.Unmask{By: approver, Today: today.AddDays(5), Reason: "重整程序终止"}
	unmasked := disclosure.Unmasked{
		Outlets: both, Reason: back.Reason, Document: b, Digest: digest, Number: 3, By: "zhao", On: back.Today,
	}
	given := scenario.Given(append(history, masked)...)
	given.When(back).Then(t, unmasked)
	scenario.Given(append(history, masked, unmasked)...).When(back).ThenNothing(t)
	scenario.Given(history...).When(back).ThenNothing(t)
	back.Reason = ""
	given.When(back).ThenError(t, faulty("disclosure.required"))
	if s := folded(append(history, masked, unmasked)...); !s.Shown(rule.Portal, today) || !s.Shown(rule.GSXT, today) {
		t.Errorf("standing %+v", s.Showing.Outlets)
	}
}

func TestExpire(t *testing.T) {
	d := penalty("罚款2000元")
	_, digest := raw(t, d)
	history := shown(t, d, terms...)
	last, next := terms[0].Until, terms[0].Until.AddDays(1)
	s := folded(history...)
	if !s.Shown(rule.Portal, last) || s.Shown(rule.Portal, next) || !s.Shown(rule.GSXT, next) {
		t.Error("a term ends with its last day, whether that was recorded or not")
	}
	cmd := disclosure.Expire{By: person("clock", ""), Today: next, Outlet: rule.Portal}
	ended := disclosure.Ended{
		Outlets: []rule.Outlet{rule.Portal}, Cause: disclosure.Expired, Reason: "公示期届满", Rule: "portal.penalty", Digest: digest,
		Number: 2, By: "clock", On: next, Stone: stone(t, "ended", "expired", "公示期届满", 2, next, rule.Portal),
	}
	scenario.Given(history...).When(cmd).Then(t, ended)
	late := cmd
	late.Today = next.AddDays(40)
	scenario.Given(history...).When(late).Then(t, ended) // it ended when it ended
	scenario.Given(append(history, ended)...).When(late).ThenNothing(t)
	early := cmd
	early.Today = last
	scenario.Given(history...).When(early).ThenNothing(t)
	early.Outlet = rule.CreditChina
	scenario.Given(history...).When(early).ThenNothing(t)
	scenario.Given(way(t, d, 1)...).When(late).ThenNothing(t) // no rule ends it
	scenario.When(cmd).ThenError(t, faulty("disclosure.missing"))
	// Once all ended there is nothing to withdraw, and nothing to publish.
	all := append(history, ended, disclosure.Ended{Outlets: []rule.Outlet{rule.GSXT}, Cause: disclosure.Repaired, Number: 3})
	scenario.Given(all...).When(disclosure.Withdraw{By: approver, Today: today, Ground: disclosure.GroundError, Reason: "有误"}).
		ThenError(t, faulty("disclosure.withdraw.nothing"))
	again := append(all, submitted(t, d, "再次公示"), disclosure.Reviewed{Digest: digest, By: "li", SecrecyClear: true},
		disclosure.Approved{Digest: digest, By: "zhao"})
	scenario.Given(again...).When(disclosure.Publish{By: approver, Digest: digest, Today: late.Today, Terms: terms}).
		ThenError(t, faulty("disclosure.term.over"))
	scenario.Given(again...).When(disclosure.Publish{By: approver, Digest: digest, Today: late.Today, Terms: terms}).
		ThenError(t, faulty("disclosure.outlet.repaired"))
}
