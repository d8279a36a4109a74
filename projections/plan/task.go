package plan

import (
	"cmp"

	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func (c change) open(rows *projections.Rows, of *viewv1.Plan, t plan.Task) error {
	v := &viewv1.Task{
		Id: t.ID, PlanId: c.id, AuthorityId: of.GetAuthorityId(), Year: of.GetYear(), Number: uint32(t.Number), Title: t.Title,
		Kind: string(t.Kind), KindLabel: kind(t.Kind), AdHoc: t.AdHoc,
		CatalogueId: of.GetCatalogueId(), CatalogueVersion: of.GetCatalogueVersion(), Items: t.Items, Line: t.Line,
		Scope: &viewv1.TaskScope{
			Kinds: t.Scope.Kinds, Districts: t.Scope.Districts, Statuses: t.Scope.Statuses,
			Classes: t.Scope.Classes, Industries: t.Scope.Industries,
			LineClasses: t.Scope.LineClasses, KeyUnits: t.Scope.KeyUnits, Licensed: t.Scope.Licensed,
		},
		Comprehensive: t.Comprehensive, StrataOf: cmp.Or(string(t.StrataOf), "risk_class"),
		ExcludeCheckedWithinMonths: uint32(t.ExcludeCheckedWithinMonths),
		WindowStart:                t.WindowStart.String(), WindowEnd: t.WindowEnd.String(), WorkloadCap: uint32(t.WorkloadCap),
		Status: string(plan.TaskOpen), StatusLabel: taskStatus(plan.TaskOpen), OpenedOn: c.today.String(),
	}
	for _, s := range t.Strata {
		v.Strata = append(v.Strata, &viewv1.TaskStratum{Name: s.Name, RatioPpm: s.RatioPPM, Count: s.Count})
	}
	for _, d := range t.Departments {
		v.Departments = append(v.Departments, &viewv1.TaskDepartment{
			Name: d.Name, AuthorityId: string(d.Authority), TeamSize: uint32(d.TeamSize), Lead: d.Lead,
		})
	}
	return putTask(rows, v, place(int(of.GetYear()), rows.Position()))
}

func cancelTask(rows *projections.Rows, e plan.TaskCancelled) error {
	row, err := rows.Get(TaskTable, e.Task)
	if err != nil || row == nil {
		return err
	}
	v := &viewv1.Task{}
	if err := document.Decode(row, v); err != nil {
		return err
	}
	v.Status, v.StatusLabel, v.CancellationReason = string(plan.TaskCalledOff), taskStatus(plan.TaskCalledOff), e.Reason
	return putTask(rows, v, row.Columns[3])
}

func putTask(rows *projections.Rows, v *viewv1.Task, at string) error {
	return document.Put(rows, TaskTable, projections.Row{
		Key: v.GetId(), Columns: []string{v.GetAuthorityId(), v.GetPlanId(), v.GetStatus(), at},
	}, v)
}

func status(s plan.Status) string {
	switch s {
	case plan.Draft:
		return "编制中"
	case plan.Agreed:
		return "已审批"
	case plan.Public:
		return "已公布"
	case plan.CalledOff:
		return "已取消"
	}
	return ""
}

func taskStatus(s plan.TaskStatus) string {
	switch s {
	case plan.TaskOpen:
		return "已下达"
	case plan.TaskCalledOff:
		return "已取消"
	}
	return ""
}

func kind(k plan.TaskKind) string {
	switch k {
	case plan.Targeted:
		return "定向"
	case plan.Untargeted:
		return "不定向"
	}
	return ""
}
