package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Delivering is how deliveries to a platform stand, of one kind. Both names, and the statuses, are of closed sets.
type Delivering struct {
	Platform, Kind string
	Statuses       map[string]uint64
	Oldest         time.Time // since when a row waits for its answer; zero if none does
}

var (
	deliveries       = prometheus.NewDesc("mingjian_deliveries", "Deliveries to credit platforms, by how they stand.", []string{"platform", "kind", "status"}, nil)
	oldestUnanswered = prometheus.NewDesc("mingjian_delivery_oldest_unanswered_timestamp_seconds",
		"Since when the platform has not answered, of the row that waits longest; 0 if none waits.", []string{"platform", "kind"}, nil)
)

// Deliveries asks how deliveries stand whenever metrics are read.
func (m *Metrics) Deliveries(ask func() []Delivering) error {
	return m.registry.Register(delivering(ask))
}

type delivering func() []Delivering

func (delivering) Describe(out chan<- *prometheus.Desc) {
	out <- deliveries
	out <- oldestUnanswered
}

func (ask delivering) Collect(out chan<- prometheus.Metric) {
	for _, d := range ask() {
		for status, n := range d.Statuses {
			out <- prometheus.MustNewConstMetric(deliveries, prometheus.GaugeValue, float64(n), d.Platform, d.Kind, status)
		}
		since := 0.0
		if !d.Oldest.IsZero() {
			since = float64(d.Oldest.Unix())
		}
		out <- prometheus.MustNewConstMetric(oldestUnanswered, prometheus.GaugeValue, since, d.Platform, d.Kind)
	}
}

// Exchange measures the exchange of files with credit platforms.
type Exchange struct {
	Batches  prometheus.Counter
	Failures prometheus.Counter
	rows     *prometheus.CounterVec
	receipts *prometheus.CounterVec
	answers  *prometheus.CounterVec
}

// Exchange is there from the start, so that the first failure is an increase.
func (m *Metrics) Exchange() (*Exchange, error) {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "mingjian_exchange_" + name + "_total", Help: help}
	}
	e := &Exchange{
		Batches:  prometheus.NewCounter(counter("batches", "Batches of files that were sent.")),
		Failures: prometheus.NewCounter(counter("failures", "Rounds of sending and receiving that failed and are tried again.")),
		rows:     prometheus.NewCounterVec(counter("rows", "Rows that were sent, or held back as one that no file can carry."), []string{"outcome"}),
		receipts: prometheus.NewCounterVec(counter("receipts", "Receipts: taken, repeated, or put aside for a person."), []string{"outcome"}),
		answers:  prometheus.NewCounterVec(counter("answers", "Answers of platforms that were booked, by verdict."), []string{"verdict"}),
	}
	for _, outcome := range []string{"sent", "held"} {
		e.rows.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"taken", "repeated", "aside"} {
		e.receipts.WithLabelValues(outcome)
	}
	for _, verdict := range []string{"accepted", "duplicate", "rejected"} {
		e.answers.WithLabelValues(verdict)
	}
	for _, c := range []prometheus.Collector{e.Batches, e.Failures, e.rows, e.receipts, e.answers} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Sent counts a batch.
func (e *Exchange) Sent(rows, held int) {
	e.Batches.Inc()
	e.rows.WithLabelValues("sent").Add(float64(rows - held))
	e.rows.WithLabelValues("held").Add(float64(held))
}

// Received counts a receipt, and what was booked of it.
func (e *Exchange) Received(repeated, aside bool, accepted, duplicates, rejected int) {
	outcome := "taken"
	switch {
	case repeated:
		outcome = "repeated"
	case aside:
		outcome = "aside"
	}
	e.receipts.WithLabelValues(outcome).Inc()
	for verdict, n := range map[string]int{"accepted": accepted, "duplicate": duplicates, "rejected": rejected} {
		e.answers.WithLabelValues(verdict).Add(float64(n))
	}
}
