package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

const (
	subjects = 7
	messages = 210
)

// persist publishes as the outbox does: each message again until it is taken, and then the next; cut is called after each.
func persist(ctx context.Context, b *bus.Bus, cut func(n int)) error {
	for n := range messages {
		m := bustest.Message(bustest.Penalty(fmt.Sprint("s", n%subjects)), n)
		for b.Publish(ctx, m) != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			rest(ctx)
		}
		cut(n)
	}
	return nil
}

// rest is the pause of who tries again.
func rest(ctx context.Context) {
	pause, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
	defer cancel()
	<-pause.Done()
}

// ledger is a consumer that keeps what it takes.
type ledger struct {
	mu     sync.Mutex
	took   []outbox.Message
	all    chan struct{} // closed when every message was taken
	ids    map[string]int
	during func(n int) // while it has a message
}

func newLedger() *ledger { return &ledger{all: make(chan struct{}), ids: map[string]int{}} }

func (l *ledger) take(_ context.Context, m outbox.Message) error {
	if l.during != nil {
		l.during(bustest.Number(m))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = append(l.took, m)
	if l.ids[m.ID]++; l.ids[m.ID] == 1 && len(l.ids) == messages {
		close(l.all)
	}
	return nil
}

// check holds that nothing was lost and that of each subject what is new by its id comes in order.
func (l *ledger) check(t *testing.T) {
	t.Helper()
	<-l.all
	l.mu.Lock()
	defer l.mu.Unlock()
	seen, next := map[string]bool{}, map[string]int{}
	for _, m := range l.took {
		if seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		if n := bustest.Number(m) / subjects; n != next[m.Subject] {
			t.Errorf("%s: the %dth comes as the %dth", m.Subject, n, next[m.Subject])
		}
		next[m.Subject]++
	}
	if len(seen) != messages {
		t.Errorf("%d of %d messages", len(seen), messages)
	}
}

// kept counts what the public's stream holds.
func kept(t *testing.T, b *bus.Bus) (all int, ids map[string]bool) {
	t.Helper()
	ids = map[string]bool{}
	for line, err := range b.Tail(t.Context(), bus.Tail{Subject: outbox.Public + ".>"}) {
		if err != nil {
			t.Fatal(err)
		}
		_, m, err := bus.Decode(t.Context(), line.Subject, line.Event)
		if err != nil {
			t.Fatal(err)
		}
		ids[m.ID] = true
		all++
	}
	return all, ids
}

// survive publishes through faults to a consumer, and holds that nothing is lost, doubled or out of order.
func survive(t *testing.T, publisher, consumer string, cut func(n int)) {
	t.Helper()
	out, in := open(t, publisher+quick), open(t, consumer+quick)
	l := newLedger()
	bustest.One(t, in, "ledger", outbox.Public+".>", l.take)
	if err := persist(t.Context(), out, cut); err != nil {
		t.Fatal(err)
	}
	l.check(t)
	if all, ids := kept(t, out); all != messages || len(ids) != messages {
		t.Errorf("the stream holds %d messages with %d ids", all, len(ids))
	}
}

func TestNothingIsLostWhenTheServerRestarts(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	survive(t, s.URL(), s.URL(), func(n int) {
		if n%70 == 35 {
			s.Stop()
			s.Start()
		}
	})
}

func TestNothingIsLostWhenTheServerIsKilled(t *testing.T) {
	t.Parallel()
	s := natstest.Spawn(t)
	// Killed by another goroutine, so that it may be in the middle of anything.
	strike, struck := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(struck)
		for range strike {
			s.Kill()
			s.Start()
		}
	}()
	survive(t, s.URL(), s.URL(), func(n int) {
		if n%60 == 30 {
			strike <- struct{}{}
		}
	})
	close(strike)
	<-struck
}

func TestNothingIsLostWhenConnectionsAreCut(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	out, in := natstest.NewProxy(t, s.Addr()), natstest.NewProxy(t, s.Addr())
	cuts, done := make(chan int), make(chan struct{})
	go func() {
		defer close(done)
		for n := range cuts {
			if n%2 == 0 {
				out.Cut()
			} else {
				in.Cut()
			}
		}
	}()
	survive(t, out.URL(), in.URL(), func(n int) {
		if n%20 == 10 {
			cuts <- n / 20
		}
	})
	close(cuts)
	<-done
}

// TestAConsumerThatDiesLosesNothing: what it had comes to the next one first.
func TestAConsumerThatDiesLosesNothing(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	way := natstest.NewProxy(t, s.Addr())
	out := open(t, s.URL()+quick)
	l, had := newLedger(), make(chan struct{})
	bustest.One(t, open(t, way.URL()+quick), "ledger", outbox.Public+".>", func(ctx context.Context, m outbox.Message) error {
		if bustest.Number(m) == 50 {
			close(had)
			<-ctx.Done() // it never takes it
			return ctx.Err()
		}
		return l.take(ctx, m)
	})
	if err := persist(t.Context(), out, func(int) {}); err != nil {
		t.Fatal(err)
	}
	<-had
	way.Down()
	bustest.One(t, open(t, s.URL()+quick), "ledger", outbox.Public+".>", l.take)
	l.check(t)
}

// TestASlowHandlerKeepsItsMessage: as long as it has it nobody else gets it.
func TestASlowHandlerKeepsItsMessage(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	address := s.URL() + "?ack_wait=1s"
	b := open(t, address)
	l := newLedger()
	var given atomic.Int64
	l.during = func(n int) {
		if n == 0 {
			given.Add(1)
			slow, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
			defer cancel()
			<-slow.Done()
		}
	}
	for range 2 {
		bustest.One(t, open(t, address), "ledger", outbox.Public+".>", l.take)
	}
	if err := persist(t.Context(), b, func(int) {}); err != nil {
		t.Fatal(err)
	}
	l.check(t)
	if n := given.Load(); n != 1 {
		t.Errorf("the message was given %d times", n)
	}
}

// TestPublishIsDurable: what it answered nil for is on the disk of a server that dies at once.
func TestPublishIsDurable(t *testing.T) {
	t.Parallel()
	s := natstest.Spawn(t)
	b := open(t, s.URL()+quick)
	for n := range 3 {
		m := bustest.Message(bustest.Penalty("a"), n)
		for b.Publish(t.Context(), m) != nil {
			rest(t.Context())
		}
		s.Kill()
		s.Start()
	}
	for b.Check(t.Context()) != nil {
		rest(t.Context())
	}
	if all, _ := kept(t, b); all != 3 {
		t.Errorf("%d of 3 messages are there", all)
	}
}

// TestABusThatIsAwayTakesNothing: an error at once, nothing held back for later.
func TestABusThatIsAwayTakesNothing(t *testing.T) {
	t.Parallel()
	s := natstest.New(t, natstest.Options{})
	b := open(t, s.URL()+quick)
	if err := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 0)); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	for b.Check(t.Context()) == nil {
		rest(t.Context())
	}
	for n := range 100 {
		if err := b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 100+n)); err == nil || errors.Is(err, bus.ErrClosed) {
			t.Fatalf("err = %v", err)
		}
	}
	s.Start()
	for b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)) != nil {
		rest(t.Context())
	}
	if all, _ := kept(t, b); all != 2 {
		t.Errorf("%d messages are there, not the first and the last", all)
	}
}
