package projections_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
)

var listed = projections.Table{
	Name: "t", Columns: []string{"a", "b", "c"}, Search: true,
	Indexes: [][]string{{"a", "b", "c"}, {"b"}, {"b", "a"}},
}

func TestPlanFindsTheIndex(t *testing.T) {
	where := func(columns ...string) map[string]string {
		m := map[string]string{}
		for _, c := range columns {
			m[c] = "v"
		}
		return m
	}
	for _, c := range []struct {
		where map[string]string
		order string
		index int // -2: refused
		equal []string
	}{
		{nil, "", -1, nil},
		{nil, "b", 1, []string{}},
		{where("b"), "", 1, []string{"b"}},
		{where("b"), "a", 2, []string{"b"}},
		{where("b", "a"), "c", 0, []string{"a", "b"}},
		{where("a", "b"), "", 2, []string{"b", "a"}},
		{where("c", "a", "b"), "", 0, []string{"a", "b", "c"}},
		{where("a"), "b", -2, nil}, // rows of one b would not come in key order
		{where("a"), "", -2, nil},
		{nil, "a", -2, nil},
		{where("x"), "", -2, nil},
		{where("b"), "b", -2, nil},
		{where("a", "c"), "b", -2, nil},
	} {
		plan, err := listed.Plan(projections.Query{Table: "t", Where: c.where, OrderBy: c.order, Limit: 1})
		refused := (*projections.QueryError)(nil)
		switch {
		case c.index == -2:
			if !errors.As(err, &refused) || refused.Field != "where" || refused.Table != "t" {
				t.Errorf("where %v by %q: %v", slices.Sorted(maps.Keys(c.where)), c.order, err)
			}
		case err != nil || plan.Index != c.index || !slices.Equal(plan.Equal, c.equal) || plan.Place != nil:
			t.Errorf("where %v by %q: %+v, %v", slices.Sorted(maps.Keys(c.where)), c.order, plan, err)
		}
	}
}

func TestCursorLeadsBack(t *testing.T) {
	q := projections.Query{Table: "t", Where: map[string]string{"b": "药"}, OrderBy: "a", Limit: 3}
	for _, p := range []projections.Place{{Order: "", Key: "k"}, {Order: "中", Key: "钥"}, {Order: projections.Num(1 << 60), Key: "k"}} {
		q.After = q.Next(p)
		plan, err := listed.Plan(q)
		if err != nil || *plan.Place != p {
			t.Errorf("%+v comes back as %+v, %v", p, plan.Place, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	q := projections.Query{Table: "t", OrderBy: "b", Limit: 1}
	f.Add(q.Next(projections.Place{Order: "o", Key: "k"}))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, after string) {
		q.After = after
		plan, err := listed.Plan(q)
		switch {
		case err != nil:
			if !errors.Is(err, projections.ErrCursor) {
				t.Errorf("%q: %v", after, err)
			}
		case (plan.Place == nil) != (after == ""):
			t.Errorf("%q leads to %v", after, plan.Place)
		case plan.Place != nil && plan.Place.Key == "":
			t.Errorf("%q leads to no key", after)
		}
	})
}

func TestProjectionCheck(t *testing.T) {
	table := func(change func(*projections.Table)) projections.Projection {
		t := projections.Table{Name: "t_1", Columns: []string{"a", "b2"}, Indexes: [][]string{{"a"}, {"a", "b2"}}}
		change(&t)
		return projections.Projection{Name: "p.v1", Tables: []projections.Table{t}}
	}
	if err := table(func(*projections.Table) {}).Check(); err != nil {
		t.Error(err)
	}
	for name, p := range map[string]projections.Projection{
		"no name":            {},
		"table twice":        {Name: "p", Tables: []projections.Table{{Name: "t"}, {Name: "t"}}},
		"table name":         table(func(t *projections.Table) { t.Name = "T" }),
		"empty table name":   table(func(t *projections.Table) { t.Name = "" }),
		"quoted table name":  table(func(t *projections.Table) { t.Name = `t"` }),
		"name of digit":      table(func(t *projections.Table) { t.Name = "1t" }),
		"column name":        table(func(t *projections.Table) { t.Columns[0] = "药" }),
		"column twice":       table(func(t *projections.Table) { t.Columns[0] = "b2" }),
		"index of nothing":   table(func(t *projections.Table) { t.Indexes[0] = nil }),
		"index twice":        table(func(t *projections.Table) { t.Indexes[0] = []string{"a", "b2"} }),
		"index column":       table(func(t *projections.Table) { t.Indexes[0] = []string{"c"} }),
		"column in it twice": table(func(t *projections.Table) { t.Indexes[0] = []string{"a", "a"} }),
	} {
		if p.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if table(func(*projections.Table) {}).Definition() == table(func(t *projections.Table) { t.Search = true }).Definition() {
		t.Error("two definitions have one digest")
	}
}
