package projections

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Reactor follows the log and acts outside of the views: a policy that issues commands, an outbox that publishes.
//
// React is called for each record in log order, one at a time, at least once: after a fault or a crash it is called again for
// records that it took before, so its effects MUST be idempotent (command ids derived from the record's id). An error is
// taken as passing and the same record is tried again with growing pauses; one wrapped by Final stops the reactor and the
// readiness of the process. React answers nil for records that don't concern it.
type Reactor struct {
	Name  string // stable; its checkpoint is kept under it and it never starts over
	React func(ctx context.Context, rec es.Record) error
}

// Keeps is the projection without tables whose checkpoint is the reactor's.
func (r Reactor) Keeps() Projection { return Projection{Name: r.Name} }

// NewReactorRunner makes a runner of a reactor over its target, that of Keeps; Run starts it.
func NewReactorRunner(re Reactor, source es.Source, target Target, log *slog.Logger) *Runner {
	r := &Runner{name: re.Name, source: source, target: target, log: log, waiting: map[*waiter]bool{}}
	r.step = func(ctx context.Context, from es.Position, batch es.Batch) (es.Position, error) {
		return react(ctx, re, r.target, from, batch)
	}
	return r
}

// react takes a batch's records; before it answers an error it commits what went well, so that only the failing record comes
// again.
func react(ctx context.Context, re Reactor, target Target, from es.Position, batch es.Batch) (es.Position, error) {
	done := from
	for _, rec := range batch.Records {
		if rec.Position.Compare(from) <= 0 {
			continue
		}
		if err := re.React(ctx, rec); err != nil {
			err = fmt.Errorf("projections: %s reacts to %s of %s@%d: %w", re.Name, rec.Type, rec.Stream, rec.Revision, err)
			return commitReactions(ctx, re, target, from, done, err)
		}
		done = rec.Position
	}
	return commitReactions(ctx, re, target, from, later(done, batch.Through), nil)
}

func commitReactions(ctx context.Context, re Reactor, target Target, from, done es.Position, cause error) (es.Position, error) {
	if done == from {
		return from, cause
	}
	if err := target.Commit(ctx, from, done, NewRows(nil)); err != nil {
		if cause == nil {
			cause = fmt.Errorf("projections: commit %s: %w", re.Name, err)
		}
		return from, cause
	}
	return done, cause
}

type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// Final marks an error of React that trying again can't mend.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return &finalError{err}
}
