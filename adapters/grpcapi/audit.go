package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections/audit"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// AuditServer shows the trail.
type AuditServer struct {
	mingjianv1.UnimplementedAuditServiceServer
	Base
}

// ListReads is a page of the trail.
func (s AuditServer) ListReads(ctx context.Context, req *mingjianv1.ListReadsRequest) (*mingjianv1.ListReadsResponse, error) {
	from, badFrom := civilDate("from", req.GetFrom())
	to, badTo := civilDate("to", req.GetTo())
	if err := domain.Require(badFrom, badTo); err != nil {
		return nil, err
	}
	list, next, err := audit.List(ctx, s.Views, audit.Filter{
		Authority: req.GetAuthorityId(), Account: req.GetAccount(), Record: req.GetRecord(), From: from, To: to,
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListReadsResponse{Reads: list, NextPageToken: next}, nil
}
