package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// alone does work while no other process does it, until ctx ends. Work ends when its own context does.
func (in *instance) alone(ctx context.Context, name string, work func(context.Context)) {
	if in.leases == nil {
		work(ctx)
		return
	}
	for ctx.Err() == nil {
		lease, err := in.leases.Take(ctx, name)
		if err == nil {
			in.under(ctx, lease, work)
			continue
		}
		if ctx.Err() == nil {
			in.log.WarnContext(ctx, "no lease for now, trying again", slog.String("lease", name), slog.Any("error", err))
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}

// under does work for as long as this process should.
func (in *instance) under(ctx context.Context, lease projections.Lease, work func(context.Context)) {
	during, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-lease.Lost():
		case <-lease.Asked():
		case <-during.Done():
		}
		cancel()
	}()
	work(during)
	releasing, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	lease.Release(releasing)
}

// position is how far all views are; empty while that is not known.
func (in *instance) position() string {
	through := in.group.Through()
	if through == (es.Position{}) && in.group.Ready() != nil {
		return ""
	}
	return through.String()
}
