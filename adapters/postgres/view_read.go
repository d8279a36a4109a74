package postgres

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/projections"
)

// Get is projections.Reader's.
func (v *Views) Get(ctx context.Context, table, key string) (row *projections.Row, err error) {
	err = v.reading(ctx, table, func(t *viewTable) (err error) {
		row, err = t.get(ctx, key)
		return err
	})
	return row, err
}

// List is projections.Reader's.
func (v *Views) List(ctx context.Context, q projections.Query) (page projections.Page, err error) {
	err = v.reading(ctx, q.Table, func(t *viewTable) error {
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

// reading runs one query over the live tables. What it answers comes from one statement, so it is one state. If the tables were
// replaced and are gone, in this process or by another one, it runs again on the new ones.
func (v *Views) reading(ctx context.Context, table string, query func(*viewTable) error) error {
	for {
		t, err := v.table(table)
		if err != nil {
			return err
		}
		if err = moved(query(t)); err == nil {
			return nil
		}
		if errors.Is(err, projections.ErrMoved) {
			again, err2 := v.replaced(ctx, t.set)
			if again {
				continue
			}
			err = errors.Join(err, err2)
		}
		return fmt.Errorf("postgres: read %s: %w", table, err)
	}
}

// keepable tells whether a text could stand in a row: the server refuses to compare with any other.
func keepable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func (t *viewTable) get(ctx context.Context, key string) (*projections.Row, error) {
	if !keepable(key) {
		return nil, ctx.Err()
	}
	list, err := t.query(ctx, `SELECT `+t.columns+` FROM `+quote(t.name)+` r WHERE r.key = $1`, key)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0].Row, nil
}

// placed is a row with its number, if the table numbers its rows.
type placed struct {
	projections.Row
	id int64
}

// query reads a bounded number of rows.
func (t *viewTable) query(ctx context.Context, text string, args ...any) ([]placed, error) {
	rows, err := t.set.views.read.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (placed, error) {
		id, r, err := t.scan(row)
		return placed{r, id}, err
	})
}

// list reads along one index from where the page before ended: no row is read that is not given, but for one that tells
// whether there is another page, and as many of the rows with long texts.
func (t *viewTable) list(ctx context.Context, q projections.Query, plan projections.Plan) (projections.Page, error) {
	text, args, empty := t.listing(q, plan)
	if empty {
		return projections.Page{}, ctx.Err()
	}
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return projections.Page{}, err
	}
	at := t.column(q.OrderBy)
	place := func(r placed) (p projections.Place) {
		if p.Key = r.Key; at >= 0 {
			p.Order = r.Columns[at]
		}
		return p
	}
	slices.SortStableFunc(rows, func(a, b placed) int {
		n := cmp.Or(cmp.Compare(place(a).Order, place(b).Order), cmp.Compare(a.Key, b.Key))
		if q.Desc {
			return -n
		}
		return n
	})
	return t.page(q, rows, place), nil
}

// listing is the statement of a query along an index; empty says that no row can match.
func (t *viewTable) listing(q projections.Query, plan projections.Plan) (text string, args []any, empty bool) {
	order, direction := "r.key", ""
	if q.OrderBy != "" {
		order = "r.c_" + q.OrderBy
	}
	if q.Desc {
		direction = " DESC"
	}
	given := map[string]int{}
	arg := func(value string) string { // one parameter for each value
		if given[value] == 0 {
			args, empty = append(args, value), empty || !keepable(value)
			given[value] = len(args)
		}
		return fmt.Sprintf("$%d", given[value])
	}
	index := max(plan.Index, 0)
	var where, beginnings []string
	begins := func(column, relation, value string) {
		if plan.Index >= 0 {
			beginnings = append(beginnings, t.begin(column, index)+" "+relation+" "+t.begin(value, index))
		}
	}
	for _, c := range plan.Equal {
		where = append(where, "r.c_"+c+" = "+arg(q.Where[c]))
		begins("r.c_"+c, "=", arg(q.Where[c]))
	}
	for _, b := range t.bounds(q, plan.Place) {
		begins(order, b.relation+"=", arg(b.value))
		where = append(where, b.condition(order, arg))
	}
	args = append(args, q.Limit+1)
	rows := func(conditions []string, columns ...string) string {
		text := `SELECT ` + t.columns + ` FROM ` + quote(t.name) + ` r`
		if len(conditions) > 0 {
			text += ` WHERE ` + strings.Join(conditions, ` AND `)
		}
		return fmt.Sprintf("%s ORDER BY %s%s LIMIT $%d", text, strings.Join(columns, direction+", "), direction, len(args))
	}
	columns := []string{order}
	if q.OrderBy != "" {
		columns = append(columns, "r.key")
	}
	if plan.Index < 0 {
		return rows(where, columns...), args, empty
	}
	short := rows(append([]string{"NOT r.long"}, where...), columns...)
	long := rows(slices.Concat([]string{"r.long"}, beginnings, where), append([]string{t.begin(order, index)}, columns...)...)
	return "(" + short + ") UNION ALL (" + long + ")", args, empty
}

// bound is a limit of what a query orders by, "<" or ">": the value itself, or behind a row if there is a key.
type bound struct{ relation, value, key string }

func (b bound) condition(order string, arg func(string) string) string {
	switch {
	case b.key == "":
		return order + " " + b.relation + "= " + arg(b.value)
	case order == "r.key":
		return order + " " + b.relation + " " + arg(b.key)
	}
	return "(" + order + ", r.key) " + b.relation + " (" + arg(b.value) + ", " + arg(b.key) + ")"
}

// bounds are where a query's rows begin and end. The bound that the place has passed would only keep the index from being
// entered at the place.
func (t *viewTable) bounds(q projections.Query, place *projections.Place) (out []bound) {
	if q.From != "" && (place == nil || q.Desc) {
		out = append(out, bound{relation: ">", value: lowest(q.From)})
	}
	if q.To != "" && (place == nil || !q.Desc) {
		out = append(out, bound{relation: "<", value: highest(q.To)})
	}
	if place == nil {
		return out
	}
	behind := bound{">", place.Order, place.Key}
	if q.Desc {
		behind.relation = "<"
	}
	if q.OrderBy == "" {
		behind.value = place.Key
	}
	return append(out, behind)
}

// page cuts off what tells of another page.
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

// Bounds may be any bytes, such as "2026-01\xff"; the server takes only texts that rows could hold.

// highest is the text at or below which are the same keepable texts as at or below s.
func highest(s string) string {
	good, next, clean := unstorable(s)
	if clean {
		return s
	}
	if next == 1 {
		return good
	}
	return good + string(before(next)) + strings.Repeat(string(utf8.MaxRune), projections.MaxText/utf8.UTFMax)
}

// lowest is the text at or above which are the same keepable texts as at or above s.
func lowest(s string) string {
	good, next, clean := unstorable(s)
	switch {
	case clean:
		return s
	case next > utf8.MaxRune:
		return good + strings.Repeat(string(utf8.MaxRune), projections.MaxText/utf8.UTFMax+1)
	}
	return good + string(next)
}

// unstorable splits s before its first character that no row can hold; next is the lowest that goes beyond that.
func unstorable(s string) (good string, next rune, clean bool) {
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == 0 || r == utf8.RuneError && size == 1 {
			low, high := rune(1), rune(utf8.MaxRune+1)
			for low < high {
				middle := (low + high) / 2
				if utf8.ValidRune(middle) && bytes.Compare(utf8.AppendRune(nil, middle), []byte(s[i:])) > 0 ||
					!utf8.ValidRune(middle) && "\xed\xa0" > s[i:] {
					high = middle
				} else {
					low = middle + 1
				}
			}
			return s[:i], valid(low), false
		}
	}
	return s, 0, true
}

// valid is the lowest character at or above r, or beyond all.
func valid(r rune) rune {
	if r >= 0xd800 && r <= 0xdfff {
		return 0xe000
	}
	return r
}

// before is the character before r.
func before(r rune) rune {
	if r == 0xe000 {
		return 0xd7ff
	}
	return r - 1
}
