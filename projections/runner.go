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

// Pauses between two tries after a passing fault; each is twice the one before.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 10 * time.Second
	// stuckTries is when a fault no longer passes for passing: 13 seconds without progress.
	stuckTries = 9
)

var errSourceEnded = errors.New("projections: the source ended")

// Runner keeps one projection's target, or one reactor's effects, up with the log. One runner at a time may write a target; a
// second one stops with ErrMoved.
type Runner struct {
	name   string
	source es.Source
	target Target
	log    *slog.Logger
	yields bool         // ErrMoved is no failure: another process has the target, which the group knows how to take
	stray  chan<- error // hears that the runner is ahead of the log; nil for nobody
	// step takes a batch, starting at from, and tells how far it came, also when it fails.
	step func(ctx context.Context, from es.Position, batch es.Batch) (es.Position, error)

	mu      sync.Mutex
	state   State
	waiting map[*waiter]bool
}

// waiter is somebody who waits for a state; he is woken once, when it is there or never will be.
type waiter struct {
	done  func(State) bool
	woken chan error
}

// State is how far a runner is.
type State struct {
	Through  es.Position // everything up to here took effect
	CaughtUp bool        // nothing beyond Through was known then
	Trouble  error       // the fault that is being retried
	Tries    int         // how often it came without any progress
	Failed   error       // why it stopped for good
}

// through notes a position; one beyond from is progress.
func (s *State) through(at, from es.Position) {
	s.Through = at
	if at != from {
		s.Tries = 0
	}
}

// NewRunner makes a runner of a projection; Run starts it.
func NewRunner(p Projection, source es.Source, target Target, log *slog.Logger) *Runner {
	r := &Runner{name: p.Name, source: source, target: target, log: log, waiting: map[*waiter]bool{}}
	r.step = func(ctx context.Context, from es.Position, batch es.Batch) (es.Position, error) {
		if err := Apply(ctx, p, r.target, from, batch); err != nil {
			return from, err
		}
		return later(from, batch.Through), nil
	}
	return r
}

// Name is the projection's or the reactor's name.
func (r *Runner) Name() string { return r.name }

// State tells how far the runner is.
func (r *Runner) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// Wait returns once everything up to p took effect. It answers ctx's error, or the error that stopped the runner.
func (r *Runner) Wait(ctx context.Context, p es.Position) error {
	return r.until(ctx, func(s State) bool { return s.Through.Compare(p) >= 0 })
}

// CatchUp returns once the runner has reached the end of the log as it then was.
func (r *Runner) CatchUp(ctx context.Context) error {
	return r.until(ctx, func(s State) bool { return s.CaughtUp })
}

func (r *Runner) until(ctx context.Context, done func(State) bool) error {
	w := &waiter{done: done, woken: make(chan error, 1)}
	r.mu.Lock()
	r.waiting[w] = true
	r.wake()
	r.mu.Unlock()
	select {
	case err := <-w.woken:
		return err
	case <-ctx.Done():
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waiting, w)
		return ctx.Err()
	}
}

// wake wakes those whose waiting is over; the others sleep on, however often the state changes.
func (r *Runner) wake() {
	for w := range r.waiting {
		switch {
		case w.done(r.state):
			w.woken <- nil
		case r.state.Failed != nil:
			w.woken <- fmt.Errorf("projections: %s stopped: %w", r.name, r.state.Failed)
		default:
			continue
		}
		delete(r.waiting, w)
	}
}

// Run follows the log until ctx ends (nil) or the runner fails. Passing faults of source and target are tried again from the
// checkpoint with growing pauses; a record that can't be projected, a Final error of a reactor, ErrMoved and an *AheadError are
// final.
func (r *Runner) Run(ctx context.Context) error {
	pause, looks := firstPause, 0
	for {
		before := r.State().Through
		err := r.follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if r.yields && errors.Is(err, ErrMoved) {
			return err
		}
		if looks++; !ahead(err) {
			looks = 0
		}
		if final(err) || looks == aheadLooks {
			r.note(func(s *State) { s.Failed, s.CaughtUp = err, false })
			r.tell(err)
			return err
		}
		if r.State().Through != before {
			pause = firstPause
		}
		r.note(func(s *State) { s.Trouble, s.Tries, s.CaughtUp = err, s.Tries+1, false })
		r.log.WarnContext(ctx, "projection interrupted, trying again",
			slog.String("projection", r.name), slog.Any("error", err), slog.Duration("pause", pause))
		if !sleep(ctx, pause) {
			return nil
		}
		pause = min(2*pause, lastPause)
	}
}

func (r *Runner) follow(ctx context.Context) error {
	at, err := r.target.Checkpoint(ctx)
	if err != nil {
		return fmt.Errorf("projections: checkpoint of %s: %w", r.name, err)
	}
	r.note(func(s *State) { s.Through = at })
	head, err := r.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("projections: head for %s: %w", r.name, err)
	}
	if at.Compare(head) > 0 {
		return &AheadError{Projection: r.name, At: at, Head: head, Common: head}
	}
	for batch, err := range r.source.Follow(ctx, at) {
		if err != nil {
			return fmt.Errorf("projections: follow for %s: %w", r.name, err)
		}
		from := at
		if at, err = r.step(ctx, from, batch); err != nil {
			r.note(func(s *State) { s.through(at, from) })
			return err
		}
		r.note(func(s *State) {
			s.through(at, from)
			s.CaughtUp, s.Trouble, s.Tries = batch.CaughtUp, nil, 0
		})
	}
	return errSourceEnded
}

// tell says that the log changed under the process.
func (r *Runner) tell(err error) {
	if r.stray == nil || !ahead(err) {
		return
	}
	select {
	case r.stray <- err:
	default: // another member said so
	}
}

func (r *Runner) note(change func(*State)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.state)
	r.wake()
}

func final(err error) bool {
	project, effect := (*ProjectError)(nil), (*finalError)(nil)
	return errors.As(err, &project) || errors.As(err, &effect) || errors.Is(err, ErrMoved)
}

func later(a, b es.Position) es.Position {
	if a.Compare(b) < 0 {
		return b
	}
	return a
}

// sleep tells whether the pause passed before ctx ended.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
