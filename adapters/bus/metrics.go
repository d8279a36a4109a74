package bus

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of a bus. Outcomes are a closed set, and so are handlers, which are named in the program.
type metrics struct {
	publishes *prometheus.CounterVec
	handled   *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		publishes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mingjian_bus_published_total", Help: "Messages given to the bus, by outcome: taken, cancelled or failed.",
		}, []string{"outcome"}),
		handled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mingjian_bus_handled_total",
			Help: "Messages that handlers of this process were given, by outcome: taken, duplicate, poisoned, cancelled or failed.",
		}, []string{"handler", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mingjian_bus_handle_seconds", Help: "Time a handler had a message, with all its tries.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 10),
		}, []string{"handler"}),
	}
	for _, outcome := range []string{outcomeTaken, outcomeCancelled, outcomeFailed} {
		m.publishes.WithLabelValues(outcome) // there from the start, so that the first failure is an increase
	}
	return m
}

// Outcomes.
const (
	outcomeTaken     = "taken"
	outcomeDuplicate = "duplicate"
	outcomePoisoned  = "poisoned"
	outcomeCancelled = "cancelled"
	outcomeFailed    = "failed"
)

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return outcomeTaken
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return outcomeCancelled
	}
	return outcomeFailed
}

func (m *metrics) published(err error) { m.publishes.WithLabelValues(outcomeOf(err)).Inc() }

func (m *metrics) took(handler, outcome string, d time.Duration) {
	m.handled.WithLabelValues(handler, outcome).Inc()
	m.seconds.WithLabelValues(handler).Observe(d.Seconds())
}

// Describe is of prometheus.Collector.
func (m *metrics) Describe(c chan<- *prometheus.Desc) {
	m.publishes.Describe(c)
	m.handled.Describe(c)
	m.seconds.Describe(c)
}

// Collect is of prometheus.Collector.
func (m *metrics) Collect(c chan<- prometheus.Metric) {
	m.publishes.Collect(c)
	m.handled.Collect(c)
	m.seconds.Collect(c)
}
