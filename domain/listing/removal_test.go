package listing_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/listing"
)

func TestApplyForRemoval(t *testing.T) {
	a := applied()
	cmd := listing.ApplyForRemoval{By: clerk, Today: today, Statement: a.Statement, Evidence: a.Evidence, ReceivedOn: a.ReceivedOn}
	given := scenario.Given(listed()...)
	given.When(cmd).Then(t, a)
	waits := scenario.Given(append(listed(), a)...)
	waits.When(cmd).ThenNothing(t)
	more := cmd
	more.Statement = "补充材料"
	waits.When(more).ThenError(t, faulty("listing.application.pending"))
	second := a
	second.Application, second.Statement = 2, "补充材料"
	scenario.Given(append(listed(), a, refused())...).When(more).Then(t, second)
	scenario.When(cmd).ThenError(t, faulty("listing.missing"))
	scenario.Given(found(find(), 1)).When(cmd).ThenError(t, faulty("listing.entry.none"))
	scenario.Given(append(listed(), removed(0))...).When(cmd).ThenError(t, faulty("listing.entry.none"))
	for code, change := range map[string]func(*listing.ApplyForRemoval){
		"listing.authority.foreign": func(c *listing.ApplyForRemoval) { c.By = stranger },
		"listing.required":          func(c *listing.ApplyForRemoval) { c.Statement = "" },
		"listing.evidence.digest":   func(c *listing.ApplyForRemoval) { c.Evidence = []string{"x"} },
		"listing.date.early":        func(c *listing.ApplyForRemoval) { c.ReceivedOn = day("2026-03-09") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}

func refused() listing.RemovalRefused {
	return listing.RemovalRefused{Entry: 1, Application: 1, Reason: "仍无法联系", Decision: decision("不移1", "2026-04-02")}
}

func TestRefuseRemoval(t *testing.T) {
	cmd := listing.RefuseRemoval{By: approver, Today: today, Reason: "仍无法联系", Decision: decision("不移1", "2026-04-02")}
	given := scenario.Given(append(listed(), applied())...)
	given.When(cmd).Then(t, refused())
	scenario.Given(append(listed(), applied(), refused())...).When(cmd).ThenNothing(t)
	scenario.Given(listed()...).When(cmd).ThenError(t, faulty("listing.application.none"))
	for code, change := range map[string]func(*listing.RefuseRemoval){
		"listing.authority.foreign": func(c *listing.RefuseRemoval) { c.By = stranger },
		"listing.same_person":       func(c *listing.RefuseRemoval) { c.By = clerk },
		"listing.required":          func(c *listing.RefuseRemoval) { c.Reason = "" },
		"listing.date.early":        func(c *listing.RefuseRemoval) { c.Decision.On = day("2026-03-31") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}

func TestRemove(t *testing.T) {
	cmd := listing.Remove{By: approver, Today: today, Remedies: []listing.Remedy{listing.Reached}, Decision: decision("移〔2026〕1号", "2026-04-03")}
	given := scenario.Given(append(listed(), applied())...)
	given.When(cmd).Then(t, removed(1))
	scenario.Given(listed()...).When(cmd).Then(t, removed(0))
	scenario.Given(append(listed(), applied(), removed(1))...).When(cmd).ThenNothing(t)
	scenario.Given(append(listed(), rescinded())...).When(cmd).ThenError(t, faulty("listing.entry.none"))
	for name, c := range map[string]struct {
		change func(*listing.Remove)
		code   string
	}{
		"another authority":          {func(c *listing.Remove) { c.By = stranger }, "listing.authority.foreign"},
		"who took the application":   {func(c *listing.Remove) { c.By = clerk }, "listing.same_person"},
		"nothing":                    {func(c *listing.Remove) { c.Remedies = nil }, "listing.remedy.missing"},
		"another ground's":           {func(c *listing.Remove) { c.Remedies = []listing.Remedy{listing.Reported} }, "listing.remedy.missing"},
		"the other list's":           {func(c *listing.Remove) { c.Remedies = []listing.Remedy{listing.TermOver} }, "listing.remedy.unknown"},
		"none":                       {func(c *listing.Remove) { c.Remedies = []listing.Remedy{"asked"} }, "listing.remedy.unknown"},
		"twice":                      {func(c *listing.Remove) { c.Remedies = []listing.Remedy{listing.Reached, listing.Reached} }, "listing.remedy.unknown"},
		"before the application":     {func(c *listing.Remove) { c.Decision.On = day("2026-03-31") }, "listing.date.early"},
		"without a number":           {func(c *listing.Remove) { c.Decision.DocumentNo = "" }, "listing.required"},
		"deregistered cures as well": {func(c *listing.Remove) { c.Remedies = []listing.Remedy{listing.Deregistered} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bad := cmd
			c.change(&bad)
			if c.code == "" {
				given.When(bad).Then(t, listing.Removed{Entry: 1, Application: 1, Remedies: bad.Remedies, Decision: bad.Decision})
				return
			}
			given.When(bad).ThenError(t, faulty(c.code))
		})
	}
	two := append(listed(), found(find(func(c *listing.Find) { c.Ground = listing.FalseInfo }), 2),
		listing.GroundAdded{Entry: 1, Findings: []int{2}, Ground: listing.FalseInfo, Table: "abnormal-2014", Decision: decision("异2", "2026-03-20")})
	scenario.Given(two...).When(cmd).ThenError(t, faulty("listing.remedy.missing"))
	cmd.Remedies = []listing.Remedy{listing.Reached, listing.Corrected}
	scenario.Given(two...).When(cmd).Then(t, listing.Removed{Entry: 1, Remedies: cmd.Remedies, Decision: cmd.Decision})
	cmd.Decision.On = day("2026-03-19")
	scenario.Given(two...).When(cmd).ThenError(t, faulty("listing.date.early"))
}

func TestRescind(t *testing.T) {
	cmd := listing.Rescind{By: approver, Today: today, Entry: 1, Reason: "送达地址有误", Decision: decision("撤〔2026〕1号", "2026-04-20")}
	given := scenario.Given(listed()...)
	given.When(cmd).Then(t, rescinded())
	scenario.Given(append(listed(), removed(0))...).When(cmd).Then(t, rescinded())
	gone := scenario.Given(append(listed(), rescinded())...)
	gone.When(cmd).ThenNothing(t)
	for code, change := range map[string]func(*listing.Rescind){
		"listing.authority.foreign": func(c *listing.Rescind) { c.By = stranger },
		"listing.entry.missing":     func(c *listing.Rescind) { c.Entry = 2 },
		"listing.required":          func(c *listing.Rescind) { c.Reason = "" },
		"listing.date.early":        func(c *listing.Rescind) { c.Decision.On = day("2026-03-09") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	other := cmd
	other.Reason = "他故"
	gone.When(other).ThenError(t, faulty("listing.entry.rescinded"))
}

func TestTransfer(t *testing.T) {
	cmd := listing.Transfer{By: approver, Today: today, To: "other", Known: true, Reason: "住所迁出", On: day("2026-04-20")}
	moved := listing.Transferred{To: "other", Reason: "住所迁出", On: day("2026-04-20"), By: "sun"}
	given := scenario.Given(listed()...)
	given.When(cmd).Then(t, moved)
	scenario.Given(found(find(), 1)).When(cmd).Then(t, moved)
	scenario.Given(append(listed(), removed(0))...).When(cmd).ThenError(t, faulty("listing.transfer.idle"))
	for code, change := range map[string]func(*listing.Transfer){
		"listing.authority.foreign": func(c *listing.Transfer) { c.By = stranger },
		"listing.transfer.unknown":  func(c *listing.Transfer) { c.Known = false },
		"listing.transfer.own":      func(c *listing.Transfer) { c.To = bureau },
		"listing.required":          func(c *listing.Transfer) { c.Reason = "" },
		"listing.date.early":        func(c *listing.Transfer) { c.On = day("2026-03-01") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	// From then on the other authority acts, and the entry is still the record of whoever made it.
	after := append(listed(), moved)
	removal := listing.Remove{By: stranger, Today: today, Remedies: []listing.Remedy{listing.Reached}, Decision: decision("移1", "2026-04-21")}
	removal.Decision.By = "ma"
	scenario.Given(after...).When(removal).Then(t, listing.Removed{Entry: 1, Remedies: removal.Remedies, Decision: removal.Decision})
	removal.By = approver
	scenario.Given(after...).When(removal).ThenError(t, faulty("listing.authority.foreign"))
	var s listing.State
	for _, e := range after {
		s = listing.Decider.Evolve(s, e)
	}
	if entry, open := s.Current(); !open || entry.Authority != bureau || s.Authority != "other" || entry.Status() != "listed" {
		t.Errorf("%+v", s)
	}
}
