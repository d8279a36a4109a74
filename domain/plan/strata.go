package plan

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// checkStrata: exactly one of ratio and count for each class in scope, and no ratio above what any item allows.
func checkStrata(t Task, published []CitedItem) []*domain.Fault {
	if fault := size("plan.task.strata", "strata", len(t.Strata), 1, maxStrata); fault != nil {
		return []*domain.Fault{fault}
	}
	var names []string
	var faults []*domain.Fault
	for i, st := range t.Strata {
		at := fmt.Sprintf("strata[%d]", i)
		faults = append(faults, needed("plan.task.strata.name", at+".name", st.Name, maxShort), checkShare(at, st))
		if slices.Contains(names, st.Name) {
			faults = append(faults, twice("plan.task.strata", at+".name", st.Name))
		}
		names = append(names, st.Name)
		if classes := t.classes(); len(classes) > 0 && !slices.Contains(classes, st.Name) {
			faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.strata.scope", at+".name",
				"该分层不在抽查范围的类别内："+st.Name, "the stratum is not among the classes in scope: "+st.Name))
		}
		for _, item := range published {
			if item.RatioPPMMax > 0 && st.RatioPPM > item.RatioPPMMax && slices.Contains(t.Items, item.No) {
				faults = append(faults, domain.Refuse(domain.Precondition, "plan.task.ratio_over_item", at+".ratio_ppm",
					fmt.Sprintf("抽查比例超过事项%s的上限百万分之%d", item.No, item.RatioPPMMax),
					fmt.Sprintf("the ratio is over the limit of item %s, %d ppm", item.No, item.RatioPPMMax)))
			}
		}
	}
	for _, class := range t.classes() {
		if !slices.Contains(names, class) {
			faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.strata.missing", "strata",
				"抽查范围内的类别没有对应分层："+class, "a class in scope has no stratum: "+class))
		}
	}
	return faults
}

// classes are those in scope of the kind that the strata are of.
func (t Task) classes() []string {
	if t.StrataOf == LineClasses {
		return t.Scope.LineClasses
	}
	return t.Scope.Classes
}

func checkShare(at string, st Stratum) *domain.Fault {
	switch {
	case (st.RatioPPM == 0) == (st.Count == 0):
		return domain.Refuse(domain.Invalid, "plan.task.strata.share", at,
			"每个分层应填写抽查比例或抽查数量之一", "a stratum has a ratio or a count, not both")
	case st.RatioPPM < 0 || st.RatioPPM > ppm || st.Count < 0:
		return domain.Refuse(domain.Invalid, "plan.task.strata.range", at,
			"抽查比例应为1至1000000（百万分之一），数量应不小于1", "a ratio is 1 to 1,000,000 ppm, a count at least 1")
	}
	return nil
}

// checkDepartments: two inspectors at least (行政处罚法 art. 42), one department that leads.
func (s State) checkDepartments(list []Department) []*domain.Fault {
	const field = "departments"
	if fault := size("plan.task.departments", field, len(list), 1, maxDepartments); fault != nil {
		return []*domain.Fault{fault}
	}
	var faults []*domain.Fault
	var names []string
	inspectors, leads, others := 0, 0, false
	for i, d := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		faults = append(faults, needed("plan.task.departments.name", at+".name", d.Name, maxShort),
			atLeast("plan.task.departments.team_size", at+".team_size", d.TeamSize, 1))
		if d.TeamSize > 100 {
			faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.departments.team_size.range", at+".team_size",
				"每组检查人员不得超过100人", "a team has at most 100 inspectors"))
		}
		if slices.Contains(names, d.Name) {
			faults = append(faults, twice("plan.task.departments", at+".name", d.Name))
		}
		names = append(names, d.Name)
		inspectors += d.TeamSize
		others = others || d.Authority != s.Authority
		if d.Lead {
			leads++
		}
	}
	if inspectors > maxTeams {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.departments.inspectors", field,
			fmt.Sprintf("检查人员合计不得超过%d人", maxTeams), fmt.Sprintf("there are at most %d inspectors in all", maxTeams)))
	}
	if inspectors < 2 {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.departments.two", field,
			"检查人员合计不得少于两人", "there are two inspectors at least"))
	}
	if leads != 1 {
		faults = append(faults, domain.Refuse(domain.Invalid, "plan.task.departments.lead", field,
			"应有且仅有一个发起部门", "exactly one department leads"))
	}
	if others && !s.Joint {
		faults = append(faults, domain.Refuse(domain.Precondition, "plan.task.not_joint", field,
			"非联合抽查计划不得包含其他机关的部门", "departments of other authorities need a joint plan"))
	}
	return faults
}

func cancelTask(s State, c CancelTask) ([]Event, error) {
	if fault := s.within(c.By); fault != nil {
		return nil, fault
	}
	t, known := s.Task(c.Task)
	switch {
	case !known:
		return nil, domain.Refuse(domain.NotFound, "plan.task.missing", "task_id", "没有该任务", "there is no such task")
	case t.Status != TaskOpen:
		return nil, nil
	case c.Draw != "":
		return nil, domain.Refuse(domain.Precondition, "plan.task.drawn", "task_id",
			"该任务的抽取"+c.Draw+"未中止，不能取消任务；结果已确定的抽取不得撤销",
			"the task's draw "+c.Draw+" stands: abort it first; one whose outcome is determined can't be undone by cancelling its task")
	}
	if fault := needed("plan.reason", "reason", c.Reason, maxReason); fault != nil {
		return nil, fault
	}
	return []Event{TaskCancelled{Task: c.Task, Reason: c.Reason}}, nil
}
