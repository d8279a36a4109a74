package main

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// memoryLeases are leases that need no closing.
type memoryLeases struct{ *projectionstest.Holder }

func (memoryLeases) Close() error { return nil }

// TestBackgroundWorkIsDoneByOne: of three processes one works at a time and when it leaves another goes on.
func TestBackgroundWorkIsDoneByOne(t *testing.T) {
	t.Parallel()
	hub := projectionstest.NewLeases()
	var inside atomic.Int32
	began := make(chan string)
	stop := map[string]context.CancelFunc{}
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		ctx, cancel := context.WithCancel(t.Context())
		stop[name] = cancel
		in := &instance{leases: memoryLeases{hub.Process(name)}, log: slog.New(slog.DiscardHandler)}
		all.Go(func() {
			in.alone(ctx, "job", func(ctx context.Context) {
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d work at once", n)
				}
				select {
				case began <- name:
					<-ctx.Done()
				case <-ctx.Done():
				}
				inside.Add(-1)
			})
		})
	}
	first := <-began
	stop[first]()
	if second := <-began; second == first {
		t.Error("who was stopped works again")
	}
	for _, end := range stop {
		end()
	}
	all.Wait()
	if n := inside.Load(); n != 0 {
		t.Errorf("%d work on", n)
	}
}
