package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Append implements es.Store.
func (s *Store) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if err := es.CheckAppend(stream, want, events); err != nil {
		return es.Position{}, err
	}
	if s.writer == nil {
		return es.Position{}, errors.New("sqlite: append: the store is open for reading only")
	}
	if err := ctx.Err(); err != nil {
		return es.Position{}, fmt.Errorf("sqlite: append: %w", err)
	}
	if id, twice := adapter.Repeated(events); twice {
		return es.Position{}, &es.ReusedError{ID: id}
	}
	r := newRequest(stream, want, events)
	if err := s.queue.submit(ctx, r, s.commit); err != nil {
		return es.Position{}, fmt.Errorf("sqlite: append: %w", err)
	}
	return es.At(r.pos, 0), nil
}

// newRequest does what needs no database in the caller's goroutine. The hashes suppose that the expectation holds; if it
// doesn't, nothing is stored.
func newRequest(stream es.Stream, want es.Expected, events []es.Proposed) *request {
	r := &request{stream: stream, want: want, events: make([]entry, len(events)), wake: make(chan struct{}, 1)}
	first := es.Revision(0)
	if after, ok := want.(es.Exactly); ok {
		first = es.Revision(after) + 1
	}
	for i, e := range events {
		id, _ := e.ID.Bytes()
		record := es.Record{Proposed: e, Stream: stream, Revision: first + es.Revision(i)}
		r.events[i] = entry{Proposed: e, id: id, hash: record.Hash(), packed: pack(e.Meta)}
		r.bytes += len(e.Data) + len(e.Meta)
	}
	return r
}

// commit stores a batch in one transaction with one sync, and sets each request's answer.
func (s *Store) commit(batch []*request) {
	s.commits.Lock()
	head, err := s.writer.commit(batch)
	events, bytes := 0, 0
	for _, r := range batch {
		events, bytes = events+len(r.events), bytes+r.bytes
	}
	s.keeper.wrote(events, bytes, len(batch) == 1)
	s.commits.Unlock()
	if err != nil {
		for _, r := range batch {
			r.err = err
		}
		return
	}
	if head > s.head.Load() {
		s.head.Store(head)
		s.appended.Ring()
	}
}
