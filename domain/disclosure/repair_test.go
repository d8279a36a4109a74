package disclosure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

var (
	later = calendar.MustParse("2026-06-20") // the earliest day on which the portal's term may end
	paper = disclosure.Material{Title: "缴款凭证", Digest: strings.Repeat("a", 64)}
	vow   = disclosure.Material{Title: "信用承诺书", Digest: strings.Repeat("b", 64)}
)

func facts(change ...disclosure.Condition) []disclosure.Condition {
	out := []disclosure.Condition{
		{Code: disclosure.Performed, Verdict: disclosure.Met, Rests: "罚款已缴清", Basis: "b"},
		{Code: disclosure.NotAgain, Verdict: disclosure.Met, Rests: "没有", Basis: "b"},
		{Code: disclosure.NotListed, Verdict: disclosure.Met, Rests: "没有", Basis: "b"},
	}
	for _, c := range change {
		for i := range out {
			if out[i].Code == c.Code {
				out[i] = c
			}
		}
	}
	return out
}

func applied(t testing.TB, outlets ...rule.Outlet) disclosure.RepairApplied {
	t.Helper()
	_, digest := raw(t, penalty("罚款2000元"))
	return disclosure.RepairApplied{
		Repair: "r1", Applicant: disclosure.Party, Outlets: outlets, Materials: []disclosure.Material{paper}, Commitment: vow,
		Statement: "已整改", Digest: digest, By: "wang", On: later, DueOn: later.AddDays(14), DueRule: "repair-10", DueVersion: "1", Calendar: "c",
	}
}

func TestApplyRepair(t *testing.T) {
	history := shown(t, penalty("罚款2000元"), terms...)
	cmd := disclosure.ApplyRepair{
		By: clerk, Today: later, Repair: "r1", Applicant: disclosure.Party, Outlets: []rule.Outlet{rule.Portal},
		Materials: []disclosure.Material{paper}, Commitment: vow, Statement: "已整改", On: later,
		Due: disclosure.Due{On: later.AddDays(14), Rule: "repair-10", Version: "1", Calendar: "c"},
	}
	e := applied(t, rule.Portal)
	scenario.Given(history...).When(cmd).Then(t, e)
	scenario.Given(append(history, e)...).When(cmd).ThenNothing(t)
	all := cmd
	all.Outlets = nil
	scenario.Given(history...).When(all).Then(t, applied(t, rule.Portal, rule.GSXT))
	second := cmd
	second.Repair = "r2"
	scenario.Given(append(history, e)...).When(second).ThenError(t, faulty("disclosure.repair.open"))
	second.Outlets = []rule.Outlet{rule.GSXT}
	other := applied(t, rule.GSXT)
	other.Repair = "r2"
	scenario.Given(append(history, e)...).When(second).Then(t, other)
	for code, change := range map[string]func(*disclosure.ApplyRepair){
		"disclosure.repair.applicant":  func(c *disclosure.ApplyRepair) { c.Applicant = "neighbour" },
		"disclosure.repair.materials":  func(c *disclosure.ApplyRepair) { c.Materials = nil },
		"disclosure.repair.digest":     func(c *disclosure.ApplyRepair) { c.Commitment.Digest = "b" },
		"disclosure.repair.future":     func(c *disclosure.ApplyRepair) { c.On = later.AddDays(1) },
		"disclosure.required":          func(c *disclosure.ApplyRepair) { c.Commitment.Title = "" },
		"disclosure.personal_data":     func(c *disclosure.ApplyRepair) { c.Statement = "11010519491231002X已整改" },
		"disclosure.outlet.absent":     func(c *disclosure.ApplyRepair) { c.Outlets = []rule.Outlet{rule.CreditChina} },
		"disclosure.authority.foreign": func(c *disclosure.ApplyRepair) { c.By = elsewhere(clerk) },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	scenario.Given(history[:3]...).When(cmd).ThenError(t, faulty("disclosure.outlet.nowhere"))
}

// verdicts are the verdicts by their conditions.
func verdicts(t testing.TB, s disclosure.State, cmd disclosure.CheckRepair) map[string]disclosure.Verdict {
	t.Helper()
	events, err := disclosure.Decider.Decide(s, cmd)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	out := map[string]disclosure.Verdict{}
	for _, c := range events[0].(disclosure.RepairChecked).Conditions {
		if c.Rests == "" || c.Basis == "" {
			t.Errorf("%s rests on nothing: %+v", c.Code, c)
		}
		out[c.Code] = c.Verdict
	}
	return out
}

func TestCheckRepair(t *testing.T) {
	history := append(shown(t, penalty("罚款2000元"), terms...), applied(t, rule.Portal))
	cmd := disclosure.CheckRepair{By: reviewer, Today: later, Repair: "r1", Facts: facts(), Attested: "现场照片，见材料1"}
	all := map[string]disclosure.Verdict{
		disclosure.Period: disclosure.Met, disclosure.Allowed: disclosure.Met, disclosure.Committed: disclosure.Met,
		disclosure.Performed: disclosure.Met, disclosure.NotAgain: disclosure.Met, disclosure.NotListed: disclosure.Met,
		disclosure.HarmEnded: disclosure.Attested,
	}
	unmet := func(code string) disclosure.Condition {
		return disclosure.Condition{Code: code, Verdict: disclosure.Unmet, Rests: "r", Basis: "b"}
	}
	for name, c := range map[string]struct {
		change func(*disclosure.CheckRepair)
		given  []disclosure.Event
		unmet  []string
	}{
		"all met":         {func(*disclosure.CheckRepair) {}, history, nil},
		"a day too early": {func(c *disclosure.CheckRepair) { c.Today = later.AddDays(-1) }, history, []string{disclosure.Period}},
		"not attested":    {func(c *disclosure.CheckRepair) { c.Attested = "" }, history, []string{disclosure.HarmEnded}},
		"not paid":        {func(c *disclosure.CheckRepair) { c.Facts = facts(unmet(disclosure.Performed)) }, history, []string{disclosure.Performed}},
		"again and listed": {
			func(c *disclosure.CheckRepair) {
				c.Facts = facts(unmet(disclosure.NotAgain), unmet(disclosure.NotListed))
			}, history,
			[]string{disclosure.NotAgain, disclosure.NotListed},
		},
		"a rule that forbids it": {
			func(*disclosure.CheckRepair) {}, append(shown(t, penalty("罚款2000元"), terms...), applied(t, rule.Portal, rule.GSXT)),
			[]string{disclosure.Allowed, disclosure.Period},
		},
	} {
		check := cmd
		c.change(&check)
		for code, v := range verdicts(t, folded(c.given...), check) {
			want := all[code]
			if slices.Contains(c.unmet, code) {
				want = disclosure.Unmet
			}
			if v != want {
				t.Errorf("%s: %s is %s, want %s", name, code, v, want)
			}
		}
	}
	for code, change := range map[string]func(*disclosure.CheckRepair){
		"disclosure.checker.same":      func(c *disclosure.CheckRepair) { c.By = person("wang", domain.Reviewer) },
		"disclosure.repair.missing":    func(c *disclosure.CheckRepair) { c.Repair = "r9" },
		"disclosure.repair.facts":      func(c *disclosure.CheckRepair) { c.Facts = c.Facts[1:] },
		"disclosure.personal_data":     func(c *disclosure.CheckRepair) { c.Attested = "11010519491231002X" },
		"disclosure.authority.foreign": func(c *disclosure.CheckRepair) { c.By = elsewhere(reviewer) },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
}

func TestDecideRepair(t *testing.T) {
	d := penalty("罚款2000元")
	_, digest := raw(t, d)
	checked := func(verdict disclosure.Verdict) disclosure.RepairChecked {
		return disclosure.RepairChecked{Repair: "r1", By: "li", On: later, Conditions: []disclosure.Condition{
			{Code: disclosure.HarmEnded, Verdict: verdict, Rests: "照片", Basis: "b"},
		}}
	}
	history := append(shown(t, d, terms...), applied(t, rule.Portal), checked(disclosure.Attested))
	cmd := disclosure.DecideRepair{By: approver, Today: later, Repair: "r1", Granted: true, Reason: "符合条件", Facts: facts()}
	granted := disclosure.RepairDecided{Repair: "r1", Granted: true, Reason: "符合条件", By: "zhao", On: later}
	ended := disclosure.Ended{
		Outlets: []rule.Outlet{rule.Portal}, Cause: disclosure.Repaired, Reason: "信用修复", Rule: "portal.penalty", Repair: "r1",
		Digest: digest, Number: 2, By: "zhao", On: later, Stone: stone(t, "ended", "repaired", "信用修复", 2, later, rule.Portal),
	}
	scenario.Given(history...).When(cmd).Then(t, granted, ended)
	after := append(history, granted, ended)
	scenario.Given(after...).When(cmd).ThenNothing(t)
	if s := folded(after...); s.Shown(rule.Portal, later) || !s.Shown(rule.GSXT, later) {
		t.Errorf("standing %+v", s.Showing.Outlets)
	}
	refusal := cmd
	refusal.Granted, refusal.Reason = false, "罚款未缴清"
	refused := disclosure.RepairDecided{Repair: "r1", Reason: "罚款未缴清", By: "zhao", On: later}
	scenario.Given(history...).When(refusal).Then(t, refused)
	scenario.Given(append(history, refused)...).When(cmd).ThenError(t, faulty("disclosure.repair.closed"))
	scenario.Given(append(history[:5:5], checked(disclosure.Unmet))...).When(cmd).ThenError(t, faulty("disclosure.repair.unmet"))
	scenario.Given(history[:5]...).When(cmd).ThenError(t, faulty("disclosure.repair.unchecked"))
	for code, change := range map[string]func(*disclosure.DecideRepair){
		"disclosure.decider.same": func(c *disclosure.DecideRepair) { c.By = person("li", domain.Approver) },
		"disclosure.required":     func(c *disclosure.DecideRepair) { c.Reason = "" },
		// A penalty that came in between the check and the decision.
		"disclosure.repair.unmet": func(c *disclosure.DecideRepair) {
			c.Facts = facts(disclosure.Condition{Code: disclosure.NotAgain, Verdict: disclosure.Unmet, Rests: "宁市监处罚〔2026〕99号", Basis: "b"})
		},
		"disclosure.repair.missing": func(c *disclosure.DecideRepair) { c.Repair = "r9" },
	} {
		bad := cmd
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	// The application is void once the document is withdrawn.
	gone := append(history, disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Number: 2})
	scenario.Given(gone...).When(cmd).ThenError(t, faulty("disclosure.repair.closed"))
	// Two outlets by two rules end by two releases.
	soft := []rule.Term{terms[0], terms[1]}
	soft[1].Early, soft[1].Earliest = rule.EarlyAllowed, later
	both := append(shown(t, d, soft...), applied(t, rule.Portal, rule.GSXT), checked(disclosure.Attested))
	onGSXT := ended
	onGSXT.Outlets, onGSXT.Rule, onGSXT.Number = []rule.Outlet{rule.GSXT}, "gsxt.penalty", 3
	onGSXT.Stone = stone(t, "ended", "repaired", "信用修复", 3, later, rule.GSXT)
	scenario.Given(both...).When(cmd).Then(t, granted, ended, onGSXT)
}
