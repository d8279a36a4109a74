package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/projections"
)

// ledgerOfAll is the ledger that holds every aggregate.
const ledgerOfAll = oldLedgers + "/36d969f"

// views opens the views of a restored ledger as they are, with what each table holds.
func (l *oldLedger) views(work func(ctx context.Context, views *sqlite.Views, targets map[string]projections.Target)) {
	l.Helper()
	c := config{Data: l.data}
	views, err := sqlite.OpenViews(l.Context(), c.path(viewsFile))
	if err != nil {
		l.Fatal(err)
	}
	targets := map[string]projections.Target{}
	for _, p := range allProjections() {
		if targets[p.Name], err = views.Attach(l.Context(), p); err != nil {
			l.Fatal(err)
		}
	}
	work(l.Context(), views, targets)
	if err := views.Close(); err != nil {
		l.Fatal(err)
	}
}

// TestTheTablesAreKnown holds the list of tables to what there is, and the kinds of their documents to what the tables of a ledger
// of every aggregate hold.
func TestTheTablesAreKnown(t *testing.T) {
	t.Parallel()
	infos, there := tableInfos(), map[string]bool{}
	for _, p := range allProjections() {
		for _, table := range p.Tables {
			there[table.Name] = true
		}
	}
	if a, b := slices.Sorted(maps.Keys(infos)), slices.Sorted(maps.Keys(there)); !slices.Equal(a, b) {
		t.Errorf("known   %v\nthere are %v", a, b)
	}
	l := restoredLedger(t, ledgerOfAll)
	l.answers() // brings the views up to the log
	documents := map[string]int{}
	l.views(func(ctx context.Context, _ *sqlite.Views, targets map[string]projections.Target) {
		for _, p := range allProjections() {
			e := newExplainer(p)
			for entry, err := range targets[p.Name].Dump(ctx) {
				if err != nil {
					t.Fatal(err)
				}
				documents[entry.Table]++
				if err := e.known(entry); err != nil {
					t.Errorf("%s: row %s: %v", entry.Table, entry.Row.Key, err)
				}
			}
		}
	})
	empty := 0
	for name := range infos {
		if documents[name] == 0 {
			empty++
			t.Logf("no row in %s", name)
		}
	}
	if empty > len(infos)/4 {
		t.Errorf("%d of %d tables hold nothing to judge by", empty, len(infos))
	}
}

// known demands that the message of a table holds all of a document.
func (e explainer) known(entry projections.Entry) error {
	m := e.infos[entry.Table].document
	if m == nil || len(entry.Row.Doc) == 0 {
		return nil
	}
	msg := m.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(entry.Row.Doc, msg); err != nil {
		return err
	}
	if hidden := msg.ProtoReflect().GetUnknown(); len(hidden) > 0 {
		return fmt.Errorf("a %T has no place for %x", msg, hidden)
	}
	return nil
}

// spoil rewrites every row of the tables as no event would have it, and leaves the checkpoints.
func (l *oldLedger) spoil(tables func(name string) bool) (rows int) {
	l.Helper()
	l.views(func(ctx context.Context, _ *sqlite.Views, targets map[string]projections.Target) {
		for _, p := range allProjections() {
			target := targets[p.Name]
			at, err := target.Checkpoint(ctx)
			if err != nil {
				l.Fatal(err)
			}
			changed := projections.NewRows(nil)
			for entry, err := range target.Dump(ctx) {
				if err != nil {
					l.Fatal(err)
				}
				if tables(entry.Table) {
					changed.Delete(entry.Table, entry.Row.Key)
					rows++
				}
			}
			if err := target.Commit(ctx, at, at, changed); err != nil {
				l.Fatal(err)
			}
		}
	})
	return rows
}

// TestThePublicTablesAreThose empties all tables that are not marked public: no answer to the public changes.
func TestThePublicTablesAreThose(t *testing.T) {
	t.Parallel()
	l := restoredLedger(t, ledgerOfAll)
	if rows := l.spoil(func(name string) bool { return !tableInfos()[name].public }); rows < 400 {
		t.Fatalf("only %d rows were taken away", rows)
	}
	l.answers()
}

func TestDifferencesByField(t *testing.T) {
	t.Parallel()
	p := projections.Projection{Name: "p", Tables: []projections.Table{{Name: "roster_change", Columns: []string{"a", "b"}}}}
	row := func(doc string, columns ...string) *projections.Row {
		return &projections.Row{Key: "k", Columns: columns, Doc: []byte(doc)}
	}
	for name, c := range map[string]struct {
		was, is *projections.Row
		want    string
	}{
		"a column":                {row(`{}`, "1", "2"), row(`{}`, "1", "3"), `changed columns.b "2" "3"`},
		"a field":                 {row(`{"x":{"y":[1,{"z":2}]}}`, "1"), row(`{"x":{"y":[1,{"z":3}]}}`, "1"), `changed document.x.y.1.z 2 3`},
		"an element more":         {row(`{"x":[1]}`, "1"), row(`{"x":[1,2]}`, "1"), `changed document.x.1 nothing 2`},
		"a field of another kind": {row(`{"x":[1]}`, "1"), row(`{"x":"1"}`, "1"), `changed document.x [1] "1"`},
		"a text":                  {row("one", "1"), row("two", "1"), `changed document "one" "two"`},
		"other bytes":             {row(`{"x":1}`, "1"), row(`{ "x":1}`, "1"), `changed document "other bytes of the same content" "other bytes of the same content"`},
		"a row too many":          {row("", "1"), nil, `extra columns.a "1" nothing, extra position "0" nothing`},
		"a row too few":           {nil, row("", "1"), `missing columns.a nothing "1", missing position nothing "0"`},
	} {
		d := newExplainer(p).row(projections.Difference{Key: projections.Key{Table: "roster_change", Key: "k"}, A: c.was, B: c.is})
		var got []string
		for _, f := range d.Fields {
			got = append(got, fmt.Sprintf("%s %s %s %s", d.What, f.Path, brief(f.Was), brief(f.Is)))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}
