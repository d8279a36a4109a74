package projections_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

const wideRows = "wide_row"

// wideTable has rows of several offices, listed by key and by day.
func wideTable() projections.Projection {
	return projections.Projection{
		Name: "wide.v1",
		Tables: []projections.Table{{
			Name: wideRows, Columns: []string{"office", "day"}, Indexes: [][]string{{"office"}, {"office", "day"}, {"day"}},
		}},
		Project: func(rec es.Record) (projections.Change, error) {
			key := projections.Key{Table: wideRows, Key: rec.Stream.ID}
			return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
				rows.Put(wideRows, projections.Row{Key: key.Key, Columns: strings.Split(string(rec.Data), "|"), Doc: rec.Data})
				return nil
			}}, nil
		},
	}
}

// fillWide makes rows with many equal days, so that keys decide.
func fillWide(t *testing.T, rnd *rand.Rand, n int) (*projectionstest.Memory, []projections.Row) {
	t.Helper()
	views := projectionstest.NewMemory(t)
	target, err := views.Attach(t.Context(), wideTable())
	if err != nil {
		t.Fatal(err)
	}
	var all []projections.Row
	var keys []projections.Key
	for i := range n {
		row := projections.Row{
			Key: fmt.Sprintf("k%03d", i), Columns: []string{fmt.Sprintf("o%d", rnd.IntN(5)), fmt.Sprintf("2026-01-%02d", 1+rnd.IntN(9))},
		}
		all, keys = append(all, row), append(keys, projections.Key{Table: wideRows, Key: row.Key})
	}
	rows := projections.NewRows(map[projections.Key]*projections.Row{})
	rows.Begin(es.At(1, 0), keys)
	for _, row := range all {
		rows.Put(wideRows, row)
	}
	if err := target.Commit(t.Context(), es.Position{}, es.At(1, 0), rows); err != nil {
		t.Fatal(err)
	}
	return views, all
}

// kinOfFirst: the first office has taken over two others.
func kinOfFirst(_ context.Context, office string) ([]string, error) {
	if office == "o0" {
		return []string{"o3", "o1"}, nil
	}
	return nil, nil
}

// TestWidenedPagesAreTheUnion compares pages of all sizes with a plain sort of the rows that belong.
func TestWidenedPagesAreTheUnion(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // a fixed sequence
	views, all := fillWide(t, rnd, 120)
	wide := projections.Widen(views, "office", kinOfFirst, wideTable())
	for _, q := range []projections.Query{
		{OrderBy: "day"}, {OrderBy: "day", Desc: true}, {}, {OrderBy: "day", From: "2026-01-03", To: "2026-01-06"},
		{OrderBy: "day", From: "2026-01-03", To: "2026-01-06", Desc: true},
	} {
		for _, limit := range []int{1, 2, 7, 50, 1000} {
			q.Table, q.Where, q.Limit = wideRows, map[string]string{"office": "o0"}, limit
			got, want := paged(t, wide, q), union(all, q, "o0", "o1", "o3")
			if !slices.Equal(got, want) {
				t.Errorf("%+v: got %v, want %v", q, got, want)
			}
			q.Where = map[string]string{"office": "o1"}
			if got := paged(t, wide, q); !slices.Equal(got, union(all, q, "o1")) {
				t.Errorf("%+v: an office without kin gives %v", q, got)
			}
		}
	}
}

func paged(t *testing.T, r projections.Reader, q projections.Query) (keys []string) {
	t.Helper()
	for q.After = ""; ; {
		page, err := r.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) > q.Limit || len(page.Rows) == 0 && page.Next != "" {
			t.Fatalf("a page of %d has %d rows and leads on to %q", q.Limit, len(page.Rows), page.Next)
		}
		for _, row := range page.Rows {
			keys = append(keys, row.Key)
		}
		if q.After = page.Next; q.After == "" {
			return keys
		}
	}
}

// union sorts what belongs, by the words of the query.
func union(all []projections.Row, q projections.Query, offices ...string) (keys []string) {
	var in []string
	for _, row := range all {
		day := row.Columns[1]
		if slices.Contains(offices, row.Columns[0]) && (q.From == "" || day >= q.From) && (q.To == "" || day <= q.To) {
			if q.OrderBy == "" {
				day = ""
			}
			in = append(in, day+"|"+row.Key)
		}
	}
	slices.Sort(in)
	if q.Desc {
		slices.Reverse(in)
	}
	for _, s := range in {
		_, key, _ := strings.Cut(s, "|")
		keys = append(keys, key)
	}
	return keys
}

func TestWidenedQueriesOfOthersPassOn(t *testing.T) {
	t.Parallel()
	views, all := fillWide(t, rand.New(rand.NewPCG(1, 2)), 30) //nolint:gosec // a fixed sequence
	wide := projections.Widen(views, "office", kinOfFirst, wideTable())
	if got := paged(t, wide, projections.Query{Table: wideRows, OrderBy: "day", Limit: 4}); len(got) != len(all) {
		t.Errorf("a list of all offices has %d of %d rows", len(got), len(all))
	}
	if _, err := wide.List(t.Context(), projections.Query{Table: "stranger", Where: map[string]string{"office": "o0"}, Limit: 1}); err == nil {
		t.Error("a table that there is not was read")
	}
	if _, err := wide.List(t.Context(), projections.Query{Table: wideRows, Where: map[string]string{"office": "o0"}, Limit: 0}); err == nil {
		t.Error("a query without a limit was answered")
	}
	if _, err := wide.List(t.Context(), projections.Query{Table: wideRows, Where: map[string]string{"office": "o0"}, OrderBy: "day", After: "bm8", Limit: 1}); !errors.Is(err, projections.ErrCursor) {
		t.Errorf("a cursor that nobody gave: %v", err)
	}
	lost := errors.New("lost")
	failing := projections.Widen(views, "office", func(context.Context, string) ([]string, error) { return nil, lost }, wideTable())
	if _, err := failing.List(t.Context(), projections.Query{Table: wideRows, Where: map[string]string{"office": "o0"}, Limit: 1}); !errors.Is(err, lost) {
		t.Errorf("kin that can't be told: %v", err)
	}
}
