package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	penaltyview "github.com/mingjian-ledger/mingjian/projections/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// PenaltyServer keeps penalties.
type PenaltyServer struct {
	mingjianv1.UnimplementedPenaltyServiceServer
	Base
	Vault Vault // keeps the texts as they were served
}

// authorityName is the name that a document gives the authority or, without one, that under which the caller's is registered.
func (b Base) authorityName(ctx context.Context, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	a, err := es.Load(ctx, b.Store, authority.Decider, string(CallOf(ctx).Actor.Authority))
	return a.State.Name, err
}

// act runs a command that has one date.
func (s PenaltyServer) act(ctx context.Context, req penaltyAct, command func(domain.Actor, calendar.Date) penalty.Command) (*mingjianv1.Receipt, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	return write(ctx, s.Base, penalty.Decider, req.GetPenaltyId(), req, command(CallOf(ctx).Actor, on))
}

// ServePenalty records the service.
func (s PenaltyServer) ServePenalty(ctx context.Context, req *mingjianv1.ServePenaltyRequest) (*mingjianv1.ServePenaltyResponse, error) {
	payBy, fault := civilDate("pay_by", req.GetPayBy())
	if fault != nil {
		return nil, fault
	}
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.Serve{By: by, Today: s.Today(), On: on, PublicationNotice: req.GetPublicationNotice(), PayBy: payBy}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ServePenaltyResponse{Receipt: receipt}, nil
}

// RecordPerformance records a performance.
func (s PenaltyServer) RecordPerformance(ctx context.Context, req *mingjianv1.RecordPerformanceRequest) (*mingjianv1.RecordPerformanceResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.RecordPerformance{By: by, Today: s.Today(), Performance: penalty.Performed{
			Kind: penalty.PerformanceKind(req.GetKind()), AmountFen: domain.Fen(req.GetAmountFen()), On: on, ReceiptNo: req.GetReceiptNo(),
		}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordPerformanceResponse{Receipt: receipt}, nil
}

// AmendPenalty changes what was decided.
func (s PenaltyServer) AmendPenalty(ctx context.Context, req *mingjianv1.AmendPenaltyRequest) (*mingjianv1.AmendPenaltyResponse, error) {
	p, err := es.Load(ctx, s.Store, penalty.Decider, req.GetPenaltyId())
	if err != nil {
		return nil, err
	}
	clean, err := s.redactAmendment(ctx, p.State, req)
	if err != nil {
		return nil, err
	}
	req = clean.message
	m, err := s.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	command := func(by domain.Actor, on calendar.Date, taken *redaction.Overlay) penalty.Command {
		return penalty.Amend{By: by, Today: s.Today(), Amendment: penalty.Amended{
			Reason: req.GetReason(), Kinds: kindsOf(req.GetKinds()), Content: req.GetContent(),
			FineFen: domain.Fen(req.GetFineFen()), ConfiscatedFen: domain.Fen(req.GetConfiscatedFen()), On: on, Redaction: taken,
		}}
	}
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	by := CallOf(ctx).Actor
	taken, err := sealedFor(ctx, s.Base, s.Vault, penalty.Decider, req.GetPenaltyId(), m, clean, command(by, on, nil))
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, penalty.Decider, req.GetPenaltyId(), req, command(by, on, taken))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AmendPenaltyResponse{Receipt: receipt}, nil
}

// RevokePenalty ends a decision.
func (s PenaltyServer) RevokePenalty(ctx context.Context, req *mingjianv1.RevokePenaltyRequest) (*mingjianv1.RevokePenaltyResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.Revoke{By: by, Today: s.Today(), Revocation: penalty.Revoked{
			Ground: penalty.Ground(req.GetGround()), Reason: req.GetReason(), On: on,
		}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RevokePenaltyResponse{Receipt: receipt}, nil
}

// GetPenalty is one penalty, with what is due of its fine on a day.
func (s PenaltyServer) GetPenalty(ctx context.Context, req *mingjianv1.GetPenaltyRequest) (*mingjianv1.GetPenaltyResponse, error) {
	day, fault := civilDate("as_of", req.GetAsOf())
	if fault != nil {
		return nil, fault
	}
	if day.IsZero() {
		day = s.Today()
	}
	v, err := penaltyview.Get(ctx, s.Views, req.GetPenaltyId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	p, err := es.Load(ctx, s.Store, penalty.Decider, req.GetPenaltyId())
	if err != nil {
		return nil, err
	}
	due := p.State.DueOn(day)
	return &mingjianv1.GetPenaltyResponse{Penalty: v, Due: &viewv1.PenaltyDue{
		AsOf: due.AsOf.String(), PayBy: due.PayBy.String(), FineFen: int64(due.FineFen), PaidFen: int64(due.PaidFen),
		LateFen: int64(due.LateFen), UnpaidFen: int64(due.UnpaidFen),
	}}, nil
}

// ListPenalties is a page of penalties. A query runs over all authorities and gives what the caller may read of its page.
func (s PenaltyServer) ListPenalties(ctx context.Context, req *mingjianv1.ListPenaltiesRequest) (*mingjianv1.ListPenaltiesResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	f := penaltyview.Filter{
		Authority: own, Status: req.GetStatus(), Search: req.GetQuery(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	if f.Search != "" {
		f.Authority = req.GetAuthorityId()
	}
	list, next, err := penaltyview.List(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.Penalty) string { return v.GetAuthorityId() })
	return &mingjianv1.ListPenaltiesResponse{Penalties: list, NextPageToken: next}, nil
}
