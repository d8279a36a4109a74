package projections_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

func group(t *testing.T, sink projections.Sink, log es.Source, reactors []projections.Reactor, list ...projections.Projection) *projections.Group {
	t.Helper()
	g, err := projections.NewGroup(log, sink, quiet(), list, reactors)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGroupRunsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, d := projectionstest.NewMemory(t), &doing{}
		log := projectionstest.NewLog(3, good(1, 10)...)
		g := group(t, views, log, []projections.Reactor{{Name: "policy", React: d.react}}, tally("a"), tally("b"))
		if err := g.Ready(); err == nil || !strings.Contains(err.Error(), "b is not attached") {
			t.Errorf("before Run, Ready answers %v", err)
		}
		stop := start(t, g.Run)
		for _, name := range []string{"a", "b", "policy"} {
			if err := g.Wait(t.Context(), name, pos(10)); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Wait(t.Context(), "nobody", pos(1)); err == nil {
			t.Error("waited for nobody")
		}
		if a, b := counted(t, views, "tally_a"), counted(t, views, "tally_b"); a != "10" || b != "10" || len(d.all()) != 10 {
			t.Errorf("counts are %s, %s; reactions %d", a, b, len(d.all()))
		}
		synctest.Wait()
		status, err := g.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"a", "b", "policy"} {
			s := status[i]
			if s.Name != want || s.Reactor != (i == 2) || !s.Attached || !s.CaughtUp || s.Through != pos(10) || s.Head != pos(10) || s.Behind() != 0 {
				t.Errorf("status %d is %+v", i, s)
			}
		}
		if err := g.Ready(); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestGroupMemberThatFailsStopsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		log := projectionstest.NewLog(3, append(append(good(1, 4), bad(5)), good(6, 9)...)...)
		tolerant := tally("b")
		project := tolerant.Project
		tolerant.Project = func(r es.Record) (projections.Change, error) {
			if r.Type == "bad" {
				return projections.Change{}, nil
			}
			return project(r)
		}
		g := group(t, views, log, nil, tally("a"), tolerant)
		stop := start(t, g.Run)
		if err := g.Wait(t.Context(), "b", pos(9)); err != nil {
			t.Fatal(err)
		}
		if err := g.Wait(t.Context(), "a", pos(9)); !errors.Is(err, errBadRecord) {
			t.Errorf("waiting for the stopped one: %v", err)
		}
		if err := g.Ready(); !errors.Is(err, errBadRecord) {
			t.Errorf("Ready answers %v", err)
		}
		status, err := g.Status(t.Context())
		if err != nil || !errors.Is(status[0].Failed, errBadRecord) || status[0].Behind() != 6 || status[1].Failed != nil {
			t.Errorf("status is %+v, %v", status, err)
		}
		if err := g.Settle(t.Context()); !errors.Is(err, errBadRecord) {
			t.Errorf("Settle answers %v", err)
		}
		if err := stop(); !errors.Is(err, errBadRecord) {
			t.Errorf("Run answers %v", err)
		}
	})
}

func TestGroupAttachesWhenTheSinkComesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		down := &downSink{Sink: views}
		down.left.Store(3)
		g := group(t, down, projectionstest.NewLog(3, good(1, 4)...), nil, tally("a"))
		stop := start(t, g.Run)
		synctest.Wait()
		status, err := g.Status(t.Context())
		if err != nil || !errors.Is(status[0].Trouble, projectionstest.ErrInjected) || status[0].Attached || g.Ready() == nil {
			t.Errorf("while the sink is down: %+v, %v, ready %v", status, err, g.Ready())
		}
		if err := g.Wait(t.Context(), "a", pos(4)); err != nil {
			t.Fatal(err)
		}
		if err := g.Ready(); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestGroupTellsOfAMemberThatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		mend := views.Break("tally_a", "one")
		g := group(t, views, projectionstest.NewLog(3, good(1, 4)...), nil, tally("a"))
		stop := start(t, g.Run)
		<-time.After(10 * time.Second) // of the bubble's clock
		if err := g.Ready(); err != nil {
			t.Errorf("while the fault may pass, Ready answers %v", err)
		}
		<-time.After(5 * time.Second)
		if err := g.Ready(); !errors.Is(err, projectionstest.ErrInjected) || !strings.Contains(err.Error(), "stuck") {
			t.Errorf("after 15 seconds Ready answers %v", err)
		}
		mend()
		if err := g.Wait(t.Context(), "a", pos(4)); err != nil {
			t.Fatal(err)
		}
		if err := g.Ready(); err != nil {
			t.Errorf("after the fault Ready answers %v", err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// downSink answers its first calls with an error.
type downSink struct {
	projections.Sink
	left atomic.Int32
}

func (d *downSink) Attach(ctx context.Context, p projections.Projection) (projections.Target, error) {
	if d.left.Add(-1) >= 0 {
		return nil, projectionstest.ErrInjected
	}
	return d.Sink.Attach(ctx, p)
}

func TestGroupSettlesWithWhatReactorsAdd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		log := projectionstest.NewLog(3, good(1, 1)...)
		next := 2
		react := func(_ context.Context, rec es.Record) error {
			if commit, _ := rec.Position.Pair(); int(commit) == next-1 && next <= 8 { //nolint:gosec // small
				log.Add(good(next, next)...)
				next++
			}
			return nil
		}
		g := group(t, views, log, []projections.Reactor{{Name: "policy", React: react}}, tally("a"))
		stop := start(t, g.Run)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := counted(t, views, "tally_a"); got != "8" {
			t.Errorf("settled at %s of 8", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestNewGroupRefuses(t *testing.T) {
	shared := tally("b")
	shared.Tables = tally("a").Tables
	views, log := projectionstest.NewMemory(t), projectionstest.NewLog(1)
	for name, list := range map[string][]projections.Projection{
		"one name twice":      {tally("a"), {Name: "a"}},
		"one table twice":     {tally("a"), shared},
		"a definition's flaw": {{Name: "a", Tables: []projections.Table{{Name: "T"}}}},
	} {
		if _, err := projections.NewGroup(log, views, quiet(), list, nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	reactors := []projections.Reactor{{Name: "a"}}
	if _, err := projections.NewGroup(log, views, quiet(), []projections.Projection{tally("a")}, reactors); err == nil {
		t.Error("a reactor of a projection's name: taken")
	}
	if _, err := projections.NewGroup(log, views, quiet(), nil, []projections.Reactor{{}}); err == nil {
		t.Error("a reactor without a name: taken")
	}
}

// gated gives tables whose checkpoint can't be read before the gate opens.
type gated struct {
	projections.Sink
	gate chan struct{}
}

type gatedTarget struct {
	projections.Target
	gate chan struct{}
}

func (g gated) Attach(ctx context.Context, p projections.Projection) (projections.Target, error) {
	target, err := g.Sink.Attach(ctx, p)
	return gatedTarget{target, g.gate}, err
}

func (g gatedTarget) Checkpoint(ctx context.Context) (es.Position, error) {
	select {
	case <-g.gate:
		return g.Target.Checkpoint(ctx)
	case <-ctx.Done():
		return es.Position{}, ctx.Err()
	}
}

// TestGroupThatIsReadyKnowsHowFarItIs: who asks a group that goes on where another ended is never told that nothing is there.
func TestGroupThatIsReadyKnowsHowFarItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, log := projectionstest.NewMemory(t), projectionstest.NewLog(3, good(1, 10)...)
		former := group(t, views, log, nil, tally("a"))
		stop := start(t, former.Run)
		if err := former.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		sink := gated{views, make(chan struct{})}
		g := group(t, sink, log, nil, tally("a"))
		stop = start(t, g.Run)
		synctest.Wait()
		if err := g.Ready(); err == nil {
			t.Errorf("ready at %s, before it is known how far the tables are", g.Through())
		}
		close(sink.gate)
		synctest.Wait()
		if err := g.Ready(); err != nil || g.Through() != pos(10) {
			t.Errorf("%v, at %s", err, g.Through())
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
