package projections_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

func key(k string) projections.Key { return projections.Key{Table: "t", Key: k} }

func changes(rows *projections.Rows) string {
	var out []string
	for k, row := range rows.Changed {
		if row == nil {
			out = append(out, "-"+k.Key)
		} else {
			out = append(out, fmt.Sprintf("%s@%s", k.Key, row.Position))
		}
	}
	return strings.Join(out, " ")
}

func TestChangedComesInTheOrderOfBecoming(t *testing.T) {
	rows := projections.NewRows(map[projections.Key]*projections.Row{key("old"): {Key: "old"}, key("new"): nil})
	step := 0
	begin := func() { step++; rows.Begin(es.At(uint64(step), 0), []projections.Key{key("old"), key("new")}) }
	put := func(k string) { begin(); rows.Put("t", projections.Row{Key: k}) }
	del := func(k string) { begin(); rows.Delete("t", k) }
	put("a")   // 1
	put("new") // 2
	put("b")   // 3
	put("a")   // 4: keeps its place before "new"
	del("b")   // 5
	put("b")   // 6: comes to be again, after "new"
	put("old") // 7
	del("c")   // 8
	del("old") // 9
	if got, want := changes(rows), "a@4 new@2 -b b@6 -c -old"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	put("old") // 10
	if got, want := changes(rows), "a@4 new@2 -b b@6 -c -old old@10"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGetSeesWhatTheChangeAskedForAlone(t *testing.T) {
	rows := projections.NewRows(map[projections.Key]*projections.Row{
		key("a"): {Key: "a", Columns: []string{"1"}}, key("b"): {Key: "b"},
	})
	rows.Begin(es.At(1, 0), []projections.Key{key("a")})
	row, err := rows.Get("t", "a")
	if err != nil || row.Columns[0] != "1" {
		t.Fatalf("Get gives %v, %v", row, err)
	}
	row.Columns[0] = "2" // the copy's own
	if again, _ := rows.Get("t", "a"); again.Columns[0] != "1" {
		t.Error("writing into a row that Get gave changed the working set")
	}
	if _, err := rows.Get("t", "b"); err == nil {
		t.Error("a row of another change was given")
	}
	rows.Put("t", projections.Row{Key: "c"})
	if row, err := rows.Get("t", "c"); err != nil || row == nil {
		t.Errorf("the change's own row: %v, %v", row, err)
	}
	rows.Begin(es.At(2, 0), []projections.Key{key("b"), key("never loaded")})
	for _, k := range []string{"a", "c", "never loaded"} {
		if _, err := rows.Get("t", k); err == nil {
			t.Errorf("%s was given", k)
		}
	}
}

func TestTableCheck(t *testing.T) {
	table := projections.Table{Name: "t", Columns: []string{"a"}, Search: true}
	good := projections.Row{Key: "k", Columns: []string{strings.Repeat("x", projections.MaxText)}, Search: strings.Repeat("药", 5000)}
	if err := table.Check(good); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*projections.Row){
		"no key":         func(r *projections.Row) { r.Key = "" },
		"long key":       func(r *projections.Row) { r.Key = strings.Repeat("k", projections.MaxText+1) },
		"key not UTF-8":  func(r *projections.Row) { r.Key = "\xff" },
		"NUL":            func(r *projections.Row) { r.Key = "a\x00b" },
		"columns":        func(r *projections.Row) { r.Columns = nil },
		"long column":    func(r *projections.Row) { r.Columns = []string{strings.Repeat("k", projections.MaxText+1)} },
		"column's NUL":   func(r *projections.Row) { r.Columns = []string{"\x00"} },
		"search's bytes": func(r *projections.Row) { r.Search = "\xff" },
		"long search":    func(r *projections.Row) { r.Search = strings.Repeat("s", projections.MaxSearch+1) },
	} {
		row := good
		change(&row)
		if table.Check(row) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	table.Search = false
	if table.Check(good) == nil {
		t.Error("a text to search was taken by a table that is not searched")
	}
}

func TestNumOrdersAsText(t *testing.T) {
	last := ""
	for _, n := range []uint64{0, 1, 9, 10, 99, 1 << 40, 1<<64 - 1} {
		if s := projections.Num(n); s <= last {
			t.Errorf("Num(%d) = %q is not after %q", n, s, last)
		} else {
			last = s
		}
	}
}

func FuzzClip(f *testing.F) {
	f.Add("短")
	f.Add(strings.Repeat("a", projections.MaxText-1) + "药")
	f.Add(strings.Repeat("𫖯", 400))
	f.Fuzz(func(t *testing.T, s string) {
		got := projections.Clip(s)
		if len(got) > projections.MaxText || !strings.HasPrefix(s, got) {
			t.Errorf("Clip gives %d bytes", len(got))
		}
		if utf8.ValidString(s) && (!utf8.ValidString(got) || len(s) > len(got) && len(got) < projections.MaxText-3) {
			t.Errorf("Clip cuts a character, or too much: %d of %d bytes", len(got), len(s))
		}
	})
}
