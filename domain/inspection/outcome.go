package inspection

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// OutcomeTable is the version of the table that outcomes are taken from; a later table has another name.
const OutcomeTable = "2026-1"

// Outcome is the stable code of an inspection outcome (检查结果). Platforms number outcomes differently and renumber them, so
// a code here never changes its meaning.
type Outcome string

// The outcomes: the eight of the spot check, then the states in which a subject could not be inspected.
const (
	NoProblem        Outcome = "no_problem"
	InfoNotDisclosed Outcome = "info_not_disclosed"
	InfoFalse        Outcome = "info_false"
	Unreachable      Outcome = "unreachable"
	RectifiedOnOrder Outcome = "rectified_on_order"
	Uncooperative    Outcome = "uncooperative"
	NoSuchActivity   Outcome = "no_such_activity"
	ProblemPending   Outcome = "problem_pending"
	Deregistered     Outcome = "deregistered"
	Revoked          Outcome = "revoked"
	Rescinded        Outcome = "rescinded"
	MovedOut         Outcome = "moved_out"
	Closed           Outcome = "closed"
)

// OutcomeLabel is a row of the table.
type OutcomeLabel struct {
	Code  Outcome
	Label string // 检查结果 as the public reads it
}

// Outcomes is the table, in the order in which several outcomes are listed.
func Outcomes() []OutcomeLabel {
	return []OutcomeLabel{
		{NoProblem, "未发现问题"},
		{InfoNotDisclosed, "未按规定公示应当公示的信息"},
		{InfoFalse, "公示信息隐瞒真实情况、弄虚作假"},
		{Unreachable, "通过登记的住所（经营场所）无法联系"},
		{RectifiedOnOrder, "发现问题已责令改正"},
		{Uncooperative, "不配合检查情节严重"},
		{NoSuchActivity, "未发现开展本次抽查涉及的经营活动"},
		{ProblemPending, "发现问题待后续处理"},
		{Deregistered, "注销"},
		{Revoked, "被吊销"},
		{Rescinded, "被撤销"},
		{MovedOut, "迁出"},
		{Closed, "已关闭停业或正在组织清算"},
	}
}

// Label is the outcome's text in the table, empty for a code that is not in it.
func (o Outcome) Label() string {
	for _, row := range Outcomes() {
		if row.Code == o {
			return row.Label
		}
	}
	return ""
}

// Inspected tells outcomes of a subject that was there to be inspected from the states in which it could not be.
func (o Outcome) Inspected() bool {
	switch o {
	case Deregistered, Revoked, Rescinded, MovedOut, Closed:
		return false
	}
	return o.Label() != ""
}

// Problem tells that something was found wrong.
func (o Outcome) Problem() bool { return o.Inspected() && o != NoProblem && o != NoSuchActivity }

// Union is what several departments' outcomes come to: in the table's order, each once. Beside another outcome no_problem says nothing and is left
// out: departments that look at different matters may well differ.
func Union(outcomes []Outcome) []Outcome {
	var out []Outcome
	for _, row := range Outcomes() {
		if slices.Contains(outcomes, row.Code) {
			out = append(out, row.Code)
		}
	}
	if len(out) > 1 && out[0] == NoProblem {
		out = out[1:]
	}
	return out
}

// carriedOut tells whether the subject could be inspected: no outcome says that it was not there, was not active or did not let
// anybody in.
func carriedOut(outcomes []Outcome) bool {
	return !slices.ContainsFunc(outcomes, func(o Outcome) bool {
		switch o {
		case Unreachable, Uncooperative, NoSuchActivity, Deregistered, Revoked, Rescinded, MovedOut, Closed:
			return true
		case NoProblem, InfoNotDisclosed, InfoFalse, RectifiedOnOrder, ProblemPending:
		}
		return false
	})
}

// checkOutcomes refuses none at all, unknown ones, repetitions and 未发现问题 beside another.
func checkOutcomes(outcomes []Outcome) *domain.Fault {
	const field = "outcomes"
	seen := map[Outcome]bool{}
	for _, o := range outcomes {
		if o.Label() == "" {
			return domain.Refuse(domain.Invalid, "inspection.outcomes.unknown", field,
				"未知的检查结果："+string(o), "unknown outcome: "+string(o))
		}
		if seen[o] {
			return domain.Refuse(domain.Invalid, "inspection.outcomes.repeated", field,
				"检查结果重复："+o.Label(), "an outcome is given twice: "+string(o))
		}
		seen[o] = true
	}
	switch {
	case len(outcomes) == 0:
		return domain.Refuse(domain.Invalid, "inspection.outcomes.required", field, "至少填写一项检查结果", "at least one outcome is required")
	case seen[NoProblem] && len(outcomes) > 1:
		return domain.Refuse(domain.Invalid, "inspection.outcomes.no_problem_alone", field,
			"“未发现问题”不能与其他结果并列", "no_problem stands alone or not at all")
	}
	return nil
}
