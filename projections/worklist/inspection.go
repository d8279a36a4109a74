package worklist

import (
	"cmp"
	"time"

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

// foundIn says of an inspection in which case of the list of abnormal operations its finding waits. One that is not in the view
// stays out.
func foundIn(id, listing string, at time.Time) projections.Change {
	key := projections.Key{Table: InspectionTable, Key: id}
	return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
		row, err := rows.Get(InspectionTable, key.Key)
		if err != nil || row == nil {
			return err
		}
		v := &viewv1.Inspection{}
		if err := document.Decode(row, v); err != nil {
			return err
		}
		before := inspectionWork(v)
		v.ListingId = listing
		if err := putInspection(rows, v, row.Columns[4]); err != nil {
			return err
		}
		return replace(rows, before, inspectionWork(v), at)
	}}
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
		recorded(department(v, e.Department), e, at)
		v.State = StateRecorded
	case inspection.Confirmed:
		d := department(v, e.Department)
		d.Signed = append(d.GetSigned(), string(e.By))
	case inspection.Concluded:
		v.State, v.CompletedOn, v.Outcomes, v.OutcomeTable = StateConcluded, e.CompletedOn.String(), labelled(e.Outcomes), e.Table
	case inspection.RectificationOrdered:
		ordered(v, &viewv1.InspectionRectification{
			Department: cmp.Or(e.Department, departmentOf(v, string(e.By))), Demand: e.Demand, DueOn: e.DueOn.String(), Open: true,
		})
	case inspection.Rechecked:
		rechecked(v, e)
	case inspection.Corrected:
		corrected(v, e, at)
	case inspection.HandedOver:
		v.HandedOver = append(v.GetHandedOver(), &viewv1.InspectionHandOver{To: string(e.To), Reason: e.Reason, On: e.On.String(), Open: true})
	case inspection.FollowUpClosed:
		closed(v, e)
	case inspection.NoticeIssued:
		v.Notices = append(v.GetNotices(), issued(e))
	case inspection.NoticeServed:
		served(v, e)
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
	v.OpensOn, v.DueOn = e.OpensOn.String(), e.DueOn.String()
	v.CatalogueId, v.CatalogueVersion = e.Catalogue, uint32(e.Version) //nolint:gosec // versions count from 1
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

func recorded(d *viewv1.InspectionDepartment, e inspection.Recorded, at time.Time) {
	d.Recorded, d.RecordedBy, d.Signed = true, string(e.By), []string{string(e.By)}
	d.Manner, d.StartedAt, d.EndedAt = string(e.Manner), instant(e.StartedAt), instant(e.EndedAt)
	d.Outcomes, d.CompletedOn, d.OutcomeTable, d.RecordedAt = labelled(e.Outcomes), e.CompletedOn.String(), e.Table, instant(at)
	d.Findings, d.Visit = findings(e.Findings), visit(e.Visit)
}

func findings(list []inspection.Finding) []*viewv1.InspectionFinding {
	var out []*viewv1.InspectionFinding
	for _, f := range list {
		out = append(out, &viewv1.InspectionFinding{Item: f.Item, Line: f.Line, Basis: f.Basis, Result: string(f.Result), Note: f.Note})
	}
	return out
}

func corrected(v *viewv1.Inspection, e inspection.Corrected, at time.Time) {
	d := department(v, e.Department)
	c := &viewv1.InspectionCorrection{
		Department: e.Department, Outcomes: labelled(e.Outcomes), Reason: e.Reason, By: string(e.By), At: instant(at),
		Former: d.GetOutcomes(), On: e.On.String(),
	}
	if len(e.Findings) > 0 {
		c.FormerFindings, d.Findings = d.GetFindings(), findings(e.Findings)
	}
	v.Corrections = append(v.GetCorrections(), c)
	d.Outcomes, d.Signed, d.OutcomeTable = labelled(e.Outcomes), []string{string(e.By)}, cmp.Or(e.Table, d.GetOutcomeTable())
	if v.GetState() != StateConcluded {
		return
	}
	var all []inspection.Outcome
	for _, d := range v.GetDepartments() {
		for _, o := range d.GetOutcomes() {
			all = append(all, inspection.Outcome(o.GetCode()))
		}
	}
	v.Outcomes, v.OutcomeTable = labelled(inspection.Union(all)), cmp.Or(e.Table, v.GetOutcomeTable())
}

func takenOver(v *viewv1.Inspection, e inspection.TakenOver) {
	v.State = StateTakenOver
	v.AuthorityId, v.SubjectId, v.SubjectName = string(e.Authority), string(e.Subject), e.SubjectName
	v.Source, v.RecordNo, v.Item, v.Manner, v.Note = e.Source, e.RecordNo, e.Item, string(e.Manner), e.Note
	v.CompletedOn, v.Outcomes, v.OutcomeTable = e.CompletedOn.String(), labelled(e.Outcomes), e.Table
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
