package telemetry

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// tracedAge is how old a record may be for what follows from it to be traced: a view that is filled from the beginning of the
// log would write into traces of years ago.
const tracedAge = time.Hour

// recent is the trace that a record goes on with; not ok if it is not kept, or old.
func (t *Tracing) recent(rec es.Record, now time.Time) (o origin, id trace.TraceID, ok bool) {
	o, id, ok = originOf(rec.Meta)
	return o, id, ok && t.sampler.keeps(id) && now.Sub(o.RecordedAt) < tracedAge
}

// Batches traces the batches that projections take: each batch is a span in the trace of every command that it holds an
// event of, if the event changes something. Nil if tracing is off.
func (t *Tracing) Batches(all []projections.Projection) projections.Observer {
	if t == nil {
		return nil
	}
	by := make(map[string]projections.Projection, len(all))
	for _, p := range all {
		by[p.Name] = p
	}
	return batches{t, by}
}

type batches struct {
	t  *Tracing
	by map[string]projections.Projection
}

func (b batches) Batch(ctx context.Context, name string, from es.Position, batch es.Batch) func(error) {
	p, known := b.by[name]
	if !known { // a reactor, see Reactor
		return func(error) {}
	}
	began := time.Now()
	return func(err error) {
		seen := map[es.ID]bool{}
		for _, rec := range batch.Records {
			o, id, ok := b.t.recent(rec, began)
			if !ok || seen[o.Command] || rec.Position.Compare(from) <= 0 {
				continue
			}
			if c, fault := p.Project(rec); fault == nil && c.Apply == nil {
				continue
			}
			seen[o.Command] = true
			b.t.projected(ctx, name, o, id, len(batch.Records), began, err)
		}
	}
}

func (t *Tracing) projected(ctx context.Context, name string, o origin, id trace.TraceID, records int, began time.Time, err error) {
	_, span := t.span(o.under(ctx, id), "project "+name, forced{}, trace.WithTimestamp(began), trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("mingjian.projection", name), attribute.Int("mingjian.batch", records)))
	if err != nil {
		span.SetStatus(codes.Error, "the batch is tried again, or the projection stopped")
	}
	span.End()
}

// busy notes that something was done under a reaction.
type busy struct{ atomic.Bool }

type busyKey struct{}

func noteBusy(ctx context.Context) {
	if b, ok := ctx.Value(busyKey{}).(*busy); ok {
		b.Store(true)
	}
}

// Reactor traces what a reactor does, in the trace of the command that led to the record: a reaction that appended, pushed
// or failed is a span, with that below it. The reactor itself if tracing is off.
func (t *Tracing) Reactor(re projections.Reactor) projections.Reactor {
	if t == nil {
		return re
	}
	react := re.React
	re.React = func(ctx context.Context, rec es.Record) error {
		began := time.Now()
		o, id, ok := t.recent(rec, began)
		if !ok {
			return react(ctx, rec)
		}
		// The span comes after its children, for whom its id is chosen before.
		at, done := ids{}.NewSpanID(ctx, id), &busy{}
		within := trace.ContextWithSpanContext(context.WithValue(ctx, busyKey{}, done), trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: id, SpanID: at, TraceFlags: trace.FlagsSampled,
		}))
		err := react(within, rec)
		if err == nil && !done.Load() {
			return nil
		}
		_, span := t.span(o.under(ctx, id), "react "+re.Name, forced{span: at}, trace.WithTimestamp(began), trace.WithSpanKind(trace.SpanKindConsumer),
			trace.WithAttributes(attribute.String("mingjian.reactor", re.Name), attribute.String("mingjian.event", rec.Type)))
		if err != nil {
			span.SetStatus(codes.Error, "the record is tried again, or the reactor stopped")
		}
		span.End()
		return err
	}
	return re
}
