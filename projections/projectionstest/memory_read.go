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
	found := tab.first(q, set, place)
	page := projections.Page{}
	for i, h := range found {
		if i == q.Limit {
			page.Next = q.Next(found[i-1].place)
			break
		}
		page.Rows = append(page.Rows, deep(h.row))
	}
	return page, nil
}

// hit is a row that a query finds.
type hit struct {
	*stored
	place projections.Place
}

// first are the first rows behind a place that a query finds: those of a page, and one more if there is one.
func (tab *table) first(q projections.Query, set string, behind *projections.Place) []hit {
	found := make([]hit, 0, q.Limit+2)
	where, among := map[int]string{}, tab.rows
	for c, want := range q.Where {
		i := slices.Index(tab.shape.Columns, c)
		where[i] = want
		if sets, kept := tab.equal[i]; kept && len(sets[want]) < len(among) {
			among = sets[want]
		}
	}
	for _, s := range among {
		if !tab.matches(s, q, where) {
			continue
		}
		h := hit{s, tab.place(s, q, set)}
		if behind != nil && compare(q, h.place, *behind) <= 0 {
			continue
		}
		if len(found) > q.Limit && compare(q, h.place, found[q.Limit].place) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(found, h, func(a, b hit) int { return compare(q, a.place, b.place) })
		found = slices.Insert(found, at, h)
		found = found[:min(len(found), q.Limit+1)]
	}
	return found
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

func (tab *table) matches(s *stored, q projections.Query, where map[int]string) bool {
	for i, want := range where {
		if s.row.Columns[i] != want {
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
