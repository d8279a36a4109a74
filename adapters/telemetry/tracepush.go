package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// Publisher traces what is pushed to others, within a reaction that is traced (see Reactor): the bus finds the span in its
// context and tells it on, so that the trace goes on at who receives the message. The publisher itself if tracing is off.
func (t *Tracing) Publisher(p outbox.Publisher) outbox.Publisher {
	if t == nil {
		return p
	}
	return publisher{p, t}
}

type publisher struct {
	next outbox.Publisher
	t    *Tracing
}

func (p publisher) Publish(ctx context.Context, messages ...outbox.Message) error {
	if len(messages) == 0 || !trace.SpanContextFromContext(ctx).IsSampled() {
		return p.next.Publish(ctx, messages...)
	}
	noteBusy(ctx)
	ctx, span := p.t.span(ctx, "push "+messages[0].Type, forced{}, trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(attribute.Int("mingjian.messages", len(messages))))
	err := p.next.Publish(ctx, messages...)
	if err != nil {
		span.SetStatus(codes.Error, outcome(err))
	}
	span.End()
	return err
}

// Push follows a try to give somebody something, as a trace of its own: it answers the context of the work, and is told the
// outcome, of a closed set, at its end.
func (t *Tracing) Push(ctx context.Context, name string) (context.Context, func(outcome string)) {
	if t == nil {
		return ctx, func(string) {}
	}
	ctx, span := t.span(ctx, name, forced{}, trace.WithSpanKind(trace.SpanKindProducer))
	return ctx, func(outcome string) {
		span.SetAttributes(attribute.String("mingjian.outcome", outcome))
		span.End()
	}
}
