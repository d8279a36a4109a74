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

// RecordResult records what the inspector's department found. Today is the civil date now.
type RecordResult struct {
	By          domain.Actor
	Today       calendar.Date
	Department  string
	Manner      Manner
	StartedAt   time.Time
	EndedAt     time.Time
	Findings    []Finding
	Outcomes    []Outcome
	CompletedOn calendar.Date
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

// RecordRecheck records whether an order was followed.
type RecordRecheck struct {
	By     domain.Actor
	Today  calendar.Date
	Passed bool
	On     calendar.Date
	Note   string
}

// CorrectResult puts a department's outcomes right.
type CorrectResult struct {
	By         domain.Actor
	Department string
	Outcomes   []Outcome
	Reason     string
}

// HandOver hands the inspection to another procedure.
type HandOver struct {
	By     domain.Actor
	To     Destination
	Reason string
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
func (TakeOver) command()           {}
