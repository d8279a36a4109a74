package postgres

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// A batch is taken while the previous one is committed; these bound one transaction.
const (
	maxBatchEvents = 4096
	maxBatchBytes  = 8 << 20
)

// gatherPart is the part of a batch's time for which the next one is gathered at most, without sleep: it is less than what a
// timer keeps to.
const gatherPart = 8

// request is one append on its way: hashed already, waiting for its turn.
type request struct {
	stream es.Stream
	want   es.Expected
	events []entry
	bytes  int

	done chan struct{} // closed when the answer is there
	pos  uint64
	err  error
}

// entry is an event as it will be stored if the expectation holds.
type entry struct {
	id               [16]byte
	typ              string
	hash, meta, data []byte
}

// queue is where concurrent appends become batches.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool
	some    *sync.Cond    // told when something waits, or nothing more comes
	drained chan struct{} // closed by who takes, when it is done

	// Of who takes alone.
	taken  time.Time // when the last batch was
	hoped  int       // how many could be waiting soon after it was answered
	gather time.Time // until when they are waited for
}

func newQueue() *queue {
	q := &queue{drained: make(chan struct{})}
	q.some = sync.NewCond(&q.mu)
	return q
}

// submit returns when r is done. When ctx ends before, r is withdrawn if it still waits, and otherwise its outcome is unknown.
func (q *queue) submit(ctx context.Context, r *request) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return ErrClosed
	}
	q.waiting = append(q.waiting, r)
	q.some.Signal()
	q.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if at := slices.Index(q.waiting, r); at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	return ctx.Err()
}

// submitAll returns when all of them are done, each with its answer. They are taken in their order. When ctx ends before, those
// that still wait are withdrawn, and the outcome of the others is unknown.
func (q *queue) submitAll(ctx context.Context, batch []*request) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return ErrClosed
	}
	q.waiting = append(q.waiting, batch...)
	q.some.Signal()
	q.mu.Unlock()
	for _, r := range batch {
		select {
		case <-r.done:
		case <-ctx.Done():
			q.mu.Lock()
			defer q.mu.Unlock()
			q.waiting = slices.DeleteFunc(q.waiting, func(w *request) bool { return slices.Contains(batch, w) })
			return ctx.Err()
		}
	}
	return nil
}

// take waits for requests and removes the next batch; it is empty once the queue is closed and nothing is left. Those who were
// answered just now may come again first: one commit for all of them and those who wait already is worth more than the haste.
func (q *queue) take() []*request {
	runtime.Gosched()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) < q.hoped && !q.closed && time.Now().Before(q.gather) {
		q.mu.Unlock()
		runtime.Gosched()
		q.mu.Lock()
	}
	for len(q.waiting) == 0 && !q.closed {
		q.some.Wait()
	}
	n, events, bytes := 0, 0, 0
	for _, r := range q.waiting {
		if events += len(r.events); n > 0 && (events > maxBatchEvents || bytes+r.bytes > maxBatchBytes) {
			break
		}
		bytes += r.bytes
		n++
	}
	batch := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	q.taken = time.Now()
	return batch
}

// answer tells a batch's callers that their answers are there. Of a caller alone nothing is hoped for, of several that they come
// again within a small part of the time that the batch took.
func (q *queue) answer(batch []*request) {
	now := time.Now()
	q.mu.Lock()
	q.hoped, q.gather = 0, now.Add(now.Sub(q.taken)/gatherPart)
	if len(batch) > 1 {
		q.hoped = len(batch) + len(q.waiting)
	}
	q.mu.Unlock()
	for _, r := range batch {
		close(r.done)
	}
}

// close refuses what comes; what came is still taken.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}
