package bus

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// Options say how a bus is used.
type Options struct {
	// Source says in each message which ledger it is of (CloudEvents source, a URI reference): its public address, "/mingjian" if
	// empty.
	Source string
	// Folder keeps what handlers could not take, on the embedded bus; that is refused without one. NATS needs none.
	Folder string
	Log    *slog.Logger
}

// defaultSource is that of a ledger which has no address.
const defaultSource = "/mingjian"

// Subjects of this package, beside those of the outbox.
const (
	Poison  = "mingjian.v1.poison"
	redrive = "mingjian.v1.redrive"
)

// ErrClosed says that the bus was closed.
var ErrClosed = errors.New("bus: closed")

// Bus publishes, see outbox.Publisher, and hands to handlers.
type Bus struct {
	transport transport
	source    string
	log       *slog.Logger
	watermill watermill.LoggerAdapter
	metrics   *metrics
}

// transport is what a bus runs on. Publishing awaits durability.
type transport interface {
	publish(subject string, m *message.Message) error
	// subscriber is of one durable name: who comes back under it goes on where it was.
	subscriber(name string) message.Subscriber
	tail(ctx context.Context, t Tail) iter.Seq2[kept, error]
	redrive(ctx context.Context, handler string) (int, error)
	check(ctx context.Context) error
	close() error
}

// kept is a message as it is on the bus.
type kept struct {
	subject string
	at      time.Time
	payload []byte
}

var _ outbox.Publisher = (*Bus)(nil)

// Open opens the bus at an address: "embedded", or that of NATS as ParseAddress takes it. It connects in the background, so that an
// instance starts while NATS is away.
func Open(_ context.Context, address string, o Options) (*Bus, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bus{source: o.Source, log: o.Log, watermill: logger{o.Log}, metrics: newMetrics()}
	if b.source == "" {
		b.source = defaultSource
	}
	if address == Embedded {
		local, err := newLocal(o.Folder, o.Log)
		if err != nil {
			return nil, err
		}
		b.transport = local
		return b, nil
	}
	a, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	js, err := newJetStream(a, o.Log, b.watermill)
	if err != nil {
		return nil, err
	}
	b.transport = js
	return b, nil
}

// Publish publishes, see outbox.Publisher.
func (b *Bus) Publish(ctx context.Context, messages ...outbox.Message) error {
	for _, m := range messages {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := b.publish(ctx, m)
		b.metrics.published(err)
		if err != nil {
			return fmt.Errorf("bus: publish %s: %w", m.Type, err)
		}
	}
	return nil
}

func (b *Bus) publish(ctx context.Context, m outbox.Message) error {
	payload, err := encode(ctx, b.source, m)
	if err != nil {
		return err
	}
	msg := message.NewMessageWithContext(ctx, m.ID, payload)
	msg.Metadata.Set(contentType, structured)
	msg.Metadata.Set(nats.MsgIdHdr, once(m))
	if m.Sole {
		msg.Metadata.Set(rollupHeader, rollupSubject)
	}
	return b.transport.publish(m.Subject, msg)
}

// once names what is to be on the bus once: a message, or a message that comes again because of another one.
func once(m outbox.Message) string {
	if m.Again == "" {
		return m.ID
	}
	return m.ID + "/" + m.Again
}

// Tail says what to read.
type Tail struct {
	Subject string    // with NATS' wildcards; within one of the streams
	Since   time.Time // what came after it; zero: from the first message that is kept
	New     bool      // only what comes from now on, whatever Since
	Follow  bool      // go on with what comes
}

// Line is a message that was read, as the bus has it.
type Line struct {
	Subject string
	At      time.Time // when the bus took it
	Event   []byte    // CloudEvent, structured JSON
}

// Tail reads what the bus keeps, without taking it from anybody. An error is yielded once, last. The embedded bus keeps nothing and
// answers ErrNothingKept.
func (b *Bus) Tail(ctx context.Context, t Tail) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for k, err := range b.transport.tail(ctx, t) {
			if err != nil {
				yield(Line{}, fmt.Errorf("bus: tail: %w", err))
				return
			}
			if !yield(Line{Subject: k.subject, At: k.at, Event: k.payload}, nil) {
				return
			}
		}
	}
}

// ErrNothingKept says that messages of this bus can't be read later.
var ErrNothingKept = errors.New("bus: the embedded bus keeps no messages")

// Redrive gives the handler what it could not take, and all handlers without a name, and tells how many messages that were. What fails
// again is kept again. On the embedded bus the handler must be running.
func (b *Bus) Redrive(ctx context.Context, handler string) (int, error) {
	n, err := b.transport.redrive(ctx, handler)
	if err != nil {
		err = fmt.Errorf("bus: redrive: %w", err)
	}
	return n, err
}

// Check tells what is wrong with the bus now; nil if messages would be taken.
func (b *Bus) Check(ctx context.Context) error { return b.transport.check(ctx) }

// Collector are the metrics of the bus.
func (b *Bus) Collector() prometheus.Collector { return b.metrics }

// Close ends all connections; routers end before.
func (b *Bus) Close() error { return b.transport.close() }
