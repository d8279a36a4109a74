package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// unready tells why a record that is for the public may not be published yet, nil if nothing stands in the way: the party of a
// penalty has to be told first (Order 45 art. 8).
func (s DisclosureServer) unready(ctx context.Context, id string) (*domain.Fault, error) {
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	if err != nil || d.State.Record.Kind != disclosure.Penalty {
		return nil, err
	}
	p, err := es.Load(ctx, s.Store, penalty.Decider, d.State.Record.ID)
	return p.State.Unready(), err
}
