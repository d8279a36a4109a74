package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/gateway"
	"github.com/mingjian-ledger/mingjian/projections"
)

// readyPatience is how long a store may take to answer.
const readyPatience = 2 * time.Second

// ready is what /readyz tells: whether each store answers, and where each projection is.
func (in *instance) ready(ctx context.Context) gateway.Readiness {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	told := gateway.Readiness{Ready: true}
	store := func(name string, err error) {
		if err != nil {
			told.Ready = false
			in.log.WarnContext(ctx, "a store does not answer", slog.String("store", name), slog.Any("error", err))
		}
		told.Stores = append(told.Stores, gateway.StoreReady{Name: name, Ready: err == nil})
	}
	states, err := in.group.Status(ctx)
	store("events", err)
	store("views", in.viewsAnswer(ctx, states))
	if in.leases != nil {
		told.Replica = in.config.replica()
		_, err := in.leases.Holders(ctx)
		store("leases", err)
	}
	for _, s := range states {
		lack, err := s.Lacks(in.config.ReadyLag)
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

// viewsAnswer asks the views for one checkpoint, where any is attached: one that is not says so itself.
func (in *instance) viewsAnswer(ctx context.Context, states []projections.Status) error {
	for _, s := range states {
		if s.Attached {
			_, err := in.views.Checkpoint(ctx, s.Name)
			return err
		}
	}
	return nil
}
