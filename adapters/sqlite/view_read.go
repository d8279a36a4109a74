package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/projections"
)

// Get is projections.Reader's.
func (v *Views) Get(ctx context.Context, table, key string) (row *projections.Row, err error) {
	err = v.reading(table, func(t *viewTable) (err error) {
		row, err = t.get(ctx, key)
		return err
	})
	return row, err
}

// List is projections.Reader's.
func (v *Views) List(ctx context.Context, q projections.Query) (page projections.Page, err error) {
	err = v.reading(q.Table, func(t *viewTable) error {
		plan, err := t.shape.Plan(q)
		if err != nil {
			return err
		}
		if q.Search != "" {
			page, err = t.search(ctx, q, plan.Place)
		} else {
			page, err = t.list(ctx, q, plan)
		}
		return err
	})
	return page, err
}

// reading runs one query over the live tables. A query is one statement, so it sees one state. If a switch takes the tables
// away under it, it runs again on the new ones; a switch seen from here shows by other tables, not by the kind of error.
func (v *Views) reading(table string, query func(*viewTable) error) error {
	for {
		t, err := v.table(table)
		if err != nil {
			return err
		}
		err = query(t)
		if err == nil {
			return nil
		}
		if now, gone := v.table(table); gone == nil && now != t {
			continue
		}
		return fmt.Errorf("sqlite: read %s: %w", table, err)
	}
}

func (t *viewTable) get(ctx context.Context, key string) (*projections.Row, error) {
	list, err := t.query(ctx, `SELECT `+t.columns+` FROM `+quote(t.name)+` r WHERE r.key = ?`, key)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0].Row, nil
}

// placed is a row with its rowid.
type placed struct {
	projections.Row
	id int64
}

// query reads a bounded number of rows; a context that can end would cost the driver a goroutine.
func (t *viewTable) query(ctx context.Context, text string, args ...any) (out []placed, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.run(context.WithoutCancel(ctx), text, args...)
}

func (t *viewTable) run(ctx context.Context, text string, args ...any) (out []placed, err error) {
	err = t.each(ctx, text, args, func(rows *sql.Rows) error {
		id, row, err := t.scan(rows)
		out = append(out, placed{row, id})
		return err
	})
	return out, err
}

// list reads along one index from where the page before ended: no row is read that is not given, but for one that tells
// whether there is another page.
func (t *viewTable) list(ctx context.Context, q projections.Query, plan projections.Plan) (projections.Page, error) {
	text, args := t.listing(q, plan)
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return projections.Page{}, err
	}
	return t.page(q, rows, func(last placed) projections.Place {
		p := projections.Place{Key: last.Key}
		if q.OrderBy != "" {
			p.Order = last.Columns[t.column(q.OrderBy)]
		}
		return p
	}), nil
}

// listing is the statement of a query along an index, which it names: a plan that does not use it is an error.
func (t *viewTable) listing(q projections.Query, plan projections.Plan) (text string, args []any) {
	order, past, direction := "r.key", ">", ""
	if q.OrderBy != "" {
		order = "r.c_" + q.OrderBy
	}
	low, high := q.From, q.To
	if q.Desc {
		past, direction = "<", " DESC"
	}
	where := []string{}
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	for _, c := range plan.Equal {
		add("r.c_"+c+" = ?", q.Where[c])
	}
	if p := plan.Place; p != nil {
		if q.OrderBy == "" {
			add("r.key "+past+" ?", p.Key)
		} else {
			add("("+order+", r.key) "+past+" (?, ?)", p.Order, p.Key)
		}
		// The bound that the place has passed would only keep the index from being entered at the place.
		if q.Desc {
			high = ""
		} else {
			low = ""
		}
	}
	if low != "" {
		add(order+" >= ?", low)
	}
	if high != "" {
		add(order+" <= ?", high)
	}
	text = `SELECT ` + t.columns + ` FROM ` + quote(t.name) + ` r INDEXED BY ` + quote(t.indexName(plan.Index))
	if len(where) > 0 {
		text += ` WHERE ` + strings.Join(where, ` AND `)
	}
	text += ` ORDER BY ` + order + direction
	if q.OrderBy != "" {
		text += `, r.key` + direction
	}
	return text + ` LIMIT ?`, append(args, q.Limit+1)
}

func (t *viewTable) column(name string) int {
	for i, c := range t.shape.Columns {
		if c == name {
			return i
		}
	}
	return -1
}

// page cuts off the row that tells of another page.
func (t *viewTable) page(q projections.Query, rows []placed, place func(placed) projections.Place) projections.Page {
	page := projections.Page{}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		page.Next = q.Next(place(rows[q.Limit-1]))
	}
	for _, r := range rows {
		page.Rows = append(page.Rows, r.Row)
	}
	return page
}
