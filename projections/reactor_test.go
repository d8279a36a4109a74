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

var errRefused = errors.New("refused for ever")

// doing notes the records a reactor takes and fails as it is told.
type doing struct {
	mu   sync.Mutex
	took []string
	fail map[string][]error // by record id, used up in turn
}

func (d *doing) react(_ context.Context, rec es.Record) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.took = append(d.took, string(rec.ID))
	if errs := d.fail[string(rec.ID)]; len(errs) > 0 {
		d.fail[string(rec.ID)] = errs[1:]
		return errs[0]
	}
	return nil
}

func (d *doing) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.took)
}

func reacting(t *testing.T, views *projectionstest.Memory, source es.Source, d *doing) *projections.Runner {
	t.Helper()
	re := projections.Reactor{Name: "policy.v1", React: d.react}
	target, err := views.Attach(t.Context(), re.Keeps())
	if err != nil {
		t.Fatal(err)
	}
	return projections.NewReactorRunner(re, source, target, quiet())
}

func TestReactorTakesEachRecordInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, d := projectionstest.NewMemory(t), &doing{}
		log := projectionstest.NewLog(4, good(1, 9)...)
		r := reacting(t, views, log, d)
		stop := start(t, r.Run)
		if err := r.Wait(t.Context(), pos(9)); err != nil {
			t.Fatal(err)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if at, err := views.Checkpoint(t.Context(), "policy.v1"); err != nil || at != pos(9) {
			t.Errorf("checkpoint is %s, %v", at, err)
		}
		again := reacting(t, views, log, d)
		stop = start(t, again.Run)
		if err := again.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(d.all()); got != "[1 2 3 4 5 6 7 8 9]" {
			t.Errorf("took %s", got)
		}
	})
}

func TestReactorTriesThePassingAgainFromTheRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		passing := errors.New("a passing fault")
		views, d := projectionstest.NewMemory(t), &doing{fail: map[string][]error{"3": {passing, passing}}}
		r := reacting(t, views, projectionstest.NewLog(9, good(1, 5)...), d)
		stop := start(t, r.Run)
		if err := r.Wait(t.Context(), pos(5)); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(d.all()); got != "[1 2 3 3 3 4 5]" {
			t.Errorf("took %s", got)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReactorTakesAgainWhatItsCheckpointLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, d := projectionstest.NewMemory(t), &doing{}
		target, err := views.Attach(t.Context(), projections.Projection{Name: "policy.v1"})
		if err != nil {
			t.Fatal(err)
		}
		lossy := &losing{Target: target, left: 1}
		r := projections.NewReactorRunner(projections.Reactor{Name: "policy.v1", React: d.react},
			projectionstest.NewLog(2, good(1, 4)...), lossy, quiet())
		stop := start(t, r.Run)
		if err := r.Wait(t.Context(), pos(4)); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(d.all()); got != "[1 2 1 2 3 4]" {
			t.Errorf("took %s", got)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

// losing is a target whose next commits do nothing and answer an error.
type losing struct {
	projections.Target
	left int
}

func (l *losing) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	if l.left > 0 {
		l.left--
		return projectionstest.ErrInjected
	}
	return l.Target.Commit(ctx, from, through, rows)
}

func TestReactorStopsAtAFinalError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		d := &doing{fail: map[string][]error{"3": {projections.Final(fmt.Errorf("of no use: %w", errRefused))}}}
		r := reacting(t, views, projectionstest.NewLog(9, good(1, 5)...), d)
		if err := r.Run(t.Context()); !errors.Is(err, errRefused) {
			t.Errorf("Run answers %v", err)
		}
		if got := fmt.Sprint(d.all()); got != "[1 2 3]" {
			t.Errorf("took %s", got)
		}
		if s := r.State(); !errors.Is(s.Failed, errRefused) || s.Through != pos(2) {
			t.Errorf("state is %+v", s)
		}
	})
}

func TestFinalOfNothingIsNothing(t *testing.T) {
	if err := projections.Final(nil); err != nil {
		t.Errorf("Final(nil) = %v", err)
	}
}
