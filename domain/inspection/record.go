package inspection

import (
	"reflect"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

func record(s State, cmd RecordResult) ([]Event, error) {
	if fault := s.inDepartment(cmd.By, cmd.Department); fault != nil {
		return nil, fault
	}
	if err := checkResult(s, cmd); err != nil {
		return nil, err
	}
	if had, recorded := s.Departments[cmd.Department]; recorded {
		cmd.Visit.Present = asShown(cmd.Visit.Present, had.Recorded.Visit.Present)
	}
	e := Recorded{
		Department: cmd.Department, By: cmd.By.Inspector, Manner: cmd.Manner,
		StartedAt: cmd.StartedAt.UTC(), EndedAt: cmd.EndedAt.UTC(),
		Findings: withBasis(cmd.Findings, cmd.Lists), Outcomes: Union(cmd.Outcomes), CompletedOn: cmd.CompletedOn,
		Table: OutcomeTable, Visit: cmd.Visit,
	}
	if fault := checkSize("findings", e); fault != nil {
		return nil, fault
	}
	if d, recorded := s.Departments[cmd.Department]; recorded {
		if sameResult(d.Recorded, e) {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Precondition, "inspection.department.recorded", "department",
			"本部门已录入检查结果，请使用更正", "the department has recorded its result; correct it instead")
	}
	return s.concluding(e), nil
}

func sameResult(had, now Recorded) bool {
	had.StartedAt, had.EndedAt = had.StartedAt.UTC(), had.EndedAt.UTC()
	if len(had.Findings) == 0 && len(now.Findings) == 0 {
		had.Findings, now.Findings = nil, nil
	}
	if len(had.Visit.Met) == 0 && len(now.Visit.Met) == 0 {
		had.Visit.Met, now.Visit.Met = nil, nil
	}
	return had.StartedAt.Equal(now.StartedAt) && had.EndedAt.Equal(now.EndedAt) && reflect.DeepEqual(
		[]any{had.Department, had.By, had.Manner, had.Findings, had.Outcomes, had.CompletedOn, had.Visit},
		[]any{now.Department, now.By, now.Manner, now.Findings, now.Outcomes, now.CompletedOn, now.Visit})
}

// asShown keeps the certificates that were recorded for the same inspectors: one may have been renewed since.
func asShown(now, had []Certificate) []Certificate {
	same := slices.EqualFunc(now, had, func(a, b Certificate) bool { return a.Inspector == b.Inspector })
	if same {
		return had
	}
	return now
}

func checkResult(s State, cmd RecordResult) error {
	faults := []*domain.Fault{
		checkManner(cmd.Manner),
		s.listedManner(cmd.Manner, cmd.Department, cmd.Lists),
		checkOutcomes(cmd.Outcomes),
		checkTimes(cmd),
		notAfter("completed_on", cmd.CompletedOn, calendar.DateOf(cmd.Now)),
	}
	faults = append(faults, s.checkFindings(cmd.Department, cmd.Findings, cmd.Outcomes, cmd.Lists)...)
	team, _ := s.team(cmd.Department)
	return domain.Require(append(faults, checkVisit(team, cmd)...)...)
}

func checkManner(m Manner) *domain.Fault {
	switch m {
	case Written, OnSite, Network, Entrusted:
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.manner.unknown", "manner", "未知的检查方式："+string(m), "unknown manner: "+string(m))
}

// listedManner: the item list says in which manner a matter is checked, beside basis, body and content (依据、主体、内容、方式). One
// visit may look at several matters, so a manner that is listed for one of the department's own is enough. A notice is of all
// departments and names none.
func (s State) listedManner(m Manner, department string, lists []CheckList) *domain.Fault {
	listed := true
	for _, l := range lists {
		if department != "" && !s.own(department, l) || len(l.Manners) == 0 {
			continue
		}
		if slices.Contains(l.Manners, m) {
			return nil
		}
		listed = false
	}
	if listed || checkManner(m) != nil {
		return nil
	}
	return domain.Refuse(domain.Invalid, "inspection.manner.unlisted", "manner", "抽查事项清单未列明该检查方式："+string(m),
		"the item list does not name this manner for the matters: "+string(m))
}

// checkTimes: the inspection ends after it began and before it is recorded, however late that is, and is done no earlier than
// the day on which it ended (a laboratory may take longer than the visit).
func checkTimes(cmd RecordResult) *domain.Fault {
	switch {
	case cmd.StartedAt.IsZero() || cmd.EndedAt.IsZero():
		return domain.Refuse(domain.Invalid, "inspection.times.required", "started_at", "检查起止时间必填", "the times of beginning and end are required")
	case cmd.EndedAt.Before(cmd.StartedAt):
		return domain.Refuse(domain.Invalid, "inspection.times.order", "ended_at", "结束时间早于开始时间", "the end is before the beginning")
	case cmd.EndedAt.After(cmd.Now):
		return domain.Refuse(domain.Invalid, "inspection.times.future", "ended_at", "检查结束时间晚于现在，请核对设备时钟",
			"the end is still to come; look at the clock of the device")
	case cmd.EndedAt.Sub(cmd.StartedAt) > 366*24*time.Hour:
		return domain.Refuse(domain.Invalid, "inspection.times.span", "ended_at", "检查时间超过一年", "the inspection takes longer than a year")
	case cmd.CompletedOn.Before(calendar.DateOf(cmd.EndedAt)):
		return domain.Refuse(domain.Invalid, "inspection.completed_on.before_end", "completed_on",
			"完成日期早于检查结束日期", "the day of completion is before the end of the inspection")
	}
	return nil
}

// notAfter refuses a missing day and one that is still to come.
func notAfter(field string, day, today calendar.Date) *domain.Fault {
	switch {
	case day.IsZero():
		return domain.Refuse(domain.Invalid, "inspection."+field+".required", field, field+"：必填", field+" is required")
	case day.After(today):
		return domain.Refuse(domain.Invalid, "inspection."+field+".future", field, "日期不能晚于今天", "the day is still to come")
	}
	return nil
}

func confirm(s State, cmd ConfirmResult) ([]Event, error) {
	if fault := s.inDepartment(cmd.By, cmd.Department); fault != nil {
		return nil, fault
	}
	d, recorded := s.Departments[cmd.Department]
	if !recorded {
		return nil, domain.Refuse(domain.Precondition, "inspection.department.unrecorded", "department",
			"本部门尚未录入检查结果", "the department has not recorded its result yet")
	}
	if slices.Contains(d.Signed, cmd.By.Inspector) {
		return nil, nil
	}
	return s.concluding(Confirmed{Department: cmd.Department, By: cmd.By.Inspector}), nil
}

func correct(s State, cmd CorrectResult) ([]Event, error) {
	if fault := s.inDepartment(cmd.By, cmd.Department); fault != nil {
		return nil, fault
	}
	d, recorded := s.Departments[cmd.Department]
	if !recorded {
		return nil, domain.Refuse(domain.Precondition, "inspection.department.unrecorded", "department",
			"本部门尚未录入检查结果", "the department has not recorded its result yet")
	}
	faults := []*domain.Fault{checkOutcomes(cmd.Outcomes), domain.Blank("inspection.correction", "reason", cmd.Reason),
		prose("inspection.correction", "reason", cmd.Reason, maxLine)}
	findings := withBasis(cmd.Findings, cmd.Lists)
	if len(findings) > 0 {
		faults = append(faults, s.checkFindings(cmd.Department, findings, cmd.Outcomes, cmd.Lists)...)
	} else {
		faults = append(faults, contradicted(d.Recorded.Findings, cmd.Outcomes))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	e := Corrected{
		Department: cmd.Department, Outcomes: Union(cmd.Outcomes), Reason: cmd.Reason, By: cmd.By.Inspector, On: cmd.Today, Table: OutcomeTable,
		Findings: findings,
	}
	switch {
	case slices.Equal(d.Recorded.Outcomes, e.Outcomes) && (len(findings) == 0 || slices.Equal(d.Recorded.Findings, findings)):
		return nil, nil
	case checkSize("findings", e) != nil:
		return nil, checkSize("findings", e)
	}
	return s.concluding(e), nil
}

// concluding is the event, and with it the end of the inspection when nothing is missing any more.
func (s State) concluding(e Event) []Event {
	after := evolve(s, e)
	on, done := after.complete()
	if s.Concluded || !done {
		return []Event{e}
	}
	return []Event{e, Concluded{CompletedOn: on, Outcomes: after.union(), Table: OutcomeTable}}
}
