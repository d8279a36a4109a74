package bus_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/projections/outbox"
)

// TestMetrics counts each outcome once.
func TestMetrics(t *testing.T) {
	t.Parallel()
	b := open(t, bus.Embedded)
	failed := errors.New("no")
	var stop context.CancelFunc
	var tries atomic.Int64
	end := bustest.One(t, b, "webhooks", outbox.Public+".>", func(ctx context.Context, m outbox.Message) error {
		switch bustest.Number(m) {
		case 2:
			return bus.Hopeless(failed)
		case 3:
			if tries.Add(1) == 1 {
				return failed
			}
		case 4:
			stop()
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	stop = cancel
	for _, n := range []int{1, 2, 3, 1} {
		if err := b.Publish(ctx, bustest.Message(bustest.Penalty("a"), n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Publish(ctx, bustest.Message(bustest.Penalty("a"), 4)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	end()
	registry := prometheus.NewRegistry()
	if err := registry.Register(b.Collector()); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			got[f.GetName()+" "+strings.Join(labels, " ")] += m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	want := map[string]float64{
		"mingjian_bus_published_total taken": 4, "mingjian_bus_published_total cancelled": 1, "mingjian_bus_published_total failed": 0,
		"mingjian_bus_handled_total webhooks taken": 2, "mingjian_bus_handled_total webhooks poisoned": 1,
		"mingjian_bus_handled_total webhooks duplicate": 1, "mingjian_bus_handled_total webhooks cancelled": 1,
		"mingjian_bus_handle_seconds webhooks": 5,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
