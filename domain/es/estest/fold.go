package estest

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Fold holds Evolve to being total and pure: any sequence of the example events folds without panic, and to the same state
// when it is folded again (so nothing leaks through a shared Initial or through the events).
func Fold[S, C any, E es.Event](t testing.TB, d es.Decider[S, C, E], examples ...E) {
	t.Helper()
	if len(examples) == 0 {
		t.Fatal("no example events to fold")
	}
	rapid.Check(t, func(t *rapid.T) {
		history := rapid.SliceOfN(rapid.SampledFrom(examples), 0, 40).Draw(t, "history")
		before, initial := encode(t, history), fmt.Sprintf("%+v", d.Initial)
		first, again := d.Initial, d.Initial
		for _, e := range history {
			first = d.Evolve(first, e)
		}
		for _, e := range history {
			again = d.Evolve(again, e)
		}
		if diff := cmp.Diff(first, again, exact); diff != "" {
			t.Fatalf("the same history folds to another state (-first +again):\n%s", diff)
		}
		if now := fmt.Sprintf("%+v", d.Initial); now != initial {
			t.Fatalf("folding changed Initial from %s to %s", initial, now)
		}
		if diff := cmp.Diff(before, encode(t, history)); diff != "" {
			t.Fatalf("folding changed the events (-before +after):\n%s", diff)
		}
	})
}

func encode[E es.Event](t *rapid.T, events []E) []string {
	out := make([]string, len(events))
	for i, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("encode %s: %v", e.EventType(), err)
		}
		out[i] = string(data)
	}
	return out
}
