package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/adapters/airgap"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// gapReceiving says whether a server takes bundles over a gap.
type gapReceiving struct {
	gapPlaces
	Receive bool
	Every   time.Duration
}

func (g *gapReceiving) flags(f *pflag.FlagSet) {
	f.BoolVar(&g.Receive, "gap-receive", false, "take what an inner ledger sends into this one, which is made for it alone (mingjian gap)")
	f.DurationVar(&g.Every, "gap-every", 10*time.Second, "how often to look for it")
	g.gapPlaces.flags(f)
	g.againFlag(f)
}

func (g *gapReceiving) validate() error {
	if g.Receive && g.Every <= 0 {
		return errors.New("--gap-every is above zero")
	}
	return nil
}

// openGap finds out whether the ledger is an outer one, and makes ready to take bundles if it is to.
func (in *instance) openGap(ctx context.Context) (err error) {
	c := &in.config
	if c.Gap.Receive {
		if in.gap, err = c.Gap.receiver(c); err != nil {
			return err
		}
		in.gap.Log = in.events
		if err := airgap.Check(ctx, in.events); err != nil {
			return usage("--gap-receive: %w", err)
		}
		in.outer.Store(true)
		return nil
	}
	outer, err := airgap.Outer(ctx, in.events)
	in.outer.Store(outer)
	return err
}

// innerAlone lets nothing into the streams of an outer ledger that are the inner ledger's to write. A ledger becomes an outer one
// at any time, by another process too; it never is none again.
type innerAlone struct {
	es.Store
	outer *atomic.Bool
}

// Append refuses what would be an act of the outer ledger's own.
func (s innerAlone) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if !airgap.Carries(stream.Category) {
		return s.Store.Append(ctx, stream, want, events...)
	}
	if !s.outer.Load() {
		outer, err := airgap.Outer(ctx, s.Store)
		if err != nil {
			return es.Position{}, err
		}
		s.outer.Store(outer)
	}
	if s.outer.Load() {
		return es.Position{}, domain.Refuse(domain.Precondition, "ledger.outer", "",
			"本实例是外网实例，机关、市场主体和公示信息由内网实例摆渡而来，不能在此办理",
			"this is an outer instance: authorities, subjects and disclosures come from the inner one and can't be changed here")
	}
	return s.Store.Append(ctx, stream, want, events...)
}
