package projections_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// onlooker notes what an observer is told of one member.
type onlooker struct {
	of    string
	mu    sync.Mutex
	begun int
	told  []string
}

func (o *onlooker) Batch(_ context.Context, name string, from es.Position, batch es.Batch) func(error) {
	if name != o.of {
		return func(error) {}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.begun++
	return func(err error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.told = append(o.told, fmt.Sprintf("%s-%s %d %t", from, batch.Through, len(batch.Records), err == nil))
	}
}

func (o *onlooker) all(t *testing.T) []string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.begun != len(o.told) {
		t.Errorf("%d batches began and %d ended", o.begun, len(o.told))
	}
	return slices.Clone(o.told)
}

func TestGroupTellsObserversOfEachBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, passing := projectionstest.NewMemory(t), errors.New("passing")
		d := &doing{fail: map[string][]error{"5": {passing}}}
		g := group(t, views, projectionstest.NewLog(4, good(1, 10)...), []projections.Reactor{{Name: "policy", React: d.react}}, tally("a"))
		view, reactor := &onlooker{of: "a"}, &onlooker{of: "policy"}
		g.Observe(projections.Observers(nil, view, nil, reactor))
		stop := start(t, g.Run)
		for _, name := range []string{"a", "policy"} {
			if err := g.Wait(t.Context(), name, pos(10)); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Rebuild(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		took := func(told []string) (out []string) { // without the batches of no records that say "caught up"
			for _, s := range told {
				if !slices.Contains([]string{"10-10 0 true"}, s) {
					out = append(out, s)
				}
			}
			return out
		}
		if got := fmt.Sprint(took(view.all(t))); got != "[0-4 4 true 4-8 4 true 8-10 2 true]" {
			t.Errorf("the view's batches were told as %s", got)
		}
		if got := fmt.Sprint(took(reactor.all(t))); got != "[0-4 4 true 4-8 4 false 4-8 4 true 8-10 2 true]" {
			t.Errorf("the reactor's batches were told as %s", got)
		}
	})
}
