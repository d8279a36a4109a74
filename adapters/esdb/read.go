package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Streams are read page by page, so that no connection is held while the caller works.
const (
	maxPageRecords = 512
	maxPageBytes   = 4 << 20
)

// Read implements es.Store.
func (s *Store) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		stopped, closed := false, s.enter()
		err := closed
		if err == nil {
			err = s.pages(ctx, stream, from, math.MaxInt64, func(r es.Record, _ mark) bool {
				s.busy.Done() // the caller may close the store
				stopped = !yield(r, nil)
				closed = s.enter()
				return !stopped && closed == nil
			})
		}
		if closed == nil {
			s.busy.Done()
		} else {
			err = closed
		}
		if err != nil && !stopped {
			yield(es.Record{}, fmt.Errorf("esdb: read %s: %w", stream, err))
		}
	}
}

// errStopped is how a visitor's refusal to go on gets out.
var errStopped = errors.New("stopped")

// pages visits at most limit records of a stream, checked, and keeps their ids.
func (s *Store) pages(ctx context.Context, stream es.Stream, from es.Revision, limit uint64, visit func(es.Record, mark) bool) error {
	for limit > 0 && from <= math.MaxInt64 {
		ask := min(limit, maxPageRecords)
		before := s.known.next(stream)
		events, more, err := s.page(ctx, stream, from, ask)
		for _, e := range events {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, m, err := s.record(e)
			if err != nil {
				return err
			}
			if r.Revision != from {
				return &adapter.DamageError{Position: r.Position, Stream: stream, Revision: from, Err: errors.New("is missing: the stream was deleted or cut")}
			}
			s.known.note(stream, r.Revision, r.ID)
			if !visit(r, m) {
				return errStopped
			}
			from++
			limit--
		}
		if err != nil {
			return err
		}
		if !more {
			s.known.ends(stream, from, before)
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// page fetches a run of a stream, and whether there may be more.
func (s *Store) page(ctx context.Context, stream es.Stream, from es.Revision, limit uint64) (out []*client.RecordedEvent, more bool, err error) {
	err = s.call(ctx, func(ctx context.Context, c *client.Client) error {
		size := 0
		out, more = out[:0], false
		events, err := c.ReadStream(ctx, s.names.of(stream), client.ReadStreamOptions{
			From: client.Revision(uint64(from)), Direction: client.Forwards, Deadline: &s.opt.Deadline, RequiresLeader: true,
		}, limit)
		return drain(events, err, func(e *client.RecordedEvent) bool {
			out = append(out, e)
			size += len(e.Data) + len(e.UserMetadata)
			more = size > maxPageBytes || uint64(len(out)) == limit
			return !more
		})
	})
	if is(err, client.ErrorCodeResourceNotFound) {
		err = nil
	}
	return out, more, err
}

// drain visits what a read brings and closes it.
func drain(events *client.ReadStream, err error, visit func(*client.RecordedEvent) bool) error {
	if err != nil {
		return err
	}
	defer events.Close()
	for {
		e, err := events.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case !visit(e.OriginalEvent()):
			return nil
		}
	}
}

// record makes a record of an event and holds it to its hash.
func (s *Store) record(e *client.RecordedEvent) (es.Record, mark, error) {
	stream, ours := s.names.stream(e.StreamID)
	hash, m, meta, err := unwrap(e.UserMetadata)
	r := es.Record{
		Proposed: es.Proposed{ID: es.IDOf(e.EventID), Type: e.EventType, Data: e.Data, Meta: meta},
		Stream:   stream, Revision: es.Revision(e.EventNumber), Position: es.At(e.Position.Commit, e.Position.Prepare),
	}
	switch {
	case !ours:
		err = fmt.Errorf("is in the stream %q, whose name is none of this program's", e.StreamID)
	case err != nil:
	case e.Position.Commit == math.MaxUint64:
		err = errors.New("has no position: the server is older than 22.6, or it was written in a transaction")
	case r.Hash() != hash:
		err = errors.New("doesn't match its hash")
	}
	if err != nil {
		return es.Record{}, m, &adapter.DamageError{Position: r.Position, Stream: stream, Revision: r.Revision, Err: err}
	}
	return r, m, nil
}
