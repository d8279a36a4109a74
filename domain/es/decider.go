package es

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// MaxEvent is the largest data of one event, in bytes; longer lists belong in the blob store.
const MaxEvent = 64 << 10

// Event is a domain event; EventType is its literal stored name with version. It is stored as its JSON.
type Event interface{ EventType() string }

// Decider is an aggregate: Evolve is total and pure; Decide answers no event when the intent already holds.
type Decider[S, C any, E Event] struct {
	Category string
	Initial  S
	Evolve   func(S, E) S
	Decide   func(S, C) ([]E, error)
	Decode   func(typ string, data []byte) (E, error)
}

// Result is a folded stream and, after Transact, the place of the command's last event (of the stream's, if it led to none).
type Result[S any] struct {
	State     S
	Exists    bool
	Revision  Revision
	Position  Position
	Duplicate bool // the command was recorded before; Revision and Position are its first answer
}

// Load folds a stream.
func Load[S, C any, E Event](ctx context.Context, st Store, d Decider[S, C, E], id string) (Result[S], error) {
	res, _, err := fold(ctx, st, d, Stream{d.Category, id}, Metadata{})
	return res, err
}

// Transact loads, decides and appends, deciding anew at most three times after a conflict, or after a reused event id: the
// same command may have been faster on another way. A command recorded in the stream before returns its first answer; the
// same id with another digest is a *ReusedError.
func Transact[S, C any, E Event](ctx context.Context, st Store, d Decider[S, C, E], id string, cmd C, m Metadata) (Result[S], error) {
	for try := 0; ; try++ {
		res, err := once(ctx, st, d, Stream{d.Category, id}, cmd, m)
		_, conflict := errors.AsType[*ConflictError](err)
		reused, twice := errors.AsType[*ReusedError](err)
		if again := conflict || twice && reused.ID != m.Command; !again || try == 3 {
			return res, err
		}
	}
}

func once[S, C any, E Event](ctx context.Context, st Store, d Decider[S, C, E], stream Stream, cmd C, m Metadata) (Result[S], error) {
	res, first, err := fold(ctx, st, d, stream, m)
	if err != nil || first.Duplicate {
		first.State = res.State
		return first, err
	}
	events, err := d.Decide(res.State, cmd)
	if err != nil || len(events) == 0 {
		return res, err
	}
	proposed, err := Propose(m, events...)
	if err != nil {
		return res, err
	}
	want, next := Expected(NoStream{}), Revision(len(events)-1)
	if res.Exists {
		want, next = Exactly(res.Revision), res.Revision+Revision(len(events))
	}
	if res.Position, err = st.Append(ctx, stream, want, proposed...); err != nil {
		return res, fmt.Errorf("es: append to %s: %w", stream, err)
	}
	for _, e := range events {
		res.State = d.Evolve(res.State, e)
	}
	res.Exists, res.Revision = true, next
	return res, nil
}

func fold[S, C any, E Event](ctx context.Context, st Store, d Decider[S, C, E], stream Stream, m Metadata) (res, first Result[S], err error) {
	res.State = d.Initial
	for r, err := range st.Read(ctx, stream, 0) {
		if err != nil {
			return res, first, fmt.Errorf("es: load %s: %w", stream, err)
		}
		e, err := d.Decode(r.Type, r.Data)
		if err != nil {
			return res, first, fmt.Errorf("es: load %s@%d: %w", stream, r.Revision, err)
		}
		res = Result[S]{State: d.Evolve(res.State, e), Exists: true, Revision: r.Revision, Position: r.Position}
		if m.Command == "" || !bytes.Contains(r.Meta, []byte(m.Command)) {
			continue // decoding every event's metadata would cost as much as folding it
		}
		switch got, err := r.Metadata(); {
		case err != nil:
			return res, first, err
		case got.Command != m.Command:
		case got.CommandDigest != m.CommandDigest:
			return res, first, &ReusedError{ID: m.Command}
		default:
			first = Result[S]{Exists: true, Revision: r.Revision, Position: r.Position, Duplicate: true}
		}
	}
	return res, first, nil
}

// Propose encodes events with ids derived from the command id and their index.
func Propose[E Event](m Metadata, events ...E) ([]Proposed, error) {
	if _, ok := m.Command.Bytes(); !ok {
		return nil, fmt.Errorf("es: command id %q is not a UUID", m.Command)
	}
	m.Schema = 1
	out := make([]Proposed, len(events))
	for i, e := range events {
		meta, err := json.Marshal(m)
		data, err2 := json.Marshal(e)
		if err = errors.Join(err, err2); err != nil || len(data) > MaxEvent {
			return nil, fmt.Errorf("es: encode %s: %d bytes of at most %d: %w", e.EventType(), len(data), MaxEvent, err)
		}
		out[i] = Proposed{ID: DeriveID(m.Command, strconv.Itoa(i)), Type: e.EventType(), Data: data, Meta: meta}
	}
	return out, nil
}
