package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// LodgeObjection records an objection.
func (s SamplingServer) LodgeObjection(ctx context.Context, req *mingjianv1.LodgeObjectionRequest) (*mingjianv1.LodgeObjectionResponse, error) {
	on, fault := civilDate("lodged_on", req.GetLodgedOn())
	receipt, err := s.result(ctx, req, sampling.Lodge{
		By: CallOf(ctx).Actor, Today: s.Today(), Role: sampling.Role(req.GetRole()), Matter: sampling.Matter(req.GetMatter()), Ground: req.GetGround(), LodgedOn: on,
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.LodgeObjectionResponse{Receipt: receipt}, nil
}

// WithdrawObjection records that a party took its objection back.
func (s SamplingServer) WithdrawObjection(ctx context.Context, req *mingjianv1.WithdrawObjectionRequest) (*mingjianv1.WithdrawObjectionResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.result(ctx, req, sampling.Withdraw{
		By: CallOf(ctx).Actor, Today: s.Today(), Number: int(req.GetNumber()), On: on, Reason: req.GetReason(),
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.WithdrawObjectionResponse{Receipt: receipt}, nil
}

// RefuseObjection records that an objection was not taken up, or not found to be right.
func (s SamplingServer) RefuseObjection(ctx context.Context, req *mingjianv1.RefuseObjectionRequest) (*mingjianv1.RefuseObjectionResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.result(ctx, req, sampling.Refuse{
		By: CallOf(ctx).Actor, Today: s.Today(), Number: int(req.GetNumber()), On: on, Reason: req.GetReason(),
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RefuseObjectionResponse{Receipt: receipt}, nil
}

// OrderRetest has another laboratory test again.
func (s SamplingServer) OrderRetest(ctx context.Context, req *mingjianv1.OrderRetestRequest) (*mingjianv1.OrderRetestResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.result(ctx, req, sampling.OrderRetest{
		By: CallOf(ctx).Actor, Today: s.Today(), Number: int(req.GetNumber()), Laboratory: testerOf(req.GetLaboratory()), On: on,
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.OrderRetestResponse{Receipt: receipt}, nil
}

// RecordRetest enters what the other laboratory found.
func (s SamplingServer) RecordRetest(ctx context.Context, req *mingjianv1.RecordRetestRequest) (*mingjianv1.RecordRetestResponse, error) {
	on, fault := civilDate("reported_on", req.GetReportedOn())
	receipt, err := s.result(ctx, req, sampling.RecordRetest{
		By: CallOf(ctx).Actor, Today: s.Today(), Number: int(req.GetNumber()), BatchesFailing: int(req.GetBatchesFailing()),
		Failures: failuresOf(req.GetFailures()), ReportNo: req.GetReportNo(), ReportedOn: on,
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordRetestResponse{Receipt: receipt}, nil
}

// TakeHandlingStep records what was done about a failing product.
func (s SamplingServer) TakeHandlingStep(ctx context.Context, req *mingjianv1.TakeHandlingStepRequest) (*mingjianv1.TakeHandlingStepResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	known, err := s.hasPenalty(ctx, req.GetPenaltyId())
	if err != nil {
		return nil, err
	}
	receipt, err := s.result(ctx, req, sampling.TakeStep{By: CallOf(ctx).Actor, Today: s.Today(), PenaltyKnown: known, Step: sampling.Step{
		Kind: sampling.StepKind(req.GetKind()), On: on, Quantity: req.GetQuantity(), CaseNo: req.GetCaseNo(), Penalty: req.GetPenaltyId(), Note: req.GetNote(),
	}}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.TakeHandlingStepResponse{Receipt: receipt}, nil
}

// hasPenalty tells whether the caller's authority has such a penalty.
func (b Base) hasPenalty(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	p, err := es.Load(ctx, b.Store, penalty.Decider, id)
	return p.State.Exists() && CallOf(ctx).Actor.Holds(p.State.Decision.Authority), err
}

// CloseHandling ends the handling.
func (s SamplingServer) CloseHandling(ctx context.Context, req *mingjianv1.CloseHandlingRequest) (*mingjianv1.CloseHandlingResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.result(ctx, req, sampling.CloseHandling{
		By: CallOf(ctx).Actor, Today: s.Today(), Outcome: sampling.Outcome(req.GetOutcome()), On: on, Note: req.GetNote(),
	}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CloseHandlingResponse{Receipt: receipt}, nil
}
