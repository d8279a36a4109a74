package telemetry

import (
	"context"
	"iter"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Store traces appends and reads of a store; the store itself if tracing is off.
func (t *Tracing) Store(s es.Store) es.Store {
	if t == nil {
		return s
	}
	return &tracedStore{s, t}
}

type tracedStore struct {
	next es.Store
	t    *Tracing
}

// Append makes its spans when the outcome is known: only the append that stored has the id that what follows goes by.
func (s *tracedStore) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	began := time.Now()
	p, err := s.next.Append(ctx, stream, want, events...)
	seen := map[es.ID]bool{} // one append may hold events of several commands
	for _, e := range events {
		o, id, ok := originOf(e.Meta)
		if !ok || seen[o.Command] || !s.t.sampler.keeps(id) {
			continue
		}
		seen[o.Command] = true
		s.t.appended(ctx, o, id, stream.Category, len(events), began, err)
	}
	return p, err
}

// appended is the span of a finished append, in the trace of the command: under ctx's span if that is of the same trace.
func (t *Tracing) appended(ctx context.Context, o origin, id trace.TraceID, category string, events int, began time.Time, err error) {
	want := forced{trace: id}
	if err == nil {
		want.span = appendID(o.Command)
	}
	options := []trace.SpanStartOption{trace.WithTimestamp(began), trace.WithAttributes(
		attribute.String("mingjian.category", category), attribute.Int("mingjian.events", events), attribute.String("mingjian.outcome", outcome(err)),
	)}
	noteBusy(ctx)
	if around := trace.SpanContextFromContext(ctx); around.TraceID() != id {
		options = append(options, trace.WithNewRoot())
		if around.IsSampled() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: around}))
		}
	}
	_, span := t.span(ctx, "append "+category, want, options...)
	if err != nil {
		span.SetStatus(codes.Error, outcome(err)) // the outcome alone: texts of errors may tell the stream
	}
	span.End()
}

// Read is traced within a span only; there are too many others.
func (s *tracedStore) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return s.next.Read(ctx, stream, from)
	}
	return func(yield func(es.Record, error) bool) {
		ctx, span := s.t.span(ctx, "read "+stream.Category, forced{}, trace.WithAttributes(attribute.String("mingjian.category", stream.Category)))
		events := 0
		defer func() {
			span.SetAttributes(attribute.Int("mingjian.events", events))
			span.End()
		}()
		for r, err := range s.next.Read(ctx, stream, from) {
			if err == nil {
				events++
			} else {
				span.SetStatus(codes.Error, outcome(err))
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
