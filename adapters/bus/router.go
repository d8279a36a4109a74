package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"

	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// RouterOptions say how patient a router is. Zero values take the defaults.
type RouterOptions struct {
	Tries      int           // of a message in all; 6
	FirstPause time.Duration // between two tries, each twice the one before; 200 ms
	LastPause  time.Duration // at most; 30 s
	Window     int           // ids that a handler remembers to tell what comes twice; 10000
}

func (o RouterOptions) filled() RouterOptions {
	if o.Tries == 0 {
		o.Tries = 6
	}
	if o.FirstPause == 0 {
		o.FirstPause = 200 * time.Millisecond
	}
	if o.LastPause == 0 {
		o.LastPause = 30 * time.Second
	}
	if o.Window == 0 {
		o.Window = 10_000
	}
	return o
}

// Handler takes a message.
//
// It is called for the messages of its subject in their order, one at a time, at least once: what it answered nil for may come again
// after a crash, under the same ID. What it fails on is tried again with growing pauses and then laid aside with the reason; the messages
// after it go on, so that one which is re-driven comes out of order. An error wrapped by Hopeless is not tried again. The error's text is
// kept with the message and MUST hold nothing secret or personal. A panic is a failure.
type Handler func(ctx context.Context, m outbox.Message) error

// Router gives messages to handlers.
type Router struct {
	bus    *Bus
	o      RouterOptions
	router *message.Router
}

// Router makes a router without handlers.
func (b *Bus) Router(o RouterOptions) (*Router, error) {
	r, err := message.NewRouter(message.RouterConfig{CloseTimeout: 2 * leaveWait}, b.watermill)
	if err != nil {
		return nil, fmt.Errorf("bus: router: %w", err)
	}
	return &Router{bus: b, o: o.filled(), router: r}, nil
}

// handlerName is what a handler may be called: it is part of a subject, of a consumer's name and of a metric.
var handlerName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// again marks the part of a handler that has what is re-driven to it.
const again = ".again"

// Handle adds a handler before Run. The name is for ever: on NATS it stands for how far the handler has come, whatever number of
// processes run it. The subject may hold NATS' wildcards and lies within the public's or the staff's.
func (r *Router) Handle(name, subject string, h Handler) error {
	if !handlerName.MatchString(name) {
		return fmt.Errorf("bus: handler %q: a letter and then up to 39 letters, digits and _, all small", name)
	}
	if _, err := streamOf(subject); err != nil {
		return fmt.Errorf("bus: handler %s: %w", name, err)
	}
	if _, twice := r.router.Handlers()[name]; twice {
		return fmt.Errorf("bus: there are two handlers %s", name)
	}
	once, err := NewDedup(r.o.Window)
	if err != nil {
		return err
	}
	for part, at := range map[string]string{name: subject, name + again: redrive + "." + name} {
		added := r.router.AddConsumerHandler(part, at, r.bus.transport.subscriber(strings.ReplaceAll(part, ".", "-")), r.bus.handle(name, once, h))
		if err := r.dress(name, added); err != nil {
			return err
		}
	}
	return nil
}

// dress puts the layers around a handler, the outermost first.
func (r *Router) dress(name string, h *message.Handler) error {
	poison, err := middleware.PoisonQueueWithFilter(poisoner{r.bus, name}, Poison, func(err error) bool {
		return !errors.Is(err, context.Canceled) // a process that ends leaves the message to the next one
	})
	if err != nil {
		return fmt.Errorf("bus: handler %s: %w", name, err)
	}
	h.AddMiddleware(
		r.bus.metrics.handling(name), poison, middleware.CorrelationID,
		middleware.Retry{
			MaxRetries: r.o.Tries - 1, InitialInterval: r.o.FirstPause, MaxInterval: r.o.LastPause, Multiplier: 2, ResetContextOnRetry: true,
			Logger: r.bus.watermill, ShouldRetry: func(p middleware.RetryParams) bool { return !errors.As(p.Err, new(*hopelessError)) },
		}.Middleware,
		middleware.Recoverer,
	)
	return nil
}

// handle is a handler in Watermill's terms. The id of the first message of a chain correlates those that follow from it.
func (b *Bus) handle(name string, once *Dedup, h Handler) message.NoPublishHandlerFunc {
	return func(msg *message.Message) error {
		ctx, m, err := decode(msg.Context(), msg.Metadata.Get(subjectKey), msg.Payload)
		if err != nil {
			return Hopeless(err)
		}
		middleware.SetCorrelationID(m.ID, msg)
		if once.Has(m.ID) {
			msg.SetContext(context.WithValue(ctx, duplicateKey{}, true))
			b.log.LogAttrs(ctx, slog.LevelDebug, "a message came twice", slog.String("handler", name), slog.String("message", m.ID))
			return nil
		}
		if err := h(ctx, m); err != nil {
			return err
		}
		once.Add(m.ID)
		return nil
	}
}

// Run gives messages to the handlers until ctx ends.
func (r *Router) Run(ctx context.Context) error {
	if err := r.router.Run(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("bus: router: %w", err)
	}
	return nil
}

// Running is closed when all handlers listen.
func (r *Router) Running() <-chan struct{} { return r.router.Running() }

type hopelessError struct{ err error }

func (e *hopelessError) Error() string { return e.err.Error() }
func (e *hopelessError) Unwrap() error { return e.err }

// Hopeless marks an error of a handler that trying again can't mend.
func Hopeless(err error) error {
	if err == nil {
		return nil
	}
	return &hopelessError{err}
}

// duplicateKey marks the context of a message that came twice.
type duplicateKey struct{}

// poisonedKey marks the metadata of a message that was laid aside.
const poisonedKey = middleware.ReasonForPoisonedKey

// handling counts what comes of messages.
func (m *metrics) handling(name string) message.HandlerMiddleware {
	return func(next message.HandlerFunc) message.HandlerFunc {
		return func(msg *message.Message) ([]*message.Message, error) {
			start := time.Now()
			out, err := next(msg)
			outcome := outcomeOf(err)
			switch {
			case err != nil:
			case msg.Metadata.Get(poisonedKey) != "":
				outcome = outcomePoisoned
			case msg.Context().Value(duplicateKey{}) != nil:
				outcome = outcomeDuplicate
			}
			m.took(name, outcome, time.Since(start))
			return out, err
		}
	}
}

// maxReason is how much of an error's text is kept, in bytes.
const maxReason = 1000

// poisoner lays messages aside under the name of their handler.
type poisoner struct {
	bus  *Bus
	name string
}

// Publish is Watermill's. The message keeps its headers; it has no id for the bus, since it may come here again after it was re-driven.
func (p poisoner) Publish(topic string, messages ...*message.Message) error {
	for _, m := range messages {
		m.Metadata.Set(middleware.PoisonedHandlerKey, p.name)
		reason := strings.ToValidUTF8(strings.Map(plain, m.Metadata.Get(middleware.ReasonForPoisonedKey)), "")
		m.Metadata.Set(middleware.ReasonForPoisonedKey, strings.ToValidUTF8(reason[:min(len(reason), maxReason)], ""))
		m.SetContext(context.WithoutCancel(m.Context()))
		if err := p.bus.transport.publish(topic, m); err != nil {
			return err
		}
		p.bus.log.LogAttrs(m.Context(), slog.LevelError, "a message was laid aside",
			slog.String("handler", p.name), slog.String("message", m.UUID), slog.String("subject", m.Metadata.Get(subjectKey)))
	}
	return nil
}

// plain takes what would end a header's line.
func plain(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

// Close is Watermill's; the bus is closed by who opened it.
func (poisoner) Close() error { return nil }
