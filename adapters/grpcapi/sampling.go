package grpcapi

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// SamplingServer keeps the sampling of products and food.
type SamplingServer struct {
	mingjianv1.UnimplementedSamplingServiceServer
	Base
	Blobs draw.Blobs // keeps the published lists
}

// campaignAct is a request about one campaign.
type campaignAct interface {
	proto.Message
	GetSamplingId() string
}

func (s SamplingServer) campaign(ctx context.Context, req campaignAct, cmd sampling.Command) (*mingjianv1.Receipt, error) {
	return write(ctx, s.Base, sampling.Campaigns, req.GetSamplingId(), req, cmd)
}

// OpenSampling begins a campaign.
func (s SamplingServer) OpenSampling(ctx context.Context, req *mingjianv1.OpenSamplingRequest) (*mingjianv1.OpenSamplingResponse, error) {
	name, err := s.authorityName(ctx, req.GetAuthorityName())
	if err != nil {
		return nil, err
	}
	receipt, err := s.campaign(ctx, req, sampling.Open{
		By: CallOf(ctx).Actor, Sampling: req.GetSamplingId(), AuthorityName: name, Kind: sampling.Kind(req.GetKind()),
		Year: int(req.GetYear()), Title: req.GetTitle(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.OpenSamplingResponse{Receipt: receipt}, nil
}

// DraftSamplingPlan lays the next version of the work plan down.
func (s SamplingServer) DraftSamplingPlan(ctx context.Context, req *mingjianv1.DraftSamplingPlanRequest) (*mingjianv1.DraftSamplingPlanResponse, error) {
	from, badFrom := civilDate("from", req.GetFrom())
	to, badTo := civilDate("to", req.GetTo())
	if err := domain.Require(badFrom, badTo); err != nil {
		return nil, err
	}
	receipt, err := s.campaign(ctx, req, sampling.DraftPlan{By: CallOf(ctx).Actor, Reason: req.GetReason(), Plan: sampling.Plan{
		Title: req.GetTitle(), Content: req.GetContent(), From: from, To: to, Batches: int(req.GetBatches()), AttachmentDigest: req.GetAttachmentDigest(),
	}})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DraftSamplingPlanResponse{Receipt: receipt}, nil
}

// DraftSamplingScheme lays the next version of the scheme down.
func (s SamplingServer) DraftSamplingScheme(ctx context.Context, req *mingjianv1.DraftSamplingSchemeRequest) (*mingjianv1.DraftSamplingSchemeResponse, error) {
	scheme := sampling.Scheme{Title: req.GetTitle(), Content: req.GetContent(), Products: nil, AttachmentDigest: req.GetAttachmentDigest()}
	for _, p := range req.GetProducts() {
		scheme.Products = append(scheme.Products, sampling.PlannedProduct{
			Product: p.GetProduct(), Batches: int(p.GetBatches()), Method: p.GetMethod(), Items: p.GetItems(), Standards: p.GetStandards(),
		})
	}
	receipt, err := s.campaign(ctx, req, sampling.DraftScheme{By: CallOf(ctx).Actor, Scheme: scheme, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DraftSamplingSchemeResponse{Receipt: receipt}, nil
}

// DraftSamplingLaboratories lays the next version of who tests down.
func (s SamplingServer) DraftSamplingLaboratories(ctx context.Context, req *mingjianv1.DraftSamplingLaboratoriesRequest) (*mingjianv1.DraftSamplingLaboratoriesResponse, error) {
	selection := sampling.Selection{Content: req.GetContent(), Laboratories: nil, AttachmentDigest: req.GetAttachmentDigest()}
	for _, l := range req.GetLaboratories() {
		selection.Laboratories = append(selection.Laboratories, sampling.Laboratory{
			Name: l.GetName(), Code: domain.SubjectID(subjectID(l.GetCode())), AccreditationNo: l.GetAccreditationNo(), Manner: sampling.Manner(l.GetManner()),
			TenderNo: l.GetTenderNo(), Reason: l.GetReason(), Products: l.GetProducts(),
		})
	}
	receipt, err := s.campaign(ctx, req, sampling.DraftLaboratories{By: CallOf(ctx).Actor, Selection: selection, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DraftSamplingLaboratoriesResponse{Receipt: receipt}, nil
}

// PublishSampling makes a draft public, today unless another day is given.
func (s SamplingServer) PublishSampling(ctx context.Context, req *mingjianv1.PublishSamplingRequest) (*mingjianv1.PublishSamplingResponse, error) {
	on, fault := civilDate("published_on", cmp.Or(req.GetPublishedOn(), s.Today().String()))
	if fault != nil {
		return nil, fault
	}
	receipt, err := s.campaign(ctx, req, sampling.Publish{
		By: CallOf(ctx).Actor, Today: s.Today(), Act: sampling.Act(req.GetAct()), Version: int(req.GetVersion()),
		DocumentNo: req.GetDocumentNo(), PublishedOn: on,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PublishSamplingResponse{Receipt: receipt}, nil
}

// CancelSampling ends a campaign.
func (s SamplingServer) CancelSampling(ctx context.Context, req *mingjianv1.CancelSamplingRequest) (*mingjianv1.CancelSamplingResponse, error) {
	receipt, err := s.campaign(ctx, req, sampling.Cancel{By: CallOf(ctx).Actor, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CancelSamplingResponse{Receipt: receipt}, nil
}
