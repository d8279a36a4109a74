package listing_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/listing"
)

func enter(changes ...func(*listing.Enter)) listing.Enter {
	c := listing.Enter{By: approver, Today: today, Finding: 1, Decision: decision("异〔2026〕1号", "2026-03-10")}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func TestEnter(t *testing.T) {
	given := scenario.Given(found(find(), 1))
	given.When(enter()).Then(t, entered(1, listing.Unreachable, 1))
	scenario.Given(listed()...).When(enter()).ThenNothing(t)
	consented := entered(1, listing.FalseInfo, 1)
	consented.ConsentNo = "函1"
	given.When(enter(func(c *listing.Enter) { c.Ground, c.ConsentNo = listing.FalseInfo, "函1" })).Then(t, consented)
	for name, c := range map[string]struct {
		change func(*listing.Enter)
		code   string
	}{
		"another authority":     {func(c *listing.Enter) { c.By = stranger }, "listing.authority.foreign"},
		"who found it":          {func(c *listing.Enter) { c.By = clerk }, "listing.same_person"},
		"no such finding":       {func(c *listing.Enter) { c.Finding = 2 }, "listing.finding.missing"},
		"no such ground":        {func(c *listing.Enter) { c.Ground = listing.FoodSafety }, "listing.ground.unknown"},
		"no number":             {func(c *listing.Enter) { c.Decision.DocumentNo = " " }, "listing.required"},
		"no name":               {func(c *listing.Enter) { c.Decision.AuthorityName = "" }, "listing.required"},
		"no day":                {func(c *listing.Enter) { c.Decision.On = calendar.Date{} }, "listing.required"},
		"before it was found":   {func(c *listing.Enter) { c.Decision.On = day("2026-03-01") }, "listing.date.early"},
		"tomorrow":              {func(c *listing.Enter) { c.Decision.On = today.AddDays(1) }, "listing.date.future"},
		"a control character":   {func(c *listing.Enter) { c.ConsentNo = "\n" }, "listing.text.control"},
		"an identity number":    {func(c *listing.Enter) { c.Decision.DocumentNo = "11010519491231002X" }, "listing.personal_data"},
		"a line feed in a name": {func(c *listing.Enter) { c.Decision.AuthorityName = "a\nb" }, "listing.text.control"},
	} {
		t.Run(name, func(t *testing.T) { given.When(enter(c.change)).ThenError(t, faulty(c.code)) })
	}
}

func TestFindingsOfOneGroundAreSettledTogether(t *testing.T) {
	second := found(find(func(c *listing.Find) { c.On = day("2026-03-04") }), 2)
	late := found(find(func(c *listing.Find) { c.On = day("2026-03-11") }), 3)
	other := found(find(func(c *listing.Find) { c.Ground = listing.FalseInfo }), 4)
	own := found(find(func(c *listing.Find) { c.By, c.Facts = approver, "亲见" }), 5)
	given := scenario.Given(found(find(), 1), second, late, other, own)
	given.When(enter()).Then(t, entered(1, listing.Unreachable, 1, 2))
	// What was left waits, and adds nothing to the entry.
	rest := scenario.Given(found(find(), 1), second, late, other, own, entered(1, listing.Unreachable, 1, 2))
	rest.When(enter(func(c *listing.Enter) { c.Finding, c.Decision = 3, decision("异2", "2026-03-12") })).ThenError(t, faulty("listing.ground.listed"))
	rest.When(enter(func(c *listing.Enter) { c.Finding, c.Decision = 4, decision("异2", "2026-03-12") })).Then(t,
		listing.GroundAdded{Entry: 1, Findings: []int{4}, Ground: listing.FalseInfo, Table: "abnormal-2014", Decision: decision("异2", "2026-03-12")})
	rest.When(enter(func(c *listing.Enter) { c.Finding, c.Decision = 4, decision("异2", "2026-03-09") })).ThenError(t, faulty("listing.date.early"))
}

func TestAnEntryAfterARemovalIsAnother(t *testing.T) {
	again := found(find(func(c *listing.Find) { c.On = day("2026-04-02") }), 2)
	given := scenario.Given(append(listed(), removed(0), again)...)
	cmd := enter(func(c *listing.Enter) { c.Finding, c.Decision = 2, decision("异9", "2026-04-10") })
	want := entered(2, listing.Unreachable, 2)
	want.Decision = cmd.Decision
	given.When(cmd).Then(t, want)
	cmd.Decision.On = day("2026-04-02") // the removal was decided on the third
	given.When(cmd).ThenError(t, faulty("listing.date.early"))
}

// TestNobodyIsEnteredOnTheSeriousListUntold also holds that a ground of that list needs its penalty at the decision.
func TestNobodyIsEnteredOnTheSeriousListUntold(t *testing.T) {
	told := listing.Notified{Finding: 1, DocumentNo: "告1", On: day("2026-03-05"), By: "wang"}
	late := told
	late.On = day("2026-03-11")
	want := entered(1, listing.FoodSafety, 1)
	want.Table = "serious-2021"
	scenario.Given(found(find(serious), 1)).When(enter()).ThenError(t, faulty("listing.notice.missing"))
	scenario.Given(found(find(serious), 1), late).When(enter()).ThenError(t, faulty("listing.notice.missing"))
	scenario.Given(found(find(serious), 1), told).When(enter()).Then(t, want)
	// One who was not told of the second finding is entered for the first alone.
	untold := found(find(serious, func(c *listing.Find) { c.Facts = "又" }), 2)
	scenario.Given(found(find(serious), 1), untold, told).When(enter()).Then(t, want)
	bare := found(find(serious), 1, func(f *listing.Found) { f.Penalty = "" })
	scenario.Given(bare, told).When(enter()).ThenError(t, faulty("listing.penalty.required"))
}
