package inspection

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func TestAssigning(t *testing.T) {
	t.Parallel()
	planner := domain.Actor{Account: "policy", Authority: bureau}
	given().When(Assign{By: planner, Assigned: assigned()}).Then(t, assigned())
	given(assigned()).When(Assign{By: planner, Assigned: assigned()}).ThenNothing(t)

	other := assigned()
	other.TaskTitle = "别的任务"
	given(assigned()).When(Assign{By: planner, Assigned: other}).ThenError(t, refused(domain.Conflict, "inspection.exists"))
	given().When(Assign{By: domain.Actor{Authority: fire}, Assigned: assigned()}).
		ThenError(t, refused(domain.Forbidden, "inspection.authority.foreign"))
	given().When(Assign{By: planner, Assigned: Assigned{Authority: bureau}}).
		ThenError(t, refused(domain.Invalid, "inspection.required"))
}

func TestReleasing(t *testing.T) {
	t.Parallel()
	cmd := Release{By: domain.Actor{Account: "policy", Authority: bureau}, Released: Released{Reason: "closed", By: "91540400MA6TCRUK8W"}}
	given(assigned()).When(cmd).Then(t, cmd.Released)
	given(assigned(), cmd.Released).When(cmd).ThenNothing(t)
	given(assigned(), cmd.Released).When(result(inspector("XZ-001", bureau), market, NoProblem)).
		ThenError(t, refused(domain.Precondition, "inspection.released"))
	given(assigned(), recorded("XZ-001", market, NoProblem)).When(cmd).ThenError(t, refused(domain.Precondition, "inspection.release.begun"))
	given(takenOver()).When(cmd).ThenError(t, refused(domain.NotFound, "inspection.missing"))
	cmd.By.Authority = fire
	given(assigned()).When(cmd).ThenError(t, refused(domain.Forbidden, "inspection.authority.foreign"))
	given(assigned()).When(Release{By: domain.Actor{Authority: bureau}}).ThenError(t, refused(domain.Invalid, "inspection.release.required"))
}

func TestConcludesWhenEveryTeamRecordedAndTwoStandByIt(t *testing.T) {
	t.Parallel()
	one, two, three := inspector("XZ-001", bureau), inspector("XZ-002", bureau), inspector("XZ-003", fire)

	given(assigned()).When(result(one, market, NoProblem)).Then(t, recorded("XZ-001", market, NoProblem))
	given(assigned(), recorded("XZ-001", market, NoProblem)).When(result(three, rescue, RectifiedOnOrder)).
		Then(t, recorded("XZ-003", rescue, RectifiedOnOrder), concluded(RectifiedOnOrder))

	alone := assigned()
	alone.Teams = alone.Teams[:1]
	given(alone, recorded("XZ-001", market, NoProblem)).When(ConfirmResult{By: one, Department: market}).ThenNothing(t)
	given(alone, recorded("XZ-001", market, NoProblem)).When(ConfirmResult{By: two, Department: market}).
		Then(t, Confirmed{Department: market, By: "XZ-002"}, concluded(NoProblem))
	given(alone, recorded("XZ-001", market, NoProblem), Confirmed{Department: market, By: "XZ-002"}, concluded(NoProblem)).
		When(ConfirmResult{By: two, Department: market}).ThenNothing(t)
}

func TestADepartmentThatFellShortIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	a := assigned()
	a.Teams[1].Inspectors = nil
	given(a, recorded("XZ-001", market, NoProblem)).When(ConfirmResult{By: inspector("XZ-002", bureau), Department: market}).
		Then(t, Confirmed{Department: market, By: "XZ-002"}, concluded(NoProblem))
}

func TestOnlyTheTeamRecords(t *testing.T) {
	t.Parallel()
	strangers := map[string]domain.Actor{
		"an inspector of no team":               inspector("XZ-009", bureau),
		"an inspector of the other department":  inspector("XZ-003", fire),
		"the id of the team at another bureau":  inspector("XZ-001", fire),
		"a planner of the authority":            {Account: "p", Role: domain.Planner, Authority: bureau},
		"a planner with an inspector's id":      {Account: "p", Role: domain.Planner, Authority: bureau, Inspector: "XZ-001"},
		"an inspector's account without the id": {Account: "i", Role: domain.Inspector, Authority: bureau},
	}
	foreign := refused(domain.Forbidden, "inspection.assignment.foreign")
	for name, by := range strangers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := given(assigned(), recorded("XZ-002", market, Unreachable))
			s.When(result(by, market, NoProblem)).ThenError(t, foreign)
			s.When(ConfirmResult{By: by, Department: market}).ThenError(t, foreign)
			s.When(CorrectResult{By: by, Department: market, Outcomes: []Outcome{Closed}, Reason: "r"}).ThenError(t, foreign)
		})
	}
	given(takenOver()).When(result(inspector("XZ-001", bureau), market, NoProblem)).ThenError(t, foreign)
	given().When(result(inspector("XZ-001", bureau), market, NoProblem)).ThenError(t, refused(domain.NotFound, "inspection.missing"))
}

func TestWhatARecordMustSatisfy(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*RecordResult)
		code   string
	}{
		"an unknown manner":           {func(c *RecordResult) { c.Manner = "phone" }, "inspection.manner.unknown"},
		"no outcome":                  {func(c *RecordResult) { c.Outcomes = nil }, "inspection.outcomes.required"},
		"an unknown outcome":          {func(c *RecordResult) { c.Outcomes = []Outcome{"fine"} }, "inspection.outcomes.unknown"},
		"an outcome twice":            {func(c *RecordResult) { c.Outcomes = []Outcome{Closed, Closed} }, "inspection.outcomes.repeated"},
		"no problem beside another":   {func(c *RecordResult) { c.Outcomes = []Outcome{NoProblem, Closed} }, "inspection.outcomes.no_problem_alone"},
		"no times":                    {func(c *RecordResult) { c.StartedAt = time.Time{} }, "inspection.times.required"},
		"an end before the start":     {func(c *RecordResult) { c.EndedAt = began.Add(-time.Second) }, "inspection.times.order"},
		"two years":                   {func(c *RecordResult) { c.StartedAt = began.AddDate(-2, 0, 0) }, "inspection.times.span"},
		"an end that is to come":      {func(c *RecordResult) { c.EndedAt = now.Add(time.Second) }, "inspection.times.future"},
		"no reason why it is no case": {func(c *RecordResult) { c.Findings[0].Result = NotApplicable }, "inspection.findings.reason_required"},
		"one line twice":              {func(c *RecordResult) { c.Findings = append(c.Findings, c.Findings[0]) }, "inspection.findings.twice"},
		"done before it began":        {func(c *RecordResult) { c.CompletedOn = today.AddDays(-3) }, "inspection.completed_on.before_end"},
		"ended after it was done":     {func(c *RecordResult) { c.CompletedOn = calendar.DateOf(ended).AddDays(-1) }, "inspection.completed_on.before_end"},
		"done tomorrow":               {func(c *RecordResult) { c.CompletedOn = today.AddDays(1) }, "inspection.completed_on.future"},
		"a matter of another task":    {func(c *RecordResult) { c.Findings = []Finding{{Item: "9", Result: Compliant}} }, "inspection.findings.item_unknown"},
		"an unknown opinion":          {func(c *RecordResult) { c.Findings = []Finding{{Item: "1", Result: "so-so"}} }, "inspection.findings.result_unknown"},
		"a person's number in a note": {func(c *RecordResult) { c.Findings[0].Note = "负责人11010519491231002X" }, "inspection.personal_data"},
		"a note that hides":           {func(c *RecordResult) { c.Findings[0].Note = "a\u202eb" }, "inspection.findings.text.control"},
		"a finding against the good":  {func(c *RecordResult) { c.Findings = []Finding{{Item: "1", Result: Noncompliant}} }, "inspection.outcomes.contradicted"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := result(inspector("XZ-001", bureau), market, NoProblem)
			c.change(&cmd)
			given(assigned()).When(cmd).ThenError(t, refused(domain.Invalid, c.code))
		})
	}
	long := result(inspector("XZ-001", bureau), market, RectifiedOnOrder)
	long.Findings = nil
	for n := range 6 {
		long.Findings = append(long.Findings, Finding{Item: "1", Line: fmt.Sprint(n), Result: Noncompliant, Note: strings.Repeat("长", 4000)})
	}
	given(assigned()).When(long).ThenError(t, func(err error) bool {
		return refused(domain.TooLarge, "inspection.record.too_large")(err) && refusedField(err, "findings")
	})
	third := result(inspector("XZ-001", bureau), market, RectifiedOnOrder)
	third.Findings = []Finding{{Item: "1", Result: Compliant}, {Item: "2", Result: Compliant}, {Item: "9", Result: Compliant}}
	given(assigned()).When(third).ThenError(t, func(err error) bool { return refusedField(err, "findings[2].item") })

	both := result(inspector("XZ-001", bureau), market, "fine")
	both.Manner = "phone"
	for _, code := range []string{"inspection.manner.unknown", "inspection.outcomes.unknown"} {
		given(assigned()).When(both).ThenError(t, refused(domain.Invalid, code))
	}
}

func TestRecordingAgain(t *testing.T) {
	t.Parallel()
	by := inspector("XZ-001", bureau)
	same := result(by, market, NoProblem)
	same.StartedAt = began.In(time.FixedZone("CST", 8*60*60))
	s := given(assigned(), recorded("XZ-001", market, NoProblem))
	s.When(same).ThenNothing(t)
	again := refused(domain.Precondition, "inspection.department.recorded")
	s.When(result(by, market, Unreachable)).ThenError(t, again)
	s.When(result(inspector("XZ-002", bureau), market, NoProblem)).ThenError(t, again)
	given(assigned()).When(ConfirmResult{By: by, Department: market}).
		ThenError(t, refused(domain.Precondition, "inspection.department.unrecorded"))
}

func TestOutcomesAreListedInTheTablesOrder(t *testing.T) {
	t.Parallel()
	given(assigned()).When(result(inspector("XZ-001", bureau), market, Closed, InfoFalse)).
		Then(t, recorded("XZ-001", market, InfoFalse, Closed))
	seen := map[string]bool{}
	for _, row := range Outcomes() {
		if seen[row.Label] || row.Label == "" || row.Code.Label() != row.Label {
			t.Errorf("%s: label %q", row.Code, row.Label)
		}
		seen[row.Label] = true
	}
	if Outcome("fine").Label() != "" {
		t.Error("an unknown code has a label")
	}
}

func TestCorrecting(t *testing.T) {
	t.Parallel()
	one, two := inspector("XZ-001", bureau), inspector("XZ-002", bureau)
	alone := assigned()
	alone.Teams = alone.Teams[:1]
	right := CorrectResult{By: two, Today: today, Department: market, Outcomes: []Outcome{Unreachable}, Reason: "地址录错"}
	corrected := Corrected{Department: market, Outcomes: []Outcome{Unreachable}, Reason: "地址录错", By: "XZ-002", On: today, Table: OutcomeTable}

	done := []Event{alone, recorded("XZ-001", market, NoProblem), Confirmed{Department: market, By: "XZ-002"}, concluded(NoProblem)}
	given(done...).When(right).Then(t, corrected)
	given(append(done, corrected)...).When(right).ThenNothing(t)
	if s := fold(append(done, corrected)...); len(s.Outcomes) != 1 || s.Outcomes[0] != Unreachable {
		t.Errorf("outcomes after the correction: %v", s.Outcomes)
	}

	early := []Event{alone, recorded("XZ-001", market, NoProblem), corrected}
	given(early...).When(ConfirmResult{By: two, Department: market}).ThenNothing(t)
	given(early...).When(ConfirmResult{By: one, Department: market}).
		Then(t, Confirmed{Department: market, By: "XZ-001"}, concluded(Unreachable))

	bad := right
	bad.Reason = ""
	given(done...).When(bad).ThenError(t, refused(domain.Invalid, "inspection.correction.required"))
	bad = right
	bad.Outcomes = nil
	given(done...).When(bad).ThenError(t, refused(domain.Invalid, "inspection.outcomes.required"))
	given(alone).When(right).ThenError(t, refused(domain.Precondition, "inspection.department.unrecorded"))

	found := recorded("XZ-001", market, RectifiedOnOrder)
	found.Findings = []Finding{{Item: "1", Result: Noncompliant}}
	bad = right
	bad.Outcomes = []Outcome{NoProblem}
	given(alone, found).When(bad).ThenError(t, refused(domain.Invalid, "inspection.outcomes.contradicted"))
}

func fold(history ...Event) State {
	s := Decider.Initial
	for _, e := range history {
		s = evolve(s, e)
	}
	return s
}
