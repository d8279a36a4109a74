package sqlite

import (
	"context"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// A batch is taken while the previous one syncs; these bound one transaction.
const (
	maxBatchEvents = 4096
	maxBatchBytes  = 8 << 20
)

// request is one append on its way: hashed already, waiting for its turn.
type request struct {
	stream es.Stream
	want   es.Expected
	events []entry
	bytes  int

	wake chan struct{} // told once: the request is done, or its caller leads
	lead bool          // guarded by queue.mu
	pos  uint64
	err  error
}

// entry is an event as it will be stored if the expectation holds.
type entry struct {
	es.Proposed
	id     [16]byte
	hash   [32]byte
	packed []byte // metadata
}

// queue gathers concurrent appends into batches without a goroutine of its own: the first caller leads, commits what is
// there, and hands the lead to the first who came meanwhile. A lone writer thus never waits for another goroutine.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	led     bool
	closed  bool
	idle    *sync.Cond // told when nobody leads
}

// submit has commit called for r, with others that wait; commit is never called twice at once. It returns when r is done,
// or with ctx's error if ctx ends while r still waits, in which case r is never stored.
func (q *queue) submit(ctx context.Context, r *request, commit func([]*request)) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return ErrClosed
	}
	q.waiting = append(q.waiting, r)
	if q.led {
		q.mu.Unlock()
		if done, err := q.await(ctx, r); done {
			return err
		}
		q.mu.Lock()
	}
	q.led = true
	batch := q.take()
	q.mu.Unlock()
	commit(batch)
	for _, b := range batch {
		if b != r {
			b.wake <- struct{}{}
		}
	}
	q.pass()
	return r.err
}

// await waits for r to be done (true), or for the lead to come to it (false).
func (q *queue) await(ctx context.Context, r *request) (done bool, err error) {
	select {
	case <-r.wake:
	case <-ctx.Done():
		q.mu.Lock()
		at := slices.Index(q.waiting, r)
		if at >= 0 && !r.lead {
			q.waiting = slices.Delete(q.waiting, at, at+1)
			q.mu.Unlock()
			return true, ctx.Err()
		}
		q.mu.Unlock()
		<-r.wake // taken or leading already: the outcome is worth more than the haste
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return !r.lead, r.err
}

// take removes the next batch, which holds at least one request. The leader's own is the first, so it is among them.
func (q *queue) take() (batch []*request) {
	n, events, bytes := 0, 0, 0
	for _, r := range q.waiting {
		if events += len(r.events); n > 0 && (events > maxBatchEvents || bytes+r.bytes > maxBatchBytes) {
			break
		}
		bytes += r.bytes
		n++
	}
	batch = slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return batch
}

// pass hands the lead to the first who waits.
func (q *queue) pass() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		next := q.waiting[0]
		next.lead = true
		next.wake <- struct{}{}
		return
	}
	q.led = false
	if q.idle != nil {
		q.idle.Broadcast()
	}
}

// drain refuses what comes and waits for what came.
func (q *queue) drain() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.idle = sync.NewCond(&q.mu)
	for q.led {
		q.idle.Wait()
	}
}
