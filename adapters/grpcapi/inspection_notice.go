package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// IssueNotice makes out a notice; it names the inspectors who can go.
func (s InspectionServer) IssueNotice(ctx context.Context, req *mingjianv1.IssueNoticeRequest) (*mingjianv1.IssueNoticeResponse, error) {
	from, badFrom := civilDate("visit_from", req.GetVisitFrom())
	to, badTo := civilDate("visit_to", req.GetVisitTo())
	if err := domain.Require(badFrom, badTo); err != nil {
		return nil, err
	}
	able, err := s.able(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	lists, err := s.checkLists(ctx, req.GetInspectionId())
	if err != nil {
		return nil, err
	}
	cmd := inspection.IssueNotice{
		By: CallOf(ctx).Actor, Today: s.Today(), No: req.GetNo(), Manner: inspection.Manner(req.GetManner()), VisitFrom: from, VisitTo: to,
		Place: req.GetPlace(), Materials: req.GetMaterials(), Contact: req.GetContact(), Inspectors: able, Lists: lists,
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.IssueNoticeResponse{Receipt: receipt}, err
}

// ServeNotice records how a notice was served.
func (s InspectionServer) ServeNotice(ctx context.Context, req *mingjianv1.ServeNoticeRequest) (*mingjianv1.ServeNoticeResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	cmd := inspection.ServeNotice{
		By: CallOf(ctx).Actor, Today: s.Today(), No: req.GetNo(), How: inspection.Service(req.GetHow()), On: on, To: personOf(req.GetTo()),
		Note: req.GetNote(),
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.ServeNoticeResponse{Receipt: receipt}, err
}

// CloseFollowUp records what came of a procedure.
func (s InspectionServer) CloseFollowUp(ctx context.Context, req *mingjianv1.CloseFollowUpRequest) (*mingjianv1.CloseFollowUpResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	cmd := inspection.CloseFollowUp{
		By: CallOf(ctx).Actor, Today: s.Today(), To: inspection.Destination(req.GetTo()), Result: inspection.FollowUpResult(req.GetResult()),
		Reference: req.GetReference(), Note: req.GetNote(), On: on,
	}
	receipt, err := write[inspection.State, inspection.Command](ctx, s.Base, inspection.Decider, req.GetInspectionId(), req, cmd)
	return &mingjianv1.CloseFollowUpResponse{Receipt: receipt}, err
}
