package inspection

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// orderRectification: each department of a joint check orders for itself.
func orderRectification(s State, cmd OrderRectification) ([]Event, error) {
	team, fault := s.teamOf(cmd.By)
	if fault != nil {
		return nil, fault
	}
	r := s.order(team.Department)
	if r.Open && r.Demand == cmd.Demand && r.DueOn == cmd.DueOn {
		return nil, nil
	}
	var late, early, open *domain.Fault
	if cmd.DueOn.IsZero() {
		late = domain.Refuse(domain.Invalid, "inspection.rectification.due_required", "due_on", "改正期限必填", "the day to put right by is required")
	} else if cmd.DueOn.Before(cmd.Today) {
		late = domain.Refuse(domain.Invalid, "inspection.rectification.due_past", "due_on", "改正期限不能早于今天", "the day to put right by is over")
	}
	switch {
	case len(s.Departments) == 0:
		early = domain.Refuse(domain.Precondition, "inspection.rectification.unrecorded", "", "尚未录入检查结果，不能责令改正", "no result is recorded yet that could be put right")
	case slices.Equal(s.union(), []Outcome{NoProblem}):
		early = domain.Refuse(domain.Precondition, "inspection.rectification.groundless", "", "检查结果为“未发现问题”，不能责令改正",
			"no problem was found that could be put right")
	}
	if r.Open && r.Recheck == nil {
		open = domain.Refuse(domain.Precondition, "inspection.rectification.open", "", "已有未复查的责令改正", "an order is open that was not re-checked yet")
	}
	err := domain.Require(late, early, open, domain.Blank("inspection.rectification", "demand", cmd.Demand),
		prose("inspection.rectification", "demand", cmd.Demand, maxProse))
	if err != nil {
		return nil, err
	}
	return []Event{RectificationOrdered{Demand: cmd.Demand, DueOn: cmd.DueOn, By: cmd.By.Inspector, Department: team.Department}}, nil
}

// recheck: whoever is assigned may look after another department's order too, by its name.
func recheck(s State, cmd RecordRecheck) ([]Event, error) {
	team, fault := s.teamOf(cmd.By)
	if fault != nil {
		return nil, fault
	}
	department := cmp.Or(cmd.Department, team.Department)
	e := Rechecked{Passed: cmd.Passed, On: cmd.On, Note: cmd.Note, By: cmd.By.Inspector, Department: department}
	r := s.order(department)
	switch {
	case r.Demand == "":
		return nil, domain.Refuse(domain.Precondition, "inspection.recheck.unordered", "department", "该部门没有责令改正，无需复查",
			"the department ordered nothing to be put right")
	case r.Recheck != nil && *r.Recheck == e:
		return nil, nil
	case !r.Open:
		return nil, domain.Refuse(domain.Precondition, "inspection.recheck.passed", "", "复查已合格", "the re-check was passed before")
	}
	if err := domain.Require(notAfter("on", cmd.On, cmd.Today), prose("inspection.recheck", "note", cmd.Note, maxProse)); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// handOver lists which outcomes lead where: the list of abnormal operations takes undisclosed or false information and
// subjects that can't be reached (企业信息公示暂行条例 art. 17), case filing anything that was found. It can be handed over again
// where the other procedure was not begun.
func handOver(s State, cmd HandOver) ([]Event, error) {
	if fault := s.followedBy(cmd.By); fault != nil {
		return nil, fault
	}
	if f, handed := s.followUp(cmd.To); handed && (f.Closed == nil || f.Closed.Result == Filed || f.Closed.Result == Listed) {
		return nil, nil
	}
	err := domain.Require(domain.Blank("inspection.hand_over", "reason", cmd.Reason),
		prose("inspection.hand_over", "reason", cmd.Reason, maxLine))
	if err != nil {
		return nil, err
	}
	leads := func(o Outcome) bool { return o != NoProblem }
	switch cmd.To {
	case CaseFiling:
	case AbnormalList:
		leads = func(o Outcome) bool { return o == InfoNotDisclosed || o == InfoFalse || o == Unreachable }
	default:
		return nil, domain.Refuse(domain.Invalid, "inspection.hand_over.unknown", "to", "未知的移送去向："+string(cmd.To), "unknown destination: "+string(cmd.To))
	}
	if !s.Concluded {
		return nil, domain.Refuse(domain.Precondition, "inspection.hand_over.unconcluded", "", "检查尚未办结，不能移送", "the inspection is not concluded yet")
	}
	if !slices.ContainsFunc(s.Outcomes, leads) {
		return nil, domain.Refuse(domain.Precondition, "inspection.hand_over.groundless", "to",
			"检查结果不支持该移送", "no outcome of the inspection leads there")
	}
	return []Event{HandedOver{To: cmd.To, Reason: cmd.Reason, On: cmd.Today}}, nil
}

// followedBy demands an inspector of a team or staff of the authority.
func (s State) followedBy(by domain.Actor) *domain.Fault {
	if by.Role == domain.Inspector || s.Authority() == "" {
		_, fault := s.teamOf(by)
		return fault
	}
	if !by.Holds(s.Authority()) {
		return foreign()
	}
	return nil
}

// followUp is the last one of a destination.
func (s State) followUp(to Destination) (FollowUp, bool) {
	for _, f := range slices.Backward(s.FollowUps) {
		if f.Begun.To == to {
			return f, true
		}
	}
	return FollowUp{}, false
}

// closeFollowUp: a decision is named by its number, and why there is none is told.
func closeFollowUp(s State, cmd CloseFollowUp) ([]Event, error) {
	if fault := s.followedBy(cmd.By); fault != nil {
		return nil, fault
	}
	const code = "inspection.follow_up"
	e := FollowUpClosed{To: cmd.To, Result: cmd.Result, Reference: cmd.Reference, Note: cmd.Note, On: cmd.On, By: cmd.By.Account}
	f, handed := s.followUp(cmd.To)
	switch {
	case !handed:
		return nil, domain.Refuse(domain.Precondition, "inspection.follow_up.missing", "to", "没有该去向的移送", "it was not handed over there")
	case f.Closed != nil:
		was := *f.Closed
		if was.By = e.By; was == e {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Precondition, "inspection.follow_up.closed", "to", "该移送已办结", "the follow-up is closed already")
	}
	faults := []*domain.Fault{
		notAfter("on", cmd.On, cmd.Today), line(code, "reference", cmd.Reference, maxKey), prose(code, "note", cmd.Note, maxLine),
	}
	if !cmd.On.IsZero() && cmd.On.Before(f.Begun.On) {
		faults = append(faults, domain.Refuse(domain.Invalid, "inspection.follow_up.on_early", "on", "办结日期早于移送日期", "it ended before it was handed over"))
	}
	switch decided := cmd.Result == Filed || cmd.Result == Listed; {
	case !slices.Contains(resultsOf(cmd.To), cmd.Result):
		faults = append(faults, domain.Refuse(domain.Invalid, "inspection.follow_up.result_unknown", "result",
			"该去向没有此办理结果："+string(cmd.Result), "no such result there: "+string(cmd.Result)))
	case decided:
		faults = append(faults, domain.Blank(code, "reference", cmd.Reference))
	default:
		faults = append(faults, domain.Blank(code, "note", cmd.Note))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

// resultsOf are the results that a procedure may have.
func resultsOf(to Destination) []FollowUpResult {
	switch to {
	case CaseFiling:
		return []FollowUpResult{Filed, NotFiled}
	case AbnormalList:
		return []FollowUpResult{Listed, NotListed}
	case LaterTask:
	}
	return nil
}

// callOff: a draw may fall short of inspectors, and those drawn may leave afterwards; nobody is put in their place by hand. What
// they can't finish ends with a reason, and the others' results stand.
func callOff(s State, cmd CallOff) ([]Event, error) {
	switch {
	case s.Assigned == nil:
		return nil, notFound()
	case cmd.By.Role != domain.Inspector && !cmd.By.Holds(s.Assigned.Authority):
		return nil, foreign()
	case s.CalledOff != nil:
		return nil, nil
	case s.Concluded:
		return nil, domain.Refuse(domain.Precondition, "inspection.call_off.concluded", "", "检查已办结，不能终止", "the inspection is concluded already")
	case cmd.By.Role == domain.Inspector || s.Released != nil:
		if _, fault := s.teamOf(cmd.By); fault != nil {
			return nil, fault
		}
	}
	err := domain.Require(domain.Blank("inspection.call_off", "reason", cmd.Reason), prose("inspection.call_off", "reason", cmd.Reason, maxLine))
	if err != nil {
		return nil, err
	}
	var events []Event
	after := s
	for _, team := range s.Assigned.Teams {
		if _, recorded := s.Departments[team.Department]; recorded || len(team.Inspectors) == 0 || slices.Contains(s.Absent, team.Department) || anyOf(team.Inspectors, cmd.Able) {
			continue
		}
		e := CalledOff{Department: team.Department, Reason: cmd.Reason, By: cmd.By.Account}
		events, after = append(events, e), evolve(after, e)
	}
	switch {
	case after.possible(cmd.Able) < 2:
		return []Event{CalledOff{Reason: cmd.Reason, By: cmd.By.Account}}, nil
	case len(events) == 0:
		return nil, domain.Refuse(domain.Precondition, "inspection.call_off.staffed", "", "各部门均有可以继续检查的人员，不能终止",
			"enough of the inspectors can go on, so it can't be called off")
	}
	if on, done := after.complete(); done {
		events = append(events, Concluded{CompletedOn: on, Outcomes: after.union(), Table: OutcomeTable})
	}
	return events, nil
}

// possible counts the inspectors who stand by a result or still can.
func (s State) possible(able []domain.InspectorID) int {
	who := map[domain.InspectorID]bool{}
	for _, team := range s.Assigned.Teams {
		for _, id := range s.Departments[team.Department].Signed {
			who[id] = true
		}
		for _, id := range team.Inspectors {
			if slices.Contains(able, id) && !slices.Contains(s.Absent, team.Department) {
				who[id] = true
			}
		}
	}
	return len(who)
}

func anyOf(list, among []domain.InspectorID) bool {
	return slices.ContainsFunc(list, func(id domain.InspectorID) bool { return slices.Contains(among, id) })
}
