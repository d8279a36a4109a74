package esdb_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// fill appends n events one by one to streams of their own.
func fill(t *testing.T, s es.Store, name string, n int) {
	t.Helper()
	for i := range n {
		store(t, s, stream(fmt.Sprint(name, i)), es.NoStream{}, note(fmt.Sprint(name, i), 1)...)
	}
}

// A subscription that is lost, wherever that is, goes on where it was: nothing is missing and nothing comes twice.
func TestASubscriptionThatIsLostGoesOn(t *testing.T) {
	for name, action := range map[string]esdbtest.Action{"dropped": esdbtest.Drop, "behind": esdbtest.Behind} {
		for after := range 8 {
			t.Run(fmt.Sprint(name, " after ", after), func(t *testing.T) {
				t.Parallel()
				c := esdbtest.Start(t, esdbtest.Options{})
				s := openStore(t, c.URL(), esdb.Options{})
				fill(t, s, "before", 4)
				var struck <-chan struct{}
				if action != esdbtest.Behind || after > 5 { // one can fall behind only where one was not: after 4 events and two words
					struck = c.Fault(esdbtest.Subscribe, action, after).Struck()
				}
				more := false
				all, last := until(t, s, es.Position{}, func(all []es.Record, b es.Batch) bool {
					if len(all) == 4 && !more {
						more = true
						fill(t, s, "later", 8)
					}
					return len(all) >= 12
				})
				if len(all) != 12 || !last.CaughtUp {
					t.Fatalf("%d records, caught up: %t", len(all), last.CaughtUp)
				}
				if struck != nil {
					await(t, struck, "fault")
				}
			})
		}
	}
}

func TestASubscriptionThatIsNotConfirmedIsTriedAnew(t *testing.T) {
	for name, action := range map[string]esdbtest.Action{"unavailable": esdbtest.Refuse, "no answer": esdbtest.Silence} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := esdbtest.Start(t, esdbtest.Options{})
			s := openStore(t, c.URL(), hasty)
			fill(t, s, "a", 3)
			f := c.Fault(esdbtest.Subscribe, action, 0)
			until(t, s, es.Position{}, count(3))
			await(t, f.Struck(), "fault")
		})
	}
}

// A follower goes from one leader to the next, dead or alive, and sees every event in order.
func TestAFollowerOutlivesItsNode(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{Nodes: 3})
	s := openStore(t, c.URL(), hasty)
	fill(t, s, "first", 3)
	round := 0
	all, _ := until(t, s, es.Position{}, func(all []es.Record, _ es.Batch) bool {
		if len(all) == 3*(round+1) && round < 4 {
			c.Stop(round % 3)
			c.Lead((round + 1) % 3)
			fill(t, s, fmt.Sprint("round", round), 3)
			if err := c.Restart(round % 3); err != nil {
				t.Fatal(err)
			}
			round++
		}
		return len(all) >= 15
	})
	if len(all) != 15 {
		t.Fatalf("%d records", len(all))
	}
}

// Where a filter hides all there is, the checkpoint passes it: a later follower doesn't look through it again.
func TestCheckpointsPassWhatIsHidden(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	fill(t, s, "a", 2)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.System(20_000)
	records, last := until(t, s, head, func(_ []es.Record, b es.Batch) bool { return b.Through != head })
	if len(records) != 0 || len(last.Records) != 0 || last.Through.Compare(head) <= 0 {
		t.Fatalf("%d records through %s", len(records), last.Through)
	}
	if again, err := s.Head(t.Context()); err != nil || again != head {
		t.Fatalf("head %s, before %s: %v", again, head, err)
	}
	if _, b := until(t, s, last.Through, caughtUp); b.Through.Compare(last.Through) < 0 {
		t.Fatalf("went back to %s", b.Through)
	}
	fill(t, s, "b", 1)
	if records, _ = until(t, s, last.Through, count(1)); len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
}

// A log that was restored from an older copy is not followed by one who knew more.
func TestALogThatLostItsTail(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	fill(t, s, "a", 6)
	_, last := until(t, s, es.Position{}, caughtUp)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var ended error
	for b, err := range s.Follow(ctx, last.Through) { // a follower who is there already learns it when it must subscribe again
		if ended = err; err == nil && b.CaughtUp {
			c.LoseTail(3)
			c.Stop(0)
			if err := c.Restart(0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if ended == nil || ctx.Err() != nil {
		t.Fatalf("ended with %v", ended)
	}
	if err := fails(t, s, last.Through); err == nil {
		t.Fatal("no error")
	}
	_, last = until(t, s, es.Position{}, caughtUp)
	f := c.Fault(esdbtest.Subscribe, esdbtest.Hold, 0) // the log is cut after the follower looked where it ends
	wait := later(t, func() error {
		for _, err := range s.Follow(ctx, last.Through) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	await(t, f.Struck(), "fault")
	c.LoseTail(1)
	f.Release()
	if err := wait(); err == nil || ctx.Err() != nil {
		t.Fatalf("a log that was cut meanwhile: %v", err)
	}
	head, err := s.Head(t.Context())
	if err != nil || head.Compare(last.Through) >= 0 {
		t.Fatalf("head %s: %v", head, err)
	}
	e := note("new", 2)
	store(t, s, stream("a5"), es.NoStream{}, e...)
	holds(t, s, stream("a5"), e...)
	store(t, s, stream("a3"), es.NoStream{}, note("other", 1)...) // what was known of it is forgotten
	store(t, s, stream("a3"), es.Exactly(0), note("a3", 1)...)
	if _, err := s.Append(t.Context(), stream("a3"), es.Exactly(1), es.Proposed{ID: note("other", 1)[0].ID, Type: "x"}); !as[*es.ReusedError](err) {
		t.Fatalf("an id of the log as it is now: %v", err)
	}
}

// What was followed is not sent again.
func TestAFollowerBeginsWhereItWas(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	store(t, s, stream("a"), es.NoStream{}, note("a", 500)...)
	_, last := until(t, s, es.Position{}, caughtUp)
	before := c.Sent()
	fill(t, s, "b", 1)
	until(t, s, last.Through, count(1))
	if n := c.Sent() - before; n > 100 {
		t.Fatalf("%d messages for one event", n)
	}
}

func TestAFollowerWithoutAccessEnds(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	f := c.Fault(esdbtest.Subscribe, esdbtest.Forbidden, 0)
	if err := fails(t, s, es.Position{}); err == nil {
		t.Fatal("no error")
	}
	await(t, f.Struck(), "fault")
}

// Close ends a follower who waits, lets a reader who is in his loop see it, and lets an append under way finish.
func TestClose(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{})
	e := note("a", 2)
	store(t, s, stream("a"), es.NoStream{}, e...)
	f := c.Fault(esdbtest.Append, esdbtest.Hold, 0)
	var finished atomic.Bool
	stored := later(t, func() error {
		_, err := s.Append(t.Context(), stream("b"), es.NoStream{}, note("b", 1)...)
		finished.Store(true)
		return err
	})
	await(t, f.Struck(), "fault")
	var ended, read error
	for b, err := range s.Follow(t.Context(), es.Position{}) {
		if ended = err; err == nil && b.CaughtUp {
			for _, err := range s.Read(t.Context(), stream("a"), 0) {
				if read = err; err == nil {
					closed := later(t, s.Close)
					awaitClosed(t, s)
					f.Release()
					if err := closed(); err != nil || !finished.Load() {
						t.Fatalf("closed with an append under way: %v", err)
					}
				}
			}
		}
	}
	if err := stored(); err != nil {
		t.Errorf("the append under way: %v", err)
	}
	_, head := s.Head(t.Context())
	_, appended := s.Append(t.Context(), stream("c"), es.NoStream{}, note("c", 1)...)
	for what, err := range map[string]error{"follow": ended, "read": read, "head": head, "append": appended} {
		if !errors.Is(err, esdb.ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// awaitClosed waits until the store takes no new call.
func awaitClosed(t *testing.T, s *esdb.Store) {
	t.Helper()
	for {
		if _, err := s.Head(t.Context()); errors.Is(err, esdb.ErrClosed) {
			return
		}
	}
}
