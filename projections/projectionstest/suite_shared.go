package projectionstest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// SharedViews is what an adapter of views offers to one of several processes.
type SharedViews interface {
	projections.Shared
	projections.Reader
	projections.Watcher
}

// SharedSuite holds an adapter to the contracts of projections.Shared and Elsewhere, sentence by sentence. open makes the empty
// tables of one case and answers a function that gives each process its own sink on them.
func SharedSuite(t *testing.T, open func(t *testing.T) (process func() SharedViews)) {
	for name, run := range sharedCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &sharedBench{T: t, process: open(t)}
			run(b)
		})
	}
}

type sharedBench struct {
	*testing.T
	process func() SharedViews
}

func (b *sharedBench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *sharedBench) moved(what string, err error) {
	b.Helper()
	(&bench{T: b.T}).is(err, projections.ErrMoved)
	if b.Failed() {
		b.Fatalf("by %s", what)
	}
}

func (b *sharedBench) hold(v SharedViews, epoch uint64) projections.Target {
	b.Helper()
	target, err := v.Hold(b.Context(), sample(), epoch)
	b.must(err)
	return target
}

func (b *sharedBench) shadow(v SharedViews) projections.Target {
	b.Helper()
	target, err := v.Shadow(b.Context(), sample())
	b.must(err)
	return target
}

// put commits one item from where the n-1st put left off.
func (b *sharedBench) put(target projections.Target, n int, list ...projections.Row) error {
	b.Helper()
	return target.Commit(b.Context(), at(n-1), at(n), rowsOf(at(n), items, list...))
}

func (b *sharedBench) checkpoint(v SharedViews, want int) {
	b.Helper()
	if got, err := v.Checkpoint(b.Context(), sample().Name); err != nil || got != at(want) {
		b.Errorf("checkpoint is %s, %v, not %s", got, err, at(want))
	}
}

// ear is what one process hears of others.
type ear struct {
	b     *sharedBench
	views SharedViews
	told  notes
	heard chan projections.Advance
}

// listen listens until the test ends.
func (b *sharedBench) listen(v SharedViews) *ear {
	e := &ear{b: b, views: v, heard: make(chan projections.Advance, 100)}
	stop := v.Watch(e.told.take)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for a, err := range v.Elsewhere(ctx) {
			if err != nil {
				if ctx.Err() == nil {
					b.Error(err)
				}
				return
			}
			e.heard <- a
		}
	}()
	b.Cleanup(func() {
		stop()
		cancel()
		<-done
	})
	return e
}

// until waits until the sample is told to be at a position, and checks that nothing went back on the way.
func (e *ear) until(n int) {
	e.b.Helper()
	for last := (es.Position{}); last != at(n); {
		select {
		case a := <-e.heard:
			if a.Projection != sample().Name {
				continue
			}
			if a.Through.Compare(last) < 0 {
				e.b.Errorf("after %s came %s", last, a.Through)
			}
			last = a.Through
		case <-e.b.Context().Done():
			e.b.Fatalf("it was not told that %s was reached", at(n))
		}
	}
}

func (e *ear) wants(keys ...string) {
	e.b.Helper()
	got := e.told.since()
	for _, k := range keys {
		table, _, _ := strings.Cut(k, "/")
		if !slices.Contains(got, k) && !slices.Contains(got, table+"/") {
			e.b.Errorf("told of %q, without %q", got, k)
		}
	}
}

var sharedCases = map[string]func(*sharedBench){
	"HoldRefusesWhoeverHeldBefore": func(b *sharedBench) {
		one, two := b.process(), b.process()
		first := b.hold(one, 7)
		b.must(b.put(first, 1, item("a", "1")))
		shadow := b.shadow(one)
		second := b.hold(two, 9)
		// The checkpoint is where the first one left it: nothing but the epoch is against it.
		b.moved("a commit under an epoch that is over", b.put(first, 2, item("a", "late")))
		b.moved("a commit to a shadow of an epoch that is over", shadow.Commit(b.Context(), es.Position{}, at(1), projections.NewRows(nil)))
		b.moved("a switch under an epoch that is over", one.Switch(b.Context(), sample(), at(1), shadow))
		if _, err := one.Shadow(b.Context(), sample()); err == nil {
			b.Error("a shadow was made under an epoch that is over")
		}
		if _, err := one.Hold(b.Context(), sample(), 8); err == nil {
			b.Error("held under an epoch that is over")
		}
		b.checkpoint(two, 1)
		b.checkpoint(one, 1) // who holds it no more reads it all the same
		if row, err := two.Get(b.Context(), items, "a"); err != nil || row == nil || row.Columns[0] != "1" {
			b.Errorf("the row is %s, %v", show(row), err)
		}
		b.must(b.put(second, 2, item("a", "2")))
		again := b.hold(one, 10)
		b.moved("the second's commit", b.put(second, 3, item("a", "late")))
		b.must(b.put(again, 3, item("a", "3")))
	},
	"HoldIsKeptBySwitch": func(b *sharedBench) {
		one, two := b.process(), b.process()
		first := b.hold(one, 3)
		b.must(b.put(first, 1, item("a", "1")))
		shadow := b.shadow(one)
		b.must(b.put(shadow, 1, item("b", "1")))
		b.must(one.Switch(b.Context(), sample(), at(1), shadow))
		b.moved("a commit to the former tables", b.put(first, 2, item("a", "late")))
		b.must(b.put(shadow, 2, item("b", "2")))
		if _, err := two.Hold(b.Context(), sample(), 2); err == nil {
			b.Error("after a switch an epoch from before can hold it")
		}
		second := b.hold(two, 4)
		b.moved("a commit to what was switched to", b.put(shadow, 3, item("b", "late")))
		b.must(b.put(second, 3, item("b", "3")))
	},
	"JoinFindsWhatAnotherAttached": func(b *sharedBench) {
		one, two := b.process(), b.process()
		(&bench{T: b.T}).is(join(b, two), projections.ErrAbsent)
		first := b.hold(one, 1)
		b.must(b.put(first, 1, item("a", "1")))
		told := &notes{}
		defer two.Watch(told.take)()
		at1, err := two.Join(b.Context(), sample())
		if err != nil || at1 != at(1) {
			b.Fatalf("joined at %s, %v", at1, err)
		}
		if got := told.since(); !slices.Contains(got, items+"/") || !slices.Contains(got, totals+"/") {
			b.Errorf("at Join it was told of %q", got)
		}
		if row, err := two.Get(b.Context(), items, "a"); err != nil || row == nil {
			b.Errorf("what another process wrote is read as %s, %v", show(row), err)
		}
		b.must(b.put(first, 2, item("b", "1")))
		b.checkpoint(two, 2)
		other := sample()
		other.Tables = slices.Clone(other.Tables)
		other.Tables[1].Columns = append(slices.Clone(other.Tables[1].Columns), "more")
		if _, err := b.process().Join(b.Context(), other); err == nil {
			b.Error("joined tables of another definition")
		}
		b.must(b.put(first, 3, item("c", "1"))) // Join changed nothing
	},
	"HoldTellsOfWhatWasNotHeard": func(b *sharedBench) {
		one, two := b.process(), b.process()
		first := b.hold(one, 1)
		b.must(join(b, two))
		told := &notes{}
		defer two.Watch(told.take)()
		b.must(b.put(first, 1, item("a", "1")))
		second := b.hold(two, 2)
		if got := told.since(); !slices.Contains(got, items+"/") || !slices.Contains(got, totals+"/") {
			b.Errorf("at Hold it was told of %q", got)
		}
		if got, err := second.Checkpoint(b.Context()); err != nil || got != at(1) {
			b.Errorf("it goes on at %s, %v", got, err)
		}
	},
	"ElsewhereTellsWhereAnotherGoesOn": func(b *sharedBench) {
		one, two := b.process(), b.process()
		first := b.hold(one, 1)
		e := b.listen(one)
		b.must(b.put(first, 1, item("a", "1"))) // had its answer been lost, nothing but the next process could tell
		b.hold(two, 2)
		e.until(1)
		e.wants(items+"/", totals+"/")
	},
	"ElsewhereTellsOfOthers": func(b *sharedBench) {
		one, two := b.process(), b.process()
		first := b.hold(one, 1)
		b.must(b.put(first, 1, item("a", "1")))
		b.must(join(b, two))
		e := b.listen(two)
		e.until(1)
		e.wants(items+"/a", items+"/", totals+"/")
		b.must(b.put(first, 2, item("b", "1")))
		e.until(2)
		e.wants(items + "/b")
		rows := projections.NewRows(nil)
		rows.Begin(at(3), nil)
		rows.Delete(items, "a")
		rows.Put(totals, projections.Row{Key: "t", Columns: []string{"1"}})
		b.must(first.Commit(b.Context(), at(2), at(3), rows))
		e.until(3)
		e.wants(items+"/a", totals+"/t")
		b.must(first.Commit(b.Context(), at(3), at(4), projections.NewRows(nil))) // also what changes no row
		e.until(4)
		shadow := b.shadow(one)
		b.must(b.put(shadow, 1, item("z", "1")))
		b.must(shadow.Commit(b.Context(), at(1), at(5), projections.NewRows(nil)))
		b.must(one.Switch(b.Context(), sample(), at(4), shadow))
		e.until(5)
		e.wants(items+"/a", totals+"/t")
		if row, err := two.Get(b.Context(), items, "z"); err != nil || row == nil {
			b.Errorf("after a switch elsewhere a row is read as %s, %v", show(row), err)
		}
		b.must(b.put(shadow, 6, item("y", "1")))
		e.until(6)
	},
	"ElsewhereTellsWhenReadersSeeIt": func(b *sharedBench) {
		one, two := b.process(), b.process()
		first := b.hold(one, 1)
		b.must(join(b, two))
		fresh, stop := projections.NewFresh(two, two, items, 10, func(r *projections.Row) (string, error) { return r.Columns[0], nil })
		defer stop()
		e := b.listen(two)
		for n := 1; n <= 40; n++ {
			if _, _, err := fresh.Get(b.Context(), "a"); err != nil {
				b.Fatal(err)
			}
			want := projections.Num(uint64(n)) //nolint:gosec // small
			b.must(b.put(first, n, item("a", want)))
			e.until(n)
			if got, ok, err := fresh.Get(b.Context(), "a"); got != want || !ok || err != nil {
				b.Fatalf("after it was told of commit %d: %q, %v, %v", n, got, ok, err)
			}
		}
	},
	"ElsewhereTellsOfWhatHasNoTables": func(b *sharedBench) {
		one, two := b.process(), b.process()
		keeps := projections.Projection{Name: "policy.v1"}
		target, err := one.Hold(b.Context(), keeps, 1)
		b.must(err)
		_, err = two.Join(b.Context(), keeps)
		b.must(err)
		e := b.listen(two)
		b.must(target.Commit(b.Context(), es.Position{}, at(1), projections.NewRows(nil)))
		for {
			select {
			case a := <-e.heard:
				if a.Projection == keeps.Name && a.Through == at(1) {
					return
				}
			case <-b.Context().Done():
				b.Fatal("it was not told")
			}
		}
	},
}

func join(b *sharedBench, v SharedViews) error {
	_, err := v.Join(b.Context(), sample())
	return err
}
