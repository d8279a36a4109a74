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
	out := &mingjianv1.GetLedgerResponse{}
	for _, e := range all {
		m := &mingjianv1.Epoch{Name: e.Name(), Number: e.Number}
		if e.Number > 1 {
			m.Began, m.LastCommonPosition, m.Renumbered, m.Reason = e.Began.String(), e.Common.String(), e.Renumbered, e.Reason
			m.At = e.RecordedAt.UTC().Format(time.RFC3339)
			if m.LastCommonSequence, err = release.Through(ctx, s.Views, e.Began); err != nil {
				return nil, err
			}
		}
		out.Epochs = append(out.Epochs, m)
	}
	return out, nil
}

// ListApprovedRebuilds lists them from the stream, which is short.
func (s LedgerServer) ListApprovedRebuilds(ctx context.Context, _ *mingjianv1.ListApprovedRebuildsRequest) (*mingjianv1.ListApprovedRebuildsResponse, error) {
	out := &mingjianv1.ListApprovedRebuildsResponse{}
	for a, err := range ledger.Approvals(ctx, s.Store) {
		if err != nil {
			return nil, err
		}
		m := &mingjianv1.ApprovedRebuild{
			Projection: a.Projection, Through: a.Through, Digest: a.Digest, Reason: a.Reason, By: a.By,
			Position: a.Position.String(), At: a.RecordedAt.UTC().Format(time.RFC3339),
		}
		for _, t := range a.Tables {
			m.Tables = append(m.Tables, &mingjianv1.DifferingTable{Name: t.Name, Public: t.Public, Missing: t.Missing, Extra: t.Extra, Changed: t.Changed})
		}
		out.Rebuilds = append(out.Rebuilds, m)
	}
	slices.Reverse(out.Rebuilds)
	return out, nil
}
