package telemetry

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc/codes"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Metrics are all instruments of one process, on a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	appends  *prometheus.HistogramVec
	appended prometheus.Counter
	sizes    prometheus.Histogram
	calls    *prometheus.HistogramVec
	ready    prometheus.Counter
	rendered prometheus.Counter
	batches  *prometheus.HistogramVec
	records  *prometheus.CounterVec
	faults   *prometheus.CounterVec
	rows     *prometheus.CounterVec
	spans    *prometheus.CounterVec
}

// New makes the instruments.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		appends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mingjian_append_seconds", Help: "Duration of appends to the event store, by outcome.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"outcome"}),
		appended: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "mingjian_events_appended_total", Help: "Events appended by this process.",
		}),
		sizes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "mingjian_append_events", Help: "Events of one append that was stored.", Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mingjian_call_seconds", Help: "Duration of calls through either door, by method and gRPC code.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"method", "code"}),
	}
	lookups := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mingjian_record_lookups_total", Help: "Public look-ups of an enterprise's record, answered from ready bytes or rendered anew.",
	}, []string{"answer"})
	m.ready, m.rendered = lookups.WithLabelValues("ready"), lookups.WithLabelValues("rendered")
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mingjian_build_info", Help: "Always 1; the label says which build this is.", ConstLabels: prometheus.Labels{"version": Version()},
	}, func() float64 { return 1 })
	m.follow()
	m.registry.MustRegister(m.appends, m.appended, m.sizes, m.calls, lookups, m.batches, m.records, m.faults, m.rows, m.spans, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Version is the module version of the running binary, "devel" if it was not built from a tagged one.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// Handler serves the metrics in the Prometheus text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Register adds a collector of another part.
func (m *Metrics) Register(c prometheus.Collector) error { return m.registry.Register(c) }

// Call observes one finished call. Only methods of the access table reach it, so the label's set is closed.
func (m *Metrics) Call(method string, code codes.Code, took time.Duration) {
	m.calls.WithLabelValues(method, code.String()).Observe(took.Seconds())
}

// Looked counts one look-up of an enterprise's record.
func (m *Metrics) Looked(ready bool) {
	if ready {
		m.ready.Inc()
		return
	}
	m.rendered.Inc()
}

// Store observes the appends of a store.
func (m *Metrics) Store(s es.Store) es.Store { return &store{s, m} }

type store struct {
	next es.Store
	m    *Metrics
}

func (s *store) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	start := time.Now()
	p, err := s.next.Append(ctx, stream, want, events...)
	s.m.appends.WithLabelValues(outcome(err)).Observe(time.Since(start).Seconds())
	if err == nil {
		s.m.appended.Add(float64(len(events)))
		s.m.sizes.Observe(float64(len(events)))
	}
	return p, err
}

func (s *store) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return s.next.Read(ctx, stream, from)
}

// outcomes are all that an append can come to.
func outcomes() []string { return []string{"stored", "conflict", "reused", "cancelled", "failed"} }

func outcome(err error) string {
	var conflict *es.ConflictError
	var reused *es.ReusedError
	switch {
	case err == nil:
		return "stored"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &reused):
		return "reused"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "cancelled"
	}
	return "failed"
}
