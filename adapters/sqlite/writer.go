package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// writer owns the one writing connection. It is used by one goroutine at a time, and not through callers' contexts: a batch
// belongs to many of them.
type writer struct {
	conn  *sql.Conn
	names *names

	begin, commitTx, rollback, savepoint, release, rollbackTo *sql.Stmt
	findStream, findEvent, addName, addStream, addEvent       *sql.Stmt

	prepared []*sql.Stmt

	fresh    bool // the fields below are what the file holds
	next     uint64
	streamID int64 // last id given to a stream
	ids      map[string]int64
	heads    adapter.Ends[head]
}

func newWriter(ctx context.Context, db *sql.DB, n *names) (_ *writer, err error) {
	w := &writer{names: n}
	if w.conn, err = db.Conn(ctx); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	for query, target := range map[string]**sql.Stmt{
		"BEGIN IMMEDIATE":    &w.begin,
		"COMMIT":             &w.commitTx,
		"ROLLBACK":           &w.rollback,
		"SAVEPOINT append":   &w.savepoint,
		"RELEASE append":     &w.release,
		"ROLLBACK TO append": &w.rollbackTo,
		`SELECT s.id, (SELECT max(revision) FROM event WHERE stream = s.id) FROM stream s WHERE category = ? AND text = ?`: &w.findStream,
		`SELECT stream, revision, position, type, data FROM event WHERE id = ?`:                                            &w.findEvent,
		`INSERT INTO name (id, text) VALUES (?, ?)`:                                                                        &w.addName,
		`INSERT INTO stream (id, category, text) VALUES (?, ?, ?)`:                                                         &w.addStream,
		`INSERT INTO event (position, stream, revision, type, id, hash, meta, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`:       &w.addEvent,
	} {
		if *target, err = w.conn.PrepareContext(ctx, query); err != nil { //nolint:sqlclosecheck // close does
			return nil, errors.Join(fmt.Errorf("sqlite: prepare %q: %w", query, err), w.close())
		}
		w.prepared = append(w.prepared, *target)
	}
	if err := w.refresh(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// close finalises the statements first: SQLite keeps a connection alive, and the file without its last checkpoint, as long
// as one is left.
func (w *writer) close() error {
	var errs []error
	for _, st := range w.prepared {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

// refresh reads what the writer keeps in memory; after a failed transaction that may not be what the file holds.
func (w *writer) refresh(ctx context.Context) (err error) {
	if w.fresh {
		return nil
	}
	query := "SELECT (SELECT ifnull(max(position), 0) + 1 FROM event), (SELECT ifnull(max(id), 0) FROM stream)"
	if err := w.conn.QueryRowContext(ctx, query).Scan(&w.next, &w.streamID); err != nil {
		return fmt.Errorf("sqlite: read the end of the log: %w", err)
	}
	if w.ids, err = w.names.ids(ctx); err != nil {
		return fmt.Errorf("sqlite: read names: %w", err)
	}
	w.heads.Clear()
	w.fresh = true
	return nil
}

// commit stores what it can of the batch in one transaction and returns the last position of the log. Requests that are
// refused get their errors and don't disturb the others; an error of commit itself is everybody's.
func (w *writer) commit(batch []*request) (head uint64, err error) {
	ctx := context.Background()
	if err := w.refresh(ctx); err != nil {
		return 0, err
	}
	if _, err := w.begin.ExecContext(ctx); err != nil {
		return 0, fmt.Errorf("sqlite: begin: %w", err)
	}
	for _, r := range batch {
		if r.pos, r.err = w.apply(ctx, r); r.err != nil && !refusal(r.err) {
			return 0, w.abandon(ctx, r.err)
		}
	}
	if _, err := w.commitTx.ExecContext(ctx); err != nil {
		return 0, w.abandon(ctx, fmt.Errorf("sqlite: commit: %w", err))
	}
	return w.next - 1, nil
}

// refusal tells the two answers of the contract from faults.
func refusal(err error) bool {
	_, conflict := errors.AsType[*es.ConflictError](err)
	_, reused := errors.AsType[*es.ReusedError](err)
	return conflict || reused
}

// abandon rolls back. A transaction that SQLite has rolled back by itself already is no second fault.
func (w *writer) abandon(ctx context.Context, err error) error {
	w.fresh = false
	_, _ = w.rollback.ExecContext(ctx)
	return err
}

// apply stores one append, or refuses it and leaves no trace of it.
func (w *writer) apply(ctx context.Context, r *request) (uint64, error) {
	h, err := w.head(ctx, r.stream)
	if err != nil {
		return 0, err
	}
	if !h.holds(r.want) {
		return w.recognise(ctx, r, h, &es.ConflictError{Stream: r.stream, Want: r.want})
	}
	types, err := w.types(ctx, r)
	if err != nil {
		return 0, err
	}
	several := len(r.events) > 1
	if several {
		if _, err := w.savepoint.ExecContext(ctx); err != nil {
			return 0, fmt.Errorf("sqlite: savepoint: %w", err)
		}
	}
	stored, err := w.insert(ctx, r, h, types)
	if err == nil && !stored && several {
		_, err = w.rollbackTo.ExecContext(ctx)
	}
	if err == nil && several {
		_, err = w.release.ExecContext(ctx)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("sqlite: insert into %s: %w", r.stream, err)
	case !stored:
		return w.recognise(ctx, r, h, nil)
	}
	if !h.exists {
		if err := w.open(ctx, r.stream, h.id); err != nil {
			return 0, err
		}
	}
	w.next += uint64(len(r.events))
	h.exists, h.next = true, h.next+es.Revision(len(r.events))
	w.heads.Put(r.stream, h)
	return w.next - 1, nil
}

// types are the interned types of r's events.
func (w *writer) types(ctx context.Context, r *request) (out []int64, err error) {
	out = make([]int64, len(r.events))
	for i, e := range r.events {
		if out[i], err = w.intern(ctx, e.Type); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// insert stores r's events; it answers false if an id is stored already.
func (w *writer) insert(ctx context.Context, r *request, h head, types []int64) (bool, error) {
	for i := range r.events {
		e := &r.events[i]
		_, err := w.addEvent.ExecContext(ctx, int64(w.next)+int64(i), h.id, int64(h.next)+int64(i), types[i],
			e.id[:], e.hash[:], e.packed, blob(e.Data))
		if fault := (*driver.Error)(nil); errors.As(err, &fault) && fault.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// blob keeps the driver from storing an empty value as NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// recognise answers an append whose ids may be stored already: as at first if it is a retry, *es.ReusedError if they were
// used otherwise, and otherwise if none is stored.
func (w *writer) recognise(ctx context.Context, r *request, h head, otherwise error) (pos uint64, err error) {
	known, retry := false, h.exists
	var first uint64
	for i, e := range r.events {
		var stream, revision, typ int64
		var data []byte
		err := w.findEvent.QueryRowContext(ctx, e.id[:]).Scan(&stream, &revision, &pos, &typ, &data)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			retry = false
			continue
		case err != nil:
			return 0, fmt.Errorf("sqlite: find event %s: %w", e.ID, err)
		}
		known = true
		if i == 0 {
			first = uint64(revision)
		}
		retry = retry && stream == h.id && uint64(revision) == first+uint64(i) && typ == w.ids[e.Type] && bytes.Equal(data, e.Data)
	}
	switch {
	case retry:
		return pos, nil
	case known || otherwise == nil:
		return 0, &es.ReusedError{ID: r.events[0].ID}
	}
	return 0, otherwise
}
