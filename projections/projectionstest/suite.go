package projectionstest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Views is what an adapter of views offers.
type Views interface {
	projections.Sink
	projections.Reader
	projections.Watcher
}

// Subject is a sink under test with the ways to treat it badly.
type Subject struct {
	Views Views
	// Break makes each commit to the live tables that writes the row fail after it began, until mended.
	Break func(table, key string) (mend func())
	// Reopen closes the sink and opens it again from what is durable; unused with Features.Volatile.
	Reopen func() Views
}

// Factory opens an empty sink for one case. It registers its own clean-up.
type Factory func(t *testing.T) *Subject

// Features declares where a sink differs from the contract. The zero value is a sink without a difference.
type Features struct {
	Volatile bool // the tables don't outlive their object
}

// SinkSuite holds an adapter to the contracts of projections.Sink, Target, Reader and Watcher, sentence by sentence.
func SinkSuite(t *testing.T, open Factory, f Features) {
	for group, cases := range map[string]map[string]func(*bench){
		"Attach":  attachCases,
		"Commit":  commitCases,
		"Crash":   crashCases,
		"Rebuild": rebuildCases,
		"Compare": compareCases,
		"List":    listCases,
		"Cursor":  cursorCases,
		"Search":  searchCases,
		"Text":    textCases,
		"Watch":   watchCases,
	} {
		t.Run(group, func(t *testing.T) {
			for name, run := range cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					run(&bench{T: t, Subject: open(t), features: f})
				})
			}
		})
	}
}

// bench is one case at work.
type bench struct {
	*testing.T
	*Subject
	features Features
}

func (b *bench) ctx() context.Context { return b.Context() }

func (b *bench) attach(p projections.Projection) projections.Target {
	b.Helper()
	target, err := b.Views.Attach(b.ctx(), p)
	b.must(err)
	return target
}

func (b *bench) shadow(p projections.Projection) projections.Target {
	b.Helper()
	target, err := b.Views.Shadow(b.ctx(), p)
	b.must(err)
	return target
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) is(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("error is %v, not %v", err, want)
	}
}

// apply folds all records into the target in batches of the size.
func (b *bench) apply(p projections.Projection, target projections.Target, size int, records ...es.Record) {
	b.Helper()
	from := b.checkpoint(target)
	for batch := range slices.Chunk(records, size) {
		through := batch[len(batch)-1].Position
		b.must(projections.Apply(b.ctx(), p, target, from, es.Batch{Records: batch, Through: through}))
		from = through
	}
}

// put commits rows to one table, from wherever the target stands to the next position.
func (b *bench) put(target projections.Target, table string, list ...projections.Row) es.Position {
	b.Helper()
	from := b.checkpoint(target)
	commit, _ := from.Pair()
	through := at(int(commit) + 1) //nolint:gosec // a handful of commits
	b.must(target.Commit(b.ctx(), from, through, rowsOf(through, table, list...)))
	return through
}

func rowsOf(p es.Position, table string, list ...projections.Row) *projections.Rows {
	rows := projections.NewRows(nil)
	rows.Begin(p, nil)
	for _, r := range list {
		rows.Put(table, r)
	}
	return rows
}

func (b *bench) checkpoint(target projections.Target) es.Position {
	b.Helper()
	p, err := target.Checkpoint(b.ctx())
	b.must(err)
	return p
}

func (b *bench) get(table, key string) *projections.Row {
	b.Helper()
	row, err := b.Views.Get(b.ctx(), table, key)
	b.must(err)
	return row
}

func (b *bench) list(q projections.Query) projections.Page {
	b.Helper()
	page, err := b.Views.List(b.ctx(), q)
	b.must(err)
	return page
}

// all follows the pages of a query to the end and returns the keys.
func (b *bench) all(q projections.Query) []string {
	b.Helper()
	var keys []string
	for {
		page := b.list(q)
		for _, r := range page.Rows {
			keys = append(keys, r.Key)
		}
		if len(page.Rows) > q.Limit || (page.Next != "" && len(page.Rows) != q.Limit) {
			b.Fatalf("a page of %d rows, limit %d, next %q", len(page.Rows), q.Limit, page.Next)
		}
		if page.Next == "" {
			return keys
		}
		q.After = page.Next
	}
}

func (b *bench) wantKeys(q projections.Query, want ...string) {
	b.Helper()
	if got := b.all(q); !slices.Equal(got, want) {
		b.Errorf("%+v\n got %v\nwant %v", q, got, want)
	}
}

// dump is all rows of a target.
func (b *bench) dump(target projections.Target) []projections.Entry {
	b.Helper()
	var out []projections.Entry
	for e, err := range target.Dump(b.ctx()) {
		b.must(err)
		out = append(out, e)
	}
	return out
}

func (b *bench) wantSame(got, want projections.Target) {
	b.Helper()
	wantSame(b.T, got, want)
}

func wantSame(t testing.TB, got, want projections.Target) {
	t.Helper()
	for d, err := range projections.Diff(t.Context(), got, want) {
		if err != nil {
			t.Fatal(err)
		}
		t.Errorf("row %s of %s differs:\n got %s\nwant %s", d.Key.Key, d.Key.Table, show(d.A), show(d.B))
	}
	a, err := got.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a != b {
		t.Errorf("checkpoint is %s, not %s", a, b)
	}
}
