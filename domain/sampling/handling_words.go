package sampling

// StepKind is what was done about a failing product (核查处置措施).
type StepKind string

// The steps.
const (
	StepSealed         StepKind = "sealed"          // 封存、查封扣押
	StepOffShelf       StepKind = "off_shelf"       // 下架停售
	StepRecalled       StepKind = "recalled"        // 召回
	StepDestroyed      StepKind = "destroyed"       // 销毁
	StepCauseFound     StepKind = "cause_found"     // 原因排查
	StepRectifyOrdered StepKind = "rectify_ordered" // 责令改正
	StepRechecked      StepKind = "rechecked"       // 整改复查合格
	StepCaseFiled      StepKind = "case_filed"      // 立案, with the number of the case
	StepPenalised      StepKind = "penalised"       // 行政处罚, by the id of the penalty
	StepTransferred    StepKind = "transferred"     // 移送其他机关
)

// Label is the step in Chinese, empty for one that is none.
func (k StepKind) Label() string {
	switch k {
	case StepSealed:
		return "封存"
	case StepOffShelf:
		return "下架"
	case StepRecalled:
		return "召回"
	case StepDestroyed:
		return "销毁"
	case StepCauseFound:
		return "原因排查"
	case StepRectifyOrdered:
		return "责令改正"
	case StepRechecked:
		return "整改复查合格"
	case StepCaseFiled:
		return "立案"
	case StepPenalised:
		return "行政处罚"
	case StepTransferred:
		return "移送"
	}
	return ""
}

// Outcome is how a handling ended.
type Outcome string

// The outcomes. The last three come by themselves and are in nobody's hands.
const (
	OutcomePenalised    Outcome = "penalised"     // 已处罚
	OutcomeExempted     Outcome = "exempted"      // 不予或免予处罚
	OutcomeRectified    Outcome = "rectified"     // 整改复查合格
	OutcomeTransferred  Outcome = "transferred"   // 已移送
	OutcomeUntraceable  Outcome = "untraceable"   // 无法处置, e.g. the producer does not exist
	OutcomeRetestPassed Outcome = "retest_passed" // 复检合格
	OutcomeCorrected    Outcome = "corrected"     // 录入更正后合格
	OutcomeAnnulled     Outcome = "annulled"      // 结果撤销
)

// Label is the outcome in Chinese, empty for one that is none.
func (o Outcome) Label() string {
	switch o {
	case OutcomePenalised:
		return "已处罚"
	case OutcomeExempted:
		return "不予或免予处罚"
	case OutcomeRectified:
		return "整改复查合格"
	case OutcomeTransferred:
		return "已移送"
	case OutcomeUntraceable:
		return "无法处置"
	case OutcomeRetestPassed:
		return "复检合格"
	case OutcomeCorrected:
		return "更正后合格"
	case OutcomeAnnulled:
		return "结果撤销"
	}
	return ""
}

// rests tells what has to be there for an outcome: a step of that kind, a note, or nothing that a person can bring about.
func (o Outcome) rests() (on StepKind, note, byHand bool) {
	switch o {
	case OutcomePenalised:
		return StepPenalised, false, true
	case OutcomeRectified:
		return StepRechecked, false, true
	case OutcomeTransferred:
		return StepTransferred, false, true
	case OutcomeExempted, OutcomeUntraceable:
		return "", true, true
	case OutcomeRetestPassed, OutcomeCorrected, OutcomeAnnulled:
	}
	return "", false, false
}
