package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

const (
	ppm            = 1_000_000
	maxList        = 300
	maxStrata      = 100
	maxDepartments = 20
	maxTeams       = 200      // inspectors of one subject in all, so that an assignment fits one event
	maxTasks       = 1000     // of one plan
	maxTaskSize    = 56 << 10 // bytes of a task as stored, below es.MaxEvent
	active         = "active"
)

func openTask(s State, c OpenTask) ([]Event, error) {
	if fault := s.within(c.By); fault != nil {
		return nil, fault
	}
	t := s.complete(c.Task)
	if had, known := s.Task(t.ID); known {
		if string(stored(had.Task)) == string(stored(t)) && had.Status == TaskOpen {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "plan.task.exists", "task_id", "该任务已存在，且内容不同或已取消",
			"the task exists with other content, or was cancelled")
	}
	if s.Status != Public {
		return nil, domain.Refuse(domain.Precondition, "plan.unpublished", "plan_id", "计划未公布或已取消，不能下达任务",
			"tasks are opened on published plans only")
	}
	faults := s.checkTask(t)
	faults = append(faults, checkItems(t, c.Published)...)
	faults = append(faults, checkScope(t)...)
	faults = append(faults, checkStrata(t, c.Published)...)
	faults = append(faults, s.checkDepartments(t.Departments)...)
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{TaskOpened{Task: t}}, nil
}

// complete fills in what may be left out.
func (s State) complete(t Task) Task {
	t.Departments = slices.Clone(t.Departments)
	for i, d := range t.Departments {
		t.Departments[i].Authority = cmp.Or(d.Authority, s.Authority)
	}
	if len(t.Departments) == 1 {
		t.Departments[0].Lead = true
	}
	if len(t.Scope.Statuses) == 0 {
		t.Scope.Statuses = []string{active}
	}
	return t
}

func stored(t Task) []byte {
	data, err := json.Marshal(t)
	if err != nil {
		return nil // only a date that is none does not encode; checkTask refuses it
	}
	return data
}

func (s State) checkTask(t Task) []*domain.Fault {
	faults := []*domain.Fault{
		identifier("plan.task.id", "task_id", t.ID, 40),
		needed("plan.task.title", "title", t.Title, maxTitle),
		needed("plan.task.line", "line", t.Line, maxShort),
		atLeast("plan.task.number", "number", t.Number, 1),
		atLeast("plan.task.workload_cap", "workload_cap", t.WorkloadCap, 0),
		atLeast("plan.task.exclude_checked_within_months", "exclude_checked_within_months", t.ExcludeCheckedWithinMonths, 0),
		s.checkWindow(t),
	}
	if plan, ok := IDOfTask(t.ID); !ok || plan != s.ID {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.id.prefix", "task_id",
			"任务编号应为“"+s.ID+"-”加不含连字符的后缀", "a task id is "+s.ID+"- and a suffix without a hyphen"))
	}
	if slices.ContainsFunc(s.Tasks, func(o OpenedTask) bool { return o.Number == t.Number }) {
		faults = append(faults, domain.Refuse(domain.Conflict, "plan.task.number.taken", "number",
			"该计划已有同一序号的任务", "the plan has a task of that number"))
	}
	if len(s.Tasks) >= maxTasks {
		faults = append(faults, domain.Refuse(domain.TooLarge, "plan.tasks.count", "plan_id",
			fmt.Sprintf("一个计划不得超过%d个任务", maxTasks), fmt.Sprintf("a plan has at most %d tasks", maxTasks)))
	}
	if t.Kind != Targeted && t.Kind != Untargeted {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.kind.unknown", "kind", "未知的抽查类型", "unknown kind of task"))
	}
	if t.StrataOf != RiskClasses && t.StrataOf != LineClasses {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.strata_of.unknown", "strata_of", "未知的分层依据", "unknown kind of strata"))
	}
	if t.Comprehensive && len(t.Items) < 2 && len(t.Departments) < 2 {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.comprehensive", "comprehensive",
			"“综合查一次”应包含两个以上事项或部门", "a comprehensive check has two items or departments at least"))
	}
	if len(stored(t)) > maxTaskSize {
		faults = append(faults, domain.Refuse(domain.TooLarge, "plan.task.size", longest(t), "任务内容过长（上限56KiB）", "the task is longer than 56 KiB"))
	}
	return faults
}

// longest names the part of a task that takes most room.
func longest(t Task) string {
	field, most := "", 0
	for _, part := range []struct {
		field string
		of    Task
	}{
		{"items", Task{Items: t.Items}}, {"scope", Task{Scope: t.Scope}}, {"strata", Task{Strata: t.Strata}},
		{"departments", Task{Departments: t.Departments}},
	} {
		part.of.WindowStart, part.of.WindowEnd = t.WindowStart, t.WindowEnd
		if n := len(stored(part.of)); n > most {
			field, most = part.field, n
		}
	}
	return field
}

func (s State) checkWindow(t Task) *domain.Fault {
	switch {
	case t.WindowStart.IsZero() || t.WindowEnd.IsZero():
		return domain.Refuse(domain.Invalid, "plan.task.window.required", "window_start",
			"请填写检查起止日期", "the first and last day of the window are required")
	case t.WindowEnd.Before(t.WindowStart):
		return domain.Refuse(domain.Invalid, "plan.task.window.order", "window_end",
			"检查截止日期不得早于起始日期", "the window ends before it begins")
	case t.WindowStart.Year() != s.Year:
		return domain.Refuse(domain.Invalid, "plan.task.window.year", "window_start",
			fmt.Sprintf("检查起始日期应在计划年度%d内", s.Year), fmt.Sprintf("the window begins in the plan's year %d", s.Year))
	}
	return nil
}

func atLeast(code, field string, n, least int) *domain.Fault {
	if n >= least {
		return nil
	}
	return domain.Refuse(domain.Invalid, code+".range", field,
		fmt.Sprintf("%s：不得小于%d", field, least), fmt.Sprintf("%s is at least %d", field, least))
}

// checkItems: what stands in no published version must not be checked (国办发〔2024〕54号).
func checkItems(t Task, published []CitedItem) []*domain.Fault {
	if fault := size("plan.task.items", "items", len(t.Items), 1, maxList); fault != nil {
		return []*domain.Fault{fault}
	}
	var faults []*domain.Fault
	for i, no := range t.Items {
		field := fmt.Sprintf("items[%d]", i)
		n := slices.IndexFunc(published, func(c CitedItem) bool { return c.No == no })
		switch {
		case slices.Contains(t.Items[:i], no):
			faults = append(faults, twice("plan.task.items", field, no))
		case n < 0:
			faults = append(faults, domain.Refuse(domain.Precondition, "plan.task.item_unpublished", field,
				"抽查事项未列入计划所引用的已公布清单："+no+"；未公布的检查事项不得检查（国办发〔2024〕54号）",
				"the item is not in the published version that the plan cites: "+no+"; unpublished matters must not be checked (国办发〔2024〕54号)"))
		case published[n].Line != t.Line:
			faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.line.mismatch", field,
				"抽查事项所属条线与任务不一致："+no, "the item is of another line than the task: "+no))
		}
	}
	return faults
}

// checkScope: conditions are what makes a task a targeted one (企业公示信息抽查办法 art. 5).
func checkScope(t Task) []*domain.Fault {
	sc := t.Scope
	var faults []*domain.Fault
	for _, list := range []struct {
		field string
		words []string
		known []string // nil: any text
	}{
		{"kinds", sc.Kinds, []string{"enterprise", "individual_business", "cooperative", "institution", "other"}},
		{"statuses", sc.Statuses, []string{active, "suspended", "deregistered", "revoked", "moved_out"}},
		{"classes", sc.Classes, nil},
		{"line_classes", sc.LineClasses, nil},
		{"districts", sc.Districts, nil},
		{"industries", sc.Industries, nil},
	} {
		field := "scope." + list.field
		faults = append(faults, size("plan.task.scope."+list.field, field, len(list.words), 0, maxList))
		for i, w := range list.words {
			at := fmt.Sprintf("%s[%d]", field, i)
			faults = append(faults, needed("plan.task.scope."+list.field, at, w, maxShort))
			switch {
			case slices.Contains(list.words[:i], w):
				faults = append(faults, twice("plan.task.scope", at, w))
			case list.known != nil && !slices.Contains(list.known, w),
				list.field == "districts" && (len(w) != 6 || strings.Trim(w, "0123456789") != ""):
				faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.scope.unknown", at,
					"未知取值："+w, "unknown value: "+w))
			}
		}
	}
	if t.Kind == Targeted && len(sc.Kinds)+len(sc.Districts)+len(sc.Classes)+len(sc.Industries)+len(sc.LineClasses) == 0 &&
		!sc.KeyUnits && !sc.Licensed {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.scope.targeted", "scope",
			"定向抽查应设定类型、区域、风险等级、行业或行业属性等条件", "a targeted task names kinds, districts, classes, industries or attributes of the line"))
	}
	return faults
}

// size bounds a list; nil if it is within.
func size(code, field string, n, least, most int) *domain.Fault {
	if n >= least && n <= most {
		return nil
	}
	return domain.Refuse(domain.Invalid, code+".count", field,
		fmt.Sprintf("%s：应有%d至%d项", field, least, most), fmt.Sprintf("%s has %d to %d elements", field, least, most))
}

func twice(code, field, what string) *domain.Fault {
	return domain.Refuse(domain.Invalid, code+".twice", field, "重复："+what, "given twice: "+what)
}
