package sqlite_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

func imported(n int) (out []es.Record) {
	next := map[es.Stream]es.Revision{}
	for i := range n {
		s := es.Stream{Category: "thing", ID: fmt.Sprint(i % 50)}
		out = append(out, es.Record{
			Proposed: es.Proposed{ID: es.DeriveID("", "imported", fmt.Sprint(i)), Type: "mingjian.thing.done.v1", Data: fmt.Appendf(nil, "{\"n\":%d}", i), Meta: []byte("{}")},
			Stream:   s, Revision: next[s], Position: es.At(uint64(1000+3*i), 5),
		})
		next[s]++
	}
	return out
}

func TestImportKeepsTheOtherLogsOrder(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "events.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	records := imported(3000)
	var all sync.WaitGroup
	all.Go(func() { // others append meanwhile
		for i := range 50 {
			p := es.Proposed{ID: es.DeriveID("", "other", fmt.Sprint(i)), Type: "mingjian.other.v1", Data: []byte("{}"), Meta: []byte("{}")}
			if _, err := store.Append(t.Context(), es.Stream{Category: "other", ID: fmt.Sprint(i)}, es.NoStream{}, p); err != nil {
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
	if _, err := store.Import(t.Context(), imported(3001)[3000:]); err != nil {
		t.Errorf("the next one: %v", err)
	}
	wrong := imported(3100)[3099:]
	if _, err := store.Import(t.Context(), wrong); err == nil {
		t.Error("an event without its predecessors was taken")
	}
}
