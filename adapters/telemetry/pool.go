package telemetry

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// Pooled is a store with pools of connections, each under a name of its own.
type Pooled interface {
	PoolStats() map[string]*pgxpool.Stat
}

var (
	poolConns = prometheus.NewDesc("mingjian_postgres_connections",
		"Connections of a pool, by state: used, idle or being opened.", []string{"pool", "state"}, nil)
	poolMost    = prometheus.NewDesc("mingjian_postgres_connections_max", "The most connections that a pool may have.", []string{"pool"}, nil)
	poolWaits   = prometheus.NewDesc("mingjian_postgres_waits_total", "How often somebody had to wait for a connection of a pool.", []string{"pool"}, nil)
	poolWaiting = prometheus.NewDesc("mingjian_postgres_wait_seconds_total", "How long that took, added up.", []string{"pool"}, nil)
)

// Pools collects the pools of those stores that have some whenever metrics are read.
func (m *Metrics) Pools(stores ...any) error {
	var have pools
	for _, s := range stores {
		if p, ok := s.(Pooled); ok {
			have = append(have, p)
		}
	}
	if have == nil {
		return nil
	}
	return m.registry.Register(have)
}

type pools []Pooled

func (pools) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolConns, poolMost, poolWaits, poolWaiting} {
		out <- d
	}
}

func (all pools) Collect(out chan<- prometheus.Metric) {
	for _, p := range all {
		for name, s := range p.PoolStats() {
			for state, n := range map[string]int32{"used": s.AcquiredConns(), "idle": s.IdleConns(), "opening": s.ConstructingConns()} {
				out <- prometheus.MustNewConstMetric(poolConns, prometheus.GaugeValue, float64(n), name, state)
			}
			out <- prometheus.MustNewConstMetric(poolMost, prometheus.GaugeValue, float64(s.MaxConns()), name)
			out <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(s.EmptyAcquireCount()), name)
			out <- prometheus.MustNewConstMetric(poolWaiting, prometheus.CounterValue, s.EmptyAcquireWaitTime().Seconds(), name)
		}
	}
}
