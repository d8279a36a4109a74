package inspection

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// checkFindings: each is about a matter of the task and, where that has a check list, a line of it, once; what does not apply is
// given a reason. A department that could carry out its inspection has an opinion on each line of its own matters.
func (s State) checkFindings(department string, findings []Finding, outcomes []Outcome, lists []CheckList) []*domain.Fault {
	var faults []*domain.Fault
	seen := map[[2]string]bool{}
	for n, f := range findings {
		at := fmt.Sprintf("findings[%d]", n)
		faults = append(faults,
			line("inspection.findings", at+".line", f.Line, maxLine),
			line("inspection.findings", at+".basis", f.Basis, maxLine),
			prose("inspection.findings", at+".note", f.Note, maxProse),
			s.checkPlace(at, f, lists), checkOpinion(at, f))
		if key := [2]string{f.Item, f.Line}; seen[key] {
			faults = append(faults, domain.Refuse(domain.Invalid, "inspection.findings.twice", at, "同一检查要点重复填写", "two findings are about the same line"))
		} else {
			seen[key] = true
		}
	}
	if carriedOut(outcomes) {
		for _, l := range lists {
			faults = append(faults, s.checkWhole(department, l, seen))
		}
	}
	return append(faults, contradicted(findings, outcomes))
}

func (s State) checkPlace(at string, f Finding, lists []CheckList) *domain.Fault {
	if !slices.ContainsFunc(s.Assigned.Items, func(i Item) bool { return i.No == f.Item }) {
		return domain.Refuse(domain.Invalid, "inspection.findings.item_unknown", at+".item",
			"抽查事项不在本次任务中："+f.Item, "the matter is not part of the task: "+f.Item)
	}
	if l, has := listOf(lists, f.Item); has && f.Line != "" {
		if _, known := l.line(f.Line); !known {
			return domain.Refuse(domain.Invalid, "inspection.findings.line_unknown", at+".line",
				"检查要点不在清单中："+f.Line, "the line is not on the check list: "+f.Line)
		}
	}
	return nil
}

func checkOpinion(at string, f Finding) *domain.Fault {
	switch f.Result {
	case Compliant, Noncompliant:
	case NotApplicable:
		if f.Note == "" {
			return domain.Refuse(domain.Invalid, "inspection.findings.reason_required", at+".note", "不涉及的，应说明理由", "why it does not apply is required")
		}
	default:
		return domain.Refuse(domain.Invalid, "inspection.findings.result_unknown", at+".result",
			"未知的检查意见："+string(f.Result), "unknown opinion: "+string(f.Result))
	}
	return nil
}

// own tells whether a matter is the department's own.
func (s State) own(department string, l CheckList) bool {
	return slices.Contains(l.Departments, department) || len(s.Assigned.Teams) == 1
}

// checkWhole demands an opinion on each line of a matter that is the department's own.
func (s State) checkWhole(department string, l CheckList, seen map[[2]string]bool) *domain.Fault {
	if !s.own(department, l) {
		return nil
	}
	for _, row := range l.Lines {
		if !seen[[2]string{l.Item, row.No}] {
			return domain.Refuse(domain.Invalid, "inspection.findings.line_missing", "findings",
				"未填写检查要点："+l.Item+"/"+row.No, "a line of the check list has no opinion: "+l.Item+"/"+row.No)
		}
	}
	return nil
}

// contradicted refuses to find no problem where something is noncompliant.
func contradicted(findings []Finding, outcomes []Outcome) *domain.Fault {
	bad := slices.ContainsFunc(findings, func(f Finding) bool { return f.Result == Noncompliant })
	if !bad || !slices.Contains(outcomes, NoProblem) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.outcomes.contradicted", "outcomes",
		"存在不符合项，结果不能为“未发现问题”", "a finding is noncompliant, so the outcome can't be no_problem")
}

// withBasis gives a finding the basis of its line where it names none, so that a record can be read by itself.
func withBasis(findings []Finding, lists []CheckList) []Finding {
	out := slices.Clone(findings)
	for n, f := range out {
		if l, has := listOf(lists, f.Item); has {
			row, _ := l.line(f.Line)
			out[n].Basis = cmp.Or(f.Basis, row.Basis)
		}
	}
	return out
}

// listOf is the check list of a matter that has one.
func listOf(lists []CheckList, item string) (CheckList, bool) {
	for _, l := range lists {
		if l.Item == item && len(l.Lines) > 0 {
			return l, true
		}
	}
	return CheckList{}, false
}

func (l CheckList) line(no string) (CheckLine, bool) {
	for _, row := range l.Lines {
		if row.No == no {
			return row, true
		}
	}
	return CheckLine{}, false
}
