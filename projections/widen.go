package projections

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
)

// Kin names the values whose rows are read together with those of one value, which is not among them; none for most. It is asked
// at every query.
type Kin func(ctx context.Context, value string) ([]string, error)

// Widen makes a reader whose queries for one value of a column give the rows of the value's kin too, in the order of the query:
// an authority's lists hold the records of those that it succeeded, and no row is written for that. Pages go on over all of
// them, at the cost of one query for each; a page is one consistent state of each value's rows. A query over a table that
// is none of these projections', or without the column, is passed on as it is.
func Widen(r Reader, column string, kin Kin, of ...Projection) Reader {
	w := widened{Reader: r, column: column, kin: kin, tables: map[string]Table{}}
	for _, p := range of {
		for _, t := range p.Tables {
			w.tables[t.Name] = t
		}
	}
	return w
}

type widened struct {
	Reader
	column string
	kin    Kin
	tables map[string]Table
}

// List merges what the values give along the same index.
func (w widened) List(ctx context.Context, q Query) (Page, error) {
	value, table := q.Where[w.column], w.tables[q.Table]
	if value == "" || table.Name == "" {
		return w.Reader.List(ctx, q)
	}
	kin, err := w.kin(ctx, value)
	if err != nil {
		return Page{}, err
	}
	if len(kin) == 0 {
		return w.Reader.List(ctx, q)
	}
	plan, err := table.Plan(q)
	if err != nil {
		return Page{}, err
	}
	var out Page
	more := false
	for _, v := range append([]string{value}, kin...) {
		page, err := w.Reader.List(ctx, q.of(w.column, v, plan.Place))
		if err != nil {
			return Page{}, err
		}
		out.Rows, more = append(out.Rows, page.Rows...), more || page.Next != ""
	}
	place := table.placer(q)
	slices.SortFunc(out.Rows, func(a, b Row) int {
		n := cmp.Or(strings.Compare(place(a).Order, place(b).Order), strings.Compare(a.Key, b.Key))
		if q.Desc {
			return -n
		}
		return n
	})
	if len(out.Rows) > q.Limit {
		out.Rows, more = out.Rows[:q.Limit], true
	}
	if more {
		out.Next = q.Next(place(out.Rows[len(out.Rows)-1]))
	}
	return out, nil
}

// of is the query for another value, going on behind a place.
func (q Query) of(column, value string, behind *Place) Query {
	q.Where = maps.Clone(q.Where)
	q.Where[column], q.After = value, ""
	if behind != nil {
		q.After = q.Next(*behind)
	}
	return q
}

// placer tells where a row stands in the order of a query.
func (t Table) placer(q Query) func(Row) Place {
	at := slices.Index(t.Columns, q.OrderBy)
	return func(r Row) Place {
		if at < 0 {
			return Place{Order: "", Key: r.Key}
		}
		return Place{Order: r.Columns[at], Key: r.Key}
	}
}
