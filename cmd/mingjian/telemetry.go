package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/telemetry"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	view "github.com/mingjian-ledger/mingjian/projections/delivery"
)

// traces are the settings of tracing.
type traces struct {
	URL   string  // of the receiver; no tracing if empty
	Ratio float64 // of traces that are kept
}

func (s *traces) flags(f *pflag.FlagSet) {
	f.StringVar(&s.URL, "otlp", "", "address of an OpenTelemetry receiver (OTLP over gRPC, http:// or https://) that traces are sent to; none if empty")
	f.Float64Var(&s.Ratio, "trace-ratio", 1, "share of traces that are kept, 0 to 1; one value for all replicas, so that traces are whole")
}

func (s *traces) validate() error {
	return telemetry.CheckTraces(telemetry.TraceOptions{URL: s.URL, Ratio: s.Ratio})
}

// openTracing starts to trace, if it is asked for; from then on lines of the log tell the trace.
func (in *instance) openTracing(ctx context.Context) (err error) {
	in.tracing, err = telemetry.OpenTracing(ctx, telemetry.TraceOptions{URL: in.config.Traces.URL, Ratio: in.config.Traces.Ratio, Log: in.log}, in.metrics)
	if err == nil {
		in.log = slog.New(in.tracing.Logs(in.log.Handler()))
	}
	return err
}

// observe measures and traces what follows from the log.
func (in *instance) observe() (err error) {
	all := allProjections()
	in.metrics.Members(in.group.Names()...)
	in.group.Observe(projections.Observers(in.metrics, in.tracing.Batches(all)))
	in.stopWatching = append(in.stopWatching, in.metrics.Rows(in.views, all))
	if in.exchanged, err = in.metrics.Exchange(); err != nil {
		return err
	}
	return errors.Join(in.metrics.Pools(in.events, in.views), in.metrics.Deliveries(in.deliveries))
}

// observed is a store that is measured and traced.
func (in *instance) observed(s es.Store) es.Store { return in.tracing.Store(in.metrics.Store(s)) }

// deliveries is what /metrics tells of the platforms that are given what is public. What can't be read now is left out.
func (in *instance) deliveries() (out []telemetry.Delivering) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, platform := range in.platforms.Names {
		for _, kind := range []delivery.Kind{delivery.Penalty, delivery.Licence} {
			of := view.Sequence{Platform: platform, Kind: kind}
			counts, err := view.Counts(ctx, in.views, of)
			since, waits, failed := view.Oldest(ctx, in.views, of)
			if err = errors.Join(err, failed); err != nil {
				in.log.WarnContext(ctx, "how deliveries stand is not known", slog.String("platform", platform), slog.Any("error", err))
				return out
			}
			d := telemetry.Delivering{Platform: platform, Kind: string(kind), Statuses: map[string]uint64{}}
			for _, status := range delivery.Statuses() {
				d.Statuses[string(status)] = counts[status]
			}
			if waits {
				d.Oldest = since.StartsAt()
			}
			out = append(out, d)
		}
	}
	return out
}
