package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Progress is how far one projection is: the store's own count of the log's head and of what took effect, and whether the
// projection is at work.
type Progress struct {
	Projection    string
	Head, Through uint64
	Running       bool
	Held          bool // this process runs it, not another one
}

var (
	progressLag = prometheus.NewDesc("mingjian_projection_lag",
		"Distance of the projection from the head of the log, in the store's positions.", []string{"projection"}, nil)
	progressThrough = prometheus.NewDesc("mingjian_projection_position",
		"Position through which the projection took effect.", []string{"projection"}, nil)
	progressRunning = prometheus.NewDesc("mingjian_projection_running",
		"1 while the projection is at work, 0 once it has stopped on a fault.", []string{"projection"}, nil)
	progressHeld = prometheus.NewDesc("mingjian_projection_held",
		"1 where the projection runs, 0 in a process that stands by; over all processes the sum is 1.", []string{"projection"}, nil)
)

// Projections collects progress whenever metrics are read.
func (m *Metrics) Projections(read func() []Progress) error {
	return m.registry.Register(progress(read))
}

type progress func() []Progress

func (progress) Describe(out chan<- *prometheus.Desc) {
	out <- progressLag
	out <- progressThrough
	out <- progressRunning
	out <- progressHeld
}

func (p progress) Collect(out chan<- prometheus.Metric) {
	for _, v := range p() {
		lag := 0.0
		if v.Head > v.Through {
			lag = float64(v.Head - v.Through)
		}
		out <- prometheus.MustNewConstMetric(progressLag, prometheus.GaugeValue, lag, v.Projection)
		out <- prometheus.MustNewConstMetric(progressThrough, prometheus.GaugeValue, float64(v.Through), v.Projection)
		out <- prometheus.MustNewConstMetric(progressRunning, prometheus.GaugeValue, one(v.Running), v.Projection)
		out <- prometheus.MustNewConstMetric(progressHeld, prometheus.GaugeValue, one(v.Held), v.Projection)
	}
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
