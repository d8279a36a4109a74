package postgres

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

func sized(n, bytes int) *request {
	return &request{events: make([]entry, n), bytes: bytes, done: make(chan struct{}), stream: es.Stream{Category: "c", ID: "1"}}
}

// submitted starts a submission, waits until it is in the queue as the n-th, and returns its answer to come.
func submitted(ctx context.Context, q *queue, r *request, n int) <-chan error {
	answer := make(chan error, 1)
	go func() { answer <- q.submit(ctx, r) }()
	for waits := 0; waits < n; {
		q.mu.Lock()
		waits = len(q.waiting)
		q.mu.Unlock()
	}
	return answer
}

func TestQueueBoundsABatch(t *testing.T) {
	q := newQueue()
	all := []*request{
		sized(1, 1), sized(maxBatchEvents-1, 1), sized(1, 1), sized(maxBatchEvents+1, 1), sized(1, maxBatchBytes), sized(1, 1), sized(1, 1),
	}
	for i, r := range all {
		submitted(t.Context(), q, r, i+1)
	}
	for _, want := range []int{2, 1, 1, 1, 2} {
		batch := q.take()
		if len(batch) != want || !slices.Equal(batch, all[:want]) {
			t.Fatalf("a batch of %d requests, want the next %d in their order", len(batch), want)
		}
		all = all[want:]
	}
}

func TestQueueForgetsWhoGaveUpWaiting(t *testing.T) {
	q := newQueue()
	ctx, cancel := context.WithCancel(t.Context())
	taken := submitted(ctx, q, sized(1, 1), 1)
	if batch := q.take(); len(batch) != 1 {
		t.Fatalf("a batch of %d", len(batch))
	}
	given, kept := submitted(ctx, q, sized(1, 1), 1), sized(1, 1)
	last := submitted(t.Context(), q, kept, 2)
	cancel()
	for _, answer := range []<-chan error{taken, given} {
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Fatalf("who gave up got %v", err)
		}
	}
	if batch := q.take(); !slices.Equal(batch, []*request{kept}) {
		t.Fatalf("a batch of %d requests, want the one that waited on", len(batch))
	}
	close(kept.done)
	if err := <-last; err != nil {
		t.Fatal(err)
	}
}

func TestQueueDrains(t *testing.T) {
	q, r := newQueue(), sized(1, 1)
	submitted(t.Context(), q, r, 1)
	q.close()
	if err := q.submit(t.Context(), sized(1, 1)); !errors.Is(err, ErrClosed) {
		t.Fatalf("a late request got %v", err)
	}
	if batch := q.take(); !slices.Equal(batch, []*request{r}) {
		t.Fatalf("a batch of %d, want what was accepted", len(batch))
	}
	if batch := q.take(); len(batch) != 0 {
		t.Fatalf("%d requests after the end", len(batch))
	}
	waiting := make(chan []*request)
	q = newQueue()
	go func() { waiting <- q.take() }()
	q.close()
	if batch := <-waiting; len(batch) != 0 {
		t.Fatalf("%d requests from an empty queue", len(batch))
	}
}

// Callers that were answered just now, and those who wait already, share the next batch; nobody waits for ever.
func TestQueueGathersThoseWhoWereAnswered(t *testing.T) {
	q := newQueue()
	first := []*request{sized(1, 1), sized(1, 1)}
	for i, r := range first {
		submitted(t.Context(), q, r, i+1)
	}
	slow := func(batch []*request) { // the batch took long, so that there is time
		q.taken = q.taken.Add(-24 * time.Hour)
		q.answer(batch)
	}
	slow(q.take())
	submitted(t.Context(), q, sized(1, 1), 1)
	taken := make(chan []*request)
	go func() { taken <- q.take() }()
	for range 1000 {
		runtime.Gosched()
	}
	go func() { _ = q.submit(t.Context(), sized(1, 1)) }()
	batch := <-taken
	if len(batch) != 2 {
		t.Fatalf("a batch of %d, want both who were answered", len(batch))
	}
	q.answer(batch) // it took no time
	submitted(t.Context(), q, sized(1, 1), 1)
	if batch = q.take(); len(batch) != 1 {
		t.Fatalf("a batch of %d, want the one that waits", len(batch))
	}
	slow(batch) // but for one alone
	submitted(t.Context(), q, sized(1, 1), 1)
	if batch = q.take(); len(batch) != 1 {
		t.Fatalf("a batch of %d, want the one that waits", len(batch))
	}
	slow([]*request{sized(1, 1), sized(1, 1)})
	q.close()
	if batch = q.take(); len(batch) != 0 {
		t.Fatalf("%d requests after the end", len(batch))
	}
}
