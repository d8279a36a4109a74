package webhook

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of webhooks. Outcomes and states are closed sets; no endpoint has a label.
type metrics struct {
	store     *Store
	attempts  *prometheus.CounterVec
	seconds   prometheus.Histogram
	endpoints *prometheus.Desc
	waiting   *prometheus.Desc
	failing   *prometheus.Desc
}

func newMetrics(s *Store) *metrics {
	m := &metrics{
		store: s,
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mingjian_webhook_attempts_total", Help: "Tries to deliver a webhook, by outcome.",
		}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "mingjian_webhook_attempt_seconds", Help: "Time that a try to deliver a webhook took.",
			Buckets: prometheus.ExponentialBuckets(0.005, 4, 7),
		}),
		endpoints: prometheus.NewDesc("mingjian_webhook_endpoints", "Endpoints of webhooks, by state.", []string{"state"}, nil),
		waiting:   prometheus.NewDesc("mingjian_webhook_waiting", "Releases that wait to be delivered, of all endpoints.", nil, nil),
		failing: prometheus.NewDesc("mingjian_webhook_failing_seconds",
			"Time since the first failure of the release that fails longest, of endpoints that are pushed to; 0 where none fails.", nil, nil),
	}
	for _, outcome := range outcomes() {
		m.attempts.WithLabelValues(outcome) // there from the start, so that the first failure is an increase
	}
	return m
}

func (m *metrics) tried(a attempt) {
	m.attempts.WithLabelValues(a.outcome).Inc()
	m.seconds.Observe(a.took.Seconds())
}

// Describe is of prometheus.Collector.
func (m *metrics) Describe(c chan<- *prometheus.Desc) {
	m.attempts.Describe(c)
	m.seconds.Describe(c)
	c <- m.endpoints
	c <- m.waiting
	c <- m.failing
}

// Collect is of prometheus.Collector. What can't be counted now is left out.
func (m *metrics) Collect(c chan<- prometheus.Metric) {
	m.attempts.Collect(c)
	m.seconds.Collect(c)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	type count struct {
		state string
		n     int
	}
	list, err := collect(ctx, m.store.q, func(row scanner) (one count, err error) { return one, row.Scan(&one.state, &one.n) },
		`SELECT state, count(*) FROM endpoint GROUP BY state`)
	if err != nil {
		return
	}
	of := map[string]int{stateActive: 0, statePaused: 0, stateDisabled: 0}
	for _, one := range list {
		of[one.state] = one.n
	}
	for state, n := range of {
		c <- prometheus.MustNewConstMetric(m.endpoints, prometheus.GaugeValue, float64(n), state)
	}
	var waiting int
	if m.store.q.QueryRowContext(ctx, `SELECT count(*) FROM waiting`).Scan(&waiting) == nil {
		c <- prometheus.MustNewConstMetric(m.waiting, prometheus.GaugeValue, float64(waiting))
	}
	var since int64
	if m.store.q.QueryRowContext(ctx, `SELECT coalesce(min(w.since), 0) FROM waiting w JOIN endpoint e ON e.id = w.endpoint
		WHERE w.since > 0 AND e.state = ?`, stateActive).Scan(&since) == nil {
		age := 0.
		if since > 0 {
			age = max(m.store.clock().Sub(instant(since)).Seconds(), 0)
		}
		c <- prometheus.MustNewConstMetric(m.failing, prometheus.GaugeValue, age)
	}
}
