package projections_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// hooked is a sink that calls back when a shadow is made and before it is switched to.
type hooked struct {
	*projectionstest.Memory
	shadow, before func()
	dropped        int
	fail           error // of Switch
}

func (h *hooked) Shadow(ctx context.Context, p projections.Projection) (projections.Target, error) {
	target, err := h.Memory.Shadow(ctx, p)
	if h.shadow != nil {
		h.shadow()
	}
	return target, err
}

func (h *hooked) Switch(ctx context.Context, p projections.Projection, at es.Position, shadow projections.Target) error {
	if h.before != nil {
		h.before()
	}
	if h.fail != nil {
		return h.fail
	}
	return h.Memory.Switch(ctx, p, at, shadow)
}

func (h *hooked) Drop(ctx context.Context, p projections.Projection, shadow projections.Target) error {
	h.dropped++
	return h.Memory.Drop(ctx, p, shadow)
}

func TestRebuildWhileTheLiveOneServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := &hooked{Memory: projectionstest.NewMemory(t)}
		log := projectionstest.NewLog(3, good(1, 10)...)
		patchByHand(t, views)
		g := group(t, views, log, nil, tally("a"), tally("b"))
		stop := start(t, g.Run)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		views.shadow = func() { log.Add(good(11, 14)...) }
		views.before = func() {
			log.Add(good(15, 17)...) // while a stands still
			if err := g.Wait(t.Context(), "b", pos(17)); err != nil {
				t.Error(err)
			}
			if got := counted(t, views, "tally_a"); got == "17" {
				t.Error("the projection goes on while its tables are switched")
			}
			status, err := g.Status(t.Context())
			if err != nil || status[0].Shadow.Compare(pos(14)) < 0 || status[1].Shadow != (es.Position{}) {
				t.Errorf("before the switch the status is %+v, %v", status, err)
			}
			if err := g.Rebuild(t.Context(), "a"); !errors.Is(err, projections.ErrRebuilding) {
				t.Errorf("a second rebuild at once: %v", err)
			}
		}
		if err := g.RebuildReviewed(t.Context(), "a", accepting); err != nil {
			t.Fatal(err)
		}
		if err := g.Wait(t.Context(), "a", pos(17)); err != nil {
			t.Fatal(err)
		}
		if got := counted(t, views, "tally_a"); got != "17" {
			t.Errorf("after the rebuild the view counts %s of 17", got)
		}
		if row, err := views.Get(t.Context(), "tally_a", "patched"); row != nil || err != nil {
			t.Errorf("the patch by hand outlived the rebuild: %v, %v", row, err)
		}
		if status, err := g.Status(t.Context()); err != nil || status[0].Shadow != (es.Position{}) || views.dropped != 0 {
			t.Errorf("after the rebuild: %+v, %v, %d dropped", status, err, views.dropped)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// accepting takes whatever comes out.
var accepting = projections.Review{Accept: func(context.Context, projections.Comparison) error { return nil }}

// patchByHand puts a row that no event accounts for.
func patchByHand(t *testing.T, sink projections.Sink) {
	t.Helper()
	live, err := sink.Attach(t.Context(), tally("a"))
	if err != nil {
		t.Fatal(err)
	}
	rows := projections.NewRows(nil)
	rows.Put("tally_a", projections.Row{Key: "patched", Columns: []string{"1"}})
	if err := live.Commit(t.Context(), es.Position{}, es.Position{}, rows); err != nil {
		t.Fatal(err)
	}
}

func TestRebuildThatFailsLeavesTheLiveOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := &hooked{Memory: projectionstest.NewMemory(t), fail: projectionstest.ErrInjected}
		log := projectionstest.NewLog(3, good(1, 10)...)
		g := group(t, views, log, nil, tally("a"))
		stop := start(t, g.Run)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := g.Rebuild(t.Context(), "a"); !errors.Is(err, projectionstest.ErrInjected) || views.dropped != 1 {
			t.Errorf("Rebuild answers %v, %d shadows dropped", err, views.dropped)
		}
		log.Add(good(11, 12)...)
		if err := g.Wait(t.Context(), "a", pos(12)); err != nil || counted(t, views, "tally_a") != "12" {
			t.Errorf("after the failed rebuild: %v, %s", err, counted(t, views, "tally_a"))
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.Rebuild(ended, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("under an ended context Rebuild answers %v", err)
		}
		views.fail = nil
		if err := g.Rebuild(t.Context(), "a"); err != nil {
			t.Errorf("the rebuild after the failed ones: %v", err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if err := g.Rebuild(t.Context(), "a"); err == nil {
			t.Error("rebuilt in a group that has ended")
		}
	})
}

func TestRebuildRevivesWhatHadStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mended atomic.Bool
		p := tally("a")
		project := p.Project
		p.Project = func(r es.Record) (projections.Change, error) {
			if r.Type == "bad" && mended.Load() {
				return projections.Change{}, nil
			}
			return project(r)
		}
		views := projectionstest.NewMemory(t)
		log := projectionstest.NewLog(3, append(append(good(1, 4), bad(5)), good(6, 9)...)...)
		g := group(t, views, log, nil, p)
		stop := start(t, g.Run)
		if err := g.Wait(t.Context(), "a", pos(9)); !errors.Is(err, errBadRecord) {
			t.Fatal(err)
		}
		if err := g.Rebuild(t.Context(), "a"); !errors.Is(err, errBadRecord) {
			t.Errorf("rebuilding over the bad record: %v", err)
		}
		mended.Store(true)
		if err := g.Rebuild(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		log.Add(good(10, 10)...)
		if err := g.Wait(t.Context(), "a", pos(10)); err != nil || counted(t, views, "tally_a") != "9" {
			t.Errorf("after the rebuild: %v, %s", err, counted(t, views, "tally_a"))
		}
		if err := g.Ready(); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRebuildOverALogThatIsShorterThanTheView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		live, err := views.Attach(t.Context(), tally("a"))
		if err != nil {
			t.Fatal(err)
		}
		if err := live.Commit(t.Context(), es.Position{}, pos(50), projections.NewRows(nil)); err != nil {
			t.Fatal(err)
		}
		g := group(t, views, projectionstest.NewLog(3, good(1, 7)...), nil, tally("a"))
		stop := start(t, g.Run)
		different := (*projections.DifferentError)(nil)
		if err := g.Rebuild(t.Context(), "a"); !errors.As(err, &different) || !strings.Contains(err.Error(), "at 50, beyond the end of the log at 7") {
			t.Errorf("views that are ahead of the log are rebuilt: %v", err)
		}
		if err := g.RebuildReviewed(t.Context(), "a", accepting); err != nil {
			t.Fatal(err)
		}
		if at, err := views.Checkpoint(t.Context(), "a"); err != nil || at != pos(7) || counted(t, views, "tally_a") != "7" {
			t.Errorf("the rebuilt view stands at %s, %v and counts %s", at, err, counted(t, views, "tally_a"))
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestRebuildRefusesReactorsAndStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &doing{}
		g := group(t, projectionstest.NewMemory(t), projectionstest.NewLog(3, good(1, 2)...), []projections.Reactor{{Name: "policy", React: d.react}})
		stop := start(t, g.Run)
		if g.Rebuild(t.Context(), "policy") == nil || g.Rebuild(t.Context(), "nobody") == nil {
			t.Error("rebuilt a reactor or a stranger")
		}
		if err := g.Settle(t.Context()); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil || len(d.all()) != 2 {
			t.Errorf("Run answers %v; took %v", err, d.all())
		}
	})
}
