package projectionstest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Checkpoint is projections.Reader's.
func (m *Memory) Checkpoint(ctx context.Context, projection string) (es.Position, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	live := m.live[projection]
	if live == nil {
		return es.Position{}, fmt.Errorf("projectionstest: %s is not attached", projection)
	}
	return live.checkpoint, ctx.Err()
}

// Get is projections.Reader's.
func (m *Memory) Get(ctx context.Context, tableName, key string) (*projections.Row, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	tab, err := m.table(tableName)
	if err = cmpErr(err, ctx.Err()); err != nil {
		return nil, err
	}
	if s := tab.rows[key]; s != nil {
		row := deep(s.row)
		return &row, nil
	}
	return nil, nil
}

// List is projections.Reader's.
func (m *Memory) List(ctx context.Context, q projections.Query) (projections.Page, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	tab, err := m.table(q.Table)
	if err = cmpErr(err, ctx.Err()); err != nil {
		return projections.Page{}, err
	}
	plan, err := tab.shape.Plan(q)
	if err != nil {
		return projections.Page{}, err
	}
	set := fmt.Sprint(m.live[m.owners[q.Table]].set, " ")
	place, err := tab.resume(q, plan.Place, set)
	if err != nil {
		return projections.Page{}, err
	}
	var hits []*stored
	for _, s := range tab.rows {
		if tab.matches(s, q) && (place == nil || compare(q, tab.place(s, q, set), *place) > 0) {
			hits = append(hits, s)
		}
	}
	slices.SortFunc(hits, func(a, b *stored) int { return compare(q, tab.place(a, q, set), tab.place(b, q, set)) })
	page := projections.Page{}
	for i, s := range hits {
		if i == q.Limit {
			page.Next = q.Next(tab.place(hits[i-1], q, set))
			break
		}
		page.Rows = append(page.Rows, deep(s.row))
	}
	return page, nil
}

// place is where a row stands in the query's order. The numbers by which a search is ordered are good for one set of tables.
func (tab *table) place(s *stored, q projections.Query, set string) projections.Place {
	switch {
	case q.Search != "":
		return projections.Place{Order: set + projections.Num(uint64(s.born)), Key: s.row.Key} //nolint:gosec // counts up from 0
	case q.OrderBy != "":
		return projections.Place{Order: tab.column(s, q.OrderBy), Key: s.row.Key}
	}
	return projections.Place{Key: s.row.Key}
}

// resume takes a search's place of another set over into this one by its row.
func (tab *table) resume(q projections.Query, p *projections.Place, set string) (*projections.Place, error) {
	if p == nil || q.Search == "" || strings.HasPrefix(p.Order, set) {
		return p, nil
	}
	s := tab.rows[p.Key]
	if s == nil {
		return nil, projections.ErrCursor
	}
	here := tab.place(s, q, set)
	return &here, nil
}

func compare(q projections.Query, a, b projections.Place) int {
	c := cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Key, b.Key))
	if q.Desc {
		return -c
	}
	return c
}

func (m *Memory) table(name string) (*table, error) {
	if live := m.live[m.owners[name]]; live != nil {
		return live.tables[name], nil
	}
	return nil, &projections.QueryError{Table: name, Field: "table", Rule: "no attached projection has it"}
}

func (tab *table) column(s *stored, name string) string {
	return s.row.Columns[slices.Index(tab.shape.Columns, name)]
}

func (tab *table) matches(s *stored, q projections.Query) bool {
	for c, want := range q.Where {
		if tab.column(s, c) != want {
			return false
		}
	}
	if q.Search != "" {
		return strings.Contains(s.row.Search, q.Search)
	}
	v := s.row.Key
	if q.OrderBy != "" {
		v = tab.column(s, q.OrderBy)
	}
	return (q.From == "" || v >= q.From) && (q.To == "" || v <= q.To)
}
