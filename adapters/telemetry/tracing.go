package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names the instrumentation.
const scope = "github.com/mingjian-ledger/mingjian/adapters/telemetry"

// Tracing makes the spans of one process and sends them on. A nil Tracing is off: it wraps nothing and closes well.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	sampler  ratio
	log      *slog.Logger
}

// TraceOptions say where spans go and how many.
type TraceOptions struct {
	URL   string  // of an OTLP receiver over gRPC, http:// or https://; no spans if empty
	Ratio float64 // of traces that are kept, 0 to 1
	Log   *slog.Logger
}

// CheckTraces tells what is wrong with the options; the text never holds the address, which may have a secret where none
// belongs.
func CheckTraces(o TraceOptions) error {
	var errs []error
	if o.URL != "" {
		u, err := url.Parse(o.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
			errs = append(errs, errors.New("the address of an OTLP receiver is http or https, a host and a port, and nothing more"))
		}
	}
	if !(o.Ratio >= 0 && o.Ratio <= 1) { // so that NaN is refused
		errs = append(errs, errors.New("the ratio of traces is from 0 to 1"))
	}
	return errors.Join(errs...)
}

// OpenTracing makes a Tracing, nil if the options name no receiver. A receiver that can't be reached holds nothing up: spans
// are dropped and counted (mingjian_spans_total).
func OpenTracing(ctx context.Context, o TraceOptions, m *Metrics) (*Tracing, error) {
	if err := CheckTraces(o); err != nil {
		return nil, fmt.Errorf("telemetry: %w", err)
	}
	if o.URL == "" {
		return nil, nil
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(o.URL))
	if err != nil {
		return nil, fmt.Errorf("telemetry: exporter: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithFromEnv(), resource.WithAttributes(
		attribute.String("service.name", "mingjian"), attribute.String("service.version", Version()),
		attribute.String("service.instance.id", uuid.NewString()),
	))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("telemetry: resource: %w", err), exporter.Shutdown(ctx))
	}
	t := &Tracing{sampler: newRatio(o.Ratio), log: o.Log}
	t.provider = sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&counted{SpanExporter: exporter, log: o.Log, m: m}),
		sdktrace.WithIDGenerator(ids{}), sdktrace.WithSampler(t.sampler), sdktrace.WithResource(about),
	)
	t.tracer = t.provider.Tracer(scope)
	return t, nil
}

// lastWords is how long a stop waits for the receiver.
const lastWords = 3 * time.Second

// Close sends what is left, until ctx ends or a moment passed; what can't be sent is lost.
func (t *Tracing) Close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lastWords)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.WarnContext(ctx, "the last spans were not sent", slog.Any("error", err))
	}
}

// counted counts what was sent and what was lost. Losing spans is no fault of the ledger, so nobody but the log hears of it.
type counted struct {
	sdktrace.SpanExporter
	log    *slog.Logger
	m      *Metrics
	warned time.Time
}

func (c *counted) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := c.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		c.m.spans.WithLabelValues("sent").Add(float64(len(spans)))
		return nil
	}
	c.m.spans.WithLabelValues("lost").Add(float64(len(spans)))
	if now := time.Now(); now.Sub(c.warned) > time.Minute { // batches are exported one at a time
		c.warned = now
		c.log.WarnContext(ctx, "spans are lost", slog.Int("spans", len(spans)), slog.Any("error", err))
	}
	return nil
}

// span begins a span with ids as in want, where they are set, as a child of ctx's span, or in a trace of its own.
func (t *Tracing) span(ctx context.Context, name string, want forced, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	_, s := t.tracer.Start(context.WithValue(ctx, forcedKey{}, want), name, options...)
	return trace.ContextWithSpan(ctx, s), s // without want, which is of this span alone
}
