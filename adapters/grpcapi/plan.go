package grpcapi

import (
	"cmp"
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	planview "github.com/mingjian-ledger/mingjian/projections/plan"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// PlanServer keeps the yearly plans and their tasks.
type PlanServer struct {
	mingjianv1.UnimplementedPlanServiceServer
	Base
}

// citable is a version of an item list, if it is published and was not withdrawn.
func (s PlanServer) citable(ctx context.Context, id string, version int) (catalogue.Version, bool, error) {
	if id == "" {
		return catalogue.Version{}, false, nil //nolint:exhaustruct_v5 // there is none
	}
	list, err := es.Load(ctx, s.Store, catalogue.Decider, id)
	v, known := list.State.Version(version)
	return v, known && v.Status == catalogue.Published, err
}

// DraftPlan lays a plan down.
func (s PlanServer) DraftPlan(ctx context.Context, req *mingjianv1.DraftPlanRequest) (*mingjianv1.DraftPlanResponse, error) {
	_, published, err := s.citable(ctx, req.GetCatalogueId(), int(req.GetCatalogueVersion()))
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, plan.Decider, req.GetPlanId(), req, plan.Command(plan.DraftPlan{
		By: CallOf(ctx).Actor, Plan: req.GetPlanId(), Year: int(req.GetYear()), Title: req.GetTitle(), Catalogue: req.GetCatalogueId(),
		Version: int(req.GetCatalogueVersion()), VersionPublished: published, Joint: req.GetJoint(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DraftPlanResponse{Receipt: receipt}, nil
}

// ApprovePlan agrees to a draft.
func (s PlanServer) ApprovePlan(ctx context.Context, req *mingjianv1.ApprovePlanRequest) (*mingjianv1.ApprovePlanResponse, error) {
	receipt, err := write(ctx, s.Base, plan.Decider, req.GetPlanId(), req, plan.Command(plan.ApprovePlan{
		By: CallOf(ctx).Actor, Expected: req.GetExpectedDigest(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ApprovePlanResponse{Receipt: receipt}, nil
}

// PublishPlan makes an approved plan public, today unless another day is given.
func (s PlanServer) PublishPlan(ctx context.Context, req *mingjianv1.PublishPlanRequest) (*mingjianv1.PublishPlanResponse, error) {
	on, fault := civilDate("published_on", cmp.Or(req.GetPublishedOn(), s.Today().String()))
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, plan.Decider, req.GetPlanId(), req, plan.Command(plan.PublishPlan{
		By: CallOf(ctx).Actor, Today: s.Today(), DocumentNo: req.GetDocumentNo(), AttachmentDigest: req.GetAttachmentDigest(), PublishedOn: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PublishPlanResponse{Receipt: receipt}, nil
}

// AmendPlan changes the title, or records another change.
func (s PlanServer) AmendPlan(ctx context.Context, req *mingjianv1.AmendPlanRequest) (*mingjianv1.AmendPlanResponse, error) {
	receipt, err := write(ctx, s.Base, plan.Decider, req.GetPlanId(), req, plan.Command(plan.AmendPlan{
		By: CallOf(ctx).Actor, Title: req.GetTitle(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AmendPlanResponse{Receipt: receipt}, nil
}

// CancelPlan ends a plan.
func (s PlanServer) CancelPlan(ctx context.Context, req *mingjianv1.CancelPlanRequest) (*mingjianv1.CancelPlanResponse, error) {
	receipt, err := write(ctx, s.Base, plan.Decider, req.GetPlanId(), req, plan.Command(plan.CancelPlan{
		By: CallOf(ctx).Actor, Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CancelPlanResponse{Receipt: receipt}, nil
}

// GetPlan returns one plan; one that is not public to its own authority.
func (s PlanServer) GetPlan(ctx context.Context, req *mingjianv1.GetPlanRequest) (*mingjianv1.GetPlanResponse, error) {
	view, err := planview.Get(ctx, s.Views, req.GetPlanId())
	if err == nil && view == nil {
		view, err = planview.Draft(ctx, s.Views, req.GetPlanId())
		if err == nil && view != nil {
			err = mayRead(ctx, view.GetAuthorityId())
		}
	}
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, domain.Refuse(domain.NotFound, "plan.missing", "plan_id", "没有该计划", "there is no such plan")
	}
	return &mingjianv1.GetPlanResponse{Plan: view}, nil
}

// ListPlans returns plans, newest first; those that are not public of the own authority only.
func (s PlanServer) ListPlans(ctx context.Context, req *mingjianv1.ListPlansRequest) (*mingjianv1.ListPlansResponse, error) {
	f := planview.Filter{
		Authority: req.GetAuthorityId(), Plan: "", Status: req.GetStatus(), Year: int(req.GetYear()),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	read := planview.List
	if req.GetDrafts() {
		own, err := ownAuthority(ctx, f.Authority)
		if err != nil {
			return nil, err
		}
		read, f.Authority = planview.Drafts, own
	}
	list, next, err := read(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPlansResponse{Plans: list, NextPageToken: next}, nil
}
