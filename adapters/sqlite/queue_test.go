package sqlite

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// gate is a commit that waits to be let through, and notes the batches it was given.
type gate struct {
	entered chan []*request
	pass    chan error
}

func newGate() *gate { return &gate{entered: make(chan []*request), pass: make(chan error)} }

func (g *gate) commit(batch []*request) {
	g.entered <- batch
	err := <-g.pass
	for _, r := range batch {
		r.err = err
	}
}

func sized(n, bytes int) *request {
	return &request{events: make([]entry, n), bytes: bytes, wake: make(chan struct{}, 1), stream: es.Stream{Category: "c", ID: "1"}}
}

// submit starts a submission and returns its answer to come.
func submit(ctx context.Context, q *queue, g *gate, r *request) <-chan error {
	answer := make(chan error, 1)
	go func() { answer <- q.submit(ctx, r, g.commit) }()
	return answer
}

// queued returns once n requests wait.
func queued(q *queue, n int) {
	for {
		q.mu.Lock()
		waiting := len(q.waiting)
		q.mu.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}

func TestQueueGathersWhileItCommits(t *testing.T) {
	q, g := &queue{}, newGate()
	first := sized(1, 1)
	answers := []<-chan error{submit(t.Context(), q, g, first)}
	if batch := <-g.entered; !slices.Equal(batch, []*request{first}) {
		t.Fatalf("the first batch has %d requests", len(batch))
	}
	var rest []*request
	for i := range 20 {
		rest = append(rest, sized(1, 1))
		answers = append(answers, submit(t.Context(), q, g, rest[i]))
		queued(q, i+1)
	}
	g.pass <- nil
	if batch := <-g.entered; !slices.Equal(batch, rest) {
		t.Fatalf("the second batch has %d requests, want the 20 that waited in their order", len(batch))
	}
	fault := errors.New("disk full")
	g.pass <- fault
	for i, answer := range answers {
		if err := <-answer; i == 0 && err != nil || i > 0 && !errors.Is(err, fault) {
			t.Errorf("request %d: %v", i, err)
		}
	}
}

func TestQueueBoundsABatch(t *testing.T) {
	q, g := &queue{}, newGate()
	answers := []<-chan error{submit(t.Context(), q, g, sized(1, 1))}
	<-g.entered
	for i, r := range []*request{
		sized(maxBatchEvents+1, 1), sized(maxBatchEvents-1, 1), sized(1, 1), sized(1, 1), sized(1, maxBatchBytes), sized(1, 1),
	} {
		answers = append(answers, submit(t.Context(), q, g, r))
		queued(q, i+1)
	}
	for _, want := range []int{1, 2, 1, 1, 1} {
		g.pass <- nil
		if batch := <-g.entered; len(batch) != want {
			t.Fatalf("a batch of %d requests, want %d", len(batch), want)
		}
	}
	g.pass <- nil
	for _, answer := range answers {
		if err := <-answer; err != nil {
			t.Error(err)
		}
	}
}

func TestQueueForgetsWhoGaveUpWaiting(t *testing.T) {
	q, g := &queue{}, newGate()
	first := submit(t.Context(), q, g, sized(1, 1))
	<-g.entered
	ctx, cancel := context.WithCancel(t.Context())
	given := submit(ctx, q, g, sized(1, 1))
	queued(q, 1)
	kept := sized(1, 1)
	last := submit(t.Context(), q, g, kept)
	queued(q, 2)
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Fatalf("who gave up got %v", err)
	}
	g.pass <- nil
	if batch := <-g.entered; !slices.Equal(batch, []*request{kept}) {
		t.Fatalf("a batch of %d requests, want the one that waited on", len(batch))
	}
	g.pass <- nil
	if err := errors.Join(<-first, <-last); err != nil {
		t.Fatal(err)
	}
}

func TestQueueTellsTheOutcomeToWhoGaveUpTooLate(t *testing.T) {
	q, g := &queue{}, newGate()
	first := submit(t.Context(), q, g, sized(1, 1))
	<-g.entered
	ctx, cancel := context.WithCancel(t.Context())
	leader := submit(t.Context(), q, g, sized(1, 1))
	queued(q, 1)
	late := submit(ctx, q, g, sized(1, 1))
	queued(q, 2)
	g.pass <- nil
	<-g.entered // both are taken
	cancel()
	g.pass <- nil
	if err := errors.Join(<-first, <-leader, <-late); err != nil {
		t.Fatal(err)
	}
}

func TestQueueDrains(t *testing.T) {
	q, g := &queue{}, newGate()
	first := submit(t.Context(), q, g, sized(1, 1))
	<-g.entered
	second := submit(t.Context(), q, g, sized(1, 1))
	queued(q, 1)
	drained := make(chan struct{})
	go func() {
		q.drain()
		close(drained)
	}()
	for closed := false; !closed; {
		q.mu.Lock()
		closed = q.closed
		q.mu.Unlock()
		runtime.Gosched()
	}
	if err := q.submit(t.Context(), sized(1, 1), g.commit); !errors.Is(err, ErrClosed) {
		t.Fatalf("a late request got %v", err)
	}
	g.pass <- nil
	<-g.entered
	select {
	case <-drained:
		t.Fatal("drained before the accepted request was done")
	default:
	}
	g.pass <- nil
	if err := errors.Join(<-first, <-second); err != nil {
		t.Fatal(err)
	}
	<-drained
}
