package esdb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// patience is how long a test waits for what must come; nothing is judged by how long it took.
const patience = time.Minute

// hasty makes calls that get no answer fail soon enough for a test.
var hasty = esdb.Options{Deadline: 400 * time.Millisecond, Patience: patience}

func stream(id string) es.Stream { return es.Stream{Category: "plan", ID: id} }

// note makes n events, which differ by name.
func note(name string, n int) []es.Proposed {
	out := make([]es.Proposed, n)
	for i := range out {
		out[i] = es.Proposed{
			ID: es.DeriveID("esdb", name, strconv.Itoa(i)), Type: "mingjian.test.noted.v1",
			Data: fmt.Appendf(nil, `{"name":%q,"n":%d}`, name, i), Meta: []byte(`{"command":"x"}`),
		}
	}
	return out
}

func store(t *testing.T, s es.Store, to es.Stream, want es.Expected, events ...es.Proposed) es.Position {
	t.Helper()
	pos, err := s.Append(t.Context(), to, want, events...)
	if err != nil {
		t.Fatalf("append to %s: %v", to, err)
	}
	return pos
}

// holds demands that a stream holds exactly these events, and returns them.
func holds(t *testing.T, s es.Store, of es.Stream, events ...es.Proposed) (out []es.Record) {
	t.Helper()
	for r, err := range s.Read(t.Context(), of, 0) {
		if err != nil {
			t.Fatalf("read %s: %v", of, err)
		}
		out = append(out, r)
	}
	same := slices.EqualFunc(out, events, func(r es.Record, e es.Proposed) bool { return r.ID == e.ID && string(r.Data) == string(e.Data) })
	if !same {
		t.Fatalf("%s holds %d events, want %d: %v", of, len(out), len(events), out)
	}
	return out
}

// until follows after a position until enough says so, and returns the records and the last batch.
func until(t *testing.T, s es.Source, after es.Position, enough func([]es.Record, es.Batch) bool) ([]es.Record, es.Batch) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all []es.Record
	for b, err := range s.Follow(ctx, after) {
		if err != nil {
			t.Fatalf("follow: %v", err)
		}
		for _, r := range b.Records {
			if r.Position.Compare(after) <= 0 {
				t.Fatalf("%s after %s", r.Position, after)
			}
			after = r.Position
		}
		if all = append(all, b.Records...); enough(all, b) {
			return all, b
		}
	}
	t.Fatal("Follow ended without an error")
	return nil, es.Batch{}
}

func count(n int) func([]es.Record, es.Batch) bool {
	return func(all []es.Record, _ es.Batch) bool { return len(all) >= n }
}

func caughtUp(_ []es.Record, b es.Batch) bool { return b.CaughtUp }

// fails demands that Follow ends with an error, and returns it.
func fails(t *testing.T, s es.Source, after es.Position) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, err := range s.Follow(ctx, after) {
		if err != nil {
			if ctx.Err() != nil {
				t.Fatalf("no error but ctx's: %v", err)
			}
			return err
		}
	}
	t.Fatal("ended without an error")
	return nil
}

// await waits for a signal.
func await(t *testing.T, signal <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(patience):
		t.Fatalf("no %s", what)
	}
}

// later runs something beside the test and returns how to wait for its error.
func later(t *testing.T, run func() error) (wait func() error) {
	t.Helper()
	var wg sync.WaitGroup
	var err error
	wg.Go(func() { err = run() })
	t.Cleanup(wg.Wait)
	return func() error { wg.Wait(); return err }
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
