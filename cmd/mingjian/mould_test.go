package main

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/archive"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// TestACastLedgerIsClean casts the demonstration twice and has the program check what came of it, event by event and row by row.
func TestACastLedgerIsClean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	demo, cast := config{Data: filepath.Join(dir, "demo")}, config{Data: filepath.Join(dir, "cast")}
	if code, out, errs := command(t, "demo", "--data", demo.Data, "--http", "127.0.0.1:0", "--exit"); code != exitOK {
		t.Fatalf("demo: %d\n%s%s", code, out, errs)
	}
	m := newMould(t, wholeLog(t, demo))
	pour(t, m, cast, 2)
	for _, args := range [][]string{{"projection", "list"}, {"verify"}} {
		if code, out, errs := command(t, append(args, "--data", cast.Data)...); code != exitOK {
			t.Fatalf("%v: %d\n%s%s", args, code, out, errs)
		}
	}
	seen := map[es.ID]bool{}
	for _, r := range wholeLog(t, cast) {
		seen[r.ID] = true
	}
	if once := len(m.pour(bureaus, bureaus+1, 1000, map[es.Stream]es.Revision{})); len(seen) < 2*once || once < 300 {
		t.Errorf("two casts of %d events and more have %d", once, len(seen))
	}
}

// pour brings so many casts into a new ledger.
func pour(t *testing.T, m *mould, c config, casts int) {
	t.Helper()
	lock, err := c.prepareDirectory()
	if err != nil {
		t.Fatal(err)
	}
	events, err := c.openEvents(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	next := map[es.Stream]es.Revision{}
	for n := range casts {
		if _, err := events.(archive.Importer).Import(t.Context(), m.pour(n, casts, 1000, next)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(events.Close(), lock.Close()); err != nil {
		t.Fatal(err)
	}
}

// wholeLog is every event of a ledger that nobody writes.
func wholeLog(t testing.TB, c config) (log []es.Record) {
	t.Helper()
	events, err := c.openEvents(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range events.Follow(t.Context(), es.Position{}) {
		if log = append(log, batch.Records...); err != nil {
			t.Fatal(err)
		}
		if batch.CaughtUp {
			break
		}
	}
	if err := events.Close(); err != nil {
		t.Fatal(err)
	}
	return log
}
