package catalogue_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

const bureau domain.AuthorityID = "11540000MB0000001A"

var (
	planner  = domain.Actor{Account: "zhao", Role: domain.Planner, Authority: bureau}
	approver = domain.Actor{Account: "sun", Role: domain.Approver, Authority: bureau}
	foreign  = domain.Actor{Account: "wu", Role: domain.Approver, Authority: "other"}
	today    = calendar.MustParse("2026-01-05")
)

func items() []catalogue.Item {
	return []catalogue.Item{
		{
			No: "1", Field: "登记事项检查", Matter: "营业执照规范使用情况", SubjectKind: "企业", Level: catalogue.General,
			Manners: []catalogue.Manner{catalogue.OnSite, catalogue.Network}, Line: "registration", Departments: []string{"市场监管"},
			Basis: []string{"市场主体登记管理条例第三十八条"}, Content: "亮照经营\n不得伪造", RatioPPMMax: 50_000, MaxPerYear: 1,
		},
		{
			No: "2", Field: "食品安全", Matter: "食品生产监督检查", SubjectKind: "食品生产者", Level: catalogue.Key,
			Manners: []catalogue.Manner{catalogue.OnSite}, Line: "food", Basis: []string{"食品安全法第一百一十条"},
		},
	}
}

func draft() catalogue.DraftVersion {
	return catalogue.DraftVersion{By: planner, Catalogue: "xz-list", Version: 1, Title: "随机抽查事项清单", Items: items()}
}

func drafted() catalogue.VersionDrafted {
	return catalogue.VersionDrafted{
		Catalogue: "xz-list", Authority: bureau, Version: 1, Title: "随机抽查事项清单", Items: items(), By: "zhao",
	}
}

func published() catalogue.VersionPublished {
	return catalogue.VersionPublished{Version: 1, DocumentNo: "藏市监〔2026〕1号", PublishedOn: today, By: "sun", ContentDigest: content()}
}

// content is the digest of what drafted holds.
func content() string {
	s := catalogue.Decider.Evolve(catalogue.State{}, drafted())
	return s.Digest(s.Versions[0])
}

func withdrawn() catalogue.VersionWithdrawn {
	return catalogue.VersionWithdrawn{Version: 1, Reason: "法规修订", WithdrawnOn: today}
}

func faults(codes ...string) func(error) bool {
	return func(err error) bool { return strings.Join(codesOf(err), " ") == strings.Join(codes, " ") }
}

func codesOf(err error) []string {
	if joined, many := err.(interface{ Unwrap() []error }); many {
		var out []string
		for _, e := range joined.Unwrap() {
			out = append(out, codesOf(e)...)
		}
		return out
	}
	if f := (*domain.Fault)(nil); errors.As(err, &f) {
		return []string{f.Code}
	}
	return []string{err.Error()}
}

func TestDrafting(t *testing.T) {
	scenario := estest.Of(catalogue.Decider)
	scenario.When(draft()).Then(t, drafted())
	scenario.Given(drafted()).When(draft()).ThenNothing(t)
	scenario.Given(drafted(), published()).When(draft()).ThenNothing(t)
	empty := draft()
	empty.Items[1].Departments = []string{}
	scenario.Given(drafted()).When(empty).ThenNothing(t)

	longer := draft()
	longer.Items = listed()
	withLines := drafted()
	withLines.Items = listed()
	scenario.Given(drafted()).When(longer).Then(t, withLines)
	scenario.Given(withLines).When(longer).ThenNothing(t)

	other := draft()
	other.Title = "随机抽查事项清单（第二稿）"
	again := drafted()
	again.Title = other.Title
	scenario.Given(drafted()).When(other).Then(t, again)
	scenario.Given(drafted(), published()).When(other).ThenError(t, faults("catalogue.version.published"))

	other.Version, again.Version = 2, 2
	scenario.Given(drafted(), published()).When(other).Then(t, again)
	scenario.Given(drafted(), published(), withdrawn()).When(other).Then(t, again)
	scenario.Given(drafted()).When(other).ThenError(t, faults("catalogue.version.sequence"))

	strange := draft()
	strange.By.Authority = "other"
	scenario.Given(drafted()).When(strange).ThenError(t, faults("catalogue.authority.foreign"))
	strange.By.Authority = ""
	scenario.When(strange).ThenError(t, faults("catalogue.authority.foreign"))
}

func TestDraftingIsRefused(t *testing.T) {
	cases := map[string]struct {
		alter func(*catalogue.DraftVersion)
		codes string
	}{
		"a bad id":     {func(c *catalogue.DraftVersion) { c.Catalogue = "清单" }, "catalogue.id.form"},
		"no title":     {func(c *catalogue.DraftVersion) { c.Title = "" }, "catalogue.title.required"},
		"no item":      {func(c *catalogue.DraftVersion) { c.Items = nil }, "catalogue.items.count"},
		"many items":   {func(c *catalogue.DraftVersion) { c.Items = make([]catalogue.Item, 1001) }, "catalogue.items.count"},
		"one no twice": {func(c *catalogue.DraftVersion) { c.Items[1].No = "1" }, "catalogue.item.no.twice"},
		"an empty item": {func(c *catalogue.DraftVersion) { c.Items = c.Items[:1]; c.Items[0] = catalogue.Item{} },
			"catalogue.item.no.required catalogue.item.field.required catalogue.item.matter.required " +
				"catalogue.item.subject_kind.required catalogue.item.line.required catalogue.item.level.unknown " +
				"catalogue.item.manners.required catalogue.item.basis.count"},
		"a key item with a limit": {func(c *catalogue.DraftVersion) { c.Items[1].RatioPPMMax = 1 }, "catalogue.item.ratio_ppm_max.key"},
		"a ratio over 1":          {func(c *catalogue.DraftVersion) { c.Items[0].RatioPPMMax = 1_000_001 }, "catalogue.item.ratio_ppm_max.range"},
		"a manner twice": {func(c *catalogue.DraftVersion) { c.Items[0].Manners[1] = catalogue.OnSite },
			"catalogue.item.manners.unknown"},
		"an unknown manner": {func(c *catalogue.DraftVersion) { c.Items[0].Manners[1] = "asking" }, "catalogue.item.manners.unknown"},
		"a blank basis":     {func(c *catalogue.DraftVersion) { c.Items[0].Basis = []string{""} }, "catalogue.item.basis.required"},
		"an unknown tier":   {func(c *catalogue.DraftVersion) { c.Items[0].Tiers = []catalogue.Tier{"village"} }, "catalogue.item.tiers.unknown"},
		"a tier twice": {func(c *catalogue.DraftVersion) {
			c.Items[0].Tiers = []catalogue.Tier{catalogue.County, catalogue.County}
		},
			"catalogue.item.tiers.unknown"},
		"a lead that does not check": {func(c *catalogue.DraftVersion) { c.Items[0].Lead = "消防" }, "catalogue.item.lead.foreign"},
		"negative frequency": {func(c *catalogue.DraftVersion) { c.Items[0].MaxPerYear = -1 },
			"catalogue.item.max_per_year"},
		"a person's number": {func(c *catalogue.DraftVersion) { c.Items[0].Matter = "11010519491231002X" }, "catalogue.personal_data"},
		"a line twice":      {func(c *catalogue.DraftVersion) { c.Items = listed(); c.Items[1].CheckList[1].No = "1" }, "catalogue.item.check_list.twice"},
		"an empty line": {func(c *catalogue.DraftVersion) { c.Items[0].CheckList = []catalogue.CheckLine{{}} },
			"catalogue.item.check_list.required catalogue.item.check_list.required"},
		"many lines": {func(c *catalogue.DraftVersion) { c.Items[0].CheckList = make([]catalogue.CheckLine, 61) }, "catalogue.item.check_list.count"},
		"a person's number in a line": {func(c *catalogue.DraftVersion) {
			c.Items[0].CheckList = []catalogue.CheckLine{{No: "1", Content: "11010519491231002X"}}
		}, "catalogue.personal_data"},
		"a line that hides": {func(c *catalogue.DraftVersion) {
			c.Items[0].CheckList = []catalogue.CheckLine{{No: "1", Content: "a", Basis: "a\u202eb"}}
		}, "catalogue.item.check_list.text.control"},
		"a control character": {func(c *catalogue.DraftVersion) { c.Items[0].Matter = "a\nb" }, "catalogue.item.matter.text.control"},
		"a long content": {func(c *catalogue.DraftVersion) { c.Items[0].Content = strings.Repeat("查", 2001) },
			"catalogue.item.content.text.length"},
		"a long item": {func(c *catalogue.DraftVersion) {
			c.Items[0].Basis = []string{strings.Repeat("查", 2000), strings.Repeat("查", 2000), strings.Repeat("查", 2000)}
		}, "catalogue.item.size"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := draft()
			tc.alter(&c)
			estest.Of(catalogue.Decider).When(c).ThenError(t, faults(strings.Fields(tc.codes)...))
		})
	}
}

func TestLongListsAreSeveralEventsWithinTheLimit(t *testing.T) {
	c := draft()
	c.Items = nil
	for n := range 1000 {
		i := items()[0]
		i.No = fmt.Sprint(n + 1)
		i.Content = strings.Repeat("检查内容", n%100)
		c.Items = append(c.Items, i)
	}
	events, err := catalogue.Decider.Decide(catalogue.State{}, c)
	if err != nil {
		t.Fatal(err)
	}
	state := catalogue.State{}
	for _, e := range events {
		data, err := json.Marshal(e)
		if err != nil || len(data) > es.MaxEvent {
			t.Fatalf("%s has %d bytes, %v", e.EventType(), len(data), err)
		}
		state = catalogue.Decider.Evolve(state, e)
	}
	v, _ := state.Version(1)
	if len(events) < 2 || len(v.Items) != 1000 || v.Items[999].No != "1000" {
		t.Fatalf("%d events give %d items", len(events), len(v.Items))
	}
	if again, err := catalogue.Decider.Decide(state, c); err != nil || len(again) > 0 {
		t.Errorf("drafting the same again: %d events, %v", len(again), err)
	}
	if i, found := v.Item("500"); !found || i.No != "500" {
		t.Errorf("item 500 is %v", i)
	}
}

func TestPublishing(t *testing.T) {
	scenario := estest.Of(catalogue.Decider)
	c := catalogue.PublishVersion{By: approver, Today: today, Version: 1, DocumentNo: "藏市监〔2026〕1号", PublishedOn: today}
	scenario.Given(drafted()).When(c).Then(t, published())
	scenario.Given(drafted(), published()).When(c).ThenNothing(t)
	scenario.When(c).ThenError(t, faults("catalogue.version.missing"))

	other := c
	other.DocumentNo = "藏市监〔2026〕2号"
	scenario.Given(drafted(), published()).When(other).ThenError(t, faults("catalogue.version.published"))

	exact := c
	exact.Expected = content()
	scenario.Given(drafted()).When(exact).Then(t, published())
	scenario.Given(drafted(), published()).When(exact).ThenNothing(t)
	changed := drafted()
	changed.Items[1].RatioPPMMax, changed.Items[1].Level = 1, catalogue.General
	scenario.Given(drafted(), changed).When(exact).ThenError(t, faults("catalogue.version.other_content"))
	exact.Expected = strings.Repeat("0", 64)
	scenario.Given(drafted(), published()).When(exact).ThenError(t, faults("catalogue.version.published"))

	self := c
	self.By.Account = "zhao"
	scenario.Given(drafted()).When(self).ThenError(t, faults("catalogue.version.same_person"))

	strange := c
	strange.By = foreign
	scenario.Given(drafted()).When(strange).ThenError(t, faults("catalogue.authority.foreign"))

	early := c
	early.PublishedOn, early.DocumentNo = today.AddDays(1), ""
	scenario.Given(drafted()).When(early).ThenError(t, faults("catalogue.document_no.required", "catalogue.published_on.future"))
}

func TestWithdrawing(t *testing.T) {
	scenario := estest.Of(catalogue.Decider)
	c := catalogue.WithdrawVersion{By: approver, Today: today, Version: 1, Reason: "法规修订", WithdrawnOn: today}
	scenario.Given(drafted(), published()).When(c).Then(t, withdrawn())
	scenario.Given(drafted(), published(), withdrawn()).When(c).ThenNothing(t)
	scenario.Given(drafted()).When(c).ThenError(t, faults("catalogue.version.unpublished"))
	scenario.When(c).ThenError(t, faults("catalogue.version.missing"))
	scenario.Given(drafted(), published()).When(catalogue.WithdrawVersion{By: approver, Version: 1}).
		ThenError(t, faults("catalogue.reason.required", "catalogue.withdrawn_on.required"))
	early, late := c, c
	early.WithdrawnOn, late.WithdrawnOn = published().PublishedOn.AddDays(-1), today.AddDays(1)
	scenario.Given(drafted(), published()).When(early).ThenError(t, faults("catalogue.withdrawn_on.early"))
	scenario.Given(drafted(), published()).When(late).ThenError(t, faults("catalogue.withdrawn_on.future"))
	c.By = foreign
	scenario.Given(drafted(), published()).When(c).ThenError(t, faults("catalogue.authority.foreign"))
}

// listed are items with a check list.
func listed() []catalogue.Item {
	list := items()
	list[1].CheckList = []catalogue.CheckLine{
		{No: "1", Content: "食品生产许可证是否在有效期内", Basis: "食品生产许可管理办法第十九条"}, {No: "2", Content: "进货查验记录是否完整"},
	}
	return list
}

func examples() []catalogue.Event {
	withLines := drafted()
	withLines.Items = listed()
	former := published()
	former.ContentDigest = ""
	joint := drafted()
	joint.Items[0].Departments, joint.Items[0].Lead = []string{"市场监管", "消防"}, "市场监管"
	joint.Items[0].Tiers = []catalogue.Tier{catalogue.Municipal, catalogue.County}
	return []catalogue.Event{
		drafted(), withLines, joint, catalogue.ItemsAdded{Version: 1, Items: items()}, catalogue.ItemsAdded{Version: 1, Items: listed()},
		catalogue.ItemsAdded{Version: 2, Items: joint.Items}, former, published(), withdrawn(),
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events", catalogue.Codec(), examples()...)
}

func TestAnyHistoryFolds(t *testing.T) { estest.Fold(t, catalogue.Decider, examples()...) }

func FuzzDecode(f *testing.F) {
	types := catalogue.Codec().Types()
	f.Add(0, []byte(`{"version":1,"items":[{"no":"1"}]}`))
	f.Add(2, []byte(`{"version":1,"published_on":"2026-01-05"}`))
	f.Fuzz(func(_ *testing.T, typ int, data []byte) {
		if e, err := catalogue.Decider.Decode(types[uint(typ)%uint(len(types))], data); err == nil {
			catalogue.Decider.Evolve(catalogue.Decider.Initial, e)
		}
	})
}
