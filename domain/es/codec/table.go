package codec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Table is the table from stored type names to domain events of one aggregate.
type Table[E es.Event] struct{ cases map[string]Case[E] }

// Case is one row of the table: either a type that is written today, or an older one with the step to its successor.
type Case[E es.Event] struct {
	name, next string
	decode     func([]byte) (E, error)
	upcast     func([]byte) ([]byte, error)
}

// Type is the row of the event T, which must be one of E's. Reading ignores unknown JSON fields.
func Type[T, E es.Event]() Case[E] {
	var zero T
	return Case[E]{name: zero.EventType(), decode: func(b []byte) (e E, err error) {
		var v T
		if err = json.Unmarshal(b, &v); err != nil {
			return e, err
		}
		return any(v).(E), nil
	}}
}

// Upcast is the row of an old type: its bytes become those of next at each read.
func Upcast[E es.Event](old, next string, step func([]byte) ([]byte, error)) Case[E] {
	return Case[E]{name: old, next: next, upcast: step}
}

// New makes the table. It panics on a name given twice: a programming error found by the first test.
func New[E es.Event](rows ...Case[E]) Table[E] {
	t := Table[E]{cases: make(map[string]Case[E], len(rows))}
	for _, r := range rows {
		if _, twice := t.cases[r.name]; twice {
			panic("codec: event type given twice: " + r.name)
		}
		t.cases[r.name] = r
	}
	return t
}

// Knows tells whether the type is in the table, so that a reader can pass over other aggregates' events before decoding.
func (t Table[E]) Knows(typ string) bool { _, ok := t.cases[typ]; return ok }

// Today is the name under which what is stored as typ would be written today: who wants one kind of event asks for this, so that
// it finds those of older versions too. It is empty for what the table can't decode.
func (t Table[E]) Today(typ string) string {
	row, ok := t.cases[typ]
	for ; ok && row.upcast != nil; row, ok = t.cases[row.next] {
	}
	return row.name
}

// Types lists the names in the table, sorted.
func (t Table[E]) Types() []string { return slices.Sorted(maps.Keys(t.cases)) }

// Decode turns stored bytes into an event; an unknown type is an error.
func (t Table[E]) Decode(typ string, data []byte) (e E, err error) {
	row, ok := t.cases[typ]
	for ; ok && row.upcast != nil; row, ok = t.cases[row.next] {
		if data, err = row.upcast(data); err != nil {
			return e, fmt.Errorf("codec: upcast %s: %w", row.name, err)
		}
	}
	if !ok {
		return e, fmt.Errorf("codec: unknown event type %q", typ)
	}
	if e, err = row.decode(data); err != nil {
		return e, fmt.Errorf("codec: decode %s: %w", typ, err)
	}
	return e, nil
}
