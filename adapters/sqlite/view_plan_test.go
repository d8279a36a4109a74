package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

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

func attachFirm(t testing.TB) (*Views, projections.Target) {
	t.Helper()
	v := openViews(t, filepath.Join(t.TempDir(), "views.db"))
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	target, err := v.Attach(t.Context(), firm())
	if err != nil {
		t.Fatal(err)
	}
	return v, target
}

// explain is SQLite's plan of a statement.
func explain(t *testing.T, v *Views, text string, args ...any) string {
	t.Helper()
	rows, err := v.db.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "; ")
}

func TestListingsEnterTheirIndexWhereThePageBegins(t *testing.T) {
	v, _ := attachFirm(t)
	table, err := v.table("firm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q     projections.Query
		place bool
		want  string
	}{
		{projections.Query{}, false, "SCAN r USING INDEX v1_firm_key"},
		{projections.Query{}, true, "SEARCH r USING INDEX v1_firm_key (key>?)"},
		{projections.Query{Desc: true}, true, "SEARCH r USING INDEX v1_firm_key (key<?)"},
		{projections.Query{From: "a", To: "b"}, false, "SEARCH r USING INDEX v1_firm_key (key>? AND key<?)"},
		{projections.Query{OrderBy: "since"}, false, "SCAN r USING INDEX v1_firm_0"},
		{projections.Query{OrderBy: "since"}, true, "SEARCH r USING INDEX v1_firm_0 ((c_since,key)>(?,?))"},
		{projections.Query{OrderBy: "since", Desc: true, From: "2"}, true, "SEARCH r USING INDEX v1_firm_0 (c_since>? AND (c_since,key)<(?,?))"},
		{projections.Query{OrderBy: "since", From: "1", To: "2"}, true, "SEARCH r USING INDEX v1_firm_0 ((c_since,key)>(?,?) AND c_since<?)"},
		{projections.Query{Where: map[string]string{"district": "x"}}, true, "SEARCH r USING INDEX v1_firm_3 (c_district=? AND key>?)"},
		{
			projections.Query{Where: map[string]string{"district": "x", "kind": "y"}, OrderBy: "since", Desc: true}, true,
			"SEARCH r USING INDEX v1_firm_2 (c_kind=? AND c_district=? AND (c_since,key)<(?,?))",
		},
	} {
		c.q.Table, c.q.Limit = "firm", 20
		if c.place {
			c.q.After = c.q.Next(projections.Place{Order: "o", Key: "k"})
		}
		plan, err := table.shape.Plan(c.q)
		if err != nil {
			t.Fatal(err)
		}
		text, args := table.listing(c.q, plan)
		if got := explain(t, v, text, args...); got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c.q, got, c.want)
		}
	}
}

func TestSearchReadsTheTextIndexInItsOrder(t *testing.T) {
	v, _ := attachFirm(t)
	table, err := v.table("firm")
	if err != nil {
		t.Fatal(err)
	}
	got := explain(t, v, table.searching(), `"`+gramsOf("公司")+`"`, 0, "公司", 20)
	if strings.Contains(got, "TEMP") || !strings.HasPrefix(got, "SCAN g VIRTUAL TABLE INDEX") || !strings.Contains(got, "SEARCH r USING INTEGER PRIMARY KEY") {
		t.Errorf("plan is %s", got)
	}
}

func FuzzGrams(f *testing.F) {
	f.Add("宁夏公司", "公司")
	f.Add("a𫖯b", "𫖯b")
	f.Add("aaa", "aa")
	f.Fuzz(func(t *testing.T, text, term string) {
		if len([]rune(term)) < 2 || strings.ToValidUTF8(text, "") != text || strings.ToValidUTF8(term, "") != term {
			return
		}
		phrase := strings.Contains(" "+gramsOf(text)+" ", " "+gramsOf(term)+" ")
		if phrase != strings.Contains(text, term) {
			t.Errorf("%q in %q: %v by its words", term, text, phrase)
		}
		for _, c := range gramsOf(text) {
			if c != ' ' && (c < '0' || c > '9') && (c < 'a' || c > 'g') {
				t.Errorf("%q is written with %q", text, c)
			}
		}
	})
}

func ExampleViews_search() {
	fmt.Println(gramsOf("宁夏a"))
	// Output: 5b81g590f 590fg61
}
