package postgres

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// grown is a schema as a program of tomorrow knows it: with one script more.
func grown(t *testing.T, s Schema, script string) Schema {
	t.Helper()
	names, err := fs.Glob(s.Scripts, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	scripts := fstest.MapFS{"000" + string(rune('1'+len(names))) + "_tomorrow.sql": {Data: []byte(script)}}
	for _, name := range names {
		text, err := fs.ReadFile(s.Scripts, name)
		if err != nil {
			t.Fatal(err)
		}
		scripts[name] = &fstest.MapFile{Data: text}
	}
	return Schema{Name: s.Name, Scripts: scripts}
}

// TestOldAndNewProgramsShareTheWork: a deployment is renewed one process after the other. The new program expands both schemas
// while the old one holds leases and commits; each hands over to the other, and the old one can still be started.
func TestOldAndNewProgramsShareTheWork(t *testing.T) {
	t.Parallel()
	ctx, url := t.Context(), postgrestest.New(t)
	leased, err := leaseSchema()
	viewed, err2 := viewSchema()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	join := func(s Schema, name string) *Leases {
		l, err := openLeases(ctx, url, s, LeaseOptions{Name: name, Serves: true, Term: time.Minute, Beat: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
		return l
	}
	p := projections.Projection{Name: "plan.v1", Tables: []projections.Table{{Name: "plan"}}}
	at := uint64(0)
	work := func(l *Leases, v *Views) {
		t.Helper()
		withdraw := l.Ask(p.Name)
		defer withdraw()
		lease, err := l.Take(ctx, p.Name)
		if err != nil {
			t.Fatal(err)
		}
		defer lease.Release(ctx)
		target, err := v.Hold(ctx, p, lease.Epoch())
		if err != nil {
			t.Fatal(err)
		}
		rows := projections.NewRows(nil)
		rows.Begin(es.At(at+1, 0), nil)
		rows.Put("plan", projections.Row{Key: projections.Num(at)})
		if err := target.Commit(ctx, es.At(at, 0), es.At(at+1, 0), rows); err != nil {
			t.Fatal(err)
		}
		at++
	}
	old, oldViews := join(leased, "old"), openViews(t, url)
	held, err := old.Take(ctx, "held meanwhile")
	if err != nil {
		t.Fatal(err)
	}
	work(old, oldViews)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	tomorrow := join(grown(t, leased, `ALTER TABLE process ADD COLUMN zone text NOT NULL DEFAULT '';
		ALTER TABLE lease ADD COLUMN taken timestamptz`), "new")
	if err := grown(t, viewed, `ALTER TABLE generation ADD COLUMN note text NOT NULL DEFAULT ''`).Migrate(ctx, conn); err != nil {
		t.Fatal(err)
	}
	newViews := openViews(t, url)
	for range 3 {
		work(tomorrow, newViews)
		work(old, oldViews)
	}
	if !pending(held.Lost()) {
		t.Error("the old program lost a lease when the new one came")
	}
	work(join(leased, "old again"), openViews(t, url))
	for _, v := range []*Views{oldViews, newViews} {
		if _, err := v.Join(ctx, p); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Checkpoint(ctx, p.Name); err != nil || got != es.At(at, 0) {
			t.Errorf("checkpoint %s, %v, after %d commits", got, err, at)
		}
	}
}
