package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

func imported(n int) (out []es.Record) {
	next := map[es.Stream]es.Revision{}
	for i := range n {
		s := es.Stream{Category: "thing", ID: fmt.Sprint(i % 50)}
		out = append(out, es.Record{
			Proposed: es.Proposed{ID: es.DeriveID("", "imported", fmt.Sprint(i)), Type: fmt.Sprintf("mingjian.thing.done.v%d", 1+i%3), Data: fmt.Appendf(nil, "{\"n\":%d}", i), Meta: []byte("{}")},
			Stream:   s, Revision: next[s], Position: es.At(uint64(1000+3*i), 5),
		})
		next[s]++
	}
	return out
}

func TestImportKeepsTheOtherLogsOrder(t *testing.T) {
	t.Parallel()
	url := postgrestest.New(t)
	store, other := openStore(t, url, postgres.Options{}), openStore(t, url, postgres.Options{})
	records := imported(3000)
	var all sync.WaitGroup
	all.Go(func() { // another process appends meanwhile
		for i := range 50 {
			p := es.Proposed{ID: es.DeriveID("", "other", fmt.Sprint(i)), Type: "mingjian.other.v1", Data: []byte("{}"), Meta: []byte("{}")}
			if _, err := other.Append(t.Context(), es.Stream{Category: "other", ID: fmt.Sprint(i)}, es.NoStream{}, p); err != nil {
				t.Error(err)
			}
		}
	})
	last := es.Position{}
	for from := 0; from < len(records); from += 1000 {
		positions, err := store.Import(t.Context(), records[from:from+1000])
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range positions {
			if p.Compare(last) <= 0 {
				t.Fatalf("%s comes after %s", p, last)
			}
			last = p
		}
	}
	all.Wait()
	n := 0
	for batch, err := range store.Follow(t.Context(), es.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range batch.Records {
			if r.Stream.Category == "other" {
				continue
			}
			if r.Hash() != records[n].Hash() {
				t.Fatalf("event %d is %s@%d", n, r.Stream, r.Revision)
			}
			n++
		}
		if batch.CaughtUp {
			break
		}
	}
	if n != len(records) {
		t.Errorf("%d of %d events", n, len(records))
	}
	if err := store.Check(t.Context(), func(p adapter.Problem) { t.Error(p) }); err != nil {
		t.Error(err)
	}
	var conflict *es.ConflictError
	if _, err := store.Import(t.Context(), imported(3100)[3099:]); !errors.As(err, &conflict) {
		t.Errorf("an event without its predecessors: %v", err)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	store := openStore(t, postgrestest.New(t), postgres.Options{})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Import(gone, imported(10)); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended: %v", err)
	}
	long := imported(2)
	long[1].Type = string(make([]byte, 10))
	if _, err := store.Import(t.Context(), long); err == nil {
		t.Error("a type that the server can't keep was taken")
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Import(t.Context(), imported(1)); !errors.Is(err, postgres.ErrClosed) {
		t.Errorf("into a closed store: %v", err)
	}
}
