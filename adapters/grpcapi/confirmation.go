package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// ConfirmationServer settles what an import left open.
type ConfirmationServer struct {
	mingjianv1.UnimplementedConfirmationServiceServer
	Base
}

// ConfirmAmounts records what a person read in the text of a decision.
func (s ConfirmationServer) ConfirmAmounts(ctx context.Context, req *mingjianv1.ConfirmAmountsRequest) (*mingjianv1.ConfirmAmountsResponse, error) {
	receipt, err := write(ctx, s.Base, penalty.Decider, req.GetPenaltyId(), req, penalty.Command(penalty.ConfirmAmounts{
		By: CallOf(ctx).Actor, Today: s.Today(), Confirmed: penalty.AmountsConfirmed{
			Kinds: kindsOf(req.GetKinds()), FineFen: domain.Fen(req.GetFineFen()), ConfiscatedFen: domain.Fen(req.GetConfiscatedFen()), Note: req.GetNote(),
		},
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ConfirmAmountsResponse{Receipt: receipt}, nil
}
