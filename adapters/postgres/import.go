package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Import appends the events of another log in their order, with their revisions, many in one transaction. It answers where each
// stands. After an error some of them may be stored.
func (s *Store) Import(ctx context.Context, records []es.Record) ([]es.Position, error) {
	if s.writer == nil {
		return nil, errors.New("postgres: import: the store is open for reading only")
	}
	batch := make([]*request, len(records))
	for i, r := range records {
		want, event := es.Expected(es.NoStream{}), []es.Proposed{r.Proposed}
		if r.Revision > 0 {
			want = es.Exactly(r.Revision - 1)
		}
		if err := errors.Join(es.CheckAppend(r.Stream, want, event), storable(r.Stream, event)); err != nil {
			return nil, err
		}
		batch[i] = newRequest(r.Stream, want, event)
	}
	if err := s.queue.submitAll(ctx, batch); err != nil {
		return nil, fmt.Errorf("postgres: import: %w", err)
	}
	out := make([]es.Position, len(batch))
	for i, r := range batch {
		if r.err != nil {
			return nil, fmt.Errorf("postgres: import %s@%d: %w", records[i].Stream, records[i].Revision, r.err)
		}
		out[i] = es.At(r.pos, 0)
	}
	return out, nil
}
