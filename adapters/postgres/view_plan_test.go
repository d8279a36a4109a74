package postgres

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

func firm() projections.Projection {
	return projections.Projection{
		Name: "firm.v1",
		Tables: []projections.Table{{
			Name: "firm", Columns: []string{"district", "kind", "since"}, Search: true,
			Indexes: [][]string{{"since"}, {"district", "since"}, {"kind", "district", "since"}, {"district"}},
		}},
		Project: nil, // the tests write rows themselves
	}
}

// firms makes rows of the size of a public record.
func firms(from, n int) []projections.Row {
	doc := make([]byte, 800)
	out := make([]projections.Row, n)
	for i := range out {
		k := (from + i) * 7919 % 1_000_003
		out[i] = projections.Row{
			Key: fmt.Sprintf("91640100MA%08d", k), Columns: []string{fmt.Sprintf("6401%02d", k%20), "企业", fmt.Sprintf("2026-01-%02d", k%28)},
			Search: fmt.Sprintf("宁夏银川第%d号商贸有限公司\n91640100ma%08d", k, k), Doc: doc,
		}
	}
	return out
}

func attachFirm(t testing.TB) (*Views, projections.Target) {
	t.Helper()
	v := openViews(t, postgrestest.New(t))
	target, err := v.Attach(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	return v, target
}

func commitFirms(t testing.TB, target projections.Target, at, rows int) {
	t.Helper()
	work := projections.NewRows(nil)
	work.Begin(es.At(uint64(at+1), 0), nil) //nolint:gosec // small
	for _, r := range firms(at*rows, rows) {
		work.Put("firm", r)
	}
	if err := target.Commit(t.Context(), es.At(uint64(at), 0), es.At(uint64(at+1), 0), work); err != nil { //nolint:gosec // small
		t.Fatal(err)
	}
}

// rebuilt is a view of 9000 rows, which came as a rebuild brings them.
func rebuilt(t *testing.T) *Views {
	t.Helper()
	v, _ := attachFirm(t)
	shadow, err := v.Shadow(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	for at := range 9 {
		commitFirms(t, shadow, at, 1000)
	}
	if err := v.Switch(t.Context(), firm(), es.Position{}, shadow); err != nil {
		t.Fatal(err)
	}
	return v
}

// explain is the server's plan of a statement as it ran, without figures but the rows of each step.
func explain(t *testing.T, v *Views, text string, args ...any) []string {
	t.Helper()
	rows, err := v.read.Query(t.Context(), "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(line))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestListingsEnterTheirIndexWhereThePageBegins(t *testing.T) {
	v := rebuilt(t)
	table, err := v.table("firm")
	if err != nil {
		t.Fatal(err)
	}
	some := firms(0, 9000)[4500]
	where := map[string]string{"district": some.Columns[0]}
	both := map[string]string{"district": some.Columns[0], "kind": "企业"}
	for _, c := range []struct {
		q         projections.Query
		place     bool
		index     string
		condition string
	}{
		{projections.Query{}, false, "firm_key", ""},
		{projections.Query{}, true, "firm_key", "key >"},
		{projections.Query{Desc: true}, true, "firm_key", "key <"},
		{projections.Query{From: "91640100MA00", To: "91640100MA09"}, false, "firm_key", "key >="},
		{projections.Query{OrderBy: "since"}, false, "firm_0", ""},
		{projections.Query{OrderBy: "since"}, true, "firm_0", "ROW(c_since, key) >"},
		{projections.Query{OrderBy: "since", Desc: true, From: "2"}, true, "firm_0", "ROW(c_since, key) <"},
		{projections.Query{OrderBy: "since", From: "1", To: "3"}, true, "firm_0", "ROW(c_since, key) >"},
		{projections.Query{Where: where}, false, "firm_3", "c_district ="},
		{projections.Query{Where: where}, true, "firm_3", "key >"},
		{projections.Query{Where: where, OrderBy: "since"}, true, "firm_1", "ROW(c_since, key) >"},
		{projections.Query{Where: both, OrderBy: "since", Desc: true}, true, "firm_2", "ROW(c_since, key) <"},
	} {
		c.q.Table, c.q.Limit = "firm", 20
		if c.place {
			place := projections.Place{Order: some.Columns[2], Key: some.Key}
			if c.q.OrderBy == "" {
				place.Order = ""
			}
			c.q.After = c.q.Next(place)
		}
		plan, err := table.shape.Plan(c.q)
		if err != nil {
			t.Fatal(err)
		}
		text, args, _ := table.listing(c.q, plan)
		got := explain(t, v, text, args...)
		entered := slices.ContainsFunc(got, func(line string) bool {
			return regexp.MustCompile(`Index Scan( Backward)? using v\d+_` + c.index + ` on v\d+_firm r.* \(actual rows=(\d|1\d|20|21) loops=1\)`).MatchString(line)
		})
		conditioned := slices.ContainsFunc(got, func(line string) bool {
			return c.condition == "" || strings.HasPrefix(line, "Index Cond:") && strings.Contains(line, c.condition)
		})
		if whole := strings.Join(got, "\n  "); !entered || !conditioned || reads(whole) {
			t.Errorf("%+v\n  %s", c.q, whole)
		}
	}
}

// reads tells whether a plan reads rows that it gives up, or a table.
func reads(plan string) bool {
	return strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Rows Removed") || strings.Contains(plan, "Bitmap")
}

func TestSearchEndsWithItsPage(t *testing.T) {
	v := rebuilt(t)
	table, err := v.table("firm")
	if err != nil {
		t.Fatal(err)
	}
	for term, visited := range map[string]int{
		"有限公司":    1, // all rows hold it: the first bucket is enough
		"a000079": 3, // few do: every bucket is asked
		"司限有":     3,
	} {
		got := strings.Join(explain(t, v, table.searching(), pairsOf(term), 0, term, 21, table.set.id), "\n  ")
		index := fmt.Sprintf("Bitmap Index Scan on v%d_firm_gram", table.set.id)
		if !strings.Contains(got, index) || strings.Contains(got, "Seq Scan on "+table.name) || !strings.Contains(got, fmt.Sprintf("loops=%d)", visited)) {
			t.Errorf("%s visits not %d buckets along %s\n  %s", term, visited, index, got)
		}
	}
}

// Readers, loads, deletes and upserts go by the key also while the server knows nothing of a table.
func TestKeysAreFoundByTheirIndex(t *testing.T) {
	v, target := attachFirm(t)
	commitFirms(t, target, 0, 50)
	table, err := v.table("firm")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`SELECT r.doc FROM ` + quote(table.name) + ` r WHERE r.key = ANY($1)`, table.remove(),
	} {
		rows, err := v.write.Query(t.Context(), "EXPLAIN "+text, []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, line)
		}
		rows.Close()
		if got := strings.Join(plan, "\n"); !strings.Contains(got, table.name+"_key") || strings.Contains(got, "Seq Scan") {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

func FuzzPairs(f *testing.F) {
	f.Add("宁夏公司", "公司", int64(5000))
	f.Add("a𫖯b", "𫖯b", int64(1))
	f.Add("aaa", "aa", int64(1<<33))
	f.Fuzz(func(t *testing.T, text, term string, id int64) {
		if len([]rune(term)) < 2 || !keepable(text) || !keepable(term) || id < 0 || id >= 1<<33 {
			return
		}
		grams := gramsOf(text, id)
		holds := func(bucket int64) bool {
			for _, g := range pairsOf(term) {
				if _, found := slices.BinarySearch(grams, g+bucket); !found {
					return false
				}
			}
			return true
		}
		if strings.Contains(text, term) && !holds(id>>bucketBits) {
			t.Errorf("%q is not found in %q", term, text)
		}
		if holds(id>>bucketBits + 1) {
			t.Errorf("%q is found in the bucket next to that of %q", term, text)
		}
		if i := slices.IndexFunc(grams, func(g int64) bool { return g < 0 }); i >= 0 {
			t.Errorf("%q has the pair %d", text, grams[i])
		}
	})
}
