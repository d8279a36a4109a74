package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	disclosureview "github.com/mingjian-ledger/mingjian/projections/disclosure"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// DisclosureServer takes records to the public.
type DisclosureServer struct {
	mingjianv1.UnimplementedDisclosureServiceServer
	Base
}

// SubmitDisclosure composes the document of a record as it stands now and submits it.
func (s DisclosureServer) SubmitDisclosure(ctx context.Context, req *mingjianv1.SubmitDisclosureRequest) (*mingjianv1.SubmitDisclosureResponse, error) {
	record := disclosure.Record{Kind: disclosure.Kind(req.GetRecordKind()), ID: req.GetRecordId()}
	doc, refusal := s.ready(ctx, record)
	if refusal != nil {
		receipt, err := firstAnswer(ctx, s.Base, disclosure.Decider, record.Disclosure(), req)
		if err == nil && receipt == nil {
			err = refusal
		}
		return &mingjianv1.SubmitDisclosureResponse{Receipt: receipt}, err
	}
	layers, err := policy.Layers(ctx, s.Store, doc.Authority.ID)
	if err != nil {
		return nil, err
	}
	cmd := disclosure.Submit{By: CallOf(ctx).Actor, Author: "", Document: doc, Reason: req.GetReason(), Layers: layers}
	receipt, err := write(ctx, s.Base, disclosure.Decider, record.Disclosure(), req, disclosure.Command(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SubmitDisclosureResponse{Receipt: receipt}, nil
}

// disclosureAct is a request about one disclosure.
type disclosureAct interface {
	proto.Message
	GetDisclosureId() string
}

func (s DisclosureServer) act(ctx context.Context, req disclosureAct, cmd disclosure.Command) (*mingjianv1.Receipt, error) {
	return disclose(ctx, s.Base, req, cmd)
}

// ReturnDisclosure sends a document back.
func (s DisclosureServer) ReturnDisclosure(ctx context.Context, req *mingjianv1.ReturnDisclosureRequest) (*mingjianv1.ReturnDisclosureResponse, error) {
	receipt, err := s.act(ctx, req, disclosure.Return{By: CallOf(ctx).Actor, Digest: req.GetDigest(), Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReturnDisclosureResponse{Receipt: receipt}, nil
}

// ReviewDisclosure records what the review found.
func (s DisclosureServer) ReviewDisclosure(ctx context.Context, req *mingjianv1.ReviewDisclosureRequest) (*mingjianv1.ReviewDisclosureResponse, error) {
	receipt, err := s.act(ctx, req, disclosure.Review{
		By: CallOf(ctx).Actor, Digest: req.GetDigest(), SecrecyClear: req.GetSecrecyClear(),
		NegativeListHits: req.GetNegativeListHits(), Opinion: req.GetOpinion(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReviewDisclosureResponse{Receipt: receipt}, nil
}

// ApproveDisclosure approves a document.
func (s DisclosureServer) ApproveDisclosure(ctx context.Context, req *mingjianv1.ApproveDisclosureRequest) (*mingjianv1.ApproveDisclosureResponse, error) {
	obsolete, err := s.obsolete(ctx, req.GetDisclosureId(), req.GetDigest())
	if err != nil {
		return nil, err
	}
	notBefore, fault := civilDate("not_before", req.GetNotBefore())
	if fault != nil {
		return nil, fault
	}
	receipt, err := s.act(ctx, req, disclosure.Approve{
		By: CallOf(ctx).Actor, Digest: req.GetDigest(), Opinion: req.GetOpinion(), Outlets: outlets(req.GetOutlets()), NotBefore: notBefore,
		Obsolete: obsolete,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ApproveDisclosureResponse{Receipt: receipt}, nil
}

// PublishDisclosure makes a document public.
func (s DisclosureServer) PublishDisclosure(ctx context.Context, req *mingjianv1.PublishDisclosureRequest) (*mingjianv1.PublishDisclosureResponse, error) {
	obsolete, err := s.obsolete(ctx, req.GetDisclosureId(), req.GetDigest())
	if err == nil && obsolete == nil {
		obsolete, err = s.unready(ctx, req.GetDisclosureId())
	}
	if err != nil {
		return nil, err
	}
	terms, hidden, err := s.terms(ctx, req.GetDisclosureId(), s.Today())
	if err != nil {
		return nil, err
	}
	receipt, err := s.act(ctx, req, disclosure.Publish{
		By: CallOf(ctx).Actor, Today: s.Today(), Digest: req.GetDigest(), Outlets: outlets(req.GetOutlets()), Terms: terms, Hidden: hidden,
		Obsolete: obsolete,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PublishDisclosureResponse{Receipt: receipt}, nil
}

// WithdrawDisclosure takes the public document back.
func (s DisclosureServer) WithdrawDisclosure(ctx context.Context, req *mingjianv1.WithdrawDisclosureRequest) (*mingjianv1.WithdrawDisclosureResponse, error) {
	receipt, err := s.act(ctx, req, disclosure.Withdraw{
		By: CallOf(ctx).Actor, Today: s.Today(), Digest: req.GetDigest(), Ground: disclosure.Ground(req.GetGround()), Reason: req.GetReason(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.WithdrawDisclosureResponse{Receipt: receipt}, nil
}

// GetDisclosure is one disclosure with its documents.
func (s DisclosureServer) GetDisclosure(ctx context.Context, req *mingjianv1.GetDisclosureRequest) (*mingjianv1.GetDisclosureResponse, error) {
	v, err := disclosureview.Get(ctx, s.Views, req.GetDisclosureId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthority().GetId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetDisclosureResponse{Disclosure: v}, nil
}

// ListDisclosures is a page of disclosures.
func (s DisclosureServer) ListDisclosures(ctx context.Context, req *mingjianv1.ListDisclosuresRequest) (*mingjianv1.ListDisclosuresResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := disclosureview.List(ctx, s.Views, disclosureview.Filter{
		Authority: own, Status: req.GetStatus(), Kind: req.GetRecordKind(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListDisclosuresResponse{Disclosures: list, NextPageToken: next}, nil
}
