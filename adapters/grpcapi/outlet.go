package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// OutletServer hides what is public for a time.
type OutletServer struct {
	mingjianv1.UnimplementedOutletServiceServer
	Base
}

// MaskDisclosure hides what is public, as a court ruled.
func (s OutletServer) MaskDisclosure(ctx context.Context, req *mingjianv1.MaskDisclosureRequest) (*mingjianv1.MaskDisclosureResponse, error) {
	receipt, err := disclose(ctx, s.Base, req, disclosure.Mask{
		By: CallOf(ctx).Actor, Today: s.Today(), Outlets: outlets(req.GetOutlets()), Reason: req.GetReason(), DocumentNo: req.GetDocumentNo(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.MaskDisclosureResponse{Receipt: receipt}, nil
}

// UnmaskDisclosure shows it again.
func (s OutletServer) UnmaskDisclosure(ctx context.Context, req *mingjianv1.UnmaskDisclosureRequest) (*mingjianv1.UnmaskDisclosureResponse, error) {
	receipt, err := disclose(ctx, s.Base, req, disclosure.Unmask{
		By: CallOf(ctx).Actor, Today: s.Today(), Outlets: outlets(req.GetOutlets()), Reason: req.GetReason(), DocumentNo: req.GetDocumentNo(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.UnmaskDisclosureResponse{Receipt: receipt}, nil
}

// disclose runs a command on the disclosure that a request names.
func disclose(ctx context.Context, b Base, req disclosureAct, cmd disclosure.Command) (*mingjianv1.Receipt, error) {
	return write(ctx, b, disclosure.Decider, req.GetDisclosureId(), req, cmd)
}
