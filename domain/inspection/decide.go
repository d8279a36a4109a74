package inspection

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// maxRecord bounds one record, in bytes as stored; it leaves room below es.MaxEvent.
const maxRecord = 60 << 10

func decide(s State, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Assign:
		return assign(s, cmd)
	case Release:
		return release(s, cmd)
	case TakeOver:
		return takeOver(s, cmd)
	case RecordResult:
		return record(s, cmd)
	case ConfirmResult:
		return confirm(s, cmd)
	case CorrectResult:
		return correct(s, cmd)
	case OrderRectification:
		return orderRectification(s, cmd)
	case RecordRecheck:
		return recheck(s, cmd)
	case HandOver:
		return handOver(s, cmd)
	case CallOff:
		return callOff(s, cmd)
	case IssueNotice:
		return issueNotice(s, cmd)
	case ServeNotice:
		return serveNotice(s, cmd)
	case CloseFollowUp:
		return closeFollowUp(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "inspection.command.unknown", "", "未知命令", "unknown command")
}

func foreign() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "inspection.authority.foreign", "", "该检查记录属于其他机关", "the inspection belongs to another authority")
}

func unassigned() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "inspection.assignment.foreign", "",
		"仅本次检查派发的执法检查人员可以办理", "only an inspector of the assigned team may do this")
}

func notFound() *domain.Fault {
	return domain.Refuse(domain.NotFound, "inspection.missing", "inspection_id", "没有该检查", "there is no such inspection")
}

func assign(s State, cmd Assign) ([]Event, error) {
	a := cmd.Assigned
	if s.Assigned != nil && reflect.DeepEqual(*s.Assigned, a) {
		return nil, nil
	}
	switch {
	case s.Authority() != "":
		return nil, domain.Refuse(domain.Conflict, "inspection.exists", "inspection", "该检查已派发，且内容不同", "the inspection exists with other content")
	case cmd.By.Authority != a.Authority:
		return nil, foreign()
	}
	err := domain.Require(
		domain.Blank("inspection", "inspection", a.Inspection),
		domain.Blank("inspection", "draw", a.Draw),
		domain.Blank("inspection", "task", a.Task),
		domain.Blank("inspection", "plan", a.Plan),
		domain.Blank("inspection", "authority", string(a.Authority)),
		domain.Blank("inspection", "subject", string(a.Subject)),
		domain.Blank("inspection", "subject_name", a.SubjectName),
		checkSize("items", a),
	)
	if err != nil {
		return nil, err
	}
	return []Event{a}, nil
}

// release: an inspection that has begun stays with its teams; whoever replaces a subject looks at that first.
func release(s State, cmd Release) ([]Event, error) {
	switch {
	case s.Assigned == nil:
		return nil, notFound()
	case !cmd.By.Holds(s.Assigned.Authority):
		return nil, foreign()
	case s.Released != nil:
		return nil, nil
	case len(s.Departments) > 0:
		return nil, domain.Refuse(domain.Precondition, "inspection.release.begun", "", "已录入检查结果，不能撤销派发", "a result is recorded, so the assignment can't be taken back")
	}
	if fault := domain.Blank("inspection.release", "reason", cmd.Released.Reason); fault != nil {
		return nil, fault
	}
	return []Event{cmd.Released}, nil
}

// takeOver accepts the same record again and again, whatever row it comes from, but not another content.
func takeOver(s State, cmd TakeOver) ([]Event, error) {
	t := cmd.TakenOver
	t.Table = OutcomeTable
	t.Outcomes = slices.Clone(t.Outcomes)
	if fault := checkOutcomes(t.Outcomes); fault != nil {
		return nil, fault
	}
	t.Outcomes = Union(t.Outcomes)
	switch {
	case cmd.By.Authority != t.Authority:
		return nil, foreign()
	case s.Assigned != nil:
		return nil, domain.Refuse(domain.Conflict, "inspection.exists", "record_no", "该编号是系统内派发的检查", "the id belongs to a drawn inspection")
	case s.TakenOver != nil:
		return nil, sameRecord(*s.TakenOver, t)
	}
	var fault *domain.Fault
	if t.Manner != "" {
		fault = checkManner(t.Manner)
	}
	err := domain.Require(fault,
		domain.Blank("inspection", "inspection", t.Inspection),
		domain.Blank("inspection", "source", t.Source),
		domain.Blank("inspection", "record_no", t.RecordNo),
		domain.Blank("inspection", "subject", string(t.Subject)),
		domain.Blank("inspection", "subject_name", t.SubjectName),
		line("inspection.source", "source", t.Source, maxKey),
		line("inspection.record_no", "record_no", t.RecordNo, maxKey),
		line("inspection.subject_name", "subject_name", t.SubjectName, maxLine),
		line("inspection.item", "item", t.Item, maxItem),
		prose("inspection.note", "note", t.Note, maxProse),
		notAfter("completed_on", t.CompletedOn, cmd.Today),
		checkSize("note", t),
	)
	if err != nil {
		return nil, err
	}
	return []Event{t}, nil
}

// sameRecord names the first field in which a record differs from what was taken over before. The row may differ: the same
// file exported again has other line numbers.
func sameRecord(had, now TakenOver) error {
	fields := []struct {
		name string
		same bool
	}{
		{"subject_id", had.Subject == now.Subject},
		{"subject_name", had.SubjectName == now.SubjectName},
		{"authority", had.Authority == now.Authority},
		{"item", had.Item == now.Item},
		{"manner", had.Manner == now.Manner},
		{"completed_on", had.CompletedOn == now.CompletedOn},
		{"outcomes", slices.Equal(had.Outcomes, now.Outcomes)},
		{"note", had.Note == now.Note},
	}
	for _, f := range fields {
		if !f.same {
			return domain.Refuse(domain.Conflict, "inspection.taken_over.differs", f.name,
				"该编号的记录已接收，且此项内容不同", "the record was taken over before with another "+f.name)
		}
	}
	return nil
}

// teamOf is the actor's team; an inspector is in at most one. Membership stands in the place of the authority's scope:
// in a joint check (联合抽查) inspectors of other authorities are in it.
func (s State) teamOf(by domain.Actor) (Team, *domain.Fault) {
	if s.Assigned == nil && s.TakenOver == nil {
		return Team{}, notFound()
	}
	if s.Released != nil {
		return Team{}, domain.Refuse(domain.Precondition, "inspection.released", "", "该检查对象已被替换，派发已撤销", "the subject was replaced, so the assignment was taken back")
	}
	if s.CalledOff != nil {
		return Team{}, calledOff()
	}
	if s.Assigned != nil && by.Role == domain.Inspector && by.Inspector != "" {
		for _, team := range s.Assigned.Teams {
			home := cmp.Or(team.Authority, s.Assigned.Authority)
			if slices.Contains(team.Inspectors, by.Inspector) && by.Holds(home) {
				return team, nil
			}
		}
	}
	return Team{}, unassigned()
}

// team finds a department's.
func (s State) team(department string) (Team, bool) {
	if s.Assigned != nil {
		for _, team := range s.Assigned.Teams {
			if team.Department == department {
				return team, true
			}
		}
	}
	return Team{}, false
}

// inDepartment demands that the actor is in the team of that department.
func (s State) inDepartment(by domain.Actor, department string) *domain.Fault {
	team, fault := s.teamOf(by)
	switch {
	case fault != nil:
		return fault
	case team.Department != department:
		return unassigned()
	case slices.Contains(s.Absent, department):
		return calledOff()
	}
	return nil
}

func calledOff() *domain.Fault {
	return domain.Refuse(domain.Precondition, "inspection.called_off", "", "因检查人员不足，该检查已终止并转入后续抽查",
		"it was called off for want of inspectors and left to a later task")
}

// checkSize bounds an event; field is the one to shorten.
func checkSize(field string, e Event) *domain.Fault {
	if size(e) <= maxRecord {
		return nil
	}
	return domain.Refuse(domain.TooLarge, "inspection.record.too_large", field, "检查记录过长（上限60KiB）", "the record is longer than 60 KiB")
}
