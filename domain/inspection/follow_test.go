package inspection

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func TestRectification(t *testing.T) {
	t.Parallel()
	by := inspector("XZ-001", bureau)
	order := OrderRectification{By: by, Today: today, Demand: "十日内公示", DueOn: today.AddDays(10)}
	ordered := RectificationOrdered{Demand: "十日内公示", DueOn: today.AddDays(10), By: "XZ-001", Department: market}
	found := recorded("XZ-001", market, RectifiedOnOrder)
	check := RecordRecheck{By: by, Today: today, Passed: true, On: today, Note: "已公示"}
	passed := Rechecked{Passed: true, On: today, Note: "已公示", By: "XZ-001", Department: market}
	failed := Rechecked{On: today, By: "XZ-001", Department: market}

	given(assigned(), found).When(order).Then(t, ordered)
	given(assigned(), found, ordered).When(order).ThenNothing(t)
	longer := order
	longer.DueOn = today.AddDays(20)
	given(assigned(), found, ordered).When(longer).ThenError(t, refused(domain.Precondition, "inspection.rectification.open"))
	given(assigned(), found, ordered, failed).When(longer).
		Then(t, RectificationOrdered{Demand: "十日内公示", DueOn: today.AddDays(20), By: "XZ-001", Department: market})
	given(assigned()).When(order).ThenError(t, refused(domain.Precondition, "inspection.rectification.unrecorded"))
	given(assigned(), recorded("XZ-001", market, NoProblem)).When(order).ThenError(t, refused(domain.Precondition, "inspection.rectification.groundless"))
	given(assigned(), recorded("XZ-001", market, NoProblem), recorded("XZ-003", rescue, ProblemPending)).When(order).Then(t, ordered)

	given(assigned(), found, ordered).When(check).Then(t, passed)
	given(assigned(), found, ordered, passed).When(check).ThenNothing(t)
	given(assigned(), found, ordered, passed).When(RecordRecheck{By: by, Today: today, On: today}).
		ThenError(t, refused(domain.Precondition, "inspection.recheck.passed"))
	given(assigned(), found, ordered, failed).When(check).Then(t, passed)
	given(assigned(), found).When(check).ThenError(t, refused(domain.Precondition, "inspection.recheck.unordered"))
	check.On = today.AddDays(1)
	given(assigned(), found, ordered).When(check).ThenError(t, refused(domain.Invalid, "inspection.on.future"))
}

func TestWhatAnOrderMustSatisfy(t *testing.T) {
	t.Parallel()
	by := inspector("XZ-001", bureau)
	s := given(assigned(), recorded("XZ-001", market, RectifiedOnOrder))
	cases := map[string]OrderRectification{
		"inspection.rectification.required":     {By: by, Today: today, DueOn: today},
		"inspection.rectification.due_required": {By: by, Today: today, Demand: "改正"},
		"inspection.rectification.due_past":     {By: by, Today: today, Demand: "改正", DueOn: today.AddDays(-1)},
	}
	for code, cmd := range cases {
		s.When(cmd).ThenError(t, refused(domain.Invalid, code))
	}
	foreign := refused(domain.Forbidden, "inspection.assignment.foreign")
	s.When(OrderRectification{By: clerk(bureau), Today: today, Demand: "改正", DueOn: today}).ThenError(t, foreign)
	s.When(RecordRecheck{By: inspector("XZ-009", bureau), Today: today, On: today}).ThenError(t, foreign)
}

func TestHandingOver(t *testing.T) {
	t.Parallel()
	done := func(outcomes ...Outcome) []Event {
		return []Event{assigned(), recorded("XZ-001", market, outcomes...), recorded("XZ-003", rescue, outcomes...), concluded(outcomes...)}
	}
	by := inspector("XZ-001", bureau)
	file := HandOver{By: by, Today: today, To: CaseFiling, Reason: "涉嫌违法"}
	list := HandOver{By: clerk(bureau), Today: today, To: AbnormalList, Reason: "无法联系"}

	given(done(ProblemPending)...).When(file).Then(t, HandedOver{To: CaseFiling, Reason: "涉嫌违法", On: today})
	given(done(Unreachable)...).When(list).Then(t, HandedOver{To: AbnormalList, Reason: "无法联系", On: today})
	given(append(done(Unreachable), HandedOver{To: AbnormalList, Reason: "无法联系"})...).When(list).ThenNothing(t)
	given(takenOver()).When(HandOver{By: clerk(bureau), To: CaseFiling, Reason: "r"}).Then(t, HandedOver{To: CaseFiling, Reason: "r"})

	groundless := refused(domain.Precondition, "inspection.hand_over.groundless")
	given(done(NoProblem)...).When(file).ThenError(t, groundless)
	given(done(RectifiedOnOrder)...).When(list).ThenError(t, groundless)
	given(assigned(), recorded("XZ-001", market, ProblemPending)).When(file).
		ThenError(t, refused(domain.Precondition, "inspection.hand_over.unconcluded"))
	given(done(ProblemPending)...).When(HandOver{By: by, To: CaseFiling}).
		ThenError(t, refused(domain.Invalid, "inspection.hand_over.required"))
	given(done(ProblemPending)...).When(HandOver{By: by, To: "court", Reason: "r"}).
		ThenError(t, refused(domain.Invalid, "inspection.hand_over.unknown"))
	given(done(ProblemPending)...).When(HandOver{By: clerk(fire), To: CaseFiling, Reason: "r"}).
		ThenError(t, refused(domain.Forbidden, "inspection.authority.foreign"))
	given(done(ProblemPending)...).When(HandOver{By: inspector("XZ-009", bureau), To: CaseFiling, Reason: "r"}).
		ThenError(t, refused(domain.Forbidden, "inspection.assignment.foreign"))
	given().When(HandOver{By: clerk(bureau), To: CaseFiling, Reason: "r"}).ThenError(t, refused(domain.NotFound, "inspection.missing"))
}

func TestTakingOver(t *testing.T) {
	t.Parallel()
	cmd := func(change func(*TakenOver)) TakeOver {
		e := takenOver()
		change(&e)
		return TakeOver{By: clerk(bureau), Today: today, TakenOver: e}
	}
	keep := func(*TakenOver) {}
	given().When(cmd(keep)).Then(t, takenOver())
	given(takenOver()).When(cmd(keep)).ThenNothing(t)
	given(takenOver()).When(cmd(func(e *TakenOver) { e.SourceRow = &SourceRow{FileDigest: "cd34", Line: 8} })).ThenNothing(t)
	given(assigned()).When(cmd(keep)).ThenError(t, refused(domain.Conflict, "inspection.exists"))

	differs := map[string]func(*TakenOver){
		"subject_id":   func(e *TakenOver) { e.Subject = "91540400MA6TCRUK8W" },
		"subject_name": func(e *TakenOver) { e.SubjectName = "别的公司" },
		"item":         func(e *TakenOver) { e.Item = "计量" },
		"manner":       func(e *TakenOver) { e.Manner = Written },
		"completed_on": func(e *TakenOver) { e.CompletedOn = calendar.MustParse("2014-03-02") },
		"outcomes":     func(e *TakenOver) { e.Outcomes = []Outcome{NoProblem} },
		"note":         func(e *TakenOver) { e.Note = "" },
	}
	for field, change := range differs {
		given(takenOver()).When(cmd(change)).ThenError(t, func(err error) bool {
			return refused(domain.Conflict, "inspection.taken_over.differs")(err) && refusedField(err, field)
		})
	}
	bad := map[string]func(*TakenOver){
		"inspection.completed_on.future":   func(e *TakenOver) { e.CompletedOn = today.AddDays(1) },
		"inspection.completed_on.required": func(e *TakenOver) { e.CompletedOn = calendar.Date{} },
		"inspection.outcomes.unknown":      func(e *TakenOver) { e.Outcomes = []Outcome{"4"} },
		"inspection.manner.unknown":        func(e *TakenOver) { e.Manner = "phone" },
		"inspection.required":              func(e *TakenOver) { e.RecordNo = "" },
		"inspection.record_no.text.length": func(e *TakenOver) { e.RecordNo = strings.Repeat("7", 101) },
		"inspection.source.text.control":   func(e *TakenOver) { e.Source = "chi\n" },
	}
	for code, change := range bad {
		given().When(cmd(change)).ThenError(t, refused(domain.Invalid, code))
	}
	given().When(TakeOver{By: clerk(fire), Today: today, TakenOver: takenOver()}).
		ThenError(t, refused(domain.Forbidden, "inspection.authority.foreign"))
}

func TestEachDepartmentOrdersForItself(t *testing.T) {
	t.Parallel()
	history := []Event{
		assigned(), recorded("XZ-001", market, RectifiedOnOrder), recorded("XZ-003", rescue, RectifiedOnOrder), concluded(RectifiedOnOrder),
		RectificationOrdered{Demand: "公示", DueOn: today, By: "XZ-001"}, // an older event
	}
	order := OrderRectification{By: inspector("XZ-003", fire), Today: today, Demand: "清理通道", DueOn: today}
	ordered := RectificationOrdered{Demand: "清理通道", DueOn: today, By: "XZ-003", Department: rescue}
	given(history...).When(order).Then(t, ordered)
	both := append(history, ordered)
	given(both...).When(RecordRecheck{By: inspector("XZ-001", bureau), Today: today, Passed: true, On: today}).
		Then(t, Rechecked{Passed: true, On: today, By: "XZ-001", Department: market})
	given(both...).When(RecordRecheck{By: inspector("XZ-001", bureau), Today: today, Department: rescue, On: today}).
		Then(t, Rechecked{On: today, By: "XZ-001", Department: rescue})
	given(history...).When(RecordRecheck{By: inspector("XZ-001", bureau), Today: today, Department: rescue, On: today}).
		ThenError(t, refused(domain.Precondition, "inspection.recheck.unordered"))

	s := fold(append(both, Rechecked{Passed: true, On: today, By: "XZ-001", Department: market})...)
	if len(s.Rectifications) != 2 || s.order(market).Open || !s.order(rescue).Open || s.Rectifications[1].Department != market {
		t.Errorf("%+v", s.Rectifications)
	}
	if s := fold(append(history, Rechecked{Passed: true, On: today, By: "XZ-002"})...); s.order(market).Open {
		t.Errorf("an older re-check: %+v", s.Rectifications)
	}
}

func TestAFollowUpIsOpenUntilItIsClosed(t *testing.T) {
	t.Parallel()
	done := []Event{
		assigned(), recorded("XZ-001", market, Unreachable), recorded("XZ-003", rescue, Unreachable), concluded(Unreachable),
		HandedOver{To: AbnormalList, Reason: "无法联系", On: today},
	}
	listed := CloseFollowUp{By: clerk(bureau), Today: today, To: AbnormalList, Result: Listed, Reference: "藏市监列字〔2026〕1号", On: today}
	closed := FollowUpClosed{To: AbnormalList, Result: Listed, Reference: "藏市监列字〔2026〕1号", On: today, By: "clerk"}
	given(done...).When(listed).Then(t, closed)
	given(append(done, closed)...).When(listed).ThenNothing(t)
	again := HandOver{By: clerk(bureau), Today: today, To: AbnormalList, Reason: "再次移送"}
	given(append(done, closed)...).When(again).ThenNothing(t)
	refusal := FollowUpClosed{To: AbnormalList, Result: NotListed, Note: "已取得联系", On: today, By: "clerk"}
	given(append(done, refusal)...).When(again).Then(t, HandedOver{To: AbnormalList, Reason: "再次移送", On: today})
	twice := fold(append(done, refusal, HandedOver{To: AbnormalList, Reason: "再次移送", On: today})...)
	if len(twice.FollowUps) != 2 || twice.FollowUps[0].Closed == nil || twice.FollowUps[1].Closed != nil {
		t.Errorf("%+v", twice.FollowUps)
	}

	cases := map[string]struct {
		change func(*CloseFollowUp)
		kind   domain.Kind
		code   string
	}{
		"another procedure":       {func(c *CloseFollowUp) { c.To = CaseFiling }, domain.Precondition, "inspection.follow_up.missing"},
		"another's result":        {func(c *CloseFollowUp) { c.Result = Filed }, domain.Invalid, "inspection.follow_up.result_unknown"},
		"a decision with no name": {func(c *CloseFollowUp) { c.Reference = "" }, domain.Invalid, "inspection.follow_up.required"},
		"none without a reason":   {func(c *CloseFollowUp) { c.Result = NotListed }, domain.Invalid, "inspection.follow_up.required"},
		"a day to come":           {func(c *CloseFollowUp) { c.On = today.AddDays(1) }, domain.Invalid, "inspection.on.future"},
		"a day before":            {func(c *CloseFollowUp) { c.On = today.AddDays(-1) }, domain.Invalid, "inspection.follow_up.on_early"},
		"another authority":       {func(c *CloseFollowUp) { c.By = clerk(fire) }, domain.Forbidden, "inspection.authority.foreign"},
		"an inspector of no team": {func(c *CloseFollowUp) { c.By = inspector("XZ-009", bureau) }, domain.Forbidden, "inspection.assignment.foreign"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := listed
			c.change(&bad)
			given(done...).When(bad).ThenError(t, refused(c.kind, c.code))
		})
	}
	other := listed
	other.Reference = "2号"
	given(append(done, closed)...).When(other).ThenError(t, refused(domain.Precondition, "inspection.follow_up.closed"))
}
