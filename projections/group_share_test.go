package projections_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// replica is one of several groups on the same tables and the same log.
type replica struct {
	*projections.Group
	views  *projectionstest.Process
	leases *projectionstest.Holder
	stop   func() error
	t      *testing.T
}

// replicas starts groups that share tables and leases.
type replicas struct {
	views  *projectionstest.Memory
	leases *projectionstest.Leases
	log    *projectionstest.Log
}

func newReplicas(t *testing.T, records ...es.Record) *replicas {
	return &replicas{projectionstest.NewMemory(t), projectionstest.NewLeases(), projectionstest.NewLog(3, records...)}
}

// start starts one; through may put something between the group and its sink.
func (s *replicas) start(t *testing.T, name string, through func(projections.Shared) projections.Shared, reactors []projections.Reactor, list ...projections.Projection) *replica {
	t.Helper()
	r := &replica{views: s.views.Process(), leases: s.leases.Process(name), t: t}
	sink := projections.Shared(r.views)
	if through != nil {
		sink = through(sink)
	}
	r.Group = group(t, sink, s.log, reactors, list...)
	if err := r.Share(r.leases); err != nil {
		t.Fatal(err)
	}
	r.stop = start(t, r.Run)
	return r
}

func (r *replica) status() map[string]projections.Status {
	r.t.Helper()
	list, err := r.Status(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]projections.Status{}
	for _, s := range list {
		out[s.Name] = s
	}
	return out
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func many(n int) (out []projections.Projection) {
	for i := range n {
		out = append(out, tally(fmt.Sprintf("m%d", i)))
	}
	return out
}

func TestGroupsShareTheMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 10)...)
		list := many(32)
		d := &doing{}
		policies := []projections.Reactor{{Name: "policy", React: d.react}}
		all := []*replica{s.start(t, "x", nil, policies, list...), s.start(t, "y", nil, policies, list...), s.start(t, "z", nil, policies, list...)}
		synctest.Wait()
		s.log.Add(good(11, 20)...)
		holds := map[string]int{}
		for _, r := range all {
			must(t, r.WaitViews(t.Context(), pos(20)), r.Wait(t.Context(), "policy", pos(20)), r.Settle(t.Context()), r.Ready())
			if at := r.Through(); at != pos(20) {
				t.Errorf("after all waited, one is at %s", at)
			}
			for name, st := range r.status() {
				if !st.Attached || !st.CaughtUp || st.Behind() != 0 || st.Failed != nil || st.Holder == "" {
					t.Errorf("%s: %+v", name, st)
				}
				if st.Held {
					holds[st.Holder]++
				}
			}
		}
		if holds["x"]+holds["y"]+holds["z"] != 33 || min(holds["x"], holds["y"], holds["z"]) < 5 {
			t.Errorf("33 members are shared as %v", holds)
		}
		for _, p := range list {
			if got := counted(t, s.views, p.Tables[0].Name); got != "20" {
				t.Errorf("%s counts %s of 20", p.Name, got)
			}
		}
		if got := d.all(); len(got) != 20 || !slices.IsSortedFunc(got, byNumber) {
			t.Errorf("the policy saw %v", got)
		}
		for _, r := range all {
			must(t, r.stop())
		}
	})
}

func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func TestGroupThatStopsHandsOverAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 10)...)
		list := many(8)
		a, b := s.start(t, "x", nil, nil, list...), s.start(t, "y", nil, nil, list...)
		must(t, a.Settle(t.Context()), b.Settle(t.Context()), a.stop())
		s.log.Add(good(11, 12)...)
		must(t, b.WaitViews(t.Context(), pos(12)))
		for name, st := range b.status() {
			if !st.Held || st.Holder != "y" {
				t.Errorf("%s is not the last one's: %+v", name, st)
			}
		}
		must(t, b.stop())
		for _, p := range list {
			if got := counted(t, s.views, p.Tables[0].Name); got != "12" {
				t.Errorf("%s counts %s of 12", p.Name, got)
			}
		}
	})
}

// late is a sink whose commits wait for a gate while it is shut, as those of a process that was stopped in the midst.
type late struct {
	projections.Shared
	mu   sync.Mutex
	gate chan struct{}
	held chan struct{} // gets one per commit that waits
	ends chan error    // what those that waited were answered
}

type lateTarget struct {
	projections.Target
	sink *late
}

func (l *late) Hold(ctx context.Context, p projections.Projection, epoch uint64) (projections.Target, error) {
	target, err := l.Shared.Hold(ctx, p, epoch)
	return lateTarget{target, l}, err
}

func (l lateTarget) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	l.sink.mu.Lock()
	gate := l.sink.gate
	l.sink.mu.Unlock()
	if gate == nil {
		return l.Target.Commit(ctx, from, through, rows)
	}
	l.sink.held <- struct{}{}
	<-gate
	// The context of a process that was stopped ends only when it goes on, maybe after the commit was sent.
	err := l.Target.Commit(context.WithoutCancel(ctx), from, through, rows)
	l.sink.ends <- err
	return err
}

func (l *late) shut() (open func()) {
	gate := make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gate = gate
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.gate = nil
		close(gate)
	}
}

// TestLateCommitIsRefused: a process stands still with a commit on its way, another takes over and finds nothing more to do,
// so that only the epoch tells the late commit from one that is in order.
func TestLateCommitIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 3)...)
		l := &late{held: make(chan struct{}, 1), ends: make(chan error, 1)}
		a := s.start(t, "x", func(next projections.Shared) projections.Shared {
			l.Shared = next
			return l
		}, nil, tally("a"))
		must(t, a.WaitViews(t.Context(), pos(3)))
		open := l.shut()
		s.log.Add(good(4, 5)...)
		<-l.held
		mend := a.leases.Cut()
		blind := tally("a") // what it does with a record waits until the late commit came
		goOn := make(chan struct{})
		project := blind.Project
		blind.Project = func(r es.Record) (projections.Change, error) {
			<-goOn
			return project(r)
		}
		b := s.start(t, "y", nil, nil, blind)
		synctest.Wait()
		if st := b.status()["a"]; !st.Held || st.Through != pos(3) {
			t.Fatalf("it was not taken over: %+v", st)
		}
		open()
		if err := <-l.ends; !errors.Is(err, projections.ErrMoved) {
			t.Errorf("the late commit was answered %v", err)
		}
		close(goOn)
		mend()
		must(t, b.WaitViews(t.Context(), pos(5)), a.WaitViews(t.Context(), pos(5)), a.Ready(), b.Ready())
		if got := counted(t, s.views, "tally_a"); got != "5" {
			t.Errorf("counted %s of 5", got)
		}
		s.log.Add(good(6, 6)...)
		must(t, a.WaitViews(t.Context(), pos(6)), b.WaitViews(t.Context(), pos(6)), a.stop(), b.stop())
	})
}

// TestGroupThatIsFencedOffStandsByAgain: somebody else took the tables without the lease; the group takes them back.
func TestGroupThatIsFencedOffStandsByAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 3)...)
		a := s.start(t, "x", nil, nil, tally("a"))
		must(t, a.WaitViews(t.Context(), pos(3)))
		if _, err := s.views.Process().Hold(t.Context(), tally("a"), 2); err != nil {
			t.Fatal(err)
		}
		s.log.Add(good(4, 5)...)
		must(t, a.WaitViews(t.Context(), pos(5)), a.Ready(), a.stop())
		if got := counted(t, s.views, "tally_a"); got != "5" {
			t.Errorf("counted %s of 5", got)
		}
	})
}

func TestReactorThatIsTakenOverSkipsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 4)...)
		d := &doing{}
		reached, release := make(chan struct{}), make(chan struct{})
		stuck := projections.Reactor{Name: "policy", React: func(ctx context.Context, r es.Record) error {
			if r.Position == pos(6) {
				close(reached)
				<-release
			}
			return d.react(ctx, r)
		}}
		a := s.start(t, "x", nil, []projections.Reactor{stuck})
		must(t, a.Wait(t.Context(), "policy", pos(4)))
		s.log.Add(good(5, 8)...)
		<-reached
		a.leases.Cut()
		b := s.start(t, "y", nil, []projections.Reactor{{Name: "policy", React: d.react}})
		must(t, b.Wait(t.Context(), "policy", pos(8)))
		close(release)
		must(t, a.stop(), b.stop())
		seen := map[string]bool{}
		for _, id := range d.all() {
			seen[id] = true
		}
		if len(seen) != 8 {
			t.Errorf("of 8 records %d were seen: %v", len(seen), d.all())
		}
		if at, err := s.views.Checkpoint(t.Context(), "policy"); err != nil || at != pos(8) {
			t.Errorf("checkpoint %s, %v", at, err)
		}
	})
}

// TestMemberThatStoppedIsLeftToThoseWhoKnowBetter: an older program stops at a record that a newer one takes.
func TestMemberThatStoppedIsLeftToThoseWhoKnowBetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, append(append(good(1, 4), bad(5)), good(6, 9)...)...)
		a := s.start(t, "x", nil, nil, tally("a"))
		if err := a.WaitViews(t.Context(), pos(9)); !errors.Is(err, errBadRecord) {
			t.Fatal(err)
		}
		synctest.Wait()
		if st := a.status()["a"]; st.Held || st.Holder != "" || a.Ready() == nil {
			t.Errorf("stopped: %+v, ready %v", st, a.Ready())
		}
		newer := tally("a")
		project := newer.Project
		newer.Project = func(r es.Record) (projections.Change, error) {
			if r.Type == "bad" {
				return projections.Change{}, nil
			}
			return project(r)
		}
		b := s.start(t, "y", nil, nil, newer)
		must(t, b.WaitViews(t.Context(), pos(9)))
		synctest.Wait()
		must(t, a.WaitViews(t.Context(), pos(9)), a.Ready(), b.stop())
		s.log.Add(good(10, 10)...)
		must(t, a.WaitViews(t.Context(), pos(10)), a.stop())
	})
}

func TestRebuildIsHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 10)...)
		list := many(4)
		replicas := []*replica{s.start(t, "x", nil, nil, list...), s.start(t, "y", nil, nil, list...)}
		for _, r := range replicas {
			must(t, r.Settle(t.Context()))
		}
		synctest.Wait()
		for i, p := range list {
			asked := replicas[i%2]
			before := asked.status()[p.Name].Holder
			must(t, asked.Rebuild(t.Context(), p.Name))
			s.log.Add(good(11+i, 11+i)...)
			synctest.Wait()
			if now := asked.status()[p.Name]; now.Holder != before {
				t.Errorf("%s went from %s to %s for good", p.Name, before, now.Holder)
			}
			for _, r := range replicas {
				must(t, r.WaitViews(t.Context(), pos(11+i)), r.Ready())
			}
		}
		if got := counted(t, s.views, "tally_m0"); got != "14" {
			t.Errorf("counted %s of 14", got)
		}
		for _, r := range replicas {
			must(t, r.stop())
		}
	})
}

func TestRebuildRevivesAStoppedMemberUnderALease(t *testing.T) {
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
		s := newReplicas(t, append(append(good(1, 4), bad(5)), good(6, 9)...)...)
		a, b := s.start(t, "x", nil, nil, p), s.start(t, "y", nil, nil, p)
		for _, r := range []*replica{a, b} {
			if err := r.Wait(t.Context(), "a", pos(9)); !errors.Is(err, errBadRecord) {
				t.Fatal(err)
			}
		}
		if err := a.Rebuild(t.Context(), "a"); !errors.Is(err, errBadRecord) || a.Ready() == nil {
			t.Errorf("rebuilding over the bad record: %v; ready %v", err, a.Ready())
		}
		mended.Store(true)
		must(t, b.Rebuild(t.Context(), "a"))
		s.log.Add(good(10, 10)...)
		must(t, b.Wait(t.Context(), "a", pos(10)))
		synctest.Wait()
		must(t, a.Wait(t.Context(), "a", pos(10)), a.Ready(), b.Ready(), a.stop(), b.stop())
		if got := counted(t, s.views, "tally_a"); got != "9" {
			t.Errorf("counted %s of 9", got)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if a.Rebuild(t.Context(), "a") == nil || b.Rebuild(ended, "a") == nil {
			t.Error("rebuilt in a group that has ended")
		}
	})
}

// TestWhatIsReadElsewhereIsFresh: who waits for a position on a process that runs nothing sees it, also in what was kept.
func TestWhatIsReadElsewhereIsFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 1)...)
		both := []*replica{s.start(t, "x", nil, nil, tally("a")), s.start(t, "y", nil, nil, tally("a"))}
		for n := 2; n <= 40; n++ {
			for _, r := range both {
				must(t, r.WaitViews(t.Context(), pos(n-1)))
			}
			s.log.Add(good(n, n)...)
			for _, r := range both {
				fresh, stop := projections.NewFresh(r.views, r.views, "tally_a", 5, func(row *projections.Row) (string, error) { return row.Columns[0], nil })
				if _, _, err := fresh.Get(t.Context(), "one"); err != nil {
					t.Fatal(err)
				}
				must(t, r.WaitViews(t.Context(), pos(n)))
				if v, _, err := fresh.Get(t.Context(), "one"); err != nil || v != fmt.Sprint(n) {
					t.Errorf("after a wait for %d: %s, %v", n, v, err)
				}
				stop()
			}
			if n == 20 { // the other one goes on
				for _, r := range both {
					if r.status()["a"].Held {
						r.leases.Cut()
						break
					}
				}
			}
		}
		for _, r := range both {
			must(t, r.stop())
		}
	})
}

// deafened is a sink that hears nothing of others.
type deafened struct{ projections.Shared }

func (deafened) Elsewhere(context.Context) iter.Seq2[projections.Advance, error] {
	return func(yield func(projections.Advance, error) bool) {
		yield(projections.Advance{}, projectionstest.ErrInjected)
	}
}

func TestGroupThatHearsNothingIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newReplicas(t, good(1, 4)...)
		a := s.start(t, "x", nil, nil, tally("a"))
		must(t, a.WaitViews(t.Context(), pos(4)))
		synctest.Wait()
		var other string
		for _, name := range []string{"y", "z", "w", "v"} { // one that the lease stays away from
			if projections.Share("a", []string{"x", name}) == "x" {
				other = name
			}
		}
		b := s.start(t, other, func(next projections.Shared) projections.Shared { return deafened{next} }, nil, tally("a"))
		synctest.Wait()
		if err := b.Ready(); !errors.Is(err, projectionstest.ErrInjected) || a.Ready() != nil {
			t.Errorf("ready: %v and %v", err, a.Ready())
		}
		must(t, a.stop())
		synctest.Wait()
		must(t, b.Ready(), b.stop()) // it runs all itself
	})
}

func TestShareRefusesASinkForOne(t *testing.T) {
	g := group(t, projectionstest.NewMemory(t), projectionstest.NewLog(1), nil)
	if err := g.Share(projectionstest.NewLeases().Process("x")); err == nil {
		t.Error("taken")
	}
}
