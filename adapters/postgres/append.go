package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// maxText bounds names of streams, categories and types: an index entry of the server holds little more.
const maxText = 2000

// Append implements es.Store.
func (s *Store) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if err := errors.Join(es.CheckAppend(stream, want, events), storable(stream, events)); err != nil {
		return es.Position{}, err
	}
	if s.writer == nil {
		return es.Position{}, errors.New("postgres: append: the store is open for reading only")
	}
	if err := ctx.Err(); err != nil {
		return es.Position{}, fmt.Errorf("postgres: append: %w", err)
	}
	if id, twice := adapter.Repeated(events); twice {
		return es.Position{}, &es.ReusedError{ID: id}
	}
	r := newRequest(stream, want, events)
	if err := s.queue.submit(ctx, r); err != nil {
		return es.Position{}, fmt.Errorf("postgres: append: %w", err)
	}
	return es.At(r.pos, 0), nil
}

// storable refuses texts that the server can't keep; among others they would fail with it.
func storable(stream es.Stream, events []es.Proposed) error {
	fits := func(text string) bool {
		return len(text) <= maxText && utf8.ValidString(text) && !strings.Contains(text, "\x00")
	}
	if !fits(stream.Category) || !fits(stream.ID) {
		return fmt.Errorf("postgres: the stream %q is too long to be kept, or no text", stream)
	}
	for _, e := range events {
		if !fits(e.Type) {
			return fmt.Errorf("postgres: the event type %q is too long to be kept, or no text", e.Type)
		}
	}
	return nil
}

// newRequest does what needs no database in the caller's goroutine. The hashes suppose that the expectation holds; if it
// doesn't, nothing is stored. The bytes are copied, since the caller may go on while they are still being sent.
func newRequest(stream es.Stream, want es.Expected, events []es.Proposed) *request {
	r := &request{stream: stream, want: want, events: make([]entry, len(events)), done: make(chan struct{})}
	first := es.Revision(0)
	if after, ok := want.(es.Exactly); ok {
		first = es.Revision(after) + 1
	}
	for i, e := range events {
		id, _ := e.ID.Bytes()
		record := es.Record{Proposed: e, Stream: stream, Revision: first + es.Revision(i)}
		hash := record.Hash()
		both := append(append(make([]byte, 0, len(e.Meta)+len(e.Data)), e.Meta...), e.Data...)
		r.events[i] = entry{id: id, typ: e.Type, hash: hash[:], meta: both[:len(e.Meta):len(e.Meta)], data: both[len(e.Meta):]}
		r.bytes += len(both)
	}
	return r
}

// write commits what callers bring, batch by batch, until the queue is closed and empty.
func (s *Store) write() {
	defer close(s.queue.drained)
	for batch := s.queue.take(); len(batch) > 0; batch = s.queue.take() {
		before := s.writer.position
		err := s.writer.commit(batch)
		if err == nil {
			s.advance(s.writer.position)
		}
		if err != nil {
			for _, r := range batch {
				r.pos, r.err = 0, err
			}
		}
		s.queue.answer(batch)
		if err == nil && s.writer.position != before {
			select {
			case s.news <- struct{}{}:
			default:
			}
		}
	}
}

// place is where and what an event with a known id is.
type place struct {
	stream             int64
	revision, position uint64
	typ                string
	data               []byte
}

// is tells whether an event proposed for a place is the one that is there.
func (p place) is(stream int64, revision uint64, e entry) bool {
	return p.stream == stream && p.revision == revision && p.typ == e.typ && bytes.Equal(p.data, e.data)
}
