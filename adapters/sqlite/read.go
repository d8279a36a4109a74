package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Records are read page by page, so that no cursor (and no snapshot of the WAL) stays open while the caller works.
const (
	maxPageRecords = 512
	maxPageBytes   = 4 << 20
)

// statements are prepared once per reading connection. The limit is no parameter: SQLite plans by a bound limit, and so would
// compile the statement anew for every call.
type statements struct{ head, stream, log *sql.Stmt }

const columns = `e.position, e.revision, e.type, e.id, e.hash, e.meta, e.data`

func prepare(ctx context.Context, db *sql.DB) (s statements, err error) {
	limit := strconv.Itoa(maxPageRecords)
	for query, target := range map[string]**sql.Stmt{
		`SELECT ifnull(max(position), 0) FROM event`: &s.head,
		`SELECT ` + columns + ` FROM event e
			WHERE e.stream = (SELECT s.id FROM stream s JOIN name n ON n.id = s.category WHERE n.text = ? AND s.text = ?)
			AND e.revision >= ? ORDER BY e.revision LIMIT ` + limit: &s.stream,
		`SELECT ` + columns + `, s.category, s.text FROM event e LEFT JOIN stream s ON s.id = e.stream
			WHERE e.position > ? ORDER BY e.position LIMIT ` + limit: &s.log,
	} {
		if *target, err = db.PrepareContext(ctx, query); err != nil { //nolint:sqlclosecheck // close does
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
	t := adapter.Tail{Store: "sqlite", Ahead: s.ahead, Batch: s.batch, Wait: s.wait, Appended: &s.appended}
	return t.Follow(ctx, after)
}

// ahead refuses a position that the log has not reached: it lost its tail, or the position is another log's.
func (s *Store) ahead(ctx context.Context, at uint64) error {
	head, err := s.last(ctx)
	if err == nil && at > head {
		err = fmt.Errorf("the log ends at %d", head)
	}
	return err
}

// batch is a run of the log after a position. A reader beside the process that writes always asks the file.
func (s *Store) batch(ctx context.Context, at uint64) (es.Batch, error) {
	fetch := func() (es.Batch, error) { return s.fetch(ctx, at) }
	if s.opt.ReadOnly {
		return fetch()
	}
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return es.Batch{}, err
	}
	return s.recent.After(ctx, at, s.head.Load(), fetch)
}

func (s *Store) fetch(ctx context.Context, at uint64) (b es.Batch, err error) {
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
		more = s.appended.Next()
	}
}

// page reads some records; more says that there may be others behind them.
func (s *Store) page(ctx context.Context, q *sql.Stmt, of *es.Stream, key ...any) (_ []es.Record, more bool, err error) {
	p, err := s.rows(ctx, q, of, key...)
	if err != nil {
		return nil, false, err
	}
	for i := range p.records {
		if err := s.complete(ctx, &p, i); err != nil {
			return nil, false, err
		}
	}
	return p.records, p.more, nil
}

// rows are records as they are stored: without the texts that are interned, and not held to their hashes yet.
type rows struct {
	of      *es.Stream // whose they are; nil if the category is to be looked up
	records []es.Record
	seals   []seal
	more    bool
}

// seal is what completes and proves a record.
type seal struct {
	typ, category sql.Null[int64]
	hash          [32]byte
	fault         error // of the metadata
}

// rows fetches some rows and closes its cursor before it returns: what else a record needs is asked without holding a
// connection, or many readers would wait for each other.
func (s *Store) rows(ctx context.Context, q *sql.Stmt, of *es.Stream, key ...any) (p rows, err error) {
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return p, err
	}
	// A context that can end costs the driver a goroutine and, when it ends, the connection; a page is short.
	cursor, err := q.QueryContext(context.WithoutCancel(ctx), key...)
	if err != nil {
		return p, err
	}
	defer cursor.Close()
	var position, revision int64
	var id, hash, meta sql.RawBytes
	var stream sql.Null[string]
	var data []byte
	var k seal
	targets := []any{&position, &revision, &k.typ, &id, &hash, &meta, &data, &k.category, &stream}
	if p.of = of; of != nil {
		targets, stream.V = targets[:7], of.ID
	}
	for size := 0; !p.more && cursor.Next(); p.more = size > maxPageBytes {
		if err := cursor.Scan(targets...); err != nil {
			return p, err
		}
		r := es.Record{Revision: es.Revision(revision), Position: es.At(uint64(position), 0)}
		r.Stream.ID, r.Data = stream.V, data
		if len(id) == 16 {
			r.ID = es.IDOf([16]byte(id))
		}
		r.Meta, k.fault = unpack(meta)
		k.hash = [32]byte{}
		copy(k.hash[:], hash)
		p.records, p.seals = append(p.records, r), append(p.seals, k)
		size += len(r.Data) + len(r.Meta)
	}
	p.more = p.more || len(p.records) == maxPageRecords
	return p, cursor.Err()
}

// complete finishes the i-th record and holds it to its hash.
func (s *Store) complete(ctx context.Context, p *rows, i int) error {
	r, k := &p.records[i], &p.seals[i]
	err := k.fault
	if err == nil {
		r.Type, err = s.names.text(ctx, k.typ.V)
	}
	switch {
	case err != nil:
	case p.of != nil:
		r.Stream.Category = p.of.Category
	default:
		r.Stream.Category, err = s.names.text(ctx, k.category.V)
	}
	if err == nil && r.Hash() != k.hash {
		err = errors.New("doesn't match its hash")
	}
	if err != nil {
		return &adapter.DamageError{Position: r.Position, Stream: r.Stream, Revision: r.Revision, Err: err}
	}
	return nil
}
