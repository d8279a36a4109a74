package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// WorkServer tells people what waits for them.
type WorkServer struct {
	mingjianv1.UnimplementedWorkServiceServer
	Base
}

// ListWork is a page of what waits for the caller.
func (s WorkServer) ListWork(ctx context.Context, req *mingjianv1.ListWorkRequest) (*mingjianv1.ListWorkResponse, error) {
	by := CallOf(ctx).Actor
	f := worklist.Filter{
		Inspector: "", Authority: string(by.Authority), Role: "", PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	switch by.Role {
	case domain.Inspector:
		if by.Inspector == "" {
			return nil, notOwn()
		}
		f.Inspector = string(by.Inspector)
	case domain.Reviewer, domain.Approver:
		f.Role = string(by.Role)
	case domain.Auditor, domain.Admin:
		if req.GetAuthorityId() != "" {
			f.Authority = req.GetAuthorityId()
		}
	case domain.Planner, domain.Clerk, domain.Integrator:
	}
	list, next, err := worklist.List(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListWorkResponse{Items: list, NextPageToken: next}, nil
}
