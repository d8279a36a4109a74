package bus_test

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// TestATraceGoesWithTheMessage from who publishes to who handles.
func TestATraceGoesWithTheMessage(t *testing.T) {
	t.Parallel()
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 2}, SpanID: trace.SpanID{3}, TraceFlags: trace.FlagsSampled})
	b := open(t, bus.Embedded)
	got := make(chan trace.SpanContext, 2)
	bustest.One(t, b, "all", outbox.Public+".>", func(ctx context.Context, _ outbox.Message) error {
		got <- trace.SpanContextFromContext(ctx)
		return nil
	})
	if err := b.Publish(trace.ContextWithSpanContext(t.Context(), span), bustest.Message(bustest.Penalty("a"), 1)); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s.TraceID() != span.TraceID() || s.SpanID() != span.SpanID() || !s.IsRemote() {
		t.Errorf("trace %v", s)
	}
	e, err := bus.Encode(t.Context(), "/mingjian", bustest.Message(bustest.Penalty("a"), 1))
	if err != nil || strings.Contains(string(e), "traceparent") {
		t.Errorf("a trace of nothing: %s, %v", e, err)
	}
}
