package grpcapi

import (
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// InspectionServer records inspections.
type InspectionServer struct {
	mingjianv1.UnimplementedInspectionServiceServer
	Base
	Papers Papers
}

func outcomesOf(codes []string) []inspection.Outcome {
	out := make([]inspection.Outcome, len(codes))
	for i, c := range codes {
		out[i] = inspection.Outcome(c)
	}
	return out
}

// RecordResult records what a department found.
func (s InspectionServer) RecordResult(ctx context.Context, req *mingjianv1.RecordResultRequest) (*mingjianv1.RecordResultResponse, error) {
	completed, fault := civilDate("completed_on", req.GetCompletedOn())
	if fault != nil {
		return nil, fault
	}
	lists, err := s.checkLists(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	visit, err := s.visit(ctx, req.GetVisit())
	if err != nil {
		return nil, err
	}
	cmd := inspection.RecordResult{
		By: CallOf(ctx).Actor, Now: s.Clock(), Department: req.GetDepartment(), Manner: inspection.Manner(req.GetManner()),
		StartedAt: req.GetStartedAt().AsTime(), EndedAt: req.GetEndedAt().AsTime(), Findings: findingsOf(req.GetFindings()),
		Outcomes: outcomesOf(req.GetOutcomes()), CompletedOn: completed, Visit: visit, Lists: lists,
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.RecordResultResponse{Receipt: receipt}, err
}

// ConfirmResult stands by a colleague's record.
func (s InspectionServer) ConfirmResult(ctx context.Context, req *mingjianv1.ConfirmResultRequest) (*mingjianv1.ConfirmResultResponse, error) {
	cmd := inspection.ConfirmResult{By: CallOf(ctx).Actor, Department: req.GetDepartment()}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.ConfirmResultResponse{Receipt: receipt}, err
}

// CorrectResult puts outcomes right.
func (s InspectionServer) CorrectResult(ctx context.Context, req *mingjianv1.CorrectResultRequest) (*mingjianv1.CorrectResultResponse, error) {
	lists, err := s.checkLists(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	cmd := inspection.CorrectResult{
		By: CallOf(ctx).Actor, Today: s.Today(), Department: req.GetDepartment(), Outcomes: outcomesOf(req.GetOutcomes()),
		Findings: findingsOf(req.GetFindings()), Reason: req.GetReason(), Lists: lists,
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.CorrectResultResponse{Receipt: receipt}, err
}

// OrderRectification orders the subject to put something right.
func (s InspectionServer) OrderRectification(ctx context.Context, req *mingjianv1.OrderRectificationRequest) (*mingjianv1.OrderRectificationResponse, error) {
	due, fault := civilDate("due_on", req.GetDueOn())
	if fault != nil {
		return nil, fault
	}
	cmd := inspection.OrderRectification{By: CallOf(ctx).Actor, Today: s.Today(), Demand: req.GetDemand(), DueOn: due}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.OrderRectificationResponse{Receipt: receipt}, err
}

// RecordRecheck records whether an order was followed.
func (s InspectionServer) RecordRecheck(ctx context.Context, req *mingjianv1.RecordRecheckRequest) (*mingjianv1.RecordRecheckResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	cmd := inspection.RecordRecheck{
		By: CallOf(ctx).Actor, Today: s.Today(), Department: req.GetDepartment(), Passed: req.GetPassed(), On: on, Note: req.GetNote(),
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.RecordRecheckResponse{Receipt: receipt}, err
}

// HandOver hands the inspection to another procedure, or leaves what can't be finished to a later task.
func (s InspectionServer) HandOver(ctx context.Context, req *mingjianv1.HandOverRequest) (*mingjianv1.HandOverResponse, error) {
	cmd := inspection.Command(inspection.HandOver{
		By: CallOf(ctx).Actor, Today: s.Today(), To: inspection.Destination(req.GetTo()), Reason: req.GetReason(),
	})
	if inspection.Destination(req.GetTo()) == inspection.LaterTask {
		able, err := s.able(ctx, req.GetInspectionId())
		if err != nil {
			return nil, err
		}
		off := inspection.CallOff{By: CallOf(ctx).Actor, Able: nil, Reason: req.GetReason()}
		for _, c := range able {
			off.Able = append(off.Able, c.Inspector)
		}
		cmd = off
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.HandOverResponse{Receipt: receipt}, err
}

// able are the inspectors of the teams who are on duty, with a licence that is valid today and no interest in the subject (回避).
func (s InspectionServer) able(ctx context.Context, id string) ([]inspection.Certificate, error) {
	i, err := es.Load(ctx, s.Store, inspection.Decider, id)
	if err != nil || i.State.Assigned == nil {
		return nil, err
	}
	var out []inspection.Certificate
	for _, team := range i.State.Assigned.Teams {
		for _, id := range team.Inspectors {
			who, err := es.Load(ctx, s.Store, roster.Inspectors, string(id))
			if err != nil {
				return nil, err
			}
			_, interested := who.State.Conflict(i.State.Assigned.Subject)
			if who.Exists && !interested && !who.State.Suspended && !who.State.LicenceValidUntil.Before(s.Today()) {
				out = append(out, certificate(id, who.State))
			}
		}
	}
	return out, nil
}

// GetInspection is one inspection: an inspector sees own ones, others those of their authority, also where it takes part in
// another's joint check (联合抽查).
func (s InspectionServer) GetInspection(ctx context.Context, req *mingjianv1.GetInspectionRequest) (*mingjianv1.GetInspectionResponse, error) {
	v, err := s.read(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetInspectionResponse{Inspection: v}, nil
}

// read finds an inspection that the caller may read.
func (s InspectionServer) read(ctx context.Context, id string) (*viewv1.Inspection, error) {
	v, err := worklist.Inspection(ctx, s.Views, id)
	if err != nil {
		return nil, err
	}
	if by := CallOf(ctx).Actor; by.Role == domain.Inspector && !assignedTo(v, by.Inspector) {
		return nil, notOwn()
	}
	return v, mayReadInspection(ctx, v)
}

func mayReadInspection(ctx context.Context, v *viewv1.Inspection) error {
	for _, d := range v.GetDepartments() {
		if mayRead(ctx, d.GetAuthorityId()) == nil {
			return nil
		}
	}
	return mayRead(ctx, v.GetAuthorityId())
}

func assignedTo(v *viewv1.Inspection, id domain.InspectorID) bool {
	return id != "" && slices.ContainsFunc(v.GetDepartments(), func(d *viewv1.InspectionDepartment) bool {
		return slices.Contains(d.GetInspectors(), string(id))
	})
}

func notOwn() *domain.Fault {
	return domain.Refuse(domain.Forbidden, "inspection.assignment.foreign", "", "执法检查人员只能查看本人承担的检查", "an inspector sees own inspections only")
}

// ListInspections is a page of inspections, newest first. Lists by task, subject and inspector run over all authorities and
// give what the caller may read of their page.
func (s InspectionServer) ListInspections(ctx context.Context, req *mingjianv1.ListInspectionsRequest) (*mingjianv1.ListInspectionsResponse, error) {
	f, err := inspectionFilter(CallOf(ctx).Actor, req)
	if err == nil && f.Authority != "" {
		err = mayRead(ctx, f.Authority)
	}
	if err != nil {
		return nil, err
	}
	list, next, err := worklist.Inspections(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(v *viewv1.Inspection) bool { return mayReadInspection(ctx, v) != nil })
	return &mingjianv1.ListInspectionsResponse{Inspections: list, NextPageToken: next}, nil
}

// inspectionFilter: an inspector's list is that of his or her own inspections, others' without any condition that of their
// authority.
func inspectionFilter(by domain.Actor, req *mingjianv1.ListInspectionsRequest) (worklist.InspectionFilter, error) {
	f := worklist.InspectionFilter{
		Inspector: req.GetInspectorId(), Task: req.GetTaskId(), Subject: req.GetSubjectId(), Authority: req.GetAuthorityId(), State: req.GetState(),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	if by.Role == domain.Inspector {
		if by.Inspector == "" || f.Inspector != "" && f.Inspector != string(by.Inspector) {
			return f, notOwn()
		}
		f.Inspector = string(by.Inspector)
	}
	given := 0
	for _, condition := range []string{f.Inspector, f.Task, f.Subject, f.Authority} {
		if condition != "" {
			given++
		}
	}
	if given > 1 {
		return f, domain.Refuse(domain.Invalid, "inspection.list.conditions", "", "任务、检查对象、检查人员和机关只能择一作为条件",
			"only one of task, subject, inspector and authority can be asked for")
	}
	if given == 0 {
		f.Authority = string(by.Authority)
	}
	return f, nil
}
