package es

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Expected is the precondition of an append: NoStream or Exactly. There is no "any".
type Expected interface{ expected() }

// NoStream expects that the stream has no event yet.
type NoStream struct{}

// Exactly expects that the last event of the stream has this revision.
type Exactly Revision

func (NoStream) expected() {}
func (Exactly) expected()  {}

// Store appends to and reads single streams.
//
// Append stores all events or none, durably before it returns nil, with consecutive revisions and ascending positions, and
// returns the position of the last. When want does not hold it MUST answer *ConflictError and store nothing; of concurrent
// appends with one expectation exactly one succeeds. If all ids are stored in that stream already, consecutively and with
// the same types and data, it is a retry: the first answer comes back, whatever want says; an id stored otherwise, or twice
// in one append, is a *ReusedError and nothing is stored. What CheckAppend refuses is an error and nothing is stored. After
// any other error the outcome is unknown and the caller retries with the same ids. An append whose ctx ends may still be
// stored.
//
// Read yields a stream's records from a revision on, ascending without gaps, byte for byte as given, and ends; an unknown
// stream yields nothing. An error, also ctx's once it ends and for bytes that don't match their stored hash, is yielded
// once, last. The caller may use the store while it ranges.
type Store interface {
	Append(ctx context.Context, stream Stream, want Expected, events ...Proposed) (Position, error)
	Read(ctx context.Context, stream Stream, from Revision) iter.Seq2[Record, error]
}

// Batch is a run of the global log: all records after the previous batch's Through up to its own.
type Batch struct {
	Records  []Record
	Through  Position // at or after the last record
	CaughtUp bool     // nothing beyond Through was known when the batch was read
}

// Source reads the global log. Follow yields every record after a position in position order, skipping none however
// appends interleave, in batches of bounded size; at the end, also at once, it yields a batch with CaughtUp (perhaps
// without records) and waits for more. It ends with an error (ctx's, once ctx ends) or when the caller stops. A position
// beyond Head is an error: the log lost its tail. Bytes that don't match their stored hash are an error.
// Head is the position of the last record, zero without one.
type Source interface {
	Follow(ctx context.Context, after Position) iter.Seq2[Batch, error]
	Head(ctx context.Context) (Position, error)
}

// CheckAppend refuses what no store may take: a misnamed stream, no expectation, no event, an id that is no UUID, a blank
// type, more than MaxEvent bytes of data or metadata. It is the first thing that every Append does.
func CheckAppend(stream Stream, want Expected, events []Proposed) error {
	if stream.Category == "" || strings.Contains(stream.Category, "-") || stream.ID == "" || want == nil || len(events) == 0 {
		return fmt.Errorf("es: can't append %d events to stream %q expecting %v", len(events), stream, want)
	}
	for _, e := range events {
		if _, ok := e.ID.Bytes(); !ok || e.Type == "" || max(len(e.Data), len(e.Meta)) > MaxEvent {
			return fmt.Errorf("es: can't append event %q of type %q with %d+%d bytes", e.ID, e.Type, len(e.Data), len(e.Meta))
		}
	}
	return nil
}

// ConflictError says that an append's expectation did not hold; nothing was stored.
type ConflictError struct {
	Stream Stream
	Want   Expected
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("es: %s is not at the expected revision: %T(%v)", e.Stream, e.Want, e.Want)
}

// ReusedError says that the id of a command, or of an event derived from one, was used before for something else.
type ReusedError struct{ ID ID }

func (e *ReusedError) Error() string {
	return "es: id " + string(e.ID) + " was used before with another payload"
}
