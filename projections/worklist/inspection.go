package worklist

import (
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// States of an inspection.
const (
	StateAssigned  = "assigned"
	StateRecorded  = "recorded"
	StateConcluded = "concluded"
	StateReleased  = "released"
	StateCalledOff = "called_off"
	StateTakenOver = "taken_over"
)

// What waits at an inspection.
const (
	recordResult  = "record_result"
	confirmResult = "confirm_result"
	recheckDue    = "recheck"
	leaveToLater  = "leave_to_later_task"
)

func projectInspection(rec es.Record) (projections.Change, error) {
	e, err := inspection.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	key := projections.Key{Table: InspectionTable, Key: rec.Stream.ID}
	return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.Inspection{}
		if _, err := document.Get(rows, InspectionTable, key.Key, v); err != nil {
			return err
		}
		at := place(rec.Position)
		if row, err := rows.Get(InspectionTable, key.Key); err != nil {
			return err
		} else if row != nil {
			at = row.Columns[4]
		}
		before := inspectionWork(v)
		v.Id = key.Key
		apply(v, e, meta.RecordedAt)
		if err := putInspection(rows, v, at); err != nil {
			return err
		}
		return replace(rows, before, inspectionWork(v), meta.RecordedAt)
	}}, nil
}

func putInspection(rows *projections.Rows, v *viewv1.Inspection, at string) error {
	columns := []string{v.GetAuthorityId(), v.GetTaskId(), v.GetSubjectId(), v.GetState(), at}
	if err := document.Put(rows, InspectionTable, projections.Row{Key: v.GetId(), Columns: columns}, v); err != nil {
		return err
	}
	for _, d := range v.GetDepartments() {
		for _, inspector := range d.GetInspectors() {
			rows.Put(assignmentTable, projections.Row{
				Key: inspector + divider + v.GetId(), Columns: []string{inspector, v.GetState(), at},
			})
		}
	}
	return nil
}

// apply changes the view as the event says. It is total: what a strange history lacks stays empty.
func apply(v *viewv1.Inspection, e inspection.Event, at time.Time) {
	switch e := e.(type) {
	case inspection.Assigned:
		assigned(v, e)
	case inspection.Recorded:
		recorded(department(v, e.Department), e)
		v.State = StateRecorded
	case inspection.Confirmed:
		d := department(v, e.Department)
		d.Signed = append(d.GetSigned(), string(e.By))
	case inspection.Concluded:
		v.State, v.CompletedOn, v.Outcomes = StateConcluded, e.CompletedOn.String(), labelled(e.Outcomes)
	case inspection.RectificationOrdered:
		v.Rectification = &viewv1.InspectionRectification{Demand: e.Demand, DueOn: e.DueOn.String(), Open: true}
	case inspection.Rechecked:
		if v.GetRectification() == nil {
			v.Rectification = &viewv1.InspectionRectification{}
		}
		r := v.GetRectification()
		r.Open, r.Passed, r.RecheckedOn, r.Note = !e.Passed, e.Passed, e.On.String(), e.Note
	case inspection.Corrected:
		corrected(v, e, at)
	case inspection.HandedOver:
		v.HandedOver = append(v.GetHandedOver(), &viewv1.InspectionHandOver{To: string(e.To), Reason: e.Reason})
	case inspection.TakenOver:
		takenOver(v, e)
	case inspection.Released:
		v.State, v.ReleasedReason = StateReleased, e.Reason
	case inspection.CalledOff:
		v.CalledOffReason = e.Reason
		if e.Department == "" {
			v.State = StateCalledOff
		} else {
			department(v, e.Department).CalledOff = true
		}
	}
	v.StateLabel = stateLabel(v.GetState())
}

func assigned(v *viewv1.Inspection, e inspection.Assigned) {
	v.State = StateAssigned
	v.DrawId, v.TaskId, v.PlanId, v.AuthorityId = e.Draw, e.Task, e.Plan, string(e.Authority)
	v.SubjectId, v.SubjectName, v.TaskTitle, v.TaskKind = string(e.Subject), e.SubjectName, e.TaskTitle, e.TaskKind
	v.DueOn = e.DueOn.String()
	for _, i := range e.Items {
		v.Items = append(v.Items, &viewv1.InspectionItem{No: i.No, Matter: i.Matter, Basis: i.Basis})
	}
	for _, team := range e.Teams {
		d := department(v, team.Department)
		d.AuthorityId = string(team.Authority)
		if d.GetAuthorityId() == "" {
			d.AuthorityId = v.GetAuthorityId()
		}
		for _, inspector := range team.Inspectors {
			d.Inspectors = append(d.Inspectors, string(inspector))
		}
	}
}

func recorded(d *viewv1.InspectionDepartment, e inspection.Recorded) {
	d.Recorded, d.RecordedBy, d.Signed = true, string(e.By), []string{string(e.By)}
	d.Manner, d.StartedAt, d.EndedAt = string(e.Manner), instant(e.StartedAt), instant(e.EndedAt)
	d.Outcomes, d.CompletedOn = labelled(e.Outcomes), e.CompletedOn.String()
	d.Findings = nil
	for _, f := range e.Findings {
		d.Findings = append(d.Findings, &viewv1.InspectionFinding{
			Item: f.Item, Line: f.Line, Basis: f.Basis, Result: string(f.Result), Note: f.Note,
		})
	}
}

func corrected(v *viewv1.Inspection, e inspection.Corrected, at time.Time) {
	d := department(v, e.Department)
	d.Outcomes, d.Signed = labelled(e.Outcomes), []string{string(e.By)}
	v.Corrections = append(v.GetCorrections(), &viewv1.InspectionCorrection{
		Department: e.Department, Outcomes: labelled(e.Outcomes), Reason: e.Reason, By: string(e.By), At: instant(at),
	})
	if v.GetState() != StateConcluded {
		return
	}
	var all []inspection.Outcome
	for _, d := range v.GetDepartments() {
		for _, o := range d.GetOutcomes() {
			all = append(all, inspection.Outcome(o.GetCode()))
		}
	}
	v.Outcomes = labelled(inspection.Union(all))
}

func takenOver(v *viewv1.Inspection, e inspection.TakenOver) {
	v.State = StateTakenOver
	v.AuthorityId, v.SubjectId, v.SubjectName = string(e.Authority), string(e.Subject), e.SubjectName
	v.Source, v.RecordNo, v.Item, v.Manner, v.Note = e.Source, e.RecordNo, e.Item, string(e.Manner), e.Note
	v.CompletedOn, v.Outcomes = e.CompletedOn.String(), labelled(e.Outcomes)
}

func department(v *viewv1.Inspection, name string) *viewv1.InspectionDepartment {
	for _, d := range v.GetDepartments() {
		if d.GetName() == name {
			return d
		}
	}
	d := &viewv1.InspectionDepartment{Name: name}
	v.Departments = append(v.Departments, d)
	return d
}

func labelled(outcomes []inspection.Outcome) []*viewv1.CodedLabel {
	var out []*viewv1.CodedLabel
	for _, o := range outcomes {
		out = append(out, &viewv1.CodedLabel{Code: string(o), Label: o.Label()})
	}
	return out
}

func stateLabel(state string) string {
	switch state {
	case StateAssigned:
		return "已派发"
	case StateRecorded:
		return "部分录入"
	case StateConcluded:
		return "已办结"
	case StateReleased:
		return "撤销派发"
	case StateCalledOff:
		return "终止检查"
	case StateTakenOver:
		return "历史记录"
	}
	return ""
}

// inspectionWork is what waits at an inspection as it stands.
func inspectionWork(v *viewv1.Inspection) []*viewv1.WorkItem {
	var out []*viewv1.WorkItem
	add := func(kind string, d *viewv1.InspectionDepartment, inspector, due string) {
		out = append(out, &viewv1.WorkItem{
			Id: kind + divider + v.GetId() + divider + inspector, Kind: kind, AuthorityId: d.GetAuthorityId(), InspectorId: inspector,
			RecordKind: "inspection", RecordId: v.GetId(), Department: d.GetName(), Title: v.GetSubjectName(), DueOn: due,
		})
	}
	confirms, open := signers(v) < 2, v.GetState() == StateAssigned || v.GetState() == StateRecorded
	if open && drawn(v) < 2 {
		add(leaveToLater, &viewv1.InspectionDepartment{AuthorityId: v.GetAuthorityId()}, "", v.GetDueOn())
		out[0].Role = string(domain.Clerk)
	}
	for _, d := range v.GetDepartments() {
		for _, inspector := range d.GetInspectors() {
			switch {
			case d.GetCalledOff():
			case open && !d.GetRecorded():
				add(recordResult, d, inspector, v.GetDueOn())
			case open && confirms && !slices.Contains(d.GetSigned(), inspector):
				add(confirmResult, d, inspector, v.GetDueOn())
			}
			if v.GetRectification().GetOpen() {
				add(recheckDue, d, inspector, v.GetRectification().GetDueOn())
			}
		}
	}
	return out
}

// drawn counts the inspectors of departments that go on: with fewer than two nobody can finish.
func drawn(v *viewv1.Inspection) int {
	n := 0
	for _, d := range v.GetDepartments() {
		if !d.GetCalledOff() {
			n += len(d.GetInspectors())
		}
	}
	return n
}

func signers(v *viewv1.Inspection) int {
	all := map[string]bool{}
	for _, d := range v.GetDepartments() {
		for _, inspector := range d.GetSigned() {
			all[inspector] = true
		}
	}
	return len(all)
}
