package returns

import (
	"reflect"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

const (
	maxOffice     = 100 // characters
	maxReason     = 500
	maxDocumentNo = 128
	maxLine       = 100
	maxLines      = 50
	maxOverrides  = 200
	maxAmendments = 100
)

func decide(s State, command Command) ([]Event, error) {
	switch c := command.(type) {
	case Override:
		return override(s, c)
	case Submit:
		return submit(s, c)
	case Amend:
		return amend(s, c)
	}
	return nil, domain.Refuse(domain.Invalid, "return.command.unknown", "", "未知命令", "unknown command")
}

// own demands a row of the table and an authority that the actor answers for.
func own(by domain.Actor, row string, authority domain.AuthorityID) (Row, *domain.Fault) {
	r, known := RowOf(row)
	switch {
	case !known:
		return r, domain.Refuse(domain.NotFound, "return.row.missing", "row", "任务分解表中没有该编号："+row, "the table has no row "+row)
	case authority == "" || !by.Holds(authority):
		return r, domain.Refuse(domain.Forbidden, "return.authority.foreign", "authority_id", "该报送事项属于其他机关", "the return is another authority's")
	}
	return r, nil
}

func override(s State, c Override) ([]Event, error) {
	o := c.Override
	row, fault := own(c.By, o.Row, o.Authority)
	if fault != nil {
		return nil, fault
	}
	o.Return, o.By = ID(o.Row, o.Authority), c.By.Account
	faults := append(o.Schedule.check(),
		needed("override_by", o.OverrideBy, maxOffice), needed("copy_to", o.CopyTo, maxOffice), needed("reason", o.Reason, maxReason),
		domain.Text("return.document_no", "document_no", o.DocumentNo, maxDocumentNo),
		domain.Blank("return.from", "from", o.From.String()),
	)
	switch {
	case len(o.Lines) > maxLines:
		faults = append(faults, domain.Refuse(domain.TooLarge, "return.lines.count", "lines", "条线过多", "there are too many lines"))
	case len(o.Lines) > 0 && len(row.Select.Lines) == 0:
		faults = append(faults, domain.Refuse(domain.Invalid, "return.lines.none", "lines", "该报送事项不按条线统计", "this return does not go by lines"))
	case len(s.Overrides) >= maxOverrides:
		faults = append(faults, domain.Refuse(domain.Precondition, "return.overrides.many", "", "报送安排调整次数过多", "the schedule was overridden too often"))
	}
	for i, l := range o.Lines {
		faults = append(faults, needed("lines["+strconv.Itoa(i)+"]", l, maxLine))
	}
	if !o.From.IsZero() && o.From.Before(c.Today) {
		faults = append(faults, domain.Refuse(domain.Invalid, "return.from.past", "from",
			"报送安排只能对今后的报送期调整", "a schedule is overridden for periods to come"))
	}
	if n := len(s.Overrides); n > 0 && o.From.Before(s.Overrides[n-1].From) {
		faults = append(faults, domain.Refuse(domain.Invalid, "return.from.order", "from",
			"起始日期不得早于上一次调整", "it can't begin before the last override does"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	if n := len(s.Overrides); n > 0 {
		if last := s.Overrides[n-1]; reflect.DeepEqual(withoutActor(last), withoutActor(o)) {
			return nil, nil
		}
	}
	return []Event{o}, nil
}

func withoutActor(o ScheduleOverridden) ScheduleOverridden {
	o.By = ""
	if len(o.Lines) == 0 {
		o.Lines = nil
	}
	return o
}

func submit(s State, c Submit) ([]Event, error) {
	row, fault := own(c.By, c.Row, c.Authority)
	if fault != nil {
		return nil, fault
	}
	period, plan, err := s.PeriodOf(row, c.Period)
	if err != nil {
		return nil, err
	}
	if had, delivered := s.Delivered[c.Period]; delivered {
		if had.File().Digest == c.File.Digest {
			return nil, nil
		}
		return nil, domain.Refuse(domain.Conflict, "return.submitted", "period", "该期已报送，更换文件请办理更正", "this period was submitted: amend it")
	}
	from, to := plan.Span(period)
	faults := append(c.File.check(), begun(c.Today, from))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{Submitted{
		Return: ID(c.Row, c.Authority), Authority: c.Authority, Row: c.Row, Period: c.Period, From: from, To: to, Due: plan.Due(period, c.Calendar),
		File: c.File, CopyTo: plan.CopyTo, SubmittedOn: c.Today, By: c.By.Account,
	}}, nil
}

// begun refuses a return about days that are all to come. One may well be delivered before its last day, where the due date was
// moved to an earlier working day: what comes after it is reported late in the next.
func begun(today, from calendar.Date) *domain.Fault {
	if today.Before(from) {
		return domain.Refuse(domain.Precondition, "return.period.future", "period", "该报送期尚未开始", "this period has not begun")
	}
	return nil
}

func amend(s State, c Amend) ([]Event, error) {
	if _, fault := own(c.By, c.Row, c.Authority); fault != nil {
		return nil, fault
	}
	had, delivered := s.Delivered[c.Period]
	switch {
	case !delivered:
		return nil, domain.Refuse(domain.Precondition, "return.unsubmitted", "period", "该期尚未报送", "this period was not submitted yet")
	case had.File().Digest == c.File.Digest:
		return nil, nil
	case len(had.Amended) >= maxAmendments:
		return nil, domain.Refuse(domain.Precondition, "return.amendments.many", "period", "更正次数过多", "this period was amended too often")
	}
	if err := domain.Require(append(c.File.check(), needed("reason", c.Reason, maxReason))...); err != nil {
		return nil, err
	}
	return []Event{Amended{
		Period: c.Period, Number: len(had.Amended) + 1, Reason: c.Reason, FormerDigest: had.File().Digest, File: c.File,
		AmendedOn: c.Today, By: c.By.Account,
	}}, nil
}

func (f File) check() []*domain.Fault {
	bad := func(holds bool, field string) *domain.Fault {
		if holds {
			return nil
		}
		return domain.Refuse(domain.Invalid, "return.file."+field, field, "报送文件信息有误："+field, "what is said of the file is not right: "+field)
	}
	return []*domain.Fault{
		bad(domain.IsDigest(f.Digest), "digest"),
		bad(f.Format == "xlsx" || f.Format == "csv", "format"),
		bad(f.Rows >= 0 && f.Late >= 0 && f.Carried >= 0 && f.Late+f.Carried <= f.Rows, "rows"),
		bad(f.AsOf != "" && !f.AsOfAt.IsZero(), "as_of"),
	}
}

// needed is domain.Text for a field that may not be blank.
func needed(field, value string, most int) *domain.Fault {
	if fault := domain.Blank("return."+field, field, value); fault != nil {
		return fault
	}
	return domain.Text("return."+field, field, value, most)
}
