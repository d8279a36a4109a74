package bustest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

const room = 1000 // of channels that handlers send into, more than any case publishes

var errTest = errors.New("the handler is not in the mood\nsecond line")

func whole(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "all", outbox.Public+".>", into(got))
	want := Message(Penalty("a=2Eb"), 7)
	publish(t, s.Bus, want)
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Error(diff)
	}
}

func ordered(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "all", outbox.Public+".>", into(got))
	const subjects, each = 6, 25
	var all sync.WaitGroup
	for i := range subjects {
		all.Go(func() {
			for n := range each {
				if err := s.Bus.Publish(t.Context(), Message(Penalty(string(rune('a'+i))), n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	next := map[string]int{}
	for range subjects * each {
		m := <-got
		if n := Number(m); n != next[m.Subject] {
			t.Errorf("%s: %d comes for %d", m.Subject, n, next[m.Subject])
		}
		next[m.Subject]++
	}
}

func matching(t *testing.T, s *Subject) {
	staff, penalties, one := make(chan outbox.Message, room), make(chan outbox.Message, room), make(chan outbox.Message, room)
	Route(t, s.Bus, func(r *bus.Router) error {
		return errors.Join(
			r.Handle("staff", outbox.Staff+".>", into(staff)),
			r.Handle("penalties", outbox.Public+".release.penalty.*.*", into(penalties)),
			r.Handle("one", Penalty("b"), into(one)),
		)
	})
	licence := outbox.Public + ".release.licence.XZ-SCJG.c"
	task := outbox.Staff + ".task.XZ-SCJG.p"
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(licence, 2), Message(task, 3), Message(Penalty("b"), 4))
	for _, want := range []struct {
		from    chan outbox.Message
		numbers []int
	}{{staff, []int{3}}, {penalties, []int{1, 4}}, {one, []int{4}}} {
		for _, n := range want.numbers {
			if m := <-want.from; Number(m) != n {
				t.Errorf("%s comes for %d", m.ID, n)
			}
		}
	}
	// Each handler has taken the last of its messages: what else came would be here.
	if n := len(staff) + len(penalties) + len(one); n > 0 {
		t.Errorf("%d messages came to handlers of other subjects", n)
	}
}

func twice(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "all", outbox.Public+".>", into(got))
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("a"), 1))
	publish(t, s.Bus, Message(Penalty("a"), 2), Message(Penalty("a"), 1), Message(Penalty("a"), 3))
	for n := 1; n <= 3; n++ {
		if m := <-got; Number(m) != n {
			t.Errorf("%d comes for %d", Number(m), n)
		}
	}
}

func retried(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	tries := 0
	One(t, s.Bus, "moody", outbox.Public+".>", func(ctx context.Context, m outbox.Message) error {
		if Number(m) == 1 {
			if tries++; tries < 3 {
				return errTest
			}
		}
		return into(got)(ctx, m)
	})
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("a"), 2))
	for n := 1; n <= 2; n++ {
		if m := <-got; Number(m) != n {
			t.Errorf("%d comes for %d", Number(m), n)
		}
	}
	if tries != 3 {
		t.Errorf("%d tries", tries)
	}
}

func poisoned(t *testing.T, s *Subject) {
	got, other := make(chan outbox.Message, room), make(chan outbox.Message, room)
	var mu sync.Mutex
	well, tried := false, make(chan int, room)
	fails := func(ctx context.Context, m outbox.Message) error {
		mu.Lock()
		sick := !well
		mu.Unlock()
		tried <- Number(m)
		switch {
		case sick && Number(m) == 1:
			return errTest
		case sick && Number(m) == 2:
			return bus.Hopeless(errTest)
		}
		return into(got)(ctx, m)
	}
	Route(t, s.Bus, func(r *bus.Router) error {
		return errors.Join(r.Handle("sick", outbox.Public+".>", fails), r.Handle("well", outbox.Public+".>", into(other)))
	})
	want := []outbox.Message{Message(Penalty("a"), 1), Message(Penalty("b"), 2), Message(Penalty("a"), 3)}
	publish(t, s.Bus, want...)
	if m := <-got; Number(m) != 3 {
		t.Fatalf("%d comes for 3", Number(m))
	}
	for n := 1; n <= 3; n++ {
		if m := <-other; Number(m) != n {
			t.Errorf("the other handler gets %d for %d", Number(m), n)
		}
	}
	if n, err := s.Bus.Redrive(t.Context(), "well"); n != 0 || err != nil {
		t.Errorf("%d messages were re-driven to a handler that failed on none, %v", n, err)
	}
	// They fail once more, and are laid aside once more.
	redriven(t, s, 2)
	tries := map[int]int{}
	for tries[1] < 2*Quick().Tries || tries[2] < 2 {
		tries[<-tried]++
	}
	if diff := cmp.Diff(map[int]int{1: 2 * Quick().Tries, 2: 2, 3: 1}, tries); diff != "" {
		t.Error("tries: ", diff)
	}
	mu.Lock()
	well = true
	mu.Unlock()
	redriven(t, s, 2)
	seen := map[string]outbox.Message{}
	for range 2 {
		m := <-got
		seen[m.ID] = m
	}
	if diff := cmp.Diff(map[string]outbox.Message{want[0].ID: want[0], want[1].ID: want[1]}, seen); diff != "" {
		t.Error(diff)
	}
	redriven(t, s, 0)
	if len(other) > 0 || len(got) > 0 {
		t.Errorf("what was re-driven came to %d others and twice to %d", len(other), len(got))
	}
}

// redriven re-drives until that many messages were, and returns when they were taken or laid aside again.
func redriven(t *testing.T, s *Subject, want int) {
	t.Helper()
	n := 0
	for first := true; first || n < want; first = false {
		more, err := s.Bus.Redrive(t.Context(), "sick")
		if err != nil {
			t.Fatal(err)
		}
		n += more
	}
	if n != want {
		t.Fatalf("%d messages were re-driven, not %d", n, want)
	}
}

func panicking(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "nervous", outbox.Public+".>", func(ctx context.Context, m outbox.Message) error {
		if Number(m) == 1 {
			panic("one is no number")
		}
		return into(got)(ctx, m)
	})
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("a"), 2))
	if m := <-got; Number(m) != 2 {
		t.Errorf("%d comes for 2", Number(m))
	}
}

func interrupted(t *testing.T, s *Subject) {
	had := make(chan outbox.Message, room)
	hangs := func(ctx context.Context, m outbox.Message) error {
		had <- m
		<-ctx.Done()
		return ctx.Err()
	}
	stop := One(t, s.Bus, "all", outbox.Public+".>", hangs)
	published := make(chan error, 1)
	go func() { published <- s.Bus.Publish(t.Context(), Message(Penalty("a"), 1), Message(Penalty("a"), 2)) }()
	if m := <-had; Number(m) != 1 {
		t.Fatalf("%d comes for 1", Number(m))
	}
	stop()
	err := <-published
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "all", outbox.Public+".>", into(got))
	if err != nil { // the publisher heard of it and gives the same again
		publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("a"), 2))
	}
	for n := 1; n <= 2; n++ {
		if m := <-got; Number(m) != n {
			t.Errorf("%d comes for %d", Number(m), n)
		}
	}
}

func cancelled(t *testing.T, s *Subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Bus.Publish(ctx, Message(Penalty("a"), 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func closed(t *testing.T, s *Subject) {
	if err := s.Bus.Check(t.Context()); err != nil {
		t.Errorf("an open bus: %v", err)
	}
	if err := s.Bus.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Bus.Publish(t.Context(), Message(Penalty("a"), 1)); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("err = %v", err)
	}
	if err := s.Bus.Check(t.Context()); err == nil {
		t.Error("a closed bus is well")
	}
}

func refused(t *testing.T, s *Subject) {
	r, err := s.Bus.Router(bus.RouterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(context.Context, outbox.Message) error { return nil }
	if err := r.Handle("all", outbox.Public+".>", nothing); err != nil {
		t.Fatal(err)
	}
	for name, subject := range map[string]string{
		"": outbox.Public, "Big": outbox.Public, "a.b": outbox.Public, strings.Repeat("a", 41): outbox.Public,
		"everything": "mingjian.v1.>", "elsewhere": "orders.>", "all": outbox.Staff + ".>",
	} {
		if err := r.Handle(name, subject, nothing); err == nil {
			t.Errorf("handler %q of %q is taken", name, subject)
		}
	}
}
