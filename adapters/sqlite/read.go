package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Records are read page by page, so that no cursor (and no snapshot of the WAL) stays open while the caller works.
const (
	maxPageRecords = 512
	maxPageBytes   = 4 << 20
)

// statements are prepared once per reading connection.
type statements struct{ head, stream, log *sql.Stmt }

const columns = `e.position, e.revision, e.type, e.id, e.hash, e.meta, e.data`

func prepare(ctx context.Context, db *sql.DB) (s statements, err error) {
	for query, target := range map[string]**sql.Stmt{
		`SELECT ifnull(max(position), 0) FROM event`: &s.head,
		`SELECT ` + columns + ` FROM event e
			WHERE e.stream = (SELECT s.id FROM stream s JOIN name n ON n.id = s.category WHERE n.text = ? AND s.text = ?)
			AND e.revision >= ? ORDER BY e.revision LIMIT ?`: &s.stream,
		`SELECT ` + columns + `, s.category, s.text FROM event e LEFT JOIN stream s ON s.id = e.stream
			WHERE e.position > ? ORDER BY e.position LIMIT ?`: &s.log,
	} {
		if *target, err = db.PrepareContext(ctx, query); err != nil {
			return s, errors.Join(fmt.Errorf("sqlite: prepare %q: %w", query, err), s.close())
		}
	}
	return s, nil
}

func (s statements) close() error {
	var errs []error
	for _, st := range []*sql.Stmt{s.head, s.stream, s.log} {
		if st != nil {
			errs = append(errs, st.Close())
		}
	}
	return errors.Join(errs...)
}

// Read implements es.Store.
func (s *Store) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		for {
			page, more, err := s.page(ctx, s.read.stream, &stream, stream.Category, stream.ID, int64(from))
			for _, r := range page {
				if r.Revision != from {
					err = fmt.Errorf("revision %d is missing", from)
				}
				if err = errors.Join(err, ctx.Err()); err != nil {
					break
				}
				if !yield(r, nil) {
					return
				}
				from++
			}
			if err != nil {
				yield(es.Record{}, fmt.Errorf("sqlite: read %s: %w", stream, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// Follow implements es.Source.
func (s *Store) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		at, _ := after.Pair()
		err := s.ahead(ctx, at)
		for idle := false; err == nil; {
			var b es.Batch
			more := s.appended.next()
			if b, err = s.batch(ctx, at); err != nil {
				break
			}
			if (len(b.Records) > 0 || !idle) && !yield(b, nil) {
				return
			}
			at, _ = b.Through.Pair()
			if idle = b.CaughtUp; idle {
				err = s.wait(ctx, at, more)
			}
		}
		yield(es.Batch{}, fmt.Errorf("sqlite: follow after %d: %w", at, err))
	}
}

// ahead refuses a position that the log has not reached: it lost its tail, or the position is another log's.
func (s *Store) ahead(ctx context.Context, at uint64) error {
	head, err := s.last(ctx)
	if err == nil && at > head {
		err = fmt.Errorf("the log ends at %d", head)
	}
	return err
}

func (s *Store) batch(ctx context.Context, at uint64) (b es.Batch, err error) {
	page, more, err := s.page(ctx, s.read.log, nil, int64(at))
	for _, r := range page {
		if got, _ := r.Position.Pair(); got != at+1 {
			return es.Batch{}, fmt.Errorf("position %d is missing", at+1)
		}
		at++
	}
	return es.Batch{Records: page, Through: es.At(at, 0), CaughtUp: !more}, err
}

// wait returns when there may be a record after at.
func (s *Store) wait(ctx context.Context, at uint64, more <-chan struct{}) error {
	for {
		var poll <-chan time.Time
		if s.opt.ReadOnly {
			poll = time.After(s.opt.Poll)
		}
		select {
		case <-more:
		case <-poll:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return ErrClosed
		}
		if head, err := s.last(ctx); err != nil || head > at {
			return err
		}
		more = s.appended.next()
	}
}

// page reads some records; more says that there may be others behind them.
func (s *Store) page(ctx context.Context, q *sql.Stmt, of *es.Stream, key ...any) (page []es.Record, more bool, err error) {
	rows, more, err := s.rows(ctx, q, of, key...)
	if err != nil {
		return nil, false, err
	}
	page = make([]es.Record, len(rows))
	for i := range rows {
		if page[i], err = s.record(ctx, &rows[i]); err != nil {
			return nil, false, err
		}
	}
	return page, more, nil
}

// row is a record as it is stored.
type row struct {
	es.Record      // without the texts that are interned
	typ, category  sql.Null[int64]
	hash           [32]byte
	namedByRequest bool
}

// rows fetches some rows and closes its cursor before it returns: what else a record needs is asked without holding a
// connection, or many readers would wait for each other.
func (s *Store) rows(ctx context.Context, q *sql.Stmt, of *es.Stream, key ...any) (page []row, more bool, err error) {
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return nil, false, err
	}
	// A context that can end costs the driver a goroutine and, when it ends, the connection; a page is short.
	cursor, err := q.QueryContext(context.WithoutCancel(ctx), append(key, maxPageRecords)...)
	if err != nil {
		return nil, false, err
	}
	defer cursor.Close()
	for size := 0; cursor.Next(); {
		r, err := scan(cursor, of)
		if err != nil {
			return nil, false, err
		}
		page = append(page, r)
		if size += len(r.Data) + len(r.Meta); size > maxPageBytes {
			return page, true, nil
		}
	}
	return page, len(page) == maxPageRecords, cursor.Err()
}

func scan(cursor *sql.Rows, of *es.Stream) (r row, err error) {
	var position, revision int64
	var id, hash sql.RawBytes
	var stream sql.Null[string]
	targets := []any{&position, &revision, &r.typ, &id, &hash, &r.Meta, &r.Data, &r.category, &stream}
	if of != nil {
		targets = targets[:7]
	}
	if err := cursor.Scan(targets...); err != nil {
		return r, err
	}
	r.Position, r.Revision = es.At(uint64(position), 0), es.Revision(revision)
	if of != nil {
		r.Stream, r.namedByRequest = *of, true
	} else {
		r.Stream.ID = stream.V
	}
	if len(id) == 16 {
		r.ID = es.IDOf([16]byte(id))
	}
	copy(r.hash[:], hash)
	return r, nil
}

// record completes a row and holds it to its hash.
func (s *Store) record(ctx context.Context, r *row) (_ es.Record, err error) {
	r.Type, err = s.names.text(ctx, r.typ.V)
	if err == nil && !r.namedByRequest {
		r.Stream.Category, err = s.names.text(ctx, r.category.V)
	}
	if err == nil && r.Hash() != r.hash {
		err = errors.New("doesn't match its hash")
	}
	if err != nil {
		return r.Record, &DamageError{Position: r.Position, Stream: r.Stream, Revision: r.Revision, Err: err}
	}
	return r.Record, nil
}

// DamageError says that a record is not what was stored, or can't be read.
type DamageError struct {
	Position es.Position
	Stream   es.Stream
	Revision es.Revision
	Err      error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the record at %s (%s@%d): %v", e.Position, e.Stream, e.Revision, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }
