package esdb

import (
	"errors"
	"slices"
	"testing"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// message makes what a subscription says: an event at a position, or a word.
func message(position uint64) *client.SubscriptionEvent {
	r := es.Record{
		Proposed: es.Proposed{ID: es.DeriveID("x"), Type: "noted"}, Stream: es.Stream{Category: "c", ID: "1"}, Revision: es.Revision(position),
	}
	id, _ := r.ID.Bytes()
	e := &client.RecordedEvent{
		StreamID: "c-1", EventID: id, EventType: r.Type, EventNumber: position, UserMetadata: wrap(r.Hash(), mark{}, nil),
		Position: client.Position{Commit: position, Prepare: position},
	}
	return &client.SubscriptionEvent{EventAppeared: &client.ResolvedEvent{Event: e}}
}

// What is received becomes batches, each of what is there; the words about being live decide what the caller is told.
func TestMessagesBecomeBatches(t *testing.T) {
	word := func(set func(*client.SubscriptionEvent)) *client.SubscriptionEvent {
		m := &client.SubscriptionEvent{}
		set(m)
		return m
	}
	live := word(func(m *client.SubscriptionEvent) { m.CaughtUp = &client.Subscription{} })
	behind := word(func(m *client.SubscriptionEvent) { m.FellBehind = &client.Subscription{} })
	checkpoint := word(func(m *client.SubscriptionEvent) { m.CheckPointReached = &client.Position{Commit: 50, Prepare: 50} })
	dropped := word(func(m *client.SubscriptionEvent) {
		m.SubscriptionDropped = &client.SubscriptionDropped{Error: errors.ErrUnsupported}
	})
	f := &follower{Store: &Store{}, head: es.At(20, 20)}
	for i, step := range []struct {
		messages []*client.SubscriptionEvent
		records  int // negative if nothing is yielded
		through  uint64
		caughtUp bool
		err      error
	}{
		{[]*client.SubscriptionEvent{message(3), message(7)}, 2, 7, false, nil},
		{[]*client.SubscriptionEvent{message(7), message(3)}, -1, 7, false, nil}, // came before
		{[]*client.SubscriptionEvent{message(20)}, 1, 20, true, nil},             // where the log ended
		{[]*client.SubscriptionEvent{live}, -1, 20, false, nil},                  // the caller knows
		{[]*client.SubscriptionEvent{message(21)}, 1, 21, true, nil},
		{[]*client.SubscriptionEvent{behind, message(25)}, 1, 25, false, nil},
		{[]*client.SubscriptionEvent{message(30)}, 1, 30, false, nil},
		{[]*client.SubscriptionEvent{live}, 0, 30, true, nil},
		{[]*client.SubscriptionEvent{checkpoint}, 0, 50, true, nil},
		{[]*client.SubscriptionEvent{message(51), dropped, message(52)}, 1, 51, false, errors.ErrUnsupported},
	} {
		messages := make(chan *client.SubscriptionEvent, 5)
		for _, m := range step.messages {
			messages <- m
		}
		got := es.Batch{Through: f.through}
		records := -1
		err := f.batch(t.Context(), messages, func(b es.Batch, _ error) bool {
			got, records = b, len(b.Records)
			return true
		})
		if records != step.records || got.Through != es.At(step.through, step.through) || got.CaughtUp != step.caughtUp || !errors.Is(err, step.err) {
			t.Errorf("step %d: %d records through %s, caught up: %t, %v", i, records, got.Through, got.CaughtUp, err)
		}
	}
	full := make(chan *client.SubscriptionEvent, 2*maxPageRecords)
	for i := range uint64(2 * maxPageRecords) {
		full <- message(100 + i)
	}
	var sizes []int
	for range 2 {
		_ = f.batch(t.Context(), full, func(b es.Batch, _ error) bool { sizes = append(sizes, len(b.Records)); return true })
	}
	if !slices.Equal(sizes, []int{maxPageRecords, maxPageRecords}) {
		t.Errorf("batches of %v", sizes)
	}
}
