package projectionstest

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Commit is projections.Target's.
func (t *target) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	changed, err := t.commit(ctx, from, through, rows, func() error { return nil })
	if changed != nil {
		t.sink.watchers.Tell(changed)
	}
	return err
}

func (t *target) commit(ctx context.Context, from, through es.Position, rows *projections.Rows, may func() error) ([]projections.Key, error) {
	m := t.sink
	m.mu.Lock()
	defer m.mu.Unlock()
	t.returned()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case t.gone() || t.checkpoint != from:
		return nil, projections.ErrMoved
	case through.Compare(from) < 0:
		m.t.Errorf("%s: commit moves the checkpoint back from %s to %s", t.projection.Name, from, through)
	}
	if err := may(); err != nil {
		return nil, err
	}
	changed, err := t.check(rows)
	if err != nil {
		return nil, err
	}
	for k, row := range rows.Changed {
		if row == nil {
			t.tables[k.Table].drop(k.Key)
		} else {
			t.tables[k.Table].put(deep(*row))
		}
	}
	t.checkpoint = through
	if m.lost > 0 {
		m.lost--
		return changed, ErrInjected
	}
	return changed, nil
}

// check tells which rows change, before any does.
func (t *target) check(rows *projections.Rows) ([]projections.Key, error) {
	changed := []projections.Key{}
	for k, row := range rows.Changed {
		tab, ok := t.tables[k.Table]
		if !ok {
			return nil, fmt.Errorf("projectionstest: %s has no table %s", t.projection.Name, k.Table)
		}
		if t.sink.broken[k] {
			return nil, ErrInjected
		}
		if row != nil {
			if err := tab.shape.Check(*row); err != nil {
				t.sink.t.Errorf("%s: commit of a row that breaks its shape: %v", t.projection.Name, err)
			}
		}
		changed = append(changed, k)
	}
	return changed, nil
}

func (tab *table) put(row projections.Row) {
	s := &stored{row: row}
	if old := tab.rows[row.Key]; old != nil {
		s.born = old.born
		tab.drop(row.Key)
	} else {
		tab.born++
		s.born = tab.born
	}
	tab.rows[row.Key] = s
	for c, sets := range tab.equal {
		v := row.Columns[c]
		if sets[v] == nil {
			sets[v] = map[string]*stored{}
		}
		sets[v][row.Key] = s
	}
}

func (tab *table) drop(key string) {
	s := tab.rows[key]
	if s == nil {
		return
	}
	delete(tab.rows, key)
	for c, sets := range tab.equal {
		delete(sets[s.row.Columns[c]], key)
	}
}

// returned looks at the rows that were lent: they belong to the projection to read, not to write into.
func (t *target) returned() {
	for lent, was := range t.lent {
		if !lent.Equal(was) {
			t.sink.t.Errorf("%s: the loaded row %s was written into", t.projection.Name, was.Key)
		}
	}
	clear(t.lent)
}
