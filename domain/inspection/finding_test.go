package inspection

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
)

// lists are those of both matters of assigned: the first is the market department's, the second the fire department's.
func lists() []CheckList {
	return []CheckList{
		{Item: "1", Departments: []string{market}, Lines: []CheckLine{{No: "1.1", Basis: "条例第十条"}, {No: "1.2", Basis: "条例第十一条"}}},
		{Item: "2", Departments: []string{rescue}, Lines: []CheckLine{{No: "2.1"}}},
	}
}

func TestACheckListIsAnsweredLineByLine(t *testing.T) {
	t.Parallel()
	cmd := result(inspector("XZ-001", bureau), market, RectifiedOnOrder)
	cmd.Lists = lists()
	cmd.Findings = []Finding{
		{Item: "1", Line: "1.1", Result: Noncompliant, Note: "未公示"}, {Item: "1", Line: "1.2", Basis: "另据", Result: NotApplicable, Note: "无分支机构"},
	}
	e := recorded("XZ-001", market, RectifiedOnOrder)
	e.Findings = []Finding{
		{Item: "1", Line: "1.1", Basis: "条例第十条", Result: Noncompliant, Note: "未公示"},
		{Item: "1", Line: "1.2", Basis: "另据", Result: NotApplicable, Note: "无分支机构"},
	}
	given(assigned()).When(cmd).Then(t, e)
	given(assigned(), e).When(cmd).ThenNothing(t)

	all := cmd.Findings
	missing := refused(domain.Invalid, "inspection.findings.line_missing")
	cmd.Findings = all[:1]
	given(assigned()).When(cmd).ThenError(t, missing)
	cmd.Findings = []Finding{all[0], {Item: "1", Line: "9.9", Result: Compliant}}
	given(assigned()).When(cmd).ThenError(t, refused(domain.Invalid, "inspection.findings.line_unknown"))

	// A subject that is not there has no lines to be looked at.
	cmd.Findings, cmd.Outcomes = nil, []Outcome{Unreachable}
	e.Findings, e.Outcomes = nil, cmd.Outcomes
	given(assigned()).When(cmd).Then(t, e)
	cmd.Outcomes = []Outcome{NoProblem}
	given(assigned()).When(cmd).ThenError(t, missing)
}

// The department's own matters say how they are checked; a notice is of all departments.
func TestAMannerIsListed(t *testing.T) {
	t.Parallel()
	listed := lists()
	listed[0].Manners, listed[1].Manners = []Manner{Written, Network}, []Manner{OnSite}
	unlisted := refused(domain.Invalid, "inspection.manner.unlisted")
	cmd := result(inspector("XZ-001", bureau), market, Unreachable)
	cmd.Lists = listed
	given(assigned()).When(cmd).ThenError(t, unlisted)
	cmd.Manner = Network
	e := recorded("XZ-001", market, Unreachable)
	e.Manner, e.Findings = Network, cmd.Findings
	given(assigned()).When(cmd).Then(t, e)

	paper := notice(clerk(bureau))
	paper.Lists = listed
	paper.Manner = Entrusted
	given(assigned()).When(paper).ThenError(t, unlisted)
	paper.Manner = OnSite
	given(assigned()).When(paper).Then(t, issued())
	paper.Lists[1].Manners = nil
	given(assigned()).When(paper).ThenError(t, unlisted)
}

func TestALoneDepartmentAnswersAllLists(t *testing.T) {
	t.Parallel()
	alone := assigned()
	alone.Teams = alone.Teams[:1]
	cmd := result(inspector("XZ-001", bureau), market, NoProblem)
	cmd.Findings = []Finding{{Item: "1", Line: "1.1", Result: Compliant}, {Item: "1", Line: "1.2", Result: Compliant}}
	cmd.Lists = lists()
	missing := refused(domain.Invalid, "inspection.findings.line_missing")
	given(alone).When(cmd).ThenError(t, missing)
	cmd.Findings = append(cmd.Findings, Finding{Item: "2", Line: "2.1", Result: Compliant})
	e := recorded("XZ-001", market, NoProblem)
	e.Findings = withBasis(cmd.Findings, lists())
	given(alone).When(cmd).Then(t, e)
}

func TestFindingsAreCorrectedToo(t *testing.T) {
	t.Parallel()
	alone := assigned()
	alone.Teams = alone.Teams[:1]
	wrong := recorded("XZ-001", market, RectifiedOnOrder)
	wrong.Findings = []Finding{{Item: "1", Line: "1.1", Result: Noncompliant}}
	done := []Event{alone, wrong, Confirmed{Department: market, By: "XZ-002"}, concluded(RectifiedOnOrder)}
	cmd := CorrectResult{
		By: inspector("XZ-002", bureau), Today: today, Department: market, Outcomes: []Outcome{NoProblem}, Reason: "看错营业执照",
		Findings: []Finding{{Item: "1", Line: "1.1", Result: Compliant}},
	}
	e := Corrected{
		Department: market, Outcomes: []Outcome{NoProblem}, Reason: "看错营业执照", By: "XZ-002", On: today, Table: OutcomeTable,
		Findings: cmd.Findings,
	}
	given(done...).When(cmd).Then(t, e)
	given(append(done, e)...).When(cmd).ThenNothing(t)
	s := fold(append(done, e)...)
	if c := s.Corrections[0]; c.Former[0] != RectifiedOnOrder || s.Departments[market].Recorded.Findings[0].Result != Compliant {
		t.Errorf("after the correction: %+v", s)
	}
	withLists := cmd
	withLists.Lists = lists()
	given(done...).When(withLists).ThenError(t, refused(domain.Invalid, "inspection.findings.line_missing"))
	cmd.Findings = []Finding{{Item: "1", Line: "1.1", Result: Noncompliant}}
	given(done...).When(cmd).ThenError(t, refused(domain.Invalid, "inspection.outcomes.contradicted"))
}
