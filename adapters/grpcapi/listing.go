package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	listingview "github.com/mingjian-ledger/mingjian/projections/listing"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// ListingServer keeps the lists of abnormal operations and of serious violations.
type ListingServer struct {
	mingjianv1.UnimplementedListingServiceServer
	Base
}

// RecordFinding looks the subject up on the roster, and the penalty that the finding rests on.
func (s ListingServer) RecordFinding(ctx context.Context, req *mingjianv1.RecordFindingRequest) (*mingjianv1.RecordFindingResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	subject, err := policy.Listed(ctx, s.Store, domain.SubjectID(subjectID(req.GetSubjectId())))
	if err != nil {
		return nil, err
	}
	if subject.ID == "" {
		return nil, domain.Refuse(domain.NotFound, "listing.subject.missing", "subject_id", "检查对象名录库中没有该主体", "the subject is not on the roster")
	}
	known, err := s.hasStandingPenalty(ctx, req.GetPenaltyId())
	if err != nil {
		return nil, err
	}
	list := listing.List(req.GetList())
	receipt, err := write(ctx, s.Base, listing.Decider, listing.ID(list, subject.ID), req, listing.Command(listing.Find{
		By: CallOf(ctx).Actor, Today: s.Today(), List: list, Subject: subject, Ground: listing.Ground(req.GetGround()), Facts: req.GetFacts(), Evidence: req.GetEvidence(),
		Inspection: req.GetInspectionId(), Penalty: req.GetPenaltyId(), PenaltyKnown: known, On: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordFindingResponse{Receipt: receipt}, nil
}

// hasStandingPenalty tells whether the caller's authority has such a penalty, and it has effect.
func (b Base) hasStandingPenalty(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	p, err := es.Load(ctx, b.Store, penalty.Decider, id)
	return p.State.Exists() && CallOf(ctx).Actor.Holds(p.State.Decision.Authority) && p.State.Revoked == nil, err
}

// listingAct is a request about one case with a day.
type listingAct interface {
	proto.Message
	GetListingId() string
	GetOn() string
}

// act runs a command that has one day.
func (s ListingServer) act(ctx context.Context, req listingAct, command func(domain.Actor, calendar.Date) listing.Command) (*mingjianv1.Receipt, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	return write(ctx, s.Base, listing.Decider, req.GetListingId(), req, command(CallOf(ctx).Actor, on))
}

// decisionAct is a request that is a decision.
type decisionAct interface {
	listingAct
	GetDocumentNo() string
	GetAuthorityName() string
}

// decide runs a command that has a decision.
func (s ListingServer) decide(ctx context.Context, req decisionAct, command func(domain.Actor, listing.Decision) listing.Command) (*mingjianv1.Receipt, error) {
	name, err := s.authorityName(ctx, req.GetAuthorityName())
	if err != nil {
		return nil, err
	}
	return s.act(ctx, req, func(by domain.Actor, on calendar.Date) listing.Command {
		return command(by, listing.Decision{AuthorityName: name, DocumentNo: req.GetDocumentNo(), On: on, By: by.Account})
	})
}

// DismissFinding decides against an entry.
func (s ListingServer) DismissFinding(ctx context.Context, req *mingjianv1.DismissFindingRequest) (*mingjianv1.DismissFindingResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) listing.Command {
		return listing.Dismiss{By: by, Today: s.Today(), Finding: int(req.GetFinding()), Reason: req.GetReason(), On: on}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DismissFindingResponse{Receipt: receipt}, nil
}

// NotifyFinding records that the party was told.
func (s ListingServer) NotifyFinding(ctx context.Context, req *mingjianv1.NotifyFindingRequest) (*mingjianv1.NotifyFindingResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) listing.Command {
		return listing.Notify{By: by, Today: s.Today(), Finding: int(req.GetFinding()), DocumentNo: req.GetDocumentNo(), On: on}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.NotifyFindingResponse{Receipt: receipt}, nil
}

// EnterListing decides on an entry.
func (s ListingServer) EnterListing(ctx context.Context, req *mingjianv1.EnterListingRequest) (*mingjianv1.EnterListingResponse, error) {
	receipt, err := s.decide(ctx, req, func(by domain.Actor, d listing.Decision) listing.Command {
		return listing.Enter{
			By: by, Today: s.Today(), Finding: int(req.GetFinding()), Ground: listing.Ground(req.GetGround()), ConsentNo: req.GetConsentNo(), Decision: d,
		}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.EnterListingResponse{Receipt: receipt}, nil
}

// ApplyForRemoval records an application.
func (s ListingServer) ApplyForRemoval(ctx context.Context, req *mingjianv1.ApplyForRemovalRequest) (*mingjianv1.ApplyForRemovalResponse, error) {
	on, fault := civilDate("received_on", req.GetReceivedOn())
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, listing.Decider, req.GetListingId(), req, listing.Command(listing.ApplyForRemoval{
		By: CallOf(ctx).Actor, Today: s.Today(), Statement: req.GetStatement(), Evidence: req.GetEvidence(), ReceivedOn: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ApplyForRemovalResponse{Receipt: receipt}, nil
}

// RefuseRemoval decides against an application.
func (s ListingServer) RefuseRemoval(ctx context.Context, req *mingjianv1.RefuseRemovalRequest) (*mingjianv1.RefuseRemovalResponse, error) {
	receipt, err := s.decide(ctx, req, func(by domain.Actor, d listing.Decision) listing.Command {
		return listing.RefuseRemoval{By: by, Today: s.Today(), Reason: req.GetReason(), Decision: d}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RefuseRemovalResponse{Receipt: receipt}, nil
}

// RemoveListing ends an entry.
func (s ListingServer) RemoveListing(ctx context.Context, req *mingjianv1.RemoveListingRequest) (*mingjianv1.RemoveListingResponse, error) {
	var remedies []listing.Remedy
	for _, r := range req.GetRemedies() {
		remedies = append(remedies, listing.Remedy(r))
	}
	receipt, err := s.decide(ctx, req, func(by domain.Actor, d listing.Decision) listing.Command {
		return listing.Remove{By: by, Today: s.Today(), Remedies: remedies, Decision: d}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RemoveListingResponse{Receipt: receipt}, nil
}

// RescindEntry undoes an entry.
func (s ListingServer) RescindEntry(ctx context.Context, req *mingjianv1.RescindEntryRequest) (*mingjianv1.RescindEntryResponse, error) {
	receipt, err := s.decide(ctx, req, func(by domain.Actor, d listing.Decision) listing.Command {
		return listing.Rescind{By: by, Today: s.Today(), Entry: int(req.GetEntry()), Reason: req.GetReason(), Decision: d}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RescindEntryResponse{Receipt: receipt}, nil
}

// TransferListing gives a case to an authority that is registered and was not merged into another.
func (s ListingServer) TransferListing(ctx context.Context, req *mingjianv1.TransferListingRequest) (*mingjianv1.TransferListingResponse, error) {
	to, err := es.Load(ctx, s.Store, authority.Decider, req.GetTo())
	if err != nil {
		return nil, err
	}
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) listing.Command {
		return listing.Transfer{
			By: by, Today: s.Today(), To: domain.AuthorityID(req.GetTo()), Known: to.State.Stands(), Reason: req.GetReason(), On: on,
		}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.TransferListingResponse{Receipt: receipt}, nil
}

// GetListing is one case.
func (s ListingServer) GetListing(ctx context.Context, req *mingjianv1.GetListingRequest) (*mingjianv1.GetListingResponse, error) {
	v, err := listingview.Get(ctx, s.Views, req.GetListingId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetListingResponse{Listing: v}, nil
}

// ListListings is a page of cases. Those of a subject run over all authorities, and the caller gets what it may read.
func (s ListingServer) ListListings(ctx context.Context, req *mingjianv1.ListListingsRequest) (*mingjianv1.ListListingsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := listingview.List(ctx, s.Views, listingview.Filter{
		Authority: own, List: req.GetList(), State: req.GetState(), Subject: subjectID(req.GetSubjectId()), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.Listing) string { return v.GetAuthorityId() })
	return &mingjianv1.ListListingsResponse{Listings: list, NextPageToken: next}, nil
}

// PublicListingServer answers everybody from what was released.
type PublicListingServer struct {
	mingjianv1.UnimplementedPublicListingServiceServer
	Base
}

// ListPublicListings lists disclosed entries.
func (s PublicListingServer) ListPublicListings(ctx context.Context, req *mingjianv1.ListPublicListingsRequest) (*mingjianv1.ListPublicListingsResponse, error) {
	list, next, asOf, err := s.records(ctx, disclosure.Listing, req)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicListingsResponse{Listings: list, NextPageToken: next, AsOf: asOf}, nil
}
