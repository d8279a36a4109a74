package projectionstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
)

// LeaseSubject makes processes with the leases under test and treats them badly.
type LeaseSubject struct {
	// Process is another process of that name. It goes with the test.
	Process func(name string) projections.Leases
	// Cut keeps a process from the store until mended; the store does not learn why it is silent.
	Cut func(l projections.Leases) (mend func())
	// Kill ends a process without a word.
	Kill func(l projections.Leases)
}

// LeaseSuite holds an adapter to the contracts of projections.Leases and Lease, sentence by sentence. Terms of the leases under
// test may be short: no case takes it for granted that a lease is never lost, but where one waits for the end of a term.
func LeaseSuite(t *testing.T, open func(t *testing.T) *LeaseSubject) {
	for name, run := range leaseCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(&leaseBench{T: t, LeaseSubject: open(t)})
		})
	}
}

type leaseBench struct {
	*testing.T
	*LeaseSubject
}

func (b *leaseBench) take(l projections.Leases, name string) projections.Lease {
	b.Helper()
	lease, err := l.Take(b.Context(), name)
	if err != nil {
		b.Fatal(err)
	}
	return lease
}

// taking takes in the background.
func (b *leaseBench) taking(l projections.Leases, name string) <-chan projections.Lease {
	got := make(chan projections.Lease, 1)
	go func() {
		lease, err := l.Take(b.Context(), name)
		if err != nil && b.Context().Err() == nil {
			b.Error(err)
		}
		got <- lease
	}()
	return got
}

func (b *leaseBench) closed(c <-chan struct{}, what string) {
	b.Helper()
	select {
	case <-c:
	case <-b.Context().Done():
		b.Fatalf("%s was not said", what)
	}
}

func (b *leaseBench) holder(l projections.Leases, name string) string {
	b.Helper()
	holders, err := l.Holders(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return holders[name]
}

func open(c <-chan struct{}) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

var leaseCases = map[string]func(*leaseBench){
	"TakeWaitsUntilItIsReleased": func(b *leaseBench) {
		one, two := b.Process("one"), b.Process("two")
		ask := one.Ask("a")
		first := b.take(one, "a")
		if b.holder(two, "a") != "one" || b.holder(two, "b") != "" {
			b.Errorf("the holder is %q", b.holder(two, "a"))
		}
		next := b.taking(two, "a")
		ended, cancel := context.WithCancel(b.Context())
		cancel()
		if _, err := b.Process("three").Take(ended, "a"); !errors.Is(err, context.Canceled) {
			b.Errorf("Take answers %v when its context ended", err)
		}
		select {
		case <-next:
			b.Fatal("two have it")
		default:
		}
		ask()
		first.Release(b.Context())
		second := <-next
		if second.Epoch() <= first.Epoch() || b.holder(one, "a") != "two" {
			b.Errorf("epoch %d comes after %d, held by %q", second.Epoch(), first.Epoch(), b.holder(one, "a"))
		}
		first.Release(b.Context()) // once more, which is nothing
		if b.holder(one, "a") != "two" || !open(second.Lost()) {
			b.Error("a second release took the lease of another")
		}
		second.Release(b.Context())
		if got := b.holder(one, "a"); got != "" {
			b.Errorf("after all released it, it is held by %q", got)
		}
	},
	"OneProcessTakesANameOnce": func(b *leaseBench) {
		one := b.Process("one")
		held := b.take(one, "a")
		if _, err := one.Take(b.Context(), "a"); !errors.Is(err, projections.ErrTaken) {
			b.Errorf("a name that it holds: %v", err)
		}
		two := b.Process("two")
		withdraw := one.Ask("a")
		refused, next := make(chan struct{}, 2), make(chan projections.Lease, 2)
		for range 2 {
			go func() {
				lease, err := two.Take(b.Context(), "a")
				if errors.Is(err, projections.ErrTaken) {
					refused <- struct{}{}
					return
				}
				next <- lease
			}()
		}
		b.closed(refused, "that it awaits the name already")
		withdraw()
		held.Release(b.Context())
		lease := <-next
		lease.Release(b.Context())
		b.take(two, "a").Release(b.Context())
	},
	"OneAtATimeWithGrowingEpochs": func(b *leaseBench) {
		var inside atomic.Int32
		var mu sync.Mutex
		epochs := map[uint64]bool{}
		last := uint64(0)
		var all sync.WaitGroup
		for i := range 4 {
			l := b.Process(fmt.Sprint("process ", i))
			all.Go(func() {
				for range 10 {
					withdraw := l.Ask("a")
					lease := b.take(l, "a")
					n := inside.Add(1)
					mu.Lock()
					if open(lease.Lost()) && (n != 1 || epochs[lease.Epoch()] || lease.Epoch() <= last) {
						b.Errorf("%d hold it; epoch %d comes after %d", n, lease.Epoch(), last)
					}
					epochs[lease.Epoch()], last = true, max(last, lease.Epoch())
					mu.Unlock()
					withdraw()
					inside.Add(-1)
					lease.Release(b.Context())
				}
			})
		}
		all.Wait()
	},
	"NamesAreSharedOut": func(b *leaseBench) {
		const names = 64
		var mu sync.Mutex
		holds := map[string]map[string]bool{}
		stop := make(chan struct{})
		settled := make(chan struct{})
		var all sync.WaitGroup
		keep := func(process string, l projections.Leases) {
			for i := range names {
				name := fmt.Sprint("name ", i)
				all.Go(func() {
					for open(stop) {
						lease, err := l.Take(b.Context(), name)
						if err != nil {
							return
						}
						mu.Lock()
						if holds[process] == nil {
							holds[process] = map[string]bool{}
						}
						if holds[process][name] = true; len(holds["one"])+len(holds["two"]) == names && len(holds["two"]) >= 8 && open(settled) {
							close(settled)
						}
						mu.Unlock()
						select {
						case <-lease.Asked():
						case <-lease.Lost():
						case <-stop:
						}
						mu.Lock()
						delete(holds[process], name)
						mu.Unlock()
						lease.Release(b.Context())
					}
				})
			}
		}
		keep("one", b.Process("one"))
		keep("two", b.Process("two")) // comes later, and gets its share of what the first one has
		b.closed(settled, "that each has a share")
		close(stop)
		all.Wait()
	},
	"OnlyWhoAwaitsANameHasAShare": func(b *leaseBench) {
		one, two := b.Process("one"), b.Process("two")
		b.take(two, "of two alone")
		for i := range 16 {
			lease := b.take(one, fmt.Sprint("name ", i))
			if !open(lease.Asked()) {
				b.Error("it is asked for what nobody else awaits")
			}
		}
	},
	"AskBringsItHere": func(b *leaseBench) {
		one, two := b.Process("one"), b.Process("two")
		for i := range 4 {
			name := fmt.Sprint("name ", i)
			first := b.take(one, name)
			next := b.taking(two, name)
			withdraw := two.Ask(name)
			b.closed(first.Asked(), "that the other one asks")
			if !open(first.Lost()) {
				b.Error("it was taken away instead of asked for")
			}
			first.Release(b.Context())
			second := <-next
			back := b.taking(one, name)
			again := one.Ask(name)
			if !open(second.Asked()) {
				b.Error("of two who ask, none has it")
			}
			withdraw()
			b.closed(second.Asked(), "that the first one asks again")
			second.Release(b.Context())
			(<-back).Release(b.Context())
			again()
		}
	},
	"SilenceEndsItHereBeforeItBeginsThere": func(b *leaseBench) {
		one, two := b.Process("one"), b.Process("two")
		first := b.take(one, "a")
		var lost atomic.Bool
		next := make(chan projections.Lease, 1)
		mend := b.Cut(one)
		b.closed(first.Lost(), "that it is lost")
		lost.Store(true)
		go func() { next <- b.take(two, "a") }()
		second := <-next
		if !lost.Load() || second.Epoch() <= first.Epoch() {
			b.Errorf("epoch %d comes after %d", second.Epoch(), first.Epoch())
		}
		first.Release(b.Context())
		mend()
		if !open(second.Lost()) || b.holder(two, "a") != "two" {
			b.Error("who comes back takes it away")
		}
		withdraw := one.Ask("a")
		defer withdraw()
		back := b.taking(one, "a") // it is a process like any other again
		b.closed(second.Asked(), "that who came back asks")
		second.Release(b.Context())
		if third := <-back; third.Epoch() <= second.Epoch() {
			b.Errorf("epoch %d comes after %d", third.Epoch(), second.Epoch())
		}
	},
	"WhoAwaitsHasItWhenItsHolderDies": func(b *leaseBench) {
		one, two := b.Process("one"), b.Process("two")
		withdraw := one.Ask("a")
		defer withdraw()
		first := b.take(one, "a")
		next := b.taking(two, "a")
		b.Kill(one)
		if second := <-next; second.Epoch() <= first.Epoch() {
			b.Errorf("epoch %d comes after %d", second.Epoch(), first.Epoch())
		}
	},
}
