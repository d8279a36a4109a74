package bustest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// Features are what buses differ in.
type Features struct {
	// Keeps says that a message waits on the bus for handlers that are not there yet, and can be read later.
	Keeps bool
}

// Subject is a bus under test, with nothing on it.
type Subject struct {
	Bus *bus.Bus
	// Another opens a further bus at the same address, as another process would. Of a bus that does not keep it is nil.
	Another func() *bus.Bus
}

// Factory makes a bus of the test's own; it closes what it opened.
type Factory func(t *testing.T) *Subject

// Suite runs all cases.
func Suite(t *testing.T, open Factory, f Features) {
	for name, c := range map[string]func(*testing.T, *Subject){
		"a message arrives as it was given":                  whole,
		"messages of a subject come in order":                ordered,
		"handlers get what their subject matches":            matching,
		"what is published twice is taken once":              twice,
		"a failure is tried again before the next comes":     retried,
		"what can't be taken is laid aside and re-driven":    poisoned,
		"a panic is a failure":                               panicking,
		"what was under way when a router ended comes again": interrupted,
		"an end of the context is an error":                  cancelled,
		"a closed bus takes nothing":                         closed,
		"a router refuses what it can't run":                 refused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c(t, open(t))
		})
	}
	keeping := map[string]func(*testing.T, *Subject){
		"a message waits for its handler":         waiting,
		"what is not to be shown any more is out": sole,
		"what comes again in its place is in":     againAfter,
		"processes share a handler in order":      shared,
		"the bus can be read":                     read,
	}
	if !f.Keeps {
		keeping = map[string]func(*testing.T, *Subject){
			"the bus can't be read":                 unread,
			"nothing is published before its taken": awaited,
		}
	}
	for name, c := range keeping {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c(t, open(t))
		})
	}
}

// Quick is a router's patience in tests.
func Quick() bus.RouterOptions {
	return bus.RouterOptions{Tries: 3, FirstPause: time.Millisecond, LastPause: 4 * time.Millisecond}
}

// Message is the nth on a subject.
func Message(subject string, n int) outbox.Message {
	return outbox.Message{
		ID: fmt.Sprintf("%s/%d", subject, n), Type: outbox.TypePublished, Schema: outbox.SchemaRelease, Subject: subject,
		About: "penalty." + fmt.Sprint(n), Key: "disclosure-" + subject, Time: time.Date(2026, 3, 20, 8, 0, n, 0, time.UTC), Epoch: "1-5f0c2a9e",
		Data: json.RawMessage(fmt.Sprintf(`{"n":%d,"text":"<公示> & 其他"}`, n)),
	}
}

// Penalty is a subject of the public's.
func Penalty(id string) string { return outbox.Public + ".release.penalty.XZ-SCJG." + id }

// Number is n of Message.
func Number(m outbox.Message) int {
	var data struct{ N int }
	if err := json.Unmarshal(m.Data, &data); err != nil {
		return -1
	}
	return data.N
}

// Route runs a router with handlers until the test ends or stop, and returns when they listen.
func Route(t *testing.T, b *bus.Bus, add func(*bus.Router) error) (stop func()) {
	t.Helper()
	r, err := b.Router(Quick())
	if err == nil {
		err = add(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	select {
	case <-r.Running():
	case err := <-done:
		cancel()
		t.Fatal("the router ended: ", err)
	}
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; err != nil {
			t.Error("router: ", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

// One routes a single handler.
func One(t *testing.T, b *bus.Bus, name, subject string, h bus.Handler) (stop func()) {
	t.Helper()
	return Route(t, b, func(r *bus.Router) error { return r.Handle(name, subject, h) })
}

func publish(t *testing.T, b *bus.Bus, messages ...outbox.Message) {
	t.Helper()
	if err := b.Publish(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
}

// into is a handler that sends what it takes.
func into(c chan<- outbox.Message) bus.Handler {
	return func(ctx context.Context, m outbox.Message) error {
		select {
		case c <- m:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
