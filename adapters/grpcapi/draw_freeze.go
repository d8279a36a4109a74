package grpcapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Freeze takes the pools of an open task down and opens its first draw, or the one after an aborted one.
func (s DrawServer) Freeze(ctx context.Context, req *mingjianv1.FreezeRequest) (*mingjianv1.FreezeResponse, error) {
	p, err := es.Load(ctx, s.Store, plan.Decider, req.GetPlanId())
	if err != nil {
		return nil, err
	}
	task, err := openTask(p.State, CallOf(ctx).Actor, req.GetTaskId())
	if err != nil {
		return nil, err
	}
	last, aborted, err := lastDraw(ctx, s.Store, task.ID)
	if err != nil {
		return nil, err
	}
	for former := uint64(1); former < last; former++ {
		if receipt, err := firstAnswer(ctx, s.Base, draw.Decider, draw.ID(task.ID, former), req); err != nil || receipt != nil {
			return &mingjianv1.FreezeResponse{Receipt: receipt}, err
		}
	}
	if last > 0 {
		receipt, err := s.frozenBefore(ctx, req, p.State.Authority, draw.ID(task.ID, last))
		if err == nil || !aborted || domain.KindOf(err) != domain.Conflict {
			return &mingjianv1.FreezeResponse{Receipt: receipt}, err
		}
	}
	version, err := s.inForce(ctx, p.State)
	if err != nil {
		return nil, err
	}
	frozen := frozenOf(p.State, task, last+1)
	source := rosters{views: s.Views, holder: s.holder, task: task, authority: p.State.Authority, matters: mattersOf(task, version)}
	scope := scopeOf(task, version, s.Today())
	pools, err := draw.TakePools(ctx, s.Blobs, source, scope)
	if err != nil {
		return nil, err
	}
	frozen.Subjects, frozen.Inspectors, frozen.Conflicts = pools.Subjects, pools.Inspectors, pools.Conflicts
	frozen.Layers, frozen.Exclusions, frozen.AtPosition = pools.Layers, pools.Exclusions, pools.AtPosition
	cmd := draw.Freeze{By: CallOf(ctx).Actor, Frozen: frozen, FormerAborted: aborted, Limits: scope.Limits, Bases: pools.Bases}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, frozen.Draw, req, cmd)
	return &mingjianv1.FreezeResponse{Receipt: receipt}, err
}

// openTask refuses plans that aren't in force, tasks that aren't open, and other authorities.
func openTask(p plan.State, by domain.Actor, id string) (plan.Task, error) {
	task, known := p.Task(id)
	switch {
	case !known:
		return plan.Task{}, domain.Refuse(domain.NotFound, "draw.task.missing", "task_id", "没有该抽查任务", "there is no such task")
	case !by.Holds(p.Authority):
		return plan.Task{}, domain.Refuse(domain.Forbidden, "draw.authority.foreign", "task_id", "该抽查任务属于其他机关", "the task belongs to another authority")
	case p.Status != plan.Public || task.Status != plan.TaskOpen:
		return plan.Task{}, domain.Refuse(domain.Precondition, "draw.task.closed", "task_id", "计划未公布，或任务已取消，不能抽取",
			"the plan is not published, or the task was cancelled")
	}
	return task.Task, nil
}

// inForce is the version of the item list that the plan rests on. One that was withdrawn leads to no further draws: what stands
// in no published list must not be checked (国办发〔2024〕54号).
func (s DrawServer) inForce(ctx context.Context, p plan.State) (catalogue.Version, error) {
	list, err := es.Load(ctx, s.Store, catalogue.Decider, p.Catalogue)
	if err != nil {
		return catalogue.Version{}, fmt.Errorf("grpcapi: item list %s: %w", p.Catalogue, err)
	}
	version, known := list.State.Version(p.Version)
	if !known || version.Status != catalogue.Published {
		return version, domain.Refuse(domain.Precondition, "draw.items.unpublished", "task_id",
			"计划所引用的抽查事项清单版本已废止，未公布的检查事项不得检查（国办发〔2024〕54号）",
			"the version of the item list that the plan rests on was withdrawn, and unpublished matters must not be checked (国办发〔2024〕54号)")
	}
	return version, nil
}

// lastDraw is the number of the task's last draw, 0 if there is none, and whether it was aborted.
func lastDraw(ctx context.Context, store es.Store, task string) (number uint64, aborted bool, err error) {
	for {
		res, err := es.Load(ctx, store, draw.Decider, draw.ID(task, number+1))
		if err != nil {
			return 0, false, fmt.Errorf("grpcapi: draws of %s: %w", task, err)
		}
		if !res.Exists {
			return number, aborted, nil
		}
		number, aborted = number+1, res.State.Aborted != nil
	}
}

// frozenBefore answers a retry with its first answer, before the rosters are scanned again; any other command is a Conflict.
func (s DrawServer) frozenBefore(ctx context.Context, req *mingjianv1.FreezeRequest, authority domain.AuthorityID, id string) (*mingjianv1.Receipt, error) {
	cmd := draw.Freeze{By: CallOf(ctx).Actor, Frozen: emptyFrozen(id, authority), FormerAborted: false, Limits: nil, Bases: nil}
	return write[draw.State, draw.Command](ctx, s.Base, draw.Decider, id, req, cmd)
}

func emptyFrozen(id string, authority domain.AuthorityID) draw.Frozen {
	var none draw.Pool
	return draw.Frozen{
		Draw: id, Task: "", Plan: "", Authority: authority, Number: 0, Line: "", WindowEnd: calendar.Date{}, WorkloadCap: 0,
		Strata: nil, Departments: nil, Subjects: none, Inspectors: none, Conflicts: none,
		Layers: nil, Exclusions: nil, AtPosition: "",
	}
}

// frozenOf is what the task says, its pools still empty.
func frozenOf(p plan.State, task plan.Task, number uint64) draw.Frozen {
	f := emptyFrozen(draw.ID(task.ID, number), p.Authority)
	f.Task, f.Plan, f.Number, f.Line, f.WindowEnd = task.ID, p.ID, number, task.Line, task.WindowEnd
	f.WorkloadCap = natural(task.WorkloadCap)
	for _, stratum := range task.Strata {
		f.Strata = append(f.Strata, sortition.Stratum{Name: stratum.Name, RatioPPM: natural(stratum.RatioPPM), Count: natural(stratum.Count)})
	}
	for _, d := range task.Departments {
		f.Departments = append(f.Departments, draw.Department{Name: d.Name, Authority: d.Authority, TeamSize: natural(d.TeamSize), Lead: d.Lead})
	}
	return f
}

// natural takes a number of the plan, which refuses negative ones.
func natural[N int | int64](n N) uint64 { return uint64(max(n, 0)) }

// scopeOf is whom the task may draw today.
func scopeOf(task plan.Task, version catalogue.Version, today calendar.Date) draw.Scope {
	scope := draw.Scope{
		Kinds: task.Scope.Kinds, Districts: task.Scope.Districts, Statuses: task.Scope.Statuses, Classes: task.Scope.Classes,
		Industries: task.Scope.Industries, Strata: nil, CheckedSince: calendar.Date{}, Limits: nil, Teams: nil,
		LineClasses: task.Scope.LineClasses, ByLineClass: task.StrataOf == plan.LineClasses, KeyUnits: task.Scope.KeyUnits, Licensed: task.Scope.Licensed,
	}
	for _, no := range task.Items {
		if i, ok := version.Item(no); ok {
			scope.Limits = append(scope.Limits, draw.Limit{Item: no, RatioPPMMax: i.RatioPPMMax, MaxPerYear: i.MaxPerYear})
		}
	}
	if task.ExcludeCheckedWithinMonths > 0 {
		scope.CheckedSince = today.AddMonths(-task.ExcludeCheckedWithinMonths)
	}
	for _, stratum := range task.Strata {
		scope.Strata = append(scope.Strata, stratum.Name)
	}
	for _, d := range task.Departments {
		scope.Teams = append(scope.Teams, draw.TeamOfOfficer{Authority: d.Authority, Department: d.Name})
	}
	return scope
}

// Run computes the draw and records it. One that was run is not computed again.
func (s DrawServer) Run(ctx context.Context, req *mingjianv1.RunRequest) (*mingjianv1.RunResponse, error) {
	state, err := s.state(ctx, req.GetDrawId())
	if err != nil {
		return nil, err
	}
	cmd := draw.Run{By: CallOf(ctx).Actor, Drawn: draw.Drawn{
		Seed: sortition.Digest{}, Selection: draw.List{Digest: "", Count: 0}, Drawings: nil, Shortfalls: nil,
	}}
	switch {
	case state.Drawn != nil:
		cmd.Drawn = *state.Drawn
	case cmd.By.Holds(state.Frozen.Authority) && state.Phase() == draw.PhaseReady:
		if cmd.Drawn, err = draw.Compute(ctx, s.Blobs, state); err != nil {
			return nil, err
		}
	} // else it is refused, with the reason, before anything is computed
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.RunResponse{Receipt: receipt}, err
}

// Replace computes who comes from the reserve and records it; if another replacement was faster, it computes anew.
func (s DrawServer) Replace(ctx context.Context, req *mingjianv1.ReplaceRequest) (*mingjianv1.ReplaceResponse, error) {
	for try := 0; ; try++ {
		receipt, err := s.replace(ctx, req)
		if overtaken := (*domain.Fault)(nil); try < 3 && errors.As(err, &overtaken) && overtaken.Code == draw.Overtaken {
			continue
		}
		return &mingjianv1.ReplaceResponse{Receipt: receipt}, err
	}
}

func (s DrawServer) replace(ctx context.Context, req *mingjianv1.ReplaceRequest) (*mingjianv1.Receipt, error) {
	state, err := s.state(ctx, req.GetDrawId())
	if err != nil {
		return nil, err
	}
	cmd := draw.Replace{
		By: CallOf(ctx).Actor, SubjectOut: req.GetSubjectOut(), Reason: draw.Reason(req.GetReason()), Inspected: false, Next: sortition.Replacement{
			Number: 0, SubjectOut: "", Reason: "", ReplacedBy: sortition.Selection{Subject: "", Stratum: "", Ticket: sortition.Digest{}, Teams: nil, Shortfalls: nil},
		},
	}
	if !refusedAnyway(state, cmd) {
		if cmd.Inspected, err = s.inspected(ctx, req.GetDrawId(), req.GetSubjectOut()); err != nil {
			return nil, err
		}
		if cmd.Next, err = draw.Next(ctx, s.Blobs, state, cmd.SubjectOut, cmd.Reason); err != nil {
			return nil, err
		}
	}
	return write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
}

// refusedAnyway spares the computing where the aggregate needs none of it to answer: it refuses, or was replaced before.
func refusedAnyway(state draw.State, cmd draw.Replace) bool {
	for _, r := range state.Replaced {
		if r.SubjectOut == cmd.SubjectOut {
			return true
		}
	}
	return !cmd.By.Holds(state.Frozen.Authority) || state.Drawn == nil || cmd.Reason.Label() == ""
}
