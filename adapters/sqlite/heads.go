package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// head is the end of a stream. For a stream that doesn't exist, id is the one it would get.
type head struct {
	id     int64
	next   es.Revision // of the next event
	exists bool
}

// holds tells whether an expectation is right.
func (h head) holds(want es.Expected) bool {
	if r, ok := want.(es.Exactly); ok {
		return h.exists && es.Revision(r)+1 == h.next
	}
	return !h.exists
}

// head finds the end of a stream.
func (w *writer) head(ctx context.Context, s es.Stream) (head, error) {
	if h, ok := w.heads.Get(s); ok {
		return h, nil
	}
	h := head{id: w.streamID + 1}
	category, known := w.ids[s.Category]
	if !known {
		return h, nil
	}
	var id, last int64
	switch err := w.findStream.QueryRowContext(ctx, category, s.ID).Scan(&id, &last); {
	case errors.Is(err, sql.ErrNoRows):
		return h, nil
	case err != nil:
		return h, fmt.Errorf("sqlite: find stream %s: %w", s, err)
	}
	return head{id: id, next: es.Revision(last) + 1, exists: true}, nil
}

// open makes a stream's row, after its first event: if that was refused, there is no stream.
func (w *writer) open(ctx context.Context, s es.Stream, id int64) error {
	category, err := w.intern(ctx, s.Category)
	if err != nil {
		return err
	}
	if _, err := w.addStream.ExecContext(ctx, id, category, s.ID); err != nil {
		return fmt.Errorf("sqlite: open stream %s: %w", s, err)
	}
	w.streamID = id
	return nil
}

// intern gives a category or type its number, for ever. A name whose append is refused stays; it does no harm.
func (w *writer) intern(ctx context.Context, text string) (int64, error) {
	if id, ok := w.ids[text]; ok {
		return id, nil
	}
	id := int64(len(w.ids) + 1)
	if _, err := w.addName.ExecContext(ctx, id, text); err != nil {
		return 0, fmt.Errorf("sqlite: intern %q: %w", text, err)
	}
	w.ids[text] = id
	return id, nil
}
