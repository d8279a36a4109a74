package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Commit is projections.Target's. Rows go in one by one through prepared statements: several in one statement measure no
// faster here, since no network lies between.
func (s *viewSet) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	if s.gone.Load() {
		return fmt.Errorf("sqlite: commit %s: %w", s.projection.Name, projections.ErrMoved)
	}
	var changed []projections.Key
	tried := false
	err := s.views.writer.write(ctx, func(ctx context.Context) (err error) {
		if err = one(s.views.writer.advance.ExecContext(ctx, through.String(), s.id, from.String())); err != nil {
			return err
		}
		changed, err = s.change(ctx, rows)
		tried = err == nil
		return err
	})
	s.views.fill.changed(len(changed))
	if tried && s.views.live.Load().sets[s.projection.Name] == s {
		s.views.watchers.Tell(changed) // also when the commit's outcome is unknown
	}
	if err != nil {
		return fmt.Errorf("sqlite: commit %s: %w", s.projection.Name, s.moved(err))
	}
	return nil
}

// change applies the changes in the order in which they are given.
func (s *viewSet) change(ctx context.Context, rows *projections.Rows) (changed []projections.Key, err error) {
	for k := range rows.Changed {
		changed = append(changed, k)
	}
	bound, err := s.bind(ctx, changed)
	if err != nil {
		return nil, err
	}
	for k, row := range rows.Changed {
		t, w := s.tables[k.Table], bound[k.Table]
		if row == nil {
			err = w.drop(ctx, k.Key)
		} else {
			err = w.put(ctx, t, row)
		}
		if err != nil {
			return nil, fmt.Errorf("row %s of %s: %w", k.Key, k.Table, err)
		}
	}
	return changed, nil
}

// bind prepares the change of the keys' tables: the statements, and what the text index knows of the keys.
func (s *viewSet) bind(ctx context.Context, changed []projections.Key) (map[string]*writes, error) {
	keys := map[string][]string{}
	for _, k := range changed {
		keys[k.Table] = append(keys[k.Table], k.Key)
	}
	bound := make(map[string]*writes, len(keys))
	for name, list := range keys {
		t, ok := s.tables[name]
		if !ok {
			return nil, fmt.Errorf("it has no table %s", name)
		}
		w, err := t.writing(ctx)
		if err != nil {
			return nil, err
		}
		if t.shape.Search {
			clear(w.known)
			for chunk := range slices.Chunk(list, loadChunk) {
				if err := w.look(ctx, chunk); err != nil {
					return nil, fmt.Errorf("text index of %s: %w", name, err)
				}
			}
		}
		bound[name] = w
	}
	return bound, nil
}

// writes are the statements that change one table, prepared on the writing connection.
type writes struct {
	upsert, remove               *sql.Stmt
	indexed, putGrams, dropGrams *sql.Stmt          // of tables that are searched
	known                        map[string]indexed // the rows of the keys to be changed, in such tables
}

// indexed is what the text index knows of a row; zero if there is no such row.
type indexed struct {
	id   int64
	text string
}

// writing prepares the statements with the first commit. It needs the turn.
func (t *viewTable) writing(ctx context.Context) (*writes, error) {
	if t.writes != nil {
		return t.writes, nil
	}
	w := &writes{known: map[string]indexed{}}
	todo := map[**sql.Stmt]string{
		&w.upsert: t.upsert(),
		&w.remove: `DELETE FROM ` + quote(t.name) + ` WHERE key = ?`,
	}
	if t.shape.Search {
		todo[&w.indexed] = `SELECT id, key, search FROM ` + quote(t.name) + ` WHERE key IN (SELECT value FROM json_each(?))`
		todo[&w.putGrams] = `INSERT OR REPLACE INTO ` + quote(t.grams()) + ` (rowid, text) VALUES (?, ?)`
		todo[&w.dropGrams] = `DELETE FROM ` + quote(t.grams()) + ` WHERE rowid = ?`
	}
	for target, text := range todo {
		stmt, err := t.statement(ctx, t.set.views.writer.conn, text) //nolint:sqlclosecheck // kept until close
		if err != nil {
			return nil, err
		}
		*target = stmt
	}
	t.writes = w
	return w, nil
}

// put writes one row, and its entry in the text index if the text changed.
func (w *writes) put(ctx context.Context, t *viewTable, row *projections.Row) error {
	if err := t.shape.Check(*row); err != nil {
		return err
	}
	res, err := w.upsert.ExecContext(ctx, t.values(row)...)
	was := w.known[row.Key]
	if err != nil || !t.shape.Search || was.text == row.Search {
		return err
	}
	if was.id == 0 {
		if was.id, err = res.LastInsertId(); err != nil {
			return err
		}
	}
	if row.Search == "" {
		_, err = w.dropGrams.ExecContext(ctx, was.id)
	} else {
		_, err = w.putGrams.ExecContext(ctx, was.id, gramsOf(row.Search))
	}
	return err
}

// drop removes one row, if it is there.
func (w *writes) drop(ctx context.Context, key string) error {
	if was := w.known[key]; was.text != "" {
		if _, err := w.dropGrams.ExecContext(ctx, was.id); err != nil {
			return err
		}
	}
	delete(w.known, key)
	_, err := w.remove.ExecContext(ctx, key)
	return err
}

// look fills known.
func (w *writes) look(ctx context.Context, keys []string) error {
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	rows, err := w.indexed.QueryContext(ctx, string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var is indexed
		if err := rows.Scan(&is.id, &key, &is.text); err != nil {
			return err
		}
		w.known[key] = is
	}
	return rows.Err()
}
