package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	wmnats "github.com/ThreeDotsLabs/watermill-nats/v2/pkg/nats"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
	leaveWait  = 5 * time.Second // how long a subscription that ends waits for the handler that has its message
	natsPrefix = "Nats-"         // of headers that are between NATS and its clients
)

// subscriber is Watermill's over a durable consumer of JetStream that has one message at a time under way, whatever number of processes
// read it: a message comes after the one before it was taken, also when that failed or its process died. The subscribers of
// watermill-nats give the next message out while a former one waits to be given again, so they don't keep order.
type subscriber struct {
	on      *jetStream
	durable string

	all    sync.WaitGroup
	once   sync.Once
	closed chan struct{}
}

func (j *jetStream) subscriber(name string) message.Subscriber {
	return &subscriber{on: j, durable: "mingjian-" + name, closed: make(chan struct{})}
}

// Subscribe gives the messages of a subject until ctx ends or Close. It goes on by itself when the servers were away.
func (s *subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	stream, err := streamOf(topic)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan *message.Message)
	s.all.Go(func() {
		select {
		case <-s.closed:
			cancel()
		case <-ctx.Done():
		}
	})
	s.all.Go(func() {
		defer close(out)
		defer cancel()
		s.run(ctx, stream, topic, out)
	})
	return out, nil
}

// Close ends all subscriptions.
func (s *subscriber) Close() error {
	s.once.Do(func() { close(s.closed) })
	s.all.Wait()
	return nil
}

func (s *subscriber) run(ctx context.Context, stream, topic string, out chan<- *message.Message) {
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		got, err := s.pull(ctx, stream, topic, out)
		if ctx.Err() != nil {
			return
		}
		if got {
			pause = firstPause
		}
		s.on.log.LogAttrs(ctx, slog.LevelWarn, "reading the bus was interrupted, trying again",
			slog.String("consumer", s.durable), slog.Any("error", err), slog.Duration("pause", pause))
		rest(ctx, pause)
	}
}

// pull reads until a fault and tells whether a message came.
func (s *subscriber) pull(ctx context.Context, stream, topic string, out chan<- *message.Message) (got bool, err error) {
	if err := s.on.ensure(ctx); err != nil {
		return false, err
	}
	making, cancel := context.WithTimeout(ctx, manageWait)
	defer cancel()
	wait := s.on.address.AckWait
	consumer, err := s.on.js.CreateOrUpdateConsumer(making, stream, jetstream.ConsumerConfig{ //nolint:exhaustruct // the rest is as NATS has it
		Durable: s.durable, FilterSubject: topic, DeliverPolicy: jetstream.DeliverAllPolicy, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: wait, MaxDeliver: -1, MaxAckPending: 1,
	})
	if err != nil {
		return false, fmt.Errorf("consumer %s: %w", s.durable, err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(1), jetstream.PullExpiry(10*time.Second), jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return false, fmt.Errorf("consumer %s: %w", s.durable, err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return got, err
		}
		got = true
		if err := s.deliver(ctx, m, out); err != nil {
			return got, err
		}
	}
}

// deliver gives a message to the handler and tells the server what came of it, and that it is under way as long as the handler has it.
func (s *subscriber) deliver(ctx context.Context, m jetstream.Msg, out chan<- *message.Message) error {
	given, cancel := context.WithCancel(ctx)
	defer cancel()
	msg := received(m)
	msg.SetContext(given)
	select {
	case out <- msg:
	case <-ctx.Done():
		return m.Nak()
	}
	beat := time.NewTicker(s.on.address.AckWait / 3)
	defer beat.Stop()
	var leave <-chan time.Time
	ended := ctx.Done()
	for {
		select {
		case <-msg.Acked():
			// Awaited, so that the next message is not asked for before this one is done with.
			acking, cancel := context.WithTimeout(context.WithoutCancel(ctx), manageWait)
			defer cancel()
			return m.DoubleAck(acking)
		case <-msg.Nacked():
			return m.NakWithDelay(nakDelay(m))
		case <-beat.C:
			if err := m.InProgress(); err != nil {
				s.on.log.LogAttrs(ctx, slog.LevelDebug, "the bus was not told that a message is under way", slog.Any("error", err))
			}
		case <-ended:
			timer := time.NewTimer(leaveWait)
			defer timer.Stop()
			ended, leave = nil, timer.C
		case <-leave:
			return errors.New("the handler did not end in time")
		}
	}
}

// nakDelay grows with each delivery.
func nakDelay(m jetstream.Msg) time.Duration {
	meta, err := m.Metadata()
	if err != nil {
		return firstPause
	}
	return min(firstPause<<min(meta.NumDelivered-1, 16), lastPause)
}

// received makes Watermill's message. Whoever may write to the stream may have written anything: headers of NATS itself are left out,
// and of one that comes several times the first counts.
func received(m jetstream.Msg) *message.Message {
	id := m.Headers().Get(wmnats.WatermillUUIDHdr)
	if id == "" {
		id = watermill.NewUUID()
	}
	msg := message.NewMessage(id, m.Data())
	for name, values := range m.Headers() {
		if name != wmnats.WatermillUUIDHdr && !strings.HasPrefix(name, natsPrefix) && len(values) > 0 {
			msg.Metadata.Set(name, values[0])
		}
	}
	if msg.Metadata.Get(subjectKey) == "" { // a poisoned message has that of its first way
		msg.Metadata.Set(subjectKey, m.Subject())
	}
	return msg
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
