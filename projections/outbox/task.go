package outbox

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
)

// Names of the forms of task messages.
const (
	SchemaTask       = "urn:mingjian:schema:task.v1"
	SchemaInspection = "urn:mingjian:schema:inspection.v1"
)

// Types of task messages.
const (
	TypeTaskOpened           = "mingjian.task.opened.v1"
	TypeTaskCancelled        = "mingjian.task.cancelled.v1"
	TypePlanCancelled        = "mingjian.task.plan_cancelled.v1"
	TypeInspectionAssigned   = "mingjian.task.inspection_assigned.v1"
	TypeInspectionReleased   = "mingjian.task.inspection_released.v1"
	TypeInspectionCalledOff  = "mingjian.task.inspection_called_off.v1"
	TypeInspectionRecorded   = "mingjian.task.inspection_recorded.v1"
	TypeInspectionConcluded  = "mingjian.task.inspection_concluded.v1"
	TypeInspectionCorrected  = "mingjian.task.inspection_corrected.v1"
	TypeInspectionHandedOver = "mingjian.task.inspection_handed_over.v1"
)

// Task is the form urn:mingjian:schema:task.v1.
type Task struct {
	Plan        string             `json:"plan"`
	Task        string             `json:"task,omitempty"` // empty: all of the plan
	Authority   domain.AuthorityID `json:"authority"`      // of the plan
	Departments []Department       `json:"departments,omitempty"`
	Line        string             `json:"line,omitempty"`
	Items       []string           `json:"items,omitempty"`
	WindowStart calendar.Date      `json:"window_start,omitzero"`
	WindowEnd   calendar.Date      `json:"window_end,omitzero"`
}

// Department is one of those that check together.
type Department struct {
	Name      string             `json:"name"`
	Authority domain.AuthorityID `json:"authority"`
	TeamSize  int                `json:"team_size"`
	Lead      bool               `json:"lead,omitempty"`
}

// Inspection is the form urn:mingjian:schema:inspection.v1.
type Inspection struct {
	Inspection  string                 `json:"inspection"`
	Draw        string                 `json:"draw"`
	Task        string                 `json:"task"`
	Plan        string                 `json:"plan"`
	Authority   domain.AuthorityID     `json:"authority"` // of the plan
	Subject     domain.SubjectID       `json:"subject"`
	Department  string                 `json:"department,omitempty"` // whose act it was, where it was one's
	Teams       []Team                 `json:"teams,omitempty"`      // of an assignment
	DueOn       calendar.Date          `json:"due_on,omitzero"`
	CompletedOn calendar.Date          `json:"completed_on,omitzero"`
	Outcomes    []inspection.Outcome   `json:"outcomes,omitempty"`
	Table       string                 `json:"table,omitempty"` // version of the outcomes' table
	To          inspection.Destination `json:"to,omitempty"`    // where it was handed over to
}

// Team is a department's part of the inspectors, by number alone.
type Team struct {
	Department string             `json:"department"`
	Authority  domain.AuthorityID `json:"authority"`
	Inspectors int                `json:"inspectors"`
}

// tells says that events of a type may become task messages.
func tells(typ string) bool { return plan.Codec().Knows(typ) || inspection.Codec().Knows(typ) }

// notice is a task message before it is addressed.
type notice struct {
	typ, schema, about string
	to                 []domain.AuthorityID
	data               any // Task or Inspection
}

// taskMessages go to mingjian.v1.staff.task.AUTHORITY.PLAN or mingjian.v1.staff.inspection.AUTHORITY.INSPECTION, one to each authority
// that takes part.
func taskMessages(rec es.Record, stream []es.Record) ([]Message, error) {
	var n *notice
	var err error
	branch := "task"
	if plan.Codec().Knows(rec.Type) {
		n, err = planNotice(rec, stream)
	} else {
		branch = "inspection"
		n, err = inspectionNotice(rec, stream)
	}
	if err != nil || n == nil {
		return nil, err
	}
	m, err := messageOf(rec, n.typ, n.schema)
	if err != nil {
		return nil, err
	}
	m.About = n.about
	if m.Data, err = json.Marshal(n.data); err != nil {
		return nil, fmt.Errorf("outbox: %s of %s: %w", rec.Type, rec.Stream, err)
	}
	var out []Message
	for _, authority := range distinct(n.to) {
		m.ID = string(es.DeriveID(rec.ID, n.typ, string(authority)))
		m.Subject = subject(Staff, branch, string(authority), n.about)
		out = append(out, m)
	}
	return out, nil
}

func distinct(all []domain.AuthorityID) (out []domain.AuthorityID) {
	for _, a := range all {
		if a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// planNotice is nil for what concerns no task.
func planNotice(rec es.Record, stream []es.Record) (*notice, error) {
	event, err := plan.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return nil, err
	}
	switch event.(type) {
	case plan.TaskOpened, plan.TaskCancelled, plan.Cancelled:
	case plan.Drafted, plan.Approved, plan.Published, plan.Amended:
		return nil, nil
	}
	drafted, tasks, err := tasksOf(rec, stream)
	if err != nil {
		return nil, err
	}
	n := &notice{schema: SchemaTask, about: rec.Stream.ID, to: []domain.AuthorityID{drafted.Authority}}
	data := Task{Plan: rec.Stream.ID, Authority: drafted.Authority}
	for _, t := range tasks {
		if id := taskOf(event); id != "" && t.ID != id {
			continue
		}
		for _, d := range t.Departments {
			n.to = append(n.to, d.Authority)
		}
	}
	switch e := event.(type) {
	case plan.TaskOpened:
		n.typ = TypeTaskOpened
		data.Task, data.Line, data.Items = e.Task.ID, e.Task.Line, e.Task.Items
		data.WindowStart, data.WindowEnd = e.Task.WindowStart, e.Task.WindowEnd
		for _, d := range e.Task.Departments {
			data.Departments = append(data.Departments, Department(d))
		}
	case plan.TaskCancelled:
		n.typ, data.Task = TypeTaskCancelled, e.Task
	case plan.Cancelled:
		n.typ = TypePlanCancelled
	case plan.Drafted, plan.Approved, plan.Published, plan.Amended:
	}
	n.data = data
	return n, nil
}

// taskOf is the task that an event is about; empty for all.
func taskOf(event plan.Event) string {
	switch e := event.(type) {
	case plan.TaskOpened:
		return e.Task.ID
	case plan.TaskCancelled:
		return e.Task
	case plan.Drafted, plan.Approved, plan.Published, plan.Amended, plan.Cancelled:
	}
	return ""
}

// tasksOf reads a plan's stream.
func tasksOf(rec es.Record, stream []es.Record) (drafted plan.Drafted, tasks []plan.Task, err error) {
	for _, r := range stream {
		event, err := plan.Codec().Decode(r.Type, r.Data)
		if err != nil {
			return drafted, nil, err
		}
		switch e := event.(type) {
		case plan.Drafted:
			drafted = e
		case plan.TaskOpened:
			tasks = append(tasks, e.Task)
		case plan.Approved, plan.Published, plan.Amended, plan.Cancelled, plan.TaskCancelled:
		}
	}
	if drafted.Authority == "" {
		return drafted, nil, fmt.Errorf("outbox: %s at %s has no authority", rec.Stream, rec.Position)
	}
	return drafted, tasks, nil
}

// inspectionNotice is nil for what is the inspectors' own business, and for inspections that were taken over.
func inspectionNotice(rec es.Record, stream []es.Record) (*notice, error) {
	event, err := inspection.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return nil, err
	}
	typ, change := inspectionAct(event)
	if typ == "" || len(stream) == 0 {
		return nil, nil
	}
	first, err := inspection.Codec().Decode(stream[0].Type, stream[0].Data)
	if err != nil {
		return nil, err
	}
	origin, drawn := first.(inspection.Assigned)
	if !drawn {
		return nil, nil
	}
	n := &notice{typ: typ, schema: SchemaInspection, about: rec.Stream.ID, to: []domain.AuthorityID{origin.Authority}}
	data := Inspection{
		Inspection: rec.Stream.ID, Draw: origin.Draw, Task: origin.Task, Plan: origin.Plan, Authority: origin.Authority, Subject: origin.Subject,
	}
	for _, t := range origin.Teams {
		n.to = append(n.to, t.Authority)
	}
	change(&data)
	n.data = data
	return n, nil
}

// inspectionAct is the type of the message of an event, empty for none, and what the event puts into it.
func inspectionAct(event inspection.Event) (typ string, change func(*Inspection)) {
	switch e := event.(type) {
	case inspection.Assigned:
		return TypeInspectionAssigned, func(i *Inspection) {
			i.DueOn = e.DueOn
			for _, t := range e.Teams {
				team := Team{Department: t.Department, Authority: t.Authority, Inspectors: len(t.Inspectors)}
				if team.Authority == "" {
					team.Authority = e.Authority
				}
				i.Teams = append(i.Teams, team)
			}
		}
	case inspection.Released:
		return TypeInspectionReleased, func(*Inspection) {}
	case inspection.CalledOff:
		return TypeInspectionCalledOff, func(i *Inspection) { i.Department = e.Department }
	case inspection.Recorded:
		return TypeInspectionRecorded, func(i *Inspection) {
			i.Department, i.Outcomes, i.CompletedOn, i.Table = e.Department, e.Outcomes, e.CompletedOn, e.Table
		}
	case inspection.Concluded:
		return TypeInspectionConcluded, func(i *Inspection) { i.Outcomes, i.CompletedOn, i.Table = e.Outcomes, e.CompletedOn, e.Table }
	case inspection.Corrected:
		return TypeInspectionCorrected, func(i *Inspection) { i.Department, i.Outcomes, i.Table = e.Department, e.Outcomes, e.Table }
	case inspection.HandedOver:
		return TypeInspectionHandedOver, func(i *Inspection) { i.To = e.To }
	case inspection.Confirmed, inspection.RectificationOrdered, inspection.Rechecked, inspection.TakenOver, inspection.NoticeIssued,
		inspection.NoticeServed, inspection.FollowUpClosed:
	}
	return "", nil
}

// Types are the types of all messages with the names of their forms.
func Types() map[string]string {
	types := map[string]string{}
	for _, t := range []string{TypePublished, TypeCorrected, TypeWithdrawn, TypeAdopted, TypeMasked, TypeUnmasked, TypeEnded} {
		types[t] = SchemaRelease
	}
	for _, t := range []string{TypeTaskOpened, TypeTaskCancelled, TypePlanCancelled} {
		types[t] = SchemaTask
	}
	for _, t := range []string{
		TypeInspectionAssigned, TypeInspectionReleased, TypeInspectionCalledOff, TypeInspectionRecorded, TypeInspectionConcluded,
		TypeInspectionCorrected, TypeInspectionHandedOver,
	} {
		types[t] = SchemaInspection
	}
	return types
}
