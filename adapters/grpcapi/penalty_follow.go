package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// PenaltyFollowServer keeps what comes after the decision on a penalty.
type PenaltyFollowServer struct {
	mingjianv1.UnimplementedPenaltyFollowServiceServer
	Base
}

func (s PenaltyFollowServer) act(ctx context.Context, req penaltyAct, command func(domain.Actor, calendar.Date) penalty.Command) (*mingjianv1.Receipt, error) {
	return PenaltyServer{Base: s.Base}.act(ctx, req, command)
}

// NotifyPublication records the notice that was left out at the service.
func (s PenaltyFollowServer) NotifyPublication(ctx context.Context, req *mingjianv1.NotifyPublicationRequest) (*mingjianv1.NotifyPublicationResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.Notify{By: by, Today: s.Today(), On: on}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.NotifyPublicationResponse{Receipt: receipt}, nil
}

// GrantInstalments lets the party pay in parts.
func (s PenaltyFollowServer) GrantInstalments(ctx context.Context, req *mingjianv1.GrantInstalmentsRequest) (*mingjianv1.GrantInstalmentsResponse, error) {
	var parts []penalty.Instalment
	var faults []*domain.Fault
	for _, p := range req.GetInstalments() {
		due, fault := civilDate("instalments.due_on", p.GetDueOn())
		parts, faults = append(parts, penalty.Instalment{DueOn: due, AmountFen: domain.Fen(p.GetAmountFen())}), append(faults, fault)
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.GrantInstalments{By: by, Today: s.Today(), Grant: penalty.InstalmentsGranted{
			Instalments: parts, Reason: req.GetReason(), DocumentNo: req.GetDocumentNo(), On: on,
		}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GrantInstalmentsResponse{Receipt: receipt}, nil
}

// ChallengePenalty records a review or a lawsuit.
func (s PenaltyFollowServer) ChallengePenalty(ctx context.Context, req *mingjianv1.ChallengePenaltyRequest) (*mingjianv1.ChallengePenaltyResponse, error) {
	from, badFrom := civilDate("from", req.GetFrom())
	until, badUntil := civilDate("until", req.GetUntil())
	if err := domain.Require(badFrom, badUntil); err != nil {
		return nil, err
	}
	cmd := penalty.Command(penalty.Challenge{By: CallOf(ctx).Actor, Today: s.Today(), Challenge: penalty.Challenged{
		Kind: penalty.ChallengeKind(req.GetKind()), DocumentNo: req.GetDocumentNo(), From: from, Until: until,
	}})
	receipt, err := write(ctx, s.Base, penalty.Decider, req.GetPenaltyId(), req, cmd)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ChallengePenaltyResponse{Receipt: receipt}, nil
}

// PushPenalty records that a penalty was sent to another province.
func (s PenaltyFollowServer) PushPenalty(ctx context.Context, req *mingjianv1.PushPenaltyRequest) (*mingjianv1.PushPenaltyResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.Push{By: by, Today: s.Today(), Push: penalty.Pushed{
			Province: req.GetProvince(), Authority: req.GetAuthority(), On: on, Channel: req.GetChannel(),
		}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PushPenaltyResponse{Receipt: receipt}, nil
}

// ReceivePush records the other province's receipt.
func (s PenaltyFollowServer) ReceivePush(ctx context.Context, req *mingjianv1.ReceivePushRequest) (*mingjianv1.ReceivePushResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.ReceivePush{By: by, Today: s.Today(), Receipt: penalty.PushReceived{ReceiptNo: req.GetReceiptNo(), On: on}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReceivePushResponse{Receipt: receipt}, nil
}

// PublishPush records the other province's publication.
func (s PenaltyFollowServer) PublishPush(ctx context.Context, req *mingjianv1.PublishPushRequest) (*mingjianv1.PublishPushResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.PublishPush{By: by, Today: s.Today(), Publication: penalty.PushPublished{On: on, Address: req.GetAddress()}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PublishPushResponse{Receipt: receipt}, nil
}
