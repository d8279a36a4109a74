package projections

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Observer is told of the batches that the members of a group take from the log as they follow it.
//
// Batch is called before a batch is taken, with the position that the member stands at, and what it returns after, once, with
// the error if there was one; both in the member's own goroutine, so they must be quick. A batch that comes again after a
// fault is told again. Rebuilds are not told.
type Observer interface {
	Batch(ctx context.Context, name string, from es.Position, batch es.Batch) (done func(error))
}

// Observers tells several; those that are nil are left out.
func Observers(all ...Observer) Observer {
	var those observers
	for _, o := range all {
		if o != nil {
			those = append(those, o)
		}
	}
	return those
}

type observers []Observer

func (all observers) Batch(ctx context.Context, name string, from es.Position, batch es.Batch) func(error) {
	done := make([]func(error), len(all))
	for i, o := range all {
		done[i] = o.Batch(ctx, name, from, batch)
	}
	return func(err error) {
		for _, d := range done {
			d(err)
		}
	}
}

// Observe names who is told of batches; before Run.
func (g *Group) Observe(o Observer) {
	for _, m := range g.members {
		step := m.runner.step
		m.runner.step = func(ctx context.Context, from es.Position, batch es.Batch) (es.Position, error) {
			done := o.Batch(ctx, m.projection.Name, from, batch)
			at, err := step(ctx, from, batch)
			done(err)
			return at, err
		}
	}
}
