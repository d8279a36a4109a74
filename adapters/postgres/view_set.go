package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// viewSet is one set of a projection's tables: a projections.Target.
type viewSet struct {
	views      *Views
	projection projections.Projection
	id         int64
	epoch      int64 // of the lease under which it was given; zero without
	tables     map[string]*viewTable

	turn  sync.Mutex // of those who change it through this process
	place standing
	fill  *filling // of a shadow until it is settled
}

// standing is where a set is known to stand: the numbers of its rows are given out by whoever moves its checkpoint.
type standing struct {
	known bool
	at    es.Position
	born  int64
}

func newViewSet(v *Views, p projections.Projection, id, epoch int64) *viewSet {
	set := &viewSet{views: v, projection: p, id: id, epoch: epoch, tables: map[string]*viewTable{}}
	for _, shape := range p.Tables {
		set.tables[shape.Name] = newViewTable(set, shape)
	}
	return set
}

// sorted are the tables by name, the order of locks on them.
func (s *viewSet) sorted() (out []*viewTable) {
	for _, name := range slices.Sorted(maps.Keys(s.tables)) {
		out = append(out, s.tables[name])
	}
	return out
}

// everything stands for every row of every table.
func (s *viewSet) everything() (out []projections.Key) {
	for name := range s.tables {
		out = append(out, projections.Key{Table: name})
	}
	return out
}

// look reads where the set stands; ErrMoved says that it is no longer there, or under a later lease.
func (s *viewSet) look(ctx context.Context, db querier) (born int64, at es.Position, err error) {
	var text string
	err = db.QueryRow(ctx, `SELECT born, checkpoint FROM generation WHERE id = $1 AND state <> 'dead' AND ($2::bigint = 0 OR epoch = $2)`,
		s.id, s.epoch).Scan(&born, &text)
	if errors.Is(err, pgx.ErrNoRows) {
		err = projections.ErrMoved
	}
	if err == nil {
		at, err = es.ParsePosition(text)
	}
	if err != nil {
		err = fmt.Errorf("postgres: checkpoint of %s: %w", s.projection.Name, err)
	}
	return born, at, err
}

// Checkpoint is projections.Target's. That of a set which was filled brings everything to the server and makes what is left to be
// made, so that it answers queries.
func (s *viewSet) Checkpoint(ctx context.Context) (es.Position, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if err := s.settle(ctx); err != nil {
		return es.Position{}, err
	}
	_, at, err := s.look(ctx, s.views.write)
	return at, err
}

// Load is projections.Target's: one query for each table, all in one go.
func (s *viewSet) Load(ctx context.Context, keys []projections.Key) (map[projections.Key]*projections.Row, error) {
	out := make(map[projections.Key]*projections.Row, len(keys))
	for _, k := range keys {
		if _, ok := s.tables[k.Table]; !ok {
			return nil, fmt.Errorf("postgres: load for %s: it has no table %s", s.projection.Name, k.Table)
		}
		out[k] = nil
	}
	s.turn.Lock()
	fill := s.fill
	if fill != nil {
		keys = fill.load(keys, out)
	}
	s.turn.Unlock()
	if err := s.query(ctx, fill, keys, out); err != nil {
		return nil, fmt.Errorf("postgres: load for %s: %w", s.projection.Name, moved(err))
	}
	return out, nil
}

func (s *viewSet) query(ctx context.Context, fill *filling, keys []projections.Key, out map[projections.Key]*projections.Row) error {
	asked := map[string][]string{}
	for _, k := range keys {
		if keepable(k.Key) {
			asked[k.Table] = append(asked[k.Table], k.Key)
		}
	}
	if len(asked) == 0 {
		return ctx.Err()
	}
	batch := &pgx.Batch{}
	for name, list := range asked {
		t := s.tables[name]
		if fill != nil {
			if err := fill.keyed(ctx, t); err != nil {
				return err
			}
		}
		batch.Queue(`SELECT `+t.columns+` FROM `+quote(t.name)+` r WHERE r.key = ANY($1)`, list).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				_, row, err := t.scan(rows)
				if err != nil {
					return err
				}
				out[projections.Key{Table: name, Key: row.Key}] = &row
			}
			return rows.Err()
		})
	}
	return s.views.read.SendBatch(ctx, batch).Close()
}

// dumpChunk is how many rows of a dump are fetched at a time.
const dumpChunk = 500

// Dump is projections.Target's. It holds a connection, and with it the tables' past states, until it ends.
func (s *viewSet) Dump(ctx context.Context) iter.Seq2[projections.Entry, error] {
	return func(yield func(projections.Entry, error) bool) {
		if _, err := s.dump(ctx, yield); err != nil {
			yield(projections.Entry{}, fmt.Errorf("postgres: dump %s: %w", s.projection.Name, moved(err)))
		}
	}
}

func (s *viewSet) dump(ctx context.Context, yield func(projections.Entry, error) bool) (more bool, err error) {
	s.turn.Lock()
	err = s.flush(ctx)
	s.turn.Unlock()
	if err != nil {
		return false, err
	}
	tx, err := s.views.write.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it wrote nothing
	for _, t := range s.sorted() {                                 // all before the first row, so that who drops them never waits for one that waits for him
		if _, err := tx.Exec(ctx, `LOCK TABLE `+quote(t.name)+` IN ACCESS SHARE MODE`); err != nil {
			return false, err
		}
	}
	if _, _, err := s.look(ctx, tx); err != nil {
		return false, err
	}
	for _, t := range s.sorted() {
		if more, err := t.dump(ctx, tx, yield); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

// dump reads one table through a cursor, so that a caller who stops early waits for no rows.
func (t *viewTable) dump(ctx context.Context, tx pgx.Tx, yield func(projections.Entry, error) bool) (more bool, err error) {
	declare := `DECLARE ` + quote(t.name) + ` NO SCROLL CURSOR FOR SELECT ` + t.columns + ` FROM ` + quote(t.name) + ` r ORDER BY r.key`
	if _, err := tx.Exec(ctx, declare); err != nil {
		return false, err
	}
	fetch := fmt.Sprintf(`FETCH %d FROM %s`, dumpChunk, quote(t.name))
	for {
		// Not prepared: what a FETCH gives depends on the cursor.
		rows, err := tx.Query(ctx, fetch, pgx.QueryExecModeDescribeExec)
		if err != nil {
			return false, err
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (projections.Row, error) {
			_, r, err := t.scan(row)
			return r, err
		})
		if err != nil {
			return false, err
		}
		for _, row := range list {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if !yield(projections.Entry{Table: t.shape.Name, Row: row}, nil) {
				return false, nil
			}
		}
		if len(list) < dumpChunk {
			_, err := tx.Exec(ctx, `CLOSE `+quote(t.name))
			return true, err
		}
	}
}
