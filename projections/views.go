package projections

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// WaitViews returns once every projection holds everything up to p. Reactors are not waited for: what they lead to comes
// later in the log anyhow.
func (g *Group) WaitViews(ctx context.Context, p es.Position) error {
	for _, m := range g.members {
		if m.reactor {
			continue
		}
		if err := m.runner.Wait(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// Through is the position that all projections hold, without asking the source or the sink.
func (g *Group) Through() (lowest es.Position) {
	first := true
	for _, m := range g.members {
		if m.reactor {
			continue
		}
		if p := m.runner.State().Through; first || p.Compare(lowest) < 0 {
			lowest, first = p, false
		}
	}
	return lowest
}
