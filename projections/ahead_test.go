package projections_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// TestWhatIsAheadOfTheLogStops has a view and a reactor that took more than the log has: they stop, say so, and take nothing
// however far the log grows afterwards.
func TestWhatIsAheadOfTheLogStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, d := projectionstest.NewMemory(t), &doing{}
		for _, p := range []projections.Projection{tally("a"), {Name: "policy"}} {
			live, err := views.Attach(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if err := live.Commit(t.Context(), es.Position{}, pos(50), projections.NewRows(nil)); err != nil {
				t.Fatal(err)
			}
		}
		log := projectionstest.NewLog(3, good(1, 7)...)
		g := group(t, views, log, []projections.Reactor{{Name: "policy", React: d.react}}, tally("a"), tally("b"))
		stop := start(t, g.Run)
		for _, name := range []string{"a", "policy"} {
			stray := (*projections.AheadError)(nil)
			err := g.Wait(t.Context(), name, pos(51))
			if !errors.As(err, &stray) || stray.Projection != name || stray.At != pos(50) || stray.Head != pos(7) {
				t.Errorf("%s answers %v", name, err)
			}
		}
		if err := <-g.Stray(); err == nil || !strings.Contains(err.Error(), "is at 50, which is not in the log: it ends at 7") {
			t.Errorf("the process is told %v", err)
		}
		log.Add(good(8, 60)...)
		if err := g.Wait(t.Context(), "b", pos(60)); err != nil {
			t.Error(err)
		}
		if at, err := views.Checkpoint(t.Context(), "a"); err != nil || at != pos(50) || len(d.all()) != 0 {
			t.Errorf("a is at %s, %v; the reactor took %v", at, err, d.all())
		}
		if err := g.Ready(); err == nil || !strings.Contains(err.Error(), "put back to an earlier state") {
			t.Errorf("the group is ready: %v", err)
		}
		if err := stop(); err == nil {
			t.Error("Run ends without an error")
		}
	})
}

func TestAnEndThatIsSeenLateStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := projectionstest.NewMemory(t)
		live, err := views.Attach(t.Context(), tally("a"))
		if err != nil {
			t.Fatal(err)
		}
		if err := live.Commit(t.Context(), es.Position{}, pos(7), projections.NewRows(nil)); err != nil {
			t.Fatal(err)
		}
		log := projectionstest.NewLog(3, good(1, 5)...)
		g := group(t, views, log, nil, tally("a"))
		stop := start(t, g.Run)
		synctest.Wait() // it has looked once
		log.Add(good(6, 9)...)
		if err := g.Wait(t.Context(), "a", pos(9)); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestFirstGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views := &hooked{Memory: projectionstest.NewMemory(t)}
		log := projectionstest.NewLog(3, good(1, 4)...)
		g := group(t, views, log, nil, tally("a"), tally("b"))
		if err := g.First("nobody", pos(1), nil); err == nil {
			t.Error("a stranger goes first")
		}
		if err := g.First("b", pos(6), nil); err != nil {
			t.Fatal(err)
		}
		stop := start(t, g.Run)
		if err := g.Wait(t.Context(), "b", pos(4)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := views.Checkpoint(t.Context(), "a"); err == nil {
			t.Error("a did not wait")
		}
		log.Add(good(5, 8)...)
		if err := g.Wait(t.Context(), "a", pos(8)); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoWaitsForAFirstThatFailsIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := group(t, projectionstest.NewMemory(t), projectionstest.NewLog(3, append(good(1, 4), bad(5))...), nil, tally("a"), tally("b"))
		if err := g.First("b", pos(6), nil); err != nil {
			t.Fatal(err)
		}
		stop := start(t, g.Run)
		if err := g.Wait(t.Context(), "b", pos(6)); !errors.Is(err, errBadRecord) {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := g.Ready(); err == nil || strings.Count(err.Error(), errBadRecord.Error()) != 2 {
			t.Errorf("ready: %v", err)
		}
		if err := stop(); !errors.Is(err, errBadRecord) {
			t.Error(err)
		}
	})
}

func TestNothingRunsOverTheViewsOfAnotherLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		views, asked := &hooked{Memory: projectionstest.NewMemory(t)}, 0
		g := group(t, views, projectionstest.NewLog(3, good(1, 4)...), nil, tally("a"), tally("b"))
		other := &projections.OtherLogError{Views: "1-aaaaaaaa", Log: "1-bbbbbbbb"}
		err := g.First("b", pos(4), func(context.Context) error {
			if asked++; asked == 1 {
				return errors.New("not reached")
			}
			return other
		})
		if err != nil {
			t.Fatal(err)
		}
		stop := start(t, g.Run)
		if err := g.Wait(t.Context(), "a", pos(1)); !errors.Is(err, other) {
			t.Errorf("a: %v", err)
		}
		if err := <-g.Stray(); !errors.Is(err, other) || asked != 2 {
			t.Errorf("after %d looks: %v", asked, err)
		}
		if _, err := views.Checkpoint(t.Context(), "a"); err == nil {
			t.Error("a ran")
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestAFirstThatFindsNothingAmissLetsTheOthersRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := group(t, projectionstest.NewMemory(t), projectionstest.NewLog(3, good(1, 4)...), nil, tally("a"), tally("b"))
		if err := g.First("b", pos(4), func(context.Context) error { return nil }); err != nil {
			t.Fatal(err)
		}
		stop := start(t, g.Run)
		if err := g.Wait(t.Context(), "a", pos(4)); err != nil {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
