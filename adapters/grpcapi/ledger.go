package grpcapi

import (
	"context"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// LedgerServer tells what the ledger records of itself.
type LedgerServer struct {
	mingjianv1.UnimplementedLedgerServiceServer
	Base
	Epochs *Epochs
}

// GetLedger lists the epochs.
func (s LedgerServer) GetLedger(ctx context.Context, _ *mingjianv1.GetLedgerRequest) (*mingjianv1.GetLedgerResponse, error) {
	all, err := s.Epochs.All(ctx)
	if err != nil {
		return nil, err
	}
	var list []*mingjianv1.Epoch
	for _, e := range all {
		m := new(mingjianv1.Epoch)
		if m.Name, m.Number = e.Name(), e.Number; e.Number > 1 {
			m.Began, m.LastCommonPosition, m.Renumbered, m.Reason = e.Began.String(), e.Common.String(), e.Renumbered, e.Reason
			m.At = e.RecordedAt.UTC().Format(time.RFC3339)
			if m.LastCommonSequence, err = release.Through(ctx, s.Views, e.Began); err != nil {
				return nil, err
			}
		}
		list = append(list, m)
	}
	return &mingjianv1.GetLedgerResponse{Epochs: list}, nil
}

// ListApprovedRebuilds lists them from the stream, which is short.
func (s LedgerServer) ListApprovedRebuilds(ctx context.Context, _ *mingjianv1.ListApprovedRebuildsRequest) (*mingjianv1.ListApprovedRebuildsResponse, error) {
	var list []*mingjianv1.ApprovedRebuild
	for a, err := range ledger.Approvals(ctx, s.Store) {
		if err != nil {
			return nil, err
		}
		var tables []*mingjianv1.DifferingTable
		for _, t := range a.Approved.Tables {
			tables = append(tables, &mingjianv1.DifferingTable{Name: t.Name, Public: t.Public, Missing: t.Missing, Extra: t.Extra, Changed: t.Changed})
		}
		list = append(list, &mingjianv1.ApprovedRebuild{
			Projection: a.Approved.Projection, Through: a.Approved.Through, Digest: a.Approved.Digest, Reason: a.Approved.Reason, By: a.Approved.By,
			Position: a.Position.String(), At: a.RecordedAt.UTC().Format(time.RFC3339), Tables: tables,
		})
	}
	slices.Reverse(list)
	return &mingjianv1.ListApprovedRebuildsResponse{Rebuilds: list}, nil
}
