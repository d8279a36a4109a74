package inspection

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of an inspection.
//
//sumtype:decl
type Command interface{ command() }

// Assign gives a drawn inspection to its teams.
type Assign struct {
	By       domain.Actor
	Assigned Assigned
}

// Release takes the assignment back because the draw replaced the subject.
type Release struct {
	By       domain.Actor
	Released Released
}

// CheckList is a looked-up fact: how the pinned version of the item list has one matter of the task.
type CheckList struct {
	Item        string
	Departments []string // whose matter it is; none: everybody's
	Manners     []Manner // in which it may be checked; none: in any
	Lines       []CheckLine
}

// CheckLine is one line of it. The basis is that of the matter where the line has none of its own.
type CheckLine struct {
	No    string
	Basis string
}

// RecordResult records what the inspector's department found. It may come long after the visit, from a device that was off
// line: the times are those of the visit, and when it was recorded stands beside the event. Now bounds them.
//
// Of Visit.Present the names and certificates are looked-up facts, as are Lists.
type RecordResult struct {
	By          domain.Actor
	Now         time.Time
	Department  string
	Manner      Manner
	StartedAt   time.Time
	EndedAt     time.Time
	Findings    []Finding
	Outcomes    []Outcome
	CompletedOn calendar.Date
	Visit       Visit
	Lists       []CheckList
}

// ConfirmResult stands by a colleague's record.
type ConfirmResult struct {
	By         domain.Actor
	Department string
}

// OrderRectification orders the subject to put something right.
type OrderRectification struct {
	By     domain.Actor
	Today  calendar.Date
	Demand string
	DueOn  calendar.Date
}

// RecordRecheck records whether an order was followed: that of the department, or of the inspector's own if none is named.
type RecordRecheck struct {
	By         domain.Actor
	Today      calendar.Date
	Department string
	Passed     bool
	On         calendar.Date
	Note       string
}

// CorrectResult puts a department's outcomes right and, if any are given, its findings in whole. Lists are looked-up facts.
type CorrectResult struct {
	By         domain.Actor
	Today      calendar.Date
	Department string
	Outcomes   []Outcome
	Findings   []Finding
	Reason     string
	Lists      []CheckList
}

// HandOver hands the inspection to another procedure.
type HandOver struct {
	By     domain.Actor
	Today  calendar.Date
	To     Destination
	Reason string
}

// CloseFollowUp records what came of the procedure that the inspection was handed over to.
type CloseFollowUp struct {
	By        domain.Actor
	Today     calendar.Date
	To        Destination
	Result    FollowUpResult
	Reference string
	Note      string
	On        calendar.Date
}

// CallOff ends what too few inspectors can finish: the departments of which none can go on or, if fewer than two are left in
// all, the whole. Able is a looked-up fact: the inspectors of the teams who are on duty, with a licence that is valid today and no
// interest in the subject (回避, 行政处罚法 art. 43).
type CallOff struct {
	By     domain.Actor
	Able   []domain.InspectorID
	Reason string
}

// TakeOver records an inspection of an older system. The record's authority is the actor's.
type TakeOver struct {
	By        domain.Actor
	Today     calendar.Date
	TakenOver TakenOver
}

func (Assign) command()             {}
func (Release) command()            {}
func (RecordResult) command()       {}
func (ConfirmResult) command()      {}
func (OrderRectification) command() {}
func (RecordRecheck) command()      {}
func (CorrectResult) command()      {}
func (HandOver) command()           {}
func (CallOff) command()            {}
func (IssueNotice) command()        {}
func (ServeNotice) command()        {}
func (CloseFollowUp) command()      {}
func (TakeOver) command()           {}
