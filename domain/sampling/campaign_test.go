package sampling_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
)

func TestOpen(t *testing.T) {
	cmd := sampling.Open{By: planner, Sampling: "na-2026-q1", AuthorityName: "宁安市市场监督管理局", Kind: sampling.Food, Year: 2026, Title: "2026年一季度监督抽检"}
	campaigns.When(cmd).Then(t, opened(sampling.Food))
	given := campaigns.Given(opened(sampling.Food))
	given.When(cmd).ThenNothing(t)
	other := cmd
	other.Title = "别的"
	given.When(other).ThenError(t, faulty("sampling.exists"))
	other.By = stranger
	given.When(other).ThenError(t, faulty("sampling.authority.foreign"))
	for code, change := range map[string]func(*sampling.Open){
		"sampling.id.form":           func(c *sampling.Open) { c.Sampling = "一" },
		"sampling.kind.unknown":      func(c *sampling.Open) { c.Kind = "toy" },
		"sampling.number":            func(c *sampling.Open) { c.Year = 26 },
		"sampling.required":          func(c *sampling.Open) { c.Title = " " },
		"sampling.personal_data":     func(c *sampling.Open) { c.Title = "11010519491231002X" },
		"sampling.text.control":      func(c *sampling.Open) { c.Title = "甲\n乙" },
		"sampling.authority.foreign": func(c *sampling.Open) { c.By.Authority = "" },
	} {
		bad := cmd
		change(&bad)
		campaigns.When(bad).ThenError(t, faulty(code))
	}
}

func TestDraftAndPublishThePlan(t *testing.T) {
	draft := sampling.DraftPlan{By: planner, Plan: plan()}
	drafted := sampling.PlanDrafted{Version: 1, Plan: plan(), By: "zhao"}
	given := campaigns.Given(opened(sampling.Food))
	given.When(draft).Then(t, drafted)
	campaigns.When(draft).ThenError(t, faulty("sampling.missing"))
	campaigns.Given(opened(sampling.Food), drafted).When(draft).ThenNothing(t)
	again := draft
	again.Plan.Batches = 130
	campaigns.Given(opened(sampling.Food), drafted).When(again).Then(t, sampling.PlanDrafted{Version: 1, Plan: again.Plan, By: "zhao"})
	again.Reason = "首次"
	given.When(again).ThenError(t, faulty("sampling.version.first"))

	publish := sampling.Publish{By: approver, Today: today, Act: sampling.ActPlan, Version: 1, DocumentNo: "1号", PublishedOn: day("2026-01-04")}
	published := sampling.Published{Act: sampling.ActPlan, Version: 1, DocumentNo: "1号", PublishedOn: day("2026-01-04"), By: "sun"}
	agreed := campaigns.Given(opened(sampling.Food), drafted)
	agreed.When(publish).Then(t, published)
	for code, change := range map[string]func(*sampling.Publish){
		"sampling.authority.foreign": func(c *sampling.Publish) { c.By = stranger },
		"sampling.same_person":       func(c *sampling.Publish) { c.By = planner },
		"sampling.version.missing":   func(c *sampling.Publish) { c.Version = 2 },
		"sampling.act.unknown":       func(c *sampling.Publish) { c.Act = "poem" },
		"sampling.act.results":       func(c *sampling.Publish) { c.Act = sampling.ActResults },
		"sampling.required":          func(c *sampling.Publish) { c.DocumentNo = "" },
		"sampling.date.future":       func(c *sampling.Publish) { c.PublishedOn = today.AddDays(1) },
	} {
		bad := publish
		change(&bad)
		agreed.When(bad).ThenError(t, faulty(code))
	}
	public := campaigns.Given(opened(sampling.Food), drafted, published)
	public.When(publish).ThenNothing(t)
	other := publish
	other.DocumentNo = "2号"
	public.When(other).ThenError(t, faulty("sampling.version.published"))
}

// TestAPublicationIsReplacedNeverChanged holds drafts after a publication to being a new version with a reason.
func TestAPublicationIsReplacedNeverChanged(t *testing.T) {
	given := campaigns.Given(published(sampling.Food)...)
	given.When(sampling.DraftPlan{By: planner, Plan: plan()}).ThenNothing(t)
	next := sampling.DraftPlan{By: planner, Plan: plan(), Reason: "任务增加"}
	next.Plan.Batches = 150
	given.When(next).Then(t, sampling.PlanDrafted{Version: 2, Reason: "任务增加", Plan: next.Plan, By: "zhao"})
	next.Reason = ""
	given.When(next).ThenError(t, faulty("sampling.version.reason"))
	second := append(published(sampling.Food),
		sampling.PlanDrafted{Version: 2, Reason: "任务增加", Plan: next.Plan, By: "zhao"},
		sampling.Published{Act: sampling.ActPlan, Version: 2, DocumentNo: "5号", PublishedOn: day("2026-02-01"), By: "sun"})
	c := campaign(second...)
	if len(c.Plans) != 2 || c.Plans[0].Body.Batches != 120 || c.Plans[1].Body.Batches != 150 || !c.Plans[0].Public() || c.Plans[1].PublishedBy != "sun" {
		t.Errorf("%+v", c.Plans)
	}
}

func TestPlanSchemeAndLaboratories(t *testing.T) {
	given := campaigns.Given(opened(sampling.Food))
	given.When(sampling.DraftScheme{By: planner, Scheme: scheme()}).Then(t, sampling.SchemeDrafted{Version: 1, Scheme: scheme(), By: "zhao"})
	given.When(sampling.DraftLaboratories{By: planner, Selection: selection()}).Then(t, sampling.LaboratoriesDrafted{Version: 1, Selection: selection(), By: "zhao"})
	for name, c := range map[string]struct {
		change func(*sampling.Plan)
		code   string
	}{
		"ends too early": {func(p *sampling.Plan) { p.To = day("2026-01-04") }, "sampling.plan.period"},
		"no end":         {func(p *sampling.Plan) { p.To = calendar.Date{} }, "sampling.required"},
		"no batches":     {func(p *sampling.Plan) { p.Batches = 0 }, "sampling.number"},
		"bad digest":     {func(p *sampling.Plan) { p.AttachmentDigest = "AB" }, "sampling.digest.form"},
		"long":           {func(p *sampling.Plan) { p.Content = strings.Repeat("字", 8001) }, "sampling.text.length"},
	} {
		p := plan()
		c.change(&p)
		t.Run("plan "+name, func(t *testing.T) { given.When(sampling.DraftPlan{By: planner, Plan: p}).ThenError(t, faulty(c.code)) })
	}
	for name, c := range map[string]struct {
		change func(*sampling.Scheme)
		code   string
	}{
		"no products":  {func(s *sampling.Scheme) { s.Products = nil }, "sampling.number"},
		"no items":     {func(s *sampling.Scheme) { s.Products[0].Items = nil }, "sampling.number"},
		"no standards": {func(s *sampling.Scheme) { s.Products[0].Standards = []string{""} }, "sampling.required"},
		"no name":      {func(s *sampling.Scheme) { s.Products[0].Product = "" }, "sampling.required"},
		"twice":        {func(s *sampling.Scheme) { s.Products = append(s.Products, s.Products[0]) }, "sampling.scheme.twice"},
		"too much": {func(s *sampling.Scheme) {
			s.Products[0].Items = slices.Repeat([]string{strings.Repeat("<", 200)}, 100)
		}, "sampling.size"},
	} {
		s := scheme()
		c.change(&s)
		t.Run("scheme "+name, func(t *testing.T) {
			given.When(sampling.DraftScheme{By: planner, Scheme: s}).ThenError(t, faulty(c.code))
		})
	}
	for name, c := range map[string]struct {
		change func(*sampling.Selection)
		code   string
	}{
		"none":                  {func(s *sampling.Selection) { s.Laboratories = nil }, "sampling.number"},
		"unknown manner":        {func(s *sampling.Selection) { s.Laboratories[0].Manner = "asked" }, "sampling.manner.unknown"},
		"no tender":             {func(s *sampling.Selection) { s.Laboratories[0].TenderNo = "" }, "sampling.required"},
		"designated, no reason": {func(s *sampling.Selection) { s.Laboratories[1].Reason = " " }, "sampling.required"},
		"no accreditation":      {func(s *sampling.Selection) { s.Laboratories[0].AccreditationNo = "" }, "sampling.required"},
		"bad code":              {func(s *sampling.Selection) { s.Laboratories[0].Code = "00000000000000000X" }, "sampling.subject"},
		"blank product":         {func(s *sampling.Selection) { s.Laboratories[0].Products = []string{" "} }, "sampling.required"},
		"twice": {func(s *sampling.Selection) {
			s.Laboratories[1].Name = "江苏省产品质量检验院 (南京)"
		}, "sampling.laboratories.twice"},
	} {
		s := selection()
		c.change(&s)
		t.Run("laboratories "+name, func(t *testing.T) {
			given.When(sampling.DraftLaboratories{By: planner, Selection: s}).ThenError(t, faulty(c.code))
		})
	}
}

func TestPublishResults(t *testing.T) {
	list := sampling.List{Digest: strings.Repeat("09", 32), Count: 2}
	cmd := sampling.PublishResults{
		By: approver, Today: today, DocumentNo: "9号", PublishedOn: today, Read: list.Digest, List: list,
		Totals: sampling.Totals{Products: 2, BatchesDrawn: 3, BatchesFailing: 1, Failing: 1}, Recorders: []string{"wang"},
	}
	done := sampling.ResultsPublished{Version: 1, DocumentNo: "9号", PublishedOn: today, List: list, Totals: cmd.Totals, By: "sun"}
	given := campaigns.Given(published(sampling.Food)...)
	given.When(cmd).Then(t, done)
	campaigns.Given(append(published(sampling.Food), sampling.Cancelled{Reason: "x"})...).When(cmd).Then(t, done)
	campaigns.When(cmd).ThenError(t, faulty("sampling.missing"))
	for code, change := range map[string]func(*sampling.PublishResults){
		"sampling.authority.foreign": func(c *sampling.PublishResults) { c.By = stranger },
		"sampling.same_person":       func(c *sampling.PublishResults) { c.Recorders = []string{"li", "sun"} },
		"sampling.results.none":      func(c *sampling.PublishResults) { c.List.Count = 0 },
		"sampling.results.changed":   func(c *sampling.PublishResults) { c.Read = strings.Repeat("08", 32) },
		"sampling.version.first":     func(c *sampling.PublishResults) { c.Reason = "更正" },
		"sampling.required":          func(c *sampling.PublishResults) { c.DocumentNo = "" },
		"sampling.date.future":       func(c *sampling.PublishResults) { c.PublishedOn = today.AddDays(1) },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	public := campaigns.Given(append(published(sampling.Food), done)...)
	public.When(cmd).ThenNothing(t)
	same := cmd
	same.DocumentNo, same.Reason = "10号", "更正"
	public.When(same).ThenError(t, faulty("sampling.results.published"))
	next := same
	next.List.Digest, next.Read = strings.Repeat("07", 32), strings.Repeat("07", 32)
	public.When(next).Then(t, sampling.ResultsPublished{
		Version: 2, Reason: "更正", DocumentNo: "10号", PublishedOn: today, List: next.List, Totals: next.Totals, By: "sun",
	})
	next.Reason = ""
	public.When(next).ThenError(t, faulty("sampling.version.reason"))
}

func TestCancel(t *testing.T) {
	cmd := sampling.Cancel{By: planner, Reason: "任务调整"}
	cancelled := sampling.Cancelled{Reason: "任务调整", By: "zhao"}
	given := campaigns.Given(published(sampling.Food)...)
	given.When(cmd).Then(t, cancelled)
	given.When(sampling.Cancel{By: stranger, Reason: "x"}).ThenError(t, faulty("sampling.authority.foreign"))
	given.When(sampling.Cancel{By: planner}).ThenError(t, faulty("sampling.required"))
	over := campaigns.Given(opened(sampling.Food), sampling.PlanDrafted{Version: 1, Plan: plan(), By: "zhao"}, cancelled)
	over.When(cmd).ThenNothing(t)
	over.When(sampling.DraftScheme{By: planner, Scheme: scheme()}).ThenError(t, faulty("sampling.cancelled"))
	over.When(sampling.Publish{By: approver, Today: today, Act: sampling.ActPlan, Version: 1, DocumentNo: "1", PublishedOn: today}).ThenError(t, faulty("sampling.cancelled"))
}

// TestWhatIsMissing follows a campaign to the end of its four publications, in any order.
func TestWhatIsMissing(t *testing.T) {
	all := published(sampling.Product)
	for n, want := range map[int][]sampling.Act{
		1: {sampling.ActPlan, sampling.ActScheme, sampling.ActLaboratories, sampling.ActResults},
		4: {sampling.ActPlan, sampling.ActScheme, sampling.ActLaboratories, sampling.ActResults},
		5: {sampling.ActScheme, sampling.ActLaboratories, sampling.ActResults},
		7: {sampling.ActResults},
	} {
		if got := campaign(all[:n]...).Missing(); !slices.Equal(got, want) {
			t.Errorf("after %d events %v is missing, want %v", n, got, want)
		}
	}
	early := campaign(opened(sampling.Product), sampling.ResultsPublished{Version: 1, DocumentNo: "1"})
	if got := early.Missing(); !slices.Equal(got, []sampling.Act{sampling.ActPlan, sampling.ActScheme, sampling.ActLaboratories}) {
		t.Error(got)
	}
	if got := campaign(append(all, sampling.ResultsPublished{Version: 1, DocumentNo: "1"})...).Missing(); len(got) != 0 {
		t.Error(got)
	}
	redrafted := append(all, sampling.PlanDrafted{Version: 2, Plan: plan()})
	if got := campaign(redrafted...).Missing(); !slices.Equal(got, []sampling.Act{sampling.ActResults}) {
		t.Error("a draft of the next version hides the public one:", got)
	}
}

func TestLabels(t *testing.T) {
	seen := map[string]bool{}
	for _, label := range []string{
		sampling.Product.Label(), sampling.Food.Label(), sampling.Drug.Label(), sampling.MedicalDevice.Label(),
		sampling.ActPlan.Label(), sampling.ActScheme.Label(), sampling.ActLaboratories.Label(), sampling.ActResults.Label(),
		sampling.Tendered.Label(), sampling.Designated.Label(), sampling.SampledParty.Label(), sampling.Producer.Label(),
		sampling.Production.Label(), sampling.Circulation.Label(), sampling.Catering.Label(), sampling.Use.Label(), sampling.Online.Label(),
		sampling.MatterResult.Label(), sampling.MatterProcess.Label(), sampling.MatterAuthenticity.Label(), sampling.MatterMethod.Label(),
		sampling.Pending.Label(), sampling.Retesting.Label(), sampling.Withdrawn.Label(), sampling.Refused.Label(), sampling.Upheld.Label(), sampling.Dismissed.Label(),
	} {
		if label == "" || seen[label] {
			t.Errorf("label %q is blank or stands for two", label)
		}
		seen[label] = true
	}
	for _, none := range []string{
		sampling.Kind("x").Label(), sampling.Act("x").Label(), sampling.Manner("x").Label(), sampling.Stage("x").Label(), sampling.Role("x").Label(),
		sampling.Matter("x").Label(), sampling.ObjectionState("x").Label(), sampling.StepKind("x").Label(), sampling.Outcome("x").Label(),
	} {
		if none != "" {
			t.Error(none)
		}
	}
}
