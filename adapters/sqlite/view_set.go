package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// viewSet is one set of a projection's tables: a projections.Target.
type viewSet struct {
	views      *Views
	projection projections.Projection
	id         int64
	tables     map[string]*viewTable
	gone       atomic.Bool // replaced or dropped
}

func newViewSet(v *Views, p projections.Projection, id int64) *viewSet {
	set := &viewSet{views: v, projection: p, id: id, tables: map[string]*viewTable{}}
	for _, shape := range p.Tables {
		set.tables[shape.Name] = newViewTable(set, shape)
	}
	return set
}

// forget closes the statements of a set that is no longer used.
func (s *viewSet) forget() {
	s.gone.Store(true)
	for _, t := range s.tables {
		t.close()
	}
}

// Checkpoint is projections.Target's.
func (s *viewSet) Checkpoint(ctx context.Context) (es.Position, error) {
	return s.checkpoint(ctx, s.views.db.read)
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *viewSet) checkpoint(ctx context.Context, db queryer) (es.Position, error) {
	var text string
	err := db.QueryRowContext(ctx, `SELECT checkpoint FROM generation WHERE id = ? AND state <> 'dead'`, s.id).Scan(&text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return es.Position{}, fmt.Errorf("sqlite: checkpoint of %s: %w", s.projection.Name, projections.ErrMoved)
	case err != nil:
		return es.Position{}, fmt.Errorf("sqlite: checkpoint of %s: %w", s.projection.Name, err)
	}
	return es.ParsePosition(text)
}

// loadChunk is how many keys one query takes.
const loadChunk = 500

// Load is projections.Target's.
func (s *viewSet) Load(ctx context.Context, keys []projections.Key) (map[projections.Key]*projections.Row, error) {
	out := make(map[projections.Key]*projections.Row, len(keys))
	asked := map[string][]string{}
	for _, k := range keys {
		if _, twice := out[k]; !twice {
			out[k] = nil
			asked[k.Table] = append(asked[k.Table], k.Key)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // see viewTable.query
	for name, list := range asked {
		t, ok := s.tables[name]
		if !ok {
			return nil, fmt.Errorf("sqlite: load for %s: it has no table %s", s.projection.Name, name)
		}
		for chunk := range slices.Chunk(list, loadChunk) {
			if err := t.load(ctx, chunk, out); err != nil {
				return nil, fmt.Errorf("sqlite: load for %s: %w", s.projection.Name, s.moved(err))
			}
		}
	}
	return out, nil
}

// moved takes a fault of a set that is gone for what it is.
func (s *viewSet) moved(err error) error {
	if err != nil && s.gone.Load() {
		return errors.Join(projections.ErrMoved, err)
	}
	return err
}

func (t *viewTable) load(ctx context.Context, keys []string, out map[projections.Key]*projections.Row) error {
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	text := `SELECT ` + t.columns + ` FROM ` + quote(t.name) + ` r WHERE r.key IN (SELECT value FROM json_each(?))`
	return t.each(ctx, text, []any{string(list)}, func(rows *sql.Rows) error {
		_, row, err := t.scan(rows)
		out[projections.Key{Table: t.shape.Name, Key: row.Key}] = &row
		return err
	})
}

// each runs a query of the readers over prepared statements and hands over each row.
func (t *viewTable) each(ctx context.Context, text string, args []any, take func(*sql.Rows) error) error {
	stmt, err := t.statement(ctx, t.set.views.db.read, text) //nolint:sqlclosecheck // kept until close
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// preparer is the pool of readers, or the writing connection.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// statement prepares a statement once. Those of readers and of the writer differ in their texts.
func (t *viewTable) statement(ctx context.Context, db preparer, text string) (*sql.Stmt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if stmt, ok := t.statements[text]; ok {
		return stmt, nil
	}
	if t.closed {
		return nil, sql.ErrConnDone
	}
	stmt, err := db.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept until close
	if err != nil {
		return nil, err
	}
	t.statements[text] = stmt
	return stmt, nil
}

func (t *viewTable) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for _, stmt := range t.statements {
		_ = stmt.Close() // nothing is lost with a statement
	}
	clear(t.statements)
}

// Dump is projections.Target's. It holds one reading connection, and with it the file's past states, until it ends.
func (s *viewSet) Dump(ctx context.Context) iter.Seq2[projections.Entry, error] {
	return func(yield func(projections.Entry, error) bool) {
		tx, err := s.views.db.read.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
		if err != nil {
			yield(projections.Entry{}, fmt.Errorf("sqlite: dump %s: %w", s.projection.Name, err))
			return
		}
		defer func() { _ = tx.Rollback() }() // it wrote nothing
		if _, err := s.checkpoint(ctx, tx); err != nil {
			yield(projections.Entry{}, err)
			return
		}
		var names []string
		for name := range s.tables {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			more, err := s.tables[name].dump(ctx, tx, func(row projections.Row) bool {
				return yield(projections.Entry{Table: name, Row: row}, nil)
			})
			if err != nil {
				yield(projections.Entry{}, fmt.Errorf("sqlite: dump %s of %s: %w", name, s.projection.Name, err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

func (t *viewTable) dump(asking context.Context, tx *sql.Tx, yield func(projections.Row) bool) (more bool, err error) {
	ctx := context.WithoutCancel(asking)
	rows, err := tx.QueryContext(ctx, `SELECT `+t.columns+` FROM `+quote(t.name)+` r ORDER BY r.key`)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		_, row, err := t.scan(rows)
		if err = errors.Join(err, asking.Err()); err != nil {
			return false, err
		}
		if !yield(row) {
			return false, nil
		}
	}
	return true, rows.Err()
}
