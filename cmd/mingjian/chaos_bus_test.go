package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// stopInOrder is the signal for it.
const stopInOrder = syscall.SIGTERM

// due is a message that the log leads to.
type due struct {
	event  int // number of its event in the log
	stream string
	typ    string
}

// onBus is a message as the bus has it.
type onBus struct {
	ID, Type     string
	PartitionKey string `json:"partitionkey"`
	Data         json.RawMessage
	subject      string
}

// messagesOf is what the log must lead to, by the messages' ids: a function of the log alone. Of a release that is the id, which no
// later act changes; what the message shows depends on the day.
func (c *chaos) messagesOf(records []es.Record) map[string]due {
	c.Helper()
	streams, out := map[es.Stream][]es.Record{}, map[string]due{}
	for n, rec := range records {
		streams[rec.Stream] = append(streams[rec.Stream], rec)
		if disclosure.Releases(rec.Type) {
			typ := releaseTypes()[rec.Type]
			out[string(es.DeriveID(rec.ID, typ))] = due{n, rec.Stream.String(), typ}
			continue
		}
		messages, err := outbox.Messages(rec, outbox.Facts{Before: streams[rec.Stream]})
		if err != nil {
			c.Fatal(err)
		}
		for _, m := range messages {
			out[m.ID] = due{n, m.Key, m.Type}
		}
	}
	return out
}

// releaseTypes are the messages of acts of disclosure.
func releaseTypes() map[string]string {
	types := map[string]string{}
	for _, act := range []string{"published", "corrected", "withdrawn", "adopted", "masked", "unmasked", "ended"} {
		types["mingjian.disclosure."+act+".v1"] = "mingjian.release." + act + ".v1"
	}
	return types
}

// againstBus reads everything that the bus keeps.
func (c *chaos) againstBus(records []es.Record) {
	want := c.messagesOf(records)
	got := c.awaitBus(want, len(records))
	again, faults := astray(want, got)
	for _, fault := range faults {
		c.Error(fault)
	}
	c.Logf("%d messages were due and %d are on the bus; %d are there again with their id", len(want), len(got), again)
}

// astray is what is wrong with the messages on the bus, in the order of its streams. What went when a later message of its disclosure
// said that nothing of it may be shown any more came again.
func astray(want map[string]due, got []onBus) (again int, faults []string) {
	times, last := map[string]int{}, map[string]int{}
	for _, m := range got {
		d, expected := want[m.ID]
		switch times[m.ID]++; {
		case !expected || d.typ != m.Type || d.stream != m.PartitionKey:
			faults = append(faults, fmt.Sprintf("the bus has %s of %s (%s), which nothing led to", m.ID, m.PartitionKey, m.Type))
		case times[m.ID] > 1: // readers know it by its id
			again++
		case d.event < last[m.subject]:
			faults = append(faults, fmt.Sprintf("on %s, event %d comes after event %d", m.subject, d.event, last[m.subject]))
		default:
			last[m.subject] = d.event
		}
	}
	for id, d := range want {
		if times[id] == 0 {
			faults = append(faults, fmt.Sprintf("%s of event %d of %s is not on the bus", d.typ, d.event, d.stream))
		}
	}
	return again, faults
}

// awaitBus reads the bus until it has the message of the last event that leads to any, for a minute at most.
func (c *chaos) awaitBus(want map[string]due, events int) (got []onBus) {
	c.Helper()
	final, at := "", -1
	for id, d := range want {
		if d.event > at {
			final, at = id, d.event
		}
	}
	conn, err := nats.Connect(c.nats.URL(), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1))
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		c.Fatal(err)
	}
	for range 300 {
		got = nil
		for _, stream := range []string{"MINGJIAN_V1_PUBLIC", "MINGJIAN_V1_STAFF"} {
			part, err := streamed(c.Context(), js, stream)
			if err != nil {
				c.Fatal(err)
			}
			got = append(got, part...)
		}
		for _, m := range got {
			if m.ID == final {
				return got
			}
		}
		pause(c.Context(), 200*time.Millisecond)
	}
	c.Errorf("the message of event %d of %d is not on the bus", at, events)
	return got
}

// streamed is everything that a stream keeps.
func streamed(ctx context.Context, js jetstream.JetStream, name string) (all []onBus, err error) {
	s, err := js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx)
	if err != nil || info.State.Msgs == 0 {
		return nil, err
	}
	consumer, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if err != nil {
		return nil, err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return nil, err
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return nil, err
		}
		one := onBus{subject: m.Subject()}
		if err := json.Unmarshal(m.Data(), &one); err != nil {
			return nil, err
		}
		all = append(all, one)
		meta, err := m.Metadata()
		if err != nil {
			return nil, err
		}
		if meta.Sequence.Stream >= info.State.LastSeq {
			return all, nil
		}
	}
}

// taskIn is the task that an event opened.
func taskIn(t *testing.T, rec es.Record) string {
	t.Helper()
	var e struct {
		Task struct{ ID string }
	}
	if err := json.Unmarshal(rec.Data, &e); err != nil || e.Task.ID == "" {
		t.Fatal(errors.Join(err, fmt.Errorf("%s@%d opens no task", rec.Stream, rec.Revision)))
	}
	return e.Task.ID
}
