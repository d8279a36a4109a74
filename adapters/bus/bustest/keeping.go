package bustest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

func waiting(t *testing.T, s *Subject) {
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("a"), 2))
	got := make(chan outbox.Message, room)
	stop := One(t, s.Bus, "all", outbox.Public+".>", into(got))
	for n := 1; n <= 2; n++ {
		if m := <-got; Number(m) != n {
			t.Errorf("%d comes for %d", Number(m), n)
		}
	}
	stop()
	publish(t, s.Bus, Message(Penalty("a"), 3))
	One(t, s.Another(), "all", outbox.Public+".>", into(got))
	if m := <-got; Number(m) != 3 {
		t.Errorf("%d comes for 3", Number(m))
	}
}

// lines are what is kept of a subject.
func lines(t *testing.T, b *bus.Bus, tail bus.Tail) (out []string) {
	t.Helper()
	for line, err := range b.Tail(t.Context(), tail) {
		if err != nil {
			t.Fatal(err)
		}
		if line.At.IsZero() || !bytes.Contains(line.Event, []byte(`"specversion":"1.0"`)) {
			t.Errorf("%s at %s: %s", line.Subject, line.At, line.Event)
		}
		out = append(out, line.Subject)
	}
	return out
}

func sole(t *testing.T, s *Subject) {
	gone := Message(Penalty("a"), 3)
	gone.Sole = true
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("b"), 1), Message(Penalty("a"), 2), gone, Message(Penalty("a"), 4))
	want := []string{Penalty("b"), Penalty("a"), Penalty("a")}
	if diff := cmp.Diff(want, lines(t, s.Bus, bus.Tail{Subject: outbox.Public + ".>"})); diff != "" {
		t.Error(diff)
	}
	publish(t, s.Bus, gone) // again: nothing newer goes
	if diff := cmp.Diff(want, lines(t, s.Bus, bus.Tail{Subject: outbox.Public + ".>"})); diff != "" {
		t.Error(diff)
	}
}

// againAfter: what comes again in the place of what went is kept, though its ids were taken not long ago.
func againAfter(t *testing.T, s *Subject) {
	act := func(n int) outbox.Message { return Message(Penalty("a"), n) }
	group := []outbox.Message{act(1), act(2), act(3)}
	group[0].Sole, group[0].Again, group[1].Again = true, act(3).ID, act(3).ID
	publish(t, s.Bus, act(1), Message(Penalty("b"), 1), act(2))
	for range 2 {
		publish(t, s.Bus, group...)
		want := []string{Penalty("b"), Penalty("a"), Penalty("a"), Penalty("a")}
		if diff := cmp.Diff(want, lines(t, s.Bus, bus.Tail{Subject: outbox.Public + ".>"})); diff != "" {
			t.Error(diff)
		}
	}
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "late", Penalty("a"), into(got))
	for n := 1; n <= 3; n++ {
		if m := <-got; Number(m) != n || m.ID != act(n).ID {
			t.Errorf("%s comes for %s", m.ID, act(n).ID)
		}
	}
}

func shared(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "all", outbox.Public+".>", into(got))
	One(t, s.Another(), "all", outbox.Public+".>", into(got))
	for n := range 60 {
		publish(t, s.Bus, Message(Penalty("a"), n))
	}
	for n := range 60 {
		if m := <-got; Number(m) != n {
			t.Fatalf("%d comes for %d", Number(m), n)
		}
	}
}

func read(t *testing.T, s *Subject) {
	if got := lines(t, s.Bus, bus.Tail{Subject: outbox.Public + ".>"}); len(got) > 0 {
		t.Errorf("an empty bus holds %v", got)
	}
	publish(t, s.Bus, Message(Penalty("a"), 1), Message(Penalty("b"), 1), Message(outbox.Staff+".task.XZ-SCJG.p", 1))
	for subject, want := range map[string][]string{
		outbox.Public + ".>": {Penalty("a"), Penalty("b")}, Penalty("b"): {Penalty("b")}, Penalty("c"): nil,
		outbox.Staff + ".>": {outbox.Staff + ".task.XZ-SCJG.p"},
	} {
		if diff := cmp.Diff(want, lines(t, s.Bus, bus.Tail{Subject: subject})); diff != "" {
			t.Errorf("%s: %s", subject, diff)
		}
	}
	if got := lines(t, s.Bus, bus.Tail{Subject: outbox.Public + ".>", Since: time.Now().Add(time.Hour)}); len(got) > 0 {
		t.Errorf("of the time to come: %v", got)
	}
	for _, err := range s.Bus.Tail(t.Context(), bus.Tail{Subject: "mingjian.v1.>"}) {
		if err == nil {
			t.Error("two streams are read as one")
		}
	}
	n := 0
	for line, err := range s.Bus.Tail(t.Context(), bus.Tail{Subject: outbox.Public + ".>", Follow: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			publish(t, s.Bus, Message(Penalty("c"), 1))
		}
		if n == 3 {
			if line.Subject != Penalty("c") {
				t.Errorf("%s comes", line.Subject)
			}
			break
		}
	}
}

func unread(t *testing.T, s *Subject) {
	for _, err := range s.Bus.Tail(t.Context(), bus.Tail{Subject: outbox.Public + ".>"}) {
		if !errors.Is(err, bus.ErrNothingKept) {
			t.Errorf("err = %v", err)
		}
	}
}

func awaited(t *testing.T, s *Subject) {
	got := make(chan outbox.Message, room)
	One(t, s.Bus, "all", outbox.Public+".>", into(got))
	for n := range 20 {
		publish(t, s.Bus, Message(Penalty("a"), n))
		select {
		case m := <-got:
			if Number(m) != n {
				t.Errorf("%d comes for %d", Number(m), n)
			}
		default:
			t.Error(fmt.Sprint(n, " was published and not taken"))
		}
	}
}
