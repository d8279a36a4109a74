package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// Records are read page by page, so that no connection is held while the caller works.
const (
	maxPageRecords = 512
	maxPageBytes   = 4 << 20
)

const (
	selectStream = `SELECT e.position, e.revision, e.type, e.id, e.hash, e.meta, e.data FROM event e
		WHERE e.stream = (SELECT s.id FROM stream s WHERE s.text = $2 AND s.category = (SELECT n.id FROM name n WHERE n.text = $1))
		AND e.revision >= $3 ORDER BY e.revision LIMIT 512`
	selectLog = `SELECT e.position, e.revision, e.type, e.id, e.hash, e.meta, e.data, s.category, s.text
		FROM (SELECT * FROM event WHERE position > $1 ORDER BY position LIMIT 512) e LEFT JOIN stream s ON s.id = e.stream
		ORDER BY e.position`
)

// planByIndex keeps the server from weighing anything else than the indexes that every statement of the store is made for,
// whatever its statistics say, and from planning anew for every call.
func planByIndex(config *pgx.ConnConfig) {
	for name, value := range map[string]string{
		"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "enable_bitmapscan": "off", "jit": "off",
		"plan_cache_mode": "force_generic_plan",
	} {
		config.RuntimeParams[name] = value
	}
}

// Read implements es.Store.
func (s *Store) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		for {
			page, more, err := s.page(ctx, selectStream, &stream, stream.Category, stream.ID, int64(min(from, 1<<62)))
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
				yield(es.Record{}, fmt.Errorf("postgres: read %s: %w", stream, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// page reads some records; more says that there may be others behind them.
func (s *Store) page(ctx context.Context, query string, of *es.Stream, key ...any) (_ []es.Record, more bool, err error) {
	p, err := s.rows(ctx, query, of, key...)
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
	typ, category pgtype.Int4
	hash          [32]byte
}

// rows fetches some rows and gives the connection back before it returns, or many readers would wait for each other.
func (s *Store) rows(ctx context.Context, query string, of *es.Stream, key ...any) (p rows, err error) {
	if err := errors.Join(s.open(), ctx.Err()); err != nil {
		return p, err
	}
	if of != nil && !readable(*of) {
		return p, nil
	}
	err = twice(ctx, s.pool, func() (err error) {
		p, err = s.cursor(ctx, query, of, key...)
		return err
	})
	return p, err
}

func (s *Store) cursor(ctx context.Context, query string, of *es.Stream, key ...any) (p rows, err error) {
	cursor, err := s.pool.Query(ctx, query, key...)
	if err != nil {
		return p, err
	}
	defer cursor.Close()
	var position, revision int64
	var id [16]byte
	var hash pgtype.DriverBytes
	var meta, data []byte
	var stream pgtype.Text
	var k seal
	targets := []any{&position, &revision, &k.typ, &id, &hash, &meta, &data, &k.category, &stream}
	if p.of = of; of != nil {
		targets, stream.String = targets[:7], of.ID
	}
	for size := 0; !p.more && cursor.Next(); p.more = size > maxPageBytes {
		if err := cursor.Scan(targets...); err != nil {
			return p, err
		}
		r := es.Record{Revision: es.Revision(revision), Position: es.At(uint64(position), 0)}
		r.Stream.ID, r.ID, r.Meta, r.Data = stream.String, es.IDOf(id), meta, data
		k.hash = [32]byte{}
		copy(k.hash[:], hash)
		p.records, p.seals = append(p.records, r), append(p.seals, k)
		size += len(r.Data) + len(r.Meta)
	}
	p.more = p.more || len(p.records) == maxPageRecords
	cursor.Close()
	return p, cursor.Err()
}

// readable tells whether there can be a stream of this name; the server refuses what is no text.
func readable(stream es.Stream) bool { return storable(stream, nil) == nil }

// complete finishes the i-th record and holds it to its hash.
func (s *Store) complete(ctx context.Context, p *rows, i int) (err error) {
	r, k := &p.records[i], &p.seals[i]
	r.Type, err = s.names.text(ctx, k.typ.Int32)
	switch {
	case err != nil:
	case p.of != nil:
		r.Stream.Category = p.of.Category
	default:
		r.Stream.Category, err = s.names.text(ctx, k.category.Int32)
	}
	if _, missing := errors.AsType[errMissingName](err); err != nil && !missing {
		return err
	}
	if err == nil && r.Hash() != k.hash {
		err = errors.New("doesn't match its hash")
	}
	if err == nil {
		return nil
	}
	return &adapter.DamageError{Position: r.Position, Stream: r.Stream, Revision: r.Revision, Err: err}
}
