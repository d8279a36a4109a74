package grpcapi

import (
	"context"
	"errors"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	disclosureview "github.com/mingjian-ledger/mingjian/projections/disclosure"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// ReviewServer takes documents through the layers of the review, and decides what may not be shown.
type ReviewServer struct {
	mingjianv1.UnimplementedReviewServiceServer
	Base
}

// ArrangeReview sets the layers of an authority.
func (s ReviewServer) ArrangeReview(ctx context.Context, req *mingjianv1.ArrangeReviewRequest) (*mingjianv1.ArrangeReviewResponse, error) {
	cmd := authority.ArrangeReview{By: CallOf(ctx).Actor, Layers: nil, Reason: req.GetReason()}
	for _, l := range req.GetLayers() {
		cmd.Layers = append(cmd.Layers, authority.Layer{ID: l.GetId(), Name: l.GetName(), Role: domain.Role(l.GetRole()), Secrecy: l.GetSecrecy()})
	}
	receipt, err := write(ctx, s.Base, authority.Decider, req.GetAuthorityId(), req, authority.Command(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ArrangeReviewResponse{Receipt: receipt}, nil
}

// PassLayer agrees to a document in the name of one layer.
func (s ReviewServer) PassLayer(ctx context.Context, req *mingjianv1.PassLayerRequest) (*mingjianv1.PassLayerResponse, error) {
	receipt, err := disclose(ctx, s.Base, req, disclosure.PassLayer{
		By: CallOf(ctx).Actor, Digest: req.GetDigest(), Layer: req.GetLayer(), Opinion: req.GetOpinion(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PassLayerResponse{Receipt: receipt}, nil
}

// WithholdDisclosure decides that a document, or parts of it, may not be shown.
func (s ReviewServer) WithholdDisclosure(ctx context.Context, req *mingjianv1.WithholdDisclosureRequest) (*mingjianv1.WithholdDisclosureResponse, error) {
	receipt, err := disclose(ctx, s.Base, req, disclosure.Withhold{
		By: CallOf(ctx).Actor, Today: s.Today(), Digest: req.GetDigest(), Publicity: disclosure.Publicity(req.GetPublicity()),
		Ground: req.GetGround(), Parts: req.GetParts(), Reason: req.GetReason(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.WithholdDisclosureResponse{Receipt: receipt}, nil
}

// ReviewWithholding looks at a withholding again.
func (s ReviewServer) ReviewWithholding(ctx context.Context, req *mingjianv1.ReviewWithholdingRequest) (*mingjianv1.ReviewWithholdingResponse, error) {
	doc, layers, err := s.again(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	receipt, err := disclose(ctx, s.Base, req, disclosure.ReviewWithholding{
		By: CallOf(ctx).Actor, Today: s.Today(), Withholding: int(req.GetNumber()), Kept: req.GetKept(), Reason: req.GetReason(),
		Document: doc, Layers: layers,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReviewWithholdingResponse{Receipt: receipt}, nil
}

// LiftWithholding ends a withholding.
func (s ReviewServer) LiftWithholding(ctx context.Context, req *mingjianv1.LiftWithholdingRequest) (*mingjianv1.LiftWithholdingResponse, error) {
	doc, layers, err := s.again(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	receipt, err := disclose(ctx, s.Base, req, disclosure.Lift{
		By: CallOf(ctx).Actor, Today: s.Today(), Withholding: int(req.GetNumber()), Reason: req.GetReason(), Document: doc, Layers: layers,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.LiftWithholdingResponse{Receipt: receipt}, nil
}

// again is the document that the record gives today, and the layers that it would go through; none if the record is not for
// the public any more, or is not the caller's, which is for the aggregate to say.
func (s ReviewServer) again(ctx context.Context, id string) (*disclosure.Document, []disclosure.Layer, error) {
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	if err != nil || d.State.ID == "" {
		return nil, nil, err
	}
	layers, err := policy.Layers(ctx, s.Store, d.State.Authority)
	if err != nil {
		return nil, nil, err
	}
	doc, _, err := DisclosureServer{Base: s.Base}.document(ctx, d.State.Record)
	if fault := (*domain.Fault)(nil); errors.As(err, &fault) {
		return nil, layers, nil
	}
	return &doc, layers, err
}

// ListWithheld is a page of what was withheld.
func (s ReviewServer) ListWithheld(ctx context.Context, req *mingjianv1.ListWithheldRequest) (*mingjianv1.ListWithheldResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	state := req.GetState()
	if req.GetSelfCheck() != 0 {
		if state != "" && state != disclosureview.Open {
			return nil, domain.Refuse(domain.Invalid, "disclosure.withheld.filter", "state",
				"年初自查只列未复核的不予公开信息", "the self-check lists what was not looked at again")
		}
		state = disclosureview.Open
	}
	list, next, err := disclosureview.ListWithheld(ctx, s.Views, disclosureview.WithheldFilter{
		Authority: own, State: state, Year: int(req.GetSelfCheck()), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListWithheldResponse{Withholdings: list, NextPageToken: next}, nil
}

// GetNegativeList is the list in force on a day.
func (s ReviewServer) GetNegativeList(_ context.Context, req *mingjianv1.GetNegativeListRequest) (*mingjianv1.GetNegativeListResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	if on.IsZero() {
		on = s.Today()
	}
	list, there := disclosure.NegativeListOn(on)
	if !there {
		return nil, domain.Refuse(domain.NotFound, "disclosure.negative_list.missing", "on", "该日没有施行的负面清单", "no negative list was in force on that day")
	}
	out := &mingjianv1.GetNegativeListResponse{Version: list.Version, ValidFrom: list.ValidFrom.String(), ValidTo: list.ValidTo.String(), Grounds: nil}
	for _, g := range list.Grounds {
		out.Grounds = append(out.Grounds, &mingjianv1.NegativeGround{Code: g.Code, Label: g.Label, Basis: g.Basis, OnRequest: g.OnRequest})
	}
	return out, nil
}
