package main

import (
	"context"
	"log/slog"
	"testing"

	"github.com/mingjian-ledger/mingjian/projections"
)

// busyViews are views that another process keeps while this one starts: when they are looked at for the first time, something was just
// written and is in the view that is asked for.
type busyViews struct {
	viewStore
	write func()
	log   eventLog
}

func (v *busyViews) Attach(ctx context.Context, p projections.Projection) (projections.Target, error) {
	target, err := v.viewStore.Attach(ctx, p)
	if err != nil || v.write == nil {
		return target, err
	}
	v.write()
	v.write = nil
	at, err := target.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	head, err := v.log.Head(ctx)
	if err != nil {
		return nil, err
	}
	return target, target.Commit(ctx, at, head, projections.NewRows(nil))
}

// TestAServerStartsWhileOthersWrite: a view that goes on while the places are looked at is not ahead of the log.
func TestAServerStartsWhileOthersWrite(t *testing.T) {
	t.Parallel()
	clock := &turnable{}
	clock.turn("2026-01-05T04:00:00Z")
	in, err := prepare(t.Context(), config{Data: t.TempDir(), clock: clock.now}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.closeStores(); err != nil {
			t.Error(err)
		}
	}()
	in.grant(t, t.Context(), "JY1", "2026-12-31")
	in.views = &busyViews{viewStore: in.views, log: in.events, write: func() { in.grant(t, t.Context(), "JY2", "2026-12-31") }}
	strays, _, err := in.strays(t.Context())
	if err != nil || len(strays) > 0 {
		t.Errorf("strays %v, %v", strays, err)
	}
}
