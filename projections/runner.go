package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Runner keeps one projection's target up with the log. One runner at a time may write a target; a second one stops with
// ErrMoved.
type Runner struct {
	projection Projection
	source     es.Source
	target     Target
	log        *slog.Logger

	mu       sync.Mutex
	through  es.Position
	caughtUp bool
	failed   error
	moved    chan struct{} // closed and replaced whenever the fields above change
}

// NewRunner makes a runner; Run starts it.
func NewRunner(p Projection, source es.Source, target Target, log *slog.Logger) *Runner {
	return &Runner{projection: p, source: source, target: target, log: log, moved: make(chan struct{})}
}

// Name is the projection's name.
func (r *Runner) Name() string { return r.projection.Name }

// Status tells how far the runner is, whether nothing beyond was known then, and why it stopped, if it did.
func (r *Runner) Status() (through es.Position, caughtUp bool, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.through, r.caughtUp, r.failed
}

// Wait returns once the target holds everything up to p. It answers ctx's error, or the error that stopped the runner.
func (r *Runner) Wait(ctx context.Context, p es.Position) error {
	return r.until(ctx, func() bool { return r.through.Compare(p) >= 0 })
}

// CatchUp returns once the runner has reached the end of the log as it then was.
func (r *Runner) CatchUp(ctx context.Context) error {
	return r.until(ctx, func() bool { return r.caughtUp })
}

func (r *Runner) until(ctx context.Context, done func() bool) error {
	for {
		r.mu.Lock()
		ok, failed, moved := done(), r.failed, r.moved
		r.mu.Unlock()
		switch {
		case ok:
			return nil
		case failed != nil:
			return fmt.Errorf("projections: %s stopped: %w", r.Name(), failed)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Run follows the log until ctx ends (nil) or the projection fails. Passing faults of source and target are tried again
// from the checkpoint with growing pauses; a record that can't be projected and ErrMoved are final.
func (r *Runner) Run(ctx context.Context) error {
	pause := 50 * time.Millisecond
	for {
		before, _, _ := r.Status()
		err := r.follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if final := (*ProjectError)(nil); errors.As(err, &final) || errors.Is(err, ErrMoved) {
			r.note(func() { r.failed = err })
			return err
		}
		if now, _, _ := r.Status(); now != before {
			pause = 50 * time.Millisecond
		}
		r.log.WarnContext(ctx, "projection interrupted, trying again",
			slog.String("projection", r.Name()), slog.Any("error", err), slog.Duration("pause", pause))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
		pause = min(2*pause, 10*time.Second)
	}
}

func (r *Runner) follow(ctx context.Context) error {
	at, err := r.target.Checkpoint(ctx)
	if err != nil {
		return fmt.Errorf("projections: checkpoint of %s: %w", r.Name(), err)
	}
	r.note(func() { r.through = at })
	for batch, err := range r.source.Follow(ctx, at) {
		if err != nil {
			return fmt.Errorf("projections: follow for %s: %w", r.Name(), err)
		}
		if len(batch.Records) > 0 || batch.Through != at {
			if err := Apply(ctx, r.projection, r.target, at, batch); err != nil {
				return err
			}
		}
		at = batch.Through
		r.note(func() { r.through, r.caughtUp = at, batch.CaughtUp })
	}
	return errors.New("projections: the source ended")
}

func (r *Runner) note(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.moved)
	r.moved = make(chan struct{})
}

// ProjectError says which record a projection could not take.
type ProjectError struct {
	Projection string
	Record     es.Record
	Err        error
}

func (e *ProjectError) Error() string {
	return fmt.Sprintf("projections: %s can't take %s of %s@%d: %v",
		e.Projection, e.Record.Type, e.Record.Stream, e.Record.Revision, e.Err)
}

func (e *ProjectError) Unwrap() error { return e.Err }

// Apply folds one batch into a target standing at from.
func Apply(ctx context.Context, p Projection, target Target, from es.Position, batch es.Batch) error {
	changes := make([]Change, len(batch.Records))
	asked := map[Key]bool{}
	var keys []Key
	for i, rec := range batch.Records {
		c, err := p.Project(rec)
		if err != nil {
			return &ProjectError{p.Name, rec, err}
		}
		for _, k := range c.Keys {
			if !asked[k] {
				asked[k], keys = true, append(keys, k)
			}
		}
		changes[i] = c
	}
	loaded, err := target.Load(ctx, keys)
	if err != nil {
		return fmt.Errorf("projections: load rows for %s: %w", p.Name, err)
	}
	rows := NewRows(loaded)
	for i, c := range changes {
		if c.Apply == nil {
			continue
		}
		rows.At(batch.Records[i].Position)
		if err := c.Apply(rows); err != nil {
			return &ProjectError{p.Name, batch.Records[i], err}
		}
	}
	if err := target.Commit(ctx, from, batch.Through, rows); err != nil {
		return fmt.Errorf("projections: commit %s: %w", p.Name, err)
	}
	return nil
}
