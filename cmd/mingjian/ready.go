package main

import (
	"context"
	"log/slog"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
)

// ready is what /readyz tells: whether the log answers, and where each projection is.
func (in *instance) ready(ctx context.Context) gateway.Readiness {
	states, err := in.group.Status(ctx)
	told := gateway.Readiness{Ready: err == nil, Stores: []gateway.StoreReady{{Name: "events", Ready: err == nil}}}
	if err != nil {
		in.log.WarnContext(ctx, "the log does not answer", slog.Any("error", err))
	}
	for _, s := range states {
		lack, err := s.Lacks(0)
		if err != nil {
			in.log.WarnContext(ctx, "not ready", slog.Any("error", err))
		}
		told.Ready = told.Ready && lack == ""
		told.Projections = append(told.Projections, gateway.ProjectionReady{
			Name: s.Name, Ready: lack == "", Lacks: string(lack), Held: s.Held, Holder: s.Holder, Position: s.Through.String(), Behind: s.Behind(),
		})
	}
	return told
}
