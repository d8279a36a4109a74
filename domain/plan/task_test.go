package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/plan"
)

// task is the plainest task there is.
func task() plan.Task {
	return plan.Task{
		ID: "xz-2026-1", Number: 1, Title: "登记事项抽查", Kind: plan.Untargeted, Items: []string{"1"}, Line: "registration",
		Scope:       plan.Scope{Statuses: []string{"active"}},
		Strata:      []plan.Stratum{{Name: "none", RatioPPM: 30_000}},
		Departments: []plan.Department{{Name: "市场监管", Authority: bureau, TeamSize: 2, Lead: true}},
		WindowStart: calendar.MustParse("2026-03-01"), WindowEnd: calendar.MustParse("2026-06-30"),
	}
}

// full is one that uses everything.
func full() plan.Task {
	t := task()
	t.ID, t.Number, t.Kind, t.AdHoc = "xz-2026-2", 2, plan.Targeted, true
	t.Items = []string{"1", "2"}
	t.Scope = plan.Scope{
		Kinds: []string{"enterprise"}, Districts: []string{"540100", "540300"}, Statuses: []string{"active", "suspended"},
		Classes: []string{"A", "none"}, Industries: []string{"A03"},
	}
	t.ExcludeCheckedWithinMonths, t.WorkloadCap = 12, 20
	t.Strata = []plan.Stratum{{Name: "A", RatioPPM: 50_000}, {Name: "none", Count: 3}}
	t.Departments = []plan.Department{
		{Name: "市场监管", Authority: bureau, TeamSize: 2, Lead: true}, {Name: "消防", Authority: fire, TeamSize: 1},
	}
	return t
}

// inLine is one that goes by what subjects are in its line.
func inLine() plan.Task {
	t := task()
	t.ID, t.Number, t.Kind, t.StrataOf = "xz-2026-3", 3, plan.Targeted, plan.LineClasses
	t.Scope.LineClasses, t.Scope.KeyUnits, t.Scope.Licensed = []string{"C", "D"}, true, true
	t.Strata = []plan.Stratum{{Name: "C", RatioPPM: 50_000}, {Name: "D", Count: 3}}
	t.Items, t.Comprehensive = []string{"1", "2"}, true
	return t
}

func cited() []plan.CitedItem {
	return []plan.CitedItem{{No: "1", Line: "registration", RatioPPMMax: 50_000}, {No: "2", Line: "registration"}, {No: "3", Line: "food"}}
}

func history(more ...plan.Event) []plan.Event {
	return append([]plan.Event{drafted(), approved(), published()}, more...)
}

func TestOpeningATask(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	for _, tk := range []plan.Task{task(), full(), inLine()} {
		open := plan.OpenTask{By: planner, Task: tk, Published: cited()}
		scenario.Given(history()...).When(open).Then(t, plan.TaskOpened{Task: tk})
		scenario.Given(history(plan.TaskOpened{Task: tk})...).When(open).ThenNothing(t)
	}
	spare := task()
	spare.Scope.Statuses, spare.Departments[0].Authority, spare.Departments[0].Lead = nil, "", false
	open := plan.OpenTask{By: planner, Task: spare, Published: cited()}
	scenario.Given(history()...).When(open).Then(t, plan.TaskOpened{Task: task()})
	scenario.Given(history(plan.TaskOpened{Task: task()})...).When(open).ThenNothing(t)
	if spare.Departments[0].Authority != "" {
		t.Error("the command was changed")
	}
}

func TestATaskNeedsAPublishedPlan(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	open := plan.OpenTask{By: planner, Task: task(), Published: cited()}
	scenario.When(open).ThenError(t, faults("plan.missing"))
	scenario.Given(drafted(), approved()).When(open).ThenError(t, faults("plan.unpublished"))
	scenario.Given(history(plan.Cancelled{Reason: "x"})...).When(open).ThenError(t, faults("plan.unpublished"))
	open.By = foreign
	scenario.Given(history()...).When(open).ThenError(t, faults("plan.authority.foreign"))
}

func TestATaskIsOpenedOnce(t *testing.T) {
	scenario := estest.Of(plan.Decider)
	opened := plan.TaskOpened{Task: task()}
	other := task()
	other.Title = "另一任务"
	scenario.Given(history(opened)...).When(plan.OpenTask{By: planner, Task: other, Published: cited()}).
		ThenError(t, faults("plan.task.exists"))
	scenario.Given(history(opened, plan.TaskCancelled{Task: "xz-2026-1", Reason: "x"})...).
		When(plan.OpenTask{By: planner, Task: task(), Published: cited()}).ThenError(t, faults("plan.task.exists"))
	other.ID = "xz-2026-9"
	scenario.Given(history(opened)...).When(plan.OpenTask{By: planner, Task: other, Published: cited()}).
		ThenError(t, faults("plan.task.number.taken"))
}

func TestATaskIsRefused(t *testing.T) {
	cases := map[string]struct {
		alter func(*plan.Task)
		codes string
	}{
		"another plan's id":    {func(k *plan.Task) { k.ID = "nx-2026-1" }, "plan.task.id.prefix"},
		"an id without suffix": {func(k *plan.Task) { k.ID = "xz-2026" }, "plan.task.id.prefix"},
		"a suffix with hyphen": {func(k *plan.Task) { k.ID = "xz-2026-1-1" }, "plan.task.id.prefix"},
		"a bad id":             {func(k *plan.Task) { k.ID = "xz-2026-一" }, "plan.task.id.form"},
		"no number":            {func(k *plan.Task) { k.Number = 0 }, "plan.task.number.range"},
		"no title":             {func(k *plan.Task) { k.Title = "" }, "plan.task.title.required"},
		"no kind":              {func(k *plan.Task) { k.Kind = "" }, "plan.task.kind.unknown"},
		"no items":             {func(k *plan.Task) { k.Items = nil }, "plan.task.items.count"},
		"an item twice":        {func(k *plan.Task) { k.Items = []string{"1", "1"} }, "plan.task.items.twice"},
		"an unpublished item":  {func(k *plan.Task) { k.Items = []string{"1", "7"} }, "plan.task.item_unpublished"},
		"an item of another line": {func(k *plan.Task) { k.Items = []string{"1", "3"} },
			"plan.task.line.mismatch"},
		"no window":                {func(k *plan.Task) { k.WindowEnd = calendar.Date{} }, "plan.task.window.required"},
		"a window backwards":       {func(k *plan.Task) { k.WindowEnd = calendar.MustParse("2026-02-01") }, "plan.task.window.order"},
		"another year":             {func(k *plan.Task) { k.WindowStart = calendar.MustParse("2025-12-31") }, "plan.task.window.year"},
		"a negative cap":           {func(k *plan.Task) { k.WorkloadCap = -1 }, "plan.task.workload_cap.range"},
		"negative months":          {func(k *plan.Task) { k.ExcludeCheckedWithinMonths = -1 }, "plan.task.exclude_checked_within_months.range"},
		"comprehensive in nothing": {func(k *plan.Task) { k.Comprehensive = true }, "plan.task.comprehensive"},
		"strata of another kind":   {func(k *plan.Task) { k.StrataOf = "size" }, "plan.task.strata_of.unknown"},
		"strata beside the line's classes": {func(k *plan.Task) { k.StrataOf, k.Scope.LineClasses = plan.LineClasses, []string{"C"} },
			"plan.task.strata.scope plan.task.strata.missing"},
		"a class of the line twice": {func(k *plan.Task) { k.Scope.LineClasses = []string{"C", "C"} }, "plan.task.scope.twice"},
		"targeted at nothing":       {func(k *plan.Task) { k.Kind = plan.Targeted }, "plan.task.scope.targeted"},
		"an unknown kind":           {func(k *plan.Task) { k.Scope.Kinds = []string{"shop"} }, "plan.task.scope.unknown"},
		"an unknown status":         {func(k *plan.Task) { k.Scope.Statuses = []string{"gone"} }, "plan.task.scope.unknown"},
		"a bad district":            {func(k *plan.Task) { k.Scope.Districts = []string{"5401"} }, "plan.task.scope.unknown"},
		"a district twice":          {func(k *plan.Task) { k.Scope.Districts = []string{"540100", "540100"} }, "plan.task.scope.twice"},
		"a blank class":             {func(k *plan.Task) { k.Scope.Classes, k.Strata[0].Name = []string{""}, "" }, "plan.task.scope.classes.required plan.task.strata.name.required"},
		"no stratum":                {func(k *plan.Task) { k.Strata = nil }, "plan.task.strata.count"},
		"ratio and count":           {func(k *plan.Task) { k.Strata[0].Count = 1 }, "plan.task.strata.share"},
		"neither ratio nor count": {func(k *plan.Task) { k.Strata[0].RatioPPM = 0 },
			"plan.task.strata.share"},
		"a negative count":    {func(k *plan.Task) { k.Strata[0] = plan.Stratum{Name: "A", Count: -1} }, "plan.task.strata.range"},
		"a ratio over 1":      {func(k *plan.Task) { k.Items, k.Strata[0].RatioPPM = []string{"2"}, 1_000_001 }, "plan.task.strata.range"},
		"a ratio over item's": {func(k *plan.Task) { k.Strata[0].RatioPPM = 50_001 }, "plan.task.ratio_over_item"},
		"a stratum twice": {func(k *plan.Task) { k.Strata = append(k.Strata, k.Strata[0]) },
			"plan.task.strata.twice"},
		"a stratum out of scope": {func(k *plan.Task) { k.Scope.Classes = []string{"A"} },
			"plan.task.strata.scope plan.task.strata.missing"},
		"no department":    {func(k *plan.Task) { k.Departments = nil }, "plan.task.departments.count"},
		"a lone inspector": {func(k *plan.Task) { k.Departments[0].TeamSize = 1 }, "plan.task.departments.two"},
		"an empty team":    {func(k *plan.Task) { k.Departments[0].TeamSize = 0 }, "plan.task.departments.team_size.range plan.task.departments.two"},
		"a whole company":  {func(k *plan.Task) { k.Departments[0].TeamSize = 101 }, "plan.task.departments.team_size.range"},
		"a department twice": {func(k *plan.Task) {
			k.Departments = append(k.Departments, k.Departments[0])
			k.Departments[1].Lead = false
		}, "plan.task.departments.twice"},
		"a person's number in a title": {func(k *plan.Task) { k.Title = "11010519491231002X" }, "plan.personal_data"},
		"a hundred strata":             {func(k *plan.Task) { k.Strata = strata(101) }, "plan.task.strata.count"},
		"too many departments":         {func(k *plan.Task) { k.Departments = departments(21, 2) }, "plan.task.departments.count"},
		"too many inspectors":          {func(k *plan.Task) { k.Departments = departments(3, 67) }, "plan.task.departments.inspectors"},
		"nobody leads":                 {func(k *plan.Task) { k.Departments = full().Departments; k.Departments[0].Lead = false }, "plan.task.departments.lead"},
		"too long altogether":          {func(k *plan.Task) { k.Scope.Industries = many(300, strings.Repeat("业", 90)) }, "plan.task.size"},
		"too many districts":           {func(k *plan.Task) { k.Scope.Industries = many(301, "A") }, "plan.task.scope.industries.count"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			k := task()
			tc.alter(&k)
			estest.Of(plan.Decider).Given(history()...).When(plan.OpenTask{By: planner, Task: k, Published: cited()}).
				ThenError(t, faults(strings.Fields(tc.codes)...))
		})
	}
}

func strata(n int) []plan.Stratum {
	var out []plan.Stratum
	for _, name := range many(n, "S") {
		out = append(out, plan.Stratum{Name: name, Count: 1})
	}
	return out
}

func departments(n, team int) []plan.Department {
	var out []plan.Department
	for _, name := range many(n, "科室") {
		out = append(out, plan.Department{Name: name, Authority: bureau, TeamSize: team, Lead: len(out) == 0})
	}
	return out
}

// The fields of faults are those of the request.
func TestTheFaultOfATaskNamesItsField(t *testing.T) {
	for field, alter := range map[string]func(*plan.Task){
		"task_id":        func(k *plan.Task) { k.ID = "x" },
		"items[1]":       func(k *plan.Task) { k.Items = []string{"1", "1"} },
		"strata[0]":      func(k *plan.Task) { k.Strata[0].RatioPPM = 0 },
		"window_end":     func(k *plan.Task) { k.WindowEnd = calendar.MustParse("2026-02-01") },
		"scope":          func(k *plan.Task) { k.Scope.Industries = many(300, strings.Repeat("业", 90)) },
		"departments":    func(k *plan.Task) { k.Departments[0].TeamSize = 1 },
		"scope.kinds[0]": func(k *plan.Task) { k.Scope.Kinds = []string{"shop"} },
	} {
		k := task()
		alter(&k)
		estest.Of(plan.Decider).Given(history()...).When(plan.OpenTask{By: planner, Task: k, Published: cited()}).
			ThenError(t, func(err error) bool {
				f := (*domain.Fault)(nil)
				return errors.As(err, &f) && f.Field == field && f.ZH != "" && f.EN != ""
			})
	}
}

func TestAPlanHasAThousandTasks(t *testing.T) {
	var opened []plan.Event
	for n := range 1000 {
		k := task()
		k.ID, k.Number = fmt.Sprintf("xz-2026-x%d", n), n+2
		opened = append(opened, plan.TaskOpened{Task: k})
	}
	open := plan.OpenTask{By: planner, Task: task(), Published: cited()}
	estest.Of(plan.Decider).Given(history(opened...)...).When(open).ThenError(t, faults("plan.tasks.count"))
	estest.Of(plan.Decider).Given(history(opened[1:]...)...).When(open).Then(t, plan.TaskOpened{Task: task()})
}

func many(n int, stem string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%d", stem, i)
	}
	return out
}

func TestOtherAuthoritiesNeedAJointPlan(t *testing.T) {
	alone := drafted()
	alone.Joint = false
	estest.Of(plan.Decider).Given(alone, approved(), published()).
		When(plan.OpenTask{By: planner, Task: full(), Published: cited()}).ThenError(t, faults("plan.task.not_joint"))
	two := full()
	two.Departments[1].Authority = bureau
	estest.Of(plan.Decider).Given(alone, approved(), published()).
		When(plan.OpenTask{By: planner, Task: two, Published: cited()}).Then(t, plan.TaskOpened{Task: two})
}

func TestCancellingATask(t *testing.T) {
	opened := plan.TaskOpened{Task: task()}
	c := plan.CancelTask{By: planner, Task: "xz-2026-1", Reason: "重复下达"}
	scenario := estest.Of(plan.Decider)
	scenario.Given(history(opened)...).When(c).Then(t, plan.TaskCancelled{Task: "xz-2026-1", Reason: "重复下达"})
	scenario.Given(history(opened, plan.TaskCancelled{Task: "xz-2026-1", Reason: "x"})...).When(c).ThenNothing(t)
	scenario.Given(history()...).When(c).ThenError(t, faults("plan.task.missing"))
	drawn := c
	drawn.Draw = "xz-2026-1-1"
	scenario.Given(history(opened)...).When(drawn).ThenError(t, faults("plan.task.drawn"))
	scenario.Given(history(opened, plan.TaskCancelled{Task: "xz-2026-1", Reason: "x"})...).When(drawn).ThenNothing(t)
	c.Reason = ""
	scenario.Given(history(opened)...).When(c).ThenError(t, faults("plan.reason.required"))
	c.By = foreign
	scenario.Given(history(opened)...).When(c).ThenError(t, faults("plan.authority.foreign"))
}
