package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	planview "github.com/mingjian-ledger/mingjian/projections/plan"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// OpenTask opens a task. What the plan's version of the item list says of its items is looked up first.
func (s PlanServer) OpenTask(ctx context.Context, req *mingjianv1.OpenTaskRequest) (*mingjianv1.OpenTaskResponse, error) {
	task, err := taskOf(req)
	if err != nil {
		return nil, err
	}
	of, err := es.Load(ctx, s.Store, plan.Decider, req.GetPlanId())
	if err != nil {
		return nil, err
	}
	version, published, err := s.citable(ctx, of.State.Catalogue, of.State.Version)
	if err != nil {
		return nil, err
	}
	var cited []plan.CitedItem
	if published {
		for _, i := range version.Items {
			cited = append(cited, plan.CitedItem{No: i.No, Line: i.Line, RatioPPMMax: i.RatioPPMMax})
		}
	}
	receipt, err := write(ctx, s.Base, plan.Decider, req.GetPlanId(), req, plan.Command(plan.OpenTask{
		By: CallOf(ctx).Actor, Task: task, Published: cited,
	}))
	if err != nil {
		return nil, err
	}
	receipt.Id = req.GetTaskId()
	return &mingjianv1.OpenTaskResponse{Receipt: receipt}, nil
}

func taskOf(req *mingjianv1.OpenTaskRequest) (plan.Task, error) {
	start, fault := civilDate("window_start", req.GetWindowStart())
	end, fault2 := civilDate("window_end", req.GetWindowEnd())
	scope := req.GetScope()
	task := plan.Task{
		ID: req.GetTaskId(), Number: int(req.GetNumber()), Title: req.GetTitle(), Kind: plan.TaskKind(req.GetKind()), AdHoc: req.GetAdHoc(),
		Items: req.GetItems(), Line: req.GetLine(),
		Scope: plan.Scope{
			Kinds: scope.GetKinds(), Districts: scope.GetDistricts(), Statuses: scope.GetStatuses(),
			Classes: scope.GetClasses(), Industries: scope.GetIndustries(),
			LineClasses: scope.GetLineClasses(), KeyUnits: scope.GetKeyUnits(), Licensed: scope.GetLicensed(),
		},
		ExcludeCheckedWithinMonths: int(req.GetExcludeCheckedWithinMonths()), Strata: nil, Departments: nil,
		WindowStart: start, WindowEnd: end, WorkloadCap: int(req.GetWorkloadCap()),
		Comprehensive: req.GetComprehensive(), StrataOf: plan.StrataOf(req.GetStrataOf()),
	}
	if req.GetStrataOf() == "risk_class" {
		task.StrataOf = plan.RiskClasses
	}
	for _, st := range req.GetStrata() {
		task.Strata = append(task.Strata, plan.Stratum{Name: st.GetName(), RatioPPM: st.GetRatioPpm(), Count: st.GetCount()})
	}
	for _, d := range req.GetDepartments() {
		task.Departments = append(task.Departments, plan.Department{
			Name: d.GetName(), Authority: domain.AuthorityID(d.GetAuthorityId()), TeamSize: int(d.GetTeamSize()), Lead: d.GetLead(),
		})
	}
	return task, domain.Require(fault, fault2)
}

// CancelTask ends a task. Whether a draw of it stands is looked up first.
func (s PlanServer) CancelTask(ctx context.Context, req *mingjianv1.CancelTaskRequest) (*mingjianv1.CancelTaskResponse, error) {
	id, ok := plan.IDOfTask(req.GetTaskId())
	if !ok {
		return nil, noTask()
	}
	last, aborted, err := lastDraw(ctx, s.Store, req.GetTaskId())
	if err != nil {
		return nil, err
	}
	standing := ""
	if last > 0 && !aborted {
		standing = draw.ID(req.GetTaskId(), last)
	}
	receipt, err := write(ctx, s.Base, plan.Decider, id, req, plan.Command(plan.CancelTask{
		By: CallOf(ctx).Actor, Task: req.GetTaskId(), Reason: req.GetReason(), Draw: standing,
	}))
	if err != nil {
		return nil, err
	}
	receipt.Id = req.GetTaskId()
	return &mingjianv1.CancelTaskResponse{Receipt: receipt}, nil
}

func noTask() *domain.Fault {
	return domain.Refuse(domain.NotFound, "plan.task.missing", "task_id", "没有该任务", "there is no such task")
}

// GetTask returns one task.
func (s PlanServer) GetTask(ctx context.Context, req *mingjianv1.GetTaskRequest) (*mingjianv1.GetTaskResponse, error) {
	view, err := planview.GetTask(ctx, s.Views, req.GetTaskId())
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, noTask()
	}
	return &mingjianv1.GetTaskResponse{Task: view}, nil
}

// ListTasks returns tasks, newest first.
func (s PlanServer) ListTasks(ctx context.Context, req *mingjianv1.ListTasksRequest) (*mingjianv1.ListTasksResponse, error) {
	list, next, err := planview.Tasks(ctx, s.Views, planview.Filter{
		Authority: req.GetAuthorityId(), Plan: req.GetPlanId(), Status: req.GetStatus(), Year: int(req.GetYear()),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListTasksResponse{Tasks: list, NextPageToken: next}, nil
}
