package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Import appends the events of another log in their order, with their revisions, in one transaction unless
// others append meanwhile. It answers where each stands.
func (s *Store) Import(ctx context.Context, records []es.Record) ([]es.Position, error) {
	if s.writer == nil {
		return nil, errors.New("sqlite: import: the store is open for reading only")
	}
	batch := make([]*request, len(records))
	for i, r := range records {
		want := es.Expected(es.NoStream{})
		if r.Revision > 0 {
			want = es.Exactly(r.Revision - 1)
		}
		if err := es.CheckAppend(r.Stream, want, []es.Proposed{r.Proposed}); err != nil {
			return nil, err
		}
		batch[i] = newRequest(r.Stream, want, []es.Proposed{r.Proposed})
	}
	for rest := batch; len(rest) > 0; {
		whole := false
		err := s.queue.submit(ctx, rest[0], func(led []*request) { // where this caller leads, all of its events follow the first
			whole = true
			s.commit(append(led, rest[1:]...))
		})
		if err != nil {
			return nil, fmt.Errorf("sqlite: import: %w", err)
		}
		if rest = rest[1:]; whole {
			break
		}
	}
	out := make([]es.Position, len(batch))
	for i, r := range batch {
		if r.err != nil {
			return nil, fmt.Errorf("sqlite: import %s@%d: %w", records[i].Stream, records[i].Revision, r.err)
		}
		out[i] = es.At(r.pos, 0)
	}
	return out, nil
}
