package authority

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "authority.v2"

// Table holds the authorities, by id.
const Table = "authority"

// States of an authority.
const (
	Standing  = "standing"
	Succeeded = "succeeded"
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{Name: Name, Tables: []projections.Table{{Name: Table}}, Project: project}
}

func project(rec es.Record) (projections.Change, error) {
	if !authority.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := authority.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{
		Keys: []projections.Key{{Table: Table, Key: id}},
		Apply: func(rows *projections.Rows) error {
			view := &viewv1.Authority{}
			if _, err := document.Get(rows, Table, id, view); err != nil {
				return err
			}
			view.Id = id
			apply(view, event)
			return document.Put(rows, Table, projections.Row{Key: id}, view)
		},
	}, nil
}

func apply(v *viewv1.Authority, event authority.Event) {
	switch e := event.(type) {
	case authority.Registered:
		v.Name, v.Code, v.District = e.Name, e.Code, e.District
		v.Level, v.LevelLabel, v.Departments = string(e.Level), level(e.Level), e.Departments
		v.State, v.StateLabel = Standing, "存续"
	case authority.Renamed:
		former := &viewv1.FormerName{Name: v.GetName(), Until: e.EffectiveOn.String()}
		v.Name, v.FormerNames = e.Name, slices.Insert(v.GetFormerNames(), 0, former)
	case authority.DepartmentOpened:
		v.Departments = append(v.GetDepartments(), e.Name)
	case authority.DepartmentClosed:
		v.Departments = slices.DeleteFunc(v.GetDepartments(), func(d string) bool { return d == e.Name })
	case authority.Succeeded:
		v.State, v.StateLabel = Succeeded, "职责已承继"
		v.SuccessorId, v.SucceededOn = string(e.By), e.EffectiveOn.String()
		v.SuccessionReason, v.SuccessionDocumentNo = e.Reason, e.DocumentNo
	case authority.ReportingArranged:
		v.Code, v.SourceName, v.SourceCode = e.Code, e.SourceName, e.SourceCode
	case authority.ReviewArranged:
		v.ReviewLayers = nil
		for _, l := range e.Layers {
			v.ReviewLayers = append(v.ReviewLayers, &viewv1.ReviewLayer{Id: l.ID, Name: l.Name, Role: string(l.Role), Secrecy: l.Secrecy})
		}
	}
}

func level(l authority.Level) string {
	switch l {
	case authority.National:
		return "国家级"
	case authority.Province:
		return "省级"
	case authority.City:
		return "市级"
	case authority.County:
		return "县级"
	case authority.Township:
		return "乡级"
	}
	return ""
}
