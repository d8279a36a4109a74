package telemetry

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Calls is what the chain of calls tells a Tracing of each admitted call: it answers the context of the work and what is to
// be called at its end. Nil if tracing is off.
func (t *Tracing) Calls() func(ctx context.Context, method string, command es.ID, began time.Time) (context.Context, func(grpccodes.Code)) {
	if t == nil {
		return nil
	}
	return t.call
}

func (t *Tracing) call(ctx context.Context, method string, command es.ID, began time.Time) (context.Context, func(grpccodes.Code)) {
	name := strings.TrimPrefix(method, "/")
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithTimestamp(began), trace.WithSpanKind(trace.SpanKindServer)}
	id := TraceID(command)
	if t.sampler.keeps(id) {
		service, rpc, _ := strings.Cut(name, "/")
		options = append(options, trace.WithLinks(callers(ctx)...), trace.WithAttributes(
			attribute.String("rpc.system", "grpc"), attribute.String("rpc.service", service), attribute.String("rpc.method", rpc)))
	}
	ctx, span := t.span(ctx, name, forced{trace: id}, options...)
	return ctx, func(code grpccodes.Code) {
		if span.IsRecording() {
			span.SetAttributes(attribute.Int("rpc.grpc.status_code", int(code)))
			if ours(code) {
				span.SetStatus(codes.Error, code.String())
			}
		}
		span.End()
	}
}

// callers are the caller's own trace, if it told one.
func callers(ctx context.Context) []trace.Link {
	told := propagation.MapCarrier{}
	if v := metadata.ValueFromIncomingContext(ctx, "traceparent"); len(v) == 1 {
		told.Set("traceparent", v[0])
	}
	theirs := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), told))
	if !theirs.IsValid() {
		return nil
	}
	return []trace.Link{{SpanContext: theirs}}
}

// ours tells the codes that are a fault of the server, not of the caller.
func ours(code grpccodes.Code) bool {
	switch code {
	case grpccodes.Unknown, grpccodes.DeadlineExceeded, grpccodes.Unimplemented, grpccodes.Internal, grpccodes.Unavailable, grpccodes.DataLoss:
		return true
	}
	return false
}
