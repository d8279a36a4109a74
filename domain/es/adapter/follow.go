package adapter

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Tail is a log whose positions are counted, as its followers see it.
type Tail struct {
	Store    string                                                 // for errors
	Ahead    func(ctx context.Context, at uint64) error             // refuses a position that the log has not reached
	Batch    func(ctx context.Context, at uint64) (es.Batch, error) // what comes after it, in a bounded run
	Wait     func(context.Context, uint64, <-chan struct{}) error   // returns when there is a record after it; the channel is Appended's
	Appended *Bell                                                  // rings when the log has grown
}

// Follow is es.Source's.
func (t Tail) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		at, _ := after.Pair()
		err := t.Ahead(ctx, at)
		for idle := false; err == nil; {
			var b es.Batch
			more := t.Appended.Next()
			if b, err = t.Batch(ctx, at); err != nil {
				break
			}
			if (len(b.Records) > 0 || !idle) && !yield(b, nil) {
				return
			}
			at, _ = b.Through.Pair()
			if idle = b.CaughtUp; idle {
				err = t.Wait(ctx, at, more)
			}
		}
		yield(es.Batch{}, fmt.Errorf("%s: follow after %d: %w", t.Store, at, err))
	}
}

// Bell wakes all who wait. It rings once before it is waited for.
type Bell struct {
	mu sync.Mutex
	ch chan struct{}
}

// Ring wakes those who hold the present channel.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
	}
	b.ch = make(chan struct{})
}

// Next is closed by the next Ring.
func (b *Bell) Next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ch
}
