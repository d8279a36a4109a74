package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// PublicAuthorityServer tells everybody of the authorities.
type PublicAuthorityServer struct {
	mingjianv1.UnimplementedPublicAuthorityServiceServer
	Base
}

// GetPublicAuthority returns one authority with who holds its tasks, and whose it holds.
func (s PublicAuthorityServer) GetPublicAuthority(ctx context.Context, req *mingjianv1.GetPublicAuthorityRequest) (*mingjianv1.GetPublicAuthorityResponse, error) {
	view, err := authorityview.Get(ctx, s.Views, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, domain.Refuse(domain.NotFound, "authority.missing", "authority_id", "没有该机关", "there is no such authority")
	}
	out := &mingjianv1.GetPublicAuthorityResponse{Authority: view, PresentAuthority: nil, Predecessors: nil}
	if s.Succession == nil {
		return out, nil
	}
	if out.PresentAuthority, err = s.Succession.Holder(ctx, view.GetId(), s.Today()); err != nil {
		return nil, err
	}
	out.Predecessors, err = s.Succession.Predecessors(ctx, view.GetId(), s.Today())
	return out, err
}
