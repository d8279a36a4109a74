package listing_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/listing"
)

func TestFind(t *testing.T) {
	scenario.When(find()).Then(t, found(find(), 1))
	scenario.Given(found(find(), 1)).When(find()).ThenNothing(t)
	scenario.When(find(serious)).Then(t, found(find(serious), 1))
	// The same ground again is recorded with the entry that stands, another one waits.
	later := find(func(c *listing.Find) { c.On = day("2026-04-01") })
	scenario.Given(listed()...).When(later).Then(t, found(later, 2, func(f *listing.Found) { f.Entry = 1 }))
	other := find(func(c *listing.Find) { c.Ground = listing.FalseInfo })
	scenario.Given(listed()...).When(other).Then(t, found(other, 2))
	// After a removal it waits again.
	scenario.Given(append(listed(), removed(0))...).When(later).Then(t, found(later, 2))
	// Another authority begins where nothing waits and nothing stands.
	abroad := find(func(c *listing.Find) { c.By = stranger })
	scenario.Given(found(find(), 1)).When(abroad).ThenError(t, faulty("listing.authority.foreign"))
	scenario.Given(listed()...).When(abroad).ThenError(t, faulty("listing.authority.foreign"))
	scenario.Given(append(listed(), removed(0))...).When(abroad).Then(t, found(abroad, 2))
	for name, c := range map[string]struct {
		change func(*listing.Find)
		code   string
	}{
		"no list":               {func(c *listing.Find) { c.List = "grey" }, "listing.list.unknown"},
		"no ground":             {func(c *listing.Find) { c.Ground = "" }, "listing.ground.unknown"},
		"the other list's":      {func(c *listing.Find) { c.Ground = listing.FoodSafety }, "listing.ground.unknown"},
		"before the rule":       {func(c *listing.Find) { c.On = day("2014-09-30") }, "listing.ground.unknown"},
		"Order 44 not in force": {func(c *listing.Find) { serious(c); c.On = day("2021-08-31") }, "listing.ground.unknown"},
		"not for sole traders":  {func(c *listing.Find) { c.Subject, c.Ground = trader, listing.NotPublished }, "listing.ground.unknown"},
		"nobody":                {func(c *listing.Find) { c.Subject = listing.Subject{} }, "listing.required"},
		"no facts":              {func(c *listing.Find) { c.Facts = "" }, "listing.required"},
		"long facts":            {func(c *listing.Find) { c.Facts = strings.Repeat("字", 4001) }, "listing.text.length"},
		"an identity number":    {func(c *listing.Find) { c.Facts = "经营者 11010519491231002X" }, "listing.personal_data"},
		"a control character":   {func(c *listing.Find) { c.Inspection = "a\x00" }, "listing.text.control"},
		"no digest":             {func(c *listing.Find) { c.Evidence = []string{"AB"} }, "listing.evidence.digest"},
		"a digest twice":        {func(c *listing.Find) { c.Evidence = []string{sha, sha} }, "listing.evidence.digest"},
		"much evidence":         {func(c *listing.Find) { c.Evidence = slices.Repeat([]string{sha}, 21) }, "listing.evidence.number"},
		"tomorrow":              {func(c *listing.Find) { c.On = today.AddDays(1) }, "listing.date.future"},
		"no day":                {func(c *listing.Find) { c.On = calendar.Date{} }, "listing.ground.unknown"},
		"no penalty":            {func(c *listing.Find) { serious(c); c.Penalty = "" }, "listing.penalty.required"},
		"no such penalty":       {func(c *listing.Find) { serious(c); c.PenaltyKnown = false }, "listing.penalty.missing"},
	} {
		t.Run(name, func(t *testing.T) { scenario.When(find(c.change)).ThenError(t, faulty(c.code)) })
	}
	many := make([]listing.Event, 200)
	for i := range many {
		many[i] = found(find(func(c *listing.Find) { c.Facts = strings.Repeat("又", i+1) }), i+1)
	}
	scenario.Given(many...).When(find()).ThenError(t, faulty("listing.findings.many"))
}

func propose(ground listing.Ground) listing.Propose {
	return listing.Propose{By: policy, Subject: firm, Ground: ground, Facts: "检查结果", Inspection: "i1", On: day("2026-03-02")}
}

func proposed(ground listing.Ground, number int) listing.Found {
	return found(listing.Find{By: policy, List: listing.Abnormal, Subject: firm, Ground: ground, Facts: "检查结果", Inspection: "i1", On: day("2026-03-02")}, number)
}

func TestAPolicyProposes(t *testing.T) {
	scenario.When(propose(listing.Unreachable)).Then(t, proposed(listing.Unreachable, 1))
	given := scenario.Given(proposed(listing.Unreachable, 1))
	given.When(propose(listing.Unreachable)).ThenNothing(t)
	given.When(propose(listing.FalseInfo)).Then(t, proposed(listing.FalseInfo, 2))
	dismissed := listing.Dismissed{Finding: 1, Reason: "已联系", On: today, By: "sun"}
	scenario.Given(proposed(listing.Unreachable, 1), dismissed).When(propose(listing.Unreachable)).ThenNothing(t)
	scenario.When(propose(listing.FoodSafety)).ThenError(t, faulty("listing.ground.unknown"))
	foreign := propose(listing.Unreachable)
	foreign.By.Authority = "other"
	given.When(foreign).ThenError(t, faulty("listing.authority.foreign"))
	blank := propose(listing.Unreachable)
	blank.Inspection = ""
	scenario.When(blank).ThenError(t, faulty("listing.required"))

	retract := listing.Retract{By: policy, Inspection: "i1", But: []listing.Ground{listing.FalseInfo}, Reason: "检查结果已更正"}
	both := scenario.Given(proposed(listing.Unreachable, 1), proposed(listing.FalseInfo, 2), found(find(), 3))
	both.When(retract).Then(t, listing.Retracted{Finding: 1, Reason: "检查结果已更正"})
	scenario.Given(proposed(listing.Unreachable, 1), entered(1, listing.Unreachable, 1)).When(retract).ThenNothing(t)
	scenario.Given(proposed(listing.Unreachable, 1), listing.Retracted{Finding: 1}).When(propose(listing.Unreachable)).Then(t, proposed(listing.Unreachable, 2))
	retract.Inspection = "i2"
	both.When(retract).ThenNothing(t)
	scenario.When(retract).ThenNothing(t)
}

func TestDismiss(t *testing.T) {
	cmd := listing.Dismiss{By: approver, Today: today, Finding: 1, Reason: "已取得联系", On: day("2026-03-09")}
	dismissed := listing.Dismissed{Finding: 1, Reason: "已取得联系", On: day("2026-03-09"), By: "sun"}
	given := scenario.Given(found(find(), 1))
	given.When(cmd).Then(t, dismissed)
	scenario.Given(found(find(), 1), dismissed).When(cmd).ThenNothing(t)
	scenario.When(cmd).ThenError(t, faulty("listing.missing"))
	scenario.Given(listed()...).When(cmd).ThenError(t, faulty("listing.finding.stage"))
	for code, change := range map[string]func(*listing.Dismiss){
		"listing.authority.foreign": func(c *listing.Dismiss) { c.By = stranger },
		"listing.same_person":       func(c *listing.Dismiss) { c.By = clerk },
		"listing.finding.missing":   func(c *listing.Dismiss) { c.Finding = 2 },
		"listing.required":          func(c *listing.Dismiss) { c.Reason = "" },
		"listing.personal_data":     func(c *listing.Dismiss) { c.Reason = "11010519491231002X" },
		"listing.date.early":        func(c *listing.Dismiss) { c.On = day("2026-03-01") },
		"listing.date.future":       func(c *listing.Dismiss) { c.On = today.AddDays(1) },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	given.When(listing.Dismiss{By: domain.Actor{Account: "sun", Authority: bureau}, Today: today, Finding: 0, Reason: "x", On: today}).ThenError(t, faulty("listing.finding.missing"))
}

func TestNotify(t *testing.T) {
	cmd := listing.Notify{By: clerk, Today: today, Finding: 1, DocumentNo: "告〔2026〕1号", On: day("2026-03-05")}
	told := listing.Notified{Finding: 1, DocumentNo: "告〔2026〕1号", On: day("2026-03-05"), By: "wang"}
	given := scenario.Given(found(find(serious), 1))
	given.When(cmd).Then(t, told)
	scenario.Given(found(find(serious), 1), told).When(cmd).ThenNothing(t)
	scenario.Given(listed()...).When(cmd).ThenError(t, faulty("listing.finding.stage"))
	for code, change := range map[string]func(*listing.Notify){
		"listing.authority.foreign": func(c *listing.Notify) { c.By = stranger },
		"listing.required":          func(c *listing.Notify) { c.DocumentNo = "" },
		"listing.text.length":       func(c *listing.Notify) { c.DocumentNo = strings.Repeat("1", 129) },
		"listing.date.early":        func(c *listing.Notify) { c.On = day("2026-03-01") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}
