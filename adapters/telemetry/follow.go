package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// follow makes the instruments of what follows from the log.
func (m *Metrics) follow() {
	m.batches = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "mingjian_projection_batch_seconds", Help: "Duration of taking one batch of the log, its commit included, by projection.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 4, 10),
	}, []string{"projection"})
	counter := func(name, help string, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m.records = counter("mingjian_projection_records_total", "Records that the projection took, those that change nothing included.", "projection")
	m.faults = counter("mingjian_projection_faults_total", "Batches that failed; they are tried again, unless the projection stopped.", "projection")
	m.rows = counter("mingjian_view_rows_changed_total",
		"Rows of the views that changed, as this process was told; a change of a whole table counts as one.", "table")
	m.spans = counter("mingjian_spans_total", "Spans of traces, sent or lost.", "outcome")
	for _, o := range []string{"sent", "lost"} {
		m.spans.WithLabelValues(o)
	}
	for _, o := range outcomes() {
		m.appends.WithLabelValues(o)
	}
}

// Members names the projections and reactors, so that what did not happen to them yet is told as zero.
func (m *Metrics) Members(names ...string) {
	for _, n := range names {
		m.batches.WithLabelValues(n)
		m.records.WithLabelValues(n)
		m.faults.WithLabelValues(n)
	}
}

// Batch observes one batch; a batch without records, which says that nothing more is there, is left out.
func (m *Metrics) Batch(ctx context.Context, name string, _ es.Position, batch es.Batch) func(error) {
	if len(batch.Records) == 0 {
		return func(error) {}
	}
	began := time.Now()
	return func(err error) {
		if err != nil {
			if ctx.Err() == nil { // else it is the end of the process
				m.faults.WithLabelValues(name).Inc()
			}
			return
		}
		m.batches.WithLabelValues(name).Observe(time.Since(began).Seconds())
		m.records.WithLabelValues(name).Add(float64(len(batch.Records)))
	}
}

// Rows counts what changes in the tables of the given projections. stop ends it.
func (m *Metrics) Rows(w projections.Watcher, all []projections.Projection) (stop func()) {
	tables := map[string]prometheus.Counter{}
	for _, p := range all {
		for _, t := range p.Tables {
			tables[t.Name] = m.rows.WithLabelValues(t.Name)
		}
	}
	return w.Watch(func(keys []projections.Key) {
		for _, k := range keys {
			if c, ok := tables[k.Table]; ok {
				c.Inc()
			}
		}
	})
}
