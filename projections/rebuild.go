package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ErrRebuilding says that a rebuild of the projection is under way already.
var ErrRebuilding = errors.New("projections: it is being rebuilt already")

// Rebuild is RebuildReviewed for those who accept no difference.
func (g *Group) Rebuild(ctx context.Context, name string) error {
	return g.RebuildReviewed(ctx, name, Review{})
}

// Review says what becomes of a rebuild whose tables differ from the live ones.
type Review struct {
	// Row, if not nil, hears of each row that differs, by table and key. An error ends the rebuild.
	Row func(Difference) error
	// Accept is asked once, if any row differs, and not while the projection stands still. Nil has the new tables take the place
	// of the live ones; an error, and no Accept, leave the live ones and come back.
	Accept func(context.Context, Comparison) error
}

// RebuildReviewed fills a new set of the projection's tables from the start of the log while the live ones serve and follow, then
// halts the projection for as long as it takes to bring the new set exactly to where the live one stands, and compares the two
// as they are then. If no row differs, or the review accepts what does, it halts the projection again, brings the new set to
// where the live one is by then, switches, and lets it go on; else it answers the review's error or a *DifferentError and drops
// the new set.
//
// Readers see the former state until the switch; positions waited for never go back. On an error the live tables stay as they
// were. Run must be running; a projection that has stopped for good starts again after the switch. Reactors can't be rebuilt:
// their effects would happen again. With leases the process that runs the projection hands it over to this one for the time of
// the rebuild.
func (g *Group) RebuildReviewed(ctx context.Context, name string, review Review) error {
	m, err := g.member(name)
	switch {
	case err != nil:
		return err
	case m.reactor:
		return fmt.Errorf("projections: %s is a reactor; its effects can't be rebuilt", name)
	case !m.rebuild.TryLock():
		return fmt.Errorf("%s: %w", name, ErrRebuilding)
	}
	defer m.rebuild.Unlock()
	defer m.note(func() { m.shadow = es.Position{} })
	leave, err := g.claim(ctx, m)
	if err != nil {
		return err
	}
	defer leave()
	shadow, err := g.sink.Shadow(ctx, m.projection)
	if err != nil {
		return fmt.Errorf("projections: shadow of %s: %w", name, err)
	}
	if err := g.replace(ctx, m, shadow, review); err != nil {
		// What remains of the shadow is dropped even if ctx is what ended the rebuild.
		return errors.Join(err, g.sink.Drop(context.WithoutCancel(ctx), m.projection, shadow))
	}
	return nil
}

// replace fills the shadow and makes it live.
func (g *Group) replace(ctx context.Context, m *member, shadow Target, review Review) error {
	note := func(p es.Position) { m.note(func() { m.shadow = p }) }
	// The second pass takes what was added during the long first one, so that the halt is short. Neither goes beyond the live
	// tables: those of a projection that has stopped could not be compared any more.
	for range 2 {
		if err := Fill(ctx, m.projection, g.source, shadow, m.runner.State().Through, note); err != nil {
			return err
		}
	}
	var under *comparing
	err := g.halted(ctx, m, shadow, note, func(live es.Position) error {
		at, err := shadow.Checkpoint(ctx)
		if err != nil {
			return err
		}
		under = compare(ctx, m.projection, at, live, m.runner.target, shadow)
		// A commit whose answer was lost may have taken effect only now, before the dump was begun.
		now, err := m.runner.target.Checkpoint(ctx)
		if err == nil && now != live {
			err = fmt.Errorf("projections: compare %s at %s: %w", m.projection.Name, live, ErrMoved)
		}
		if err != nil {
			under.stop()
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := judge(ctx, under, review); err != nil {
		return err
	}
	// It took time to compare, and to decide; and live tables that had stopped are to be passed.
	head, err := g.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("projections: head: %w", err)
	}
	if err := Fill(ctx, m.projection, g.source, shadow, head, note); err != nil {
		return err
	}
	return g.halted(ctx, m, shadow, note, func(live es.Position) error {
		if err := g.sink.Switch(ctx, m.projection, live, shadow); err != nil {
			return fmt.Errorf("projections: switch %s: %w", m.projection.Name, err)
		}
		// Whoever waits from now on waits for the runner to go on, not for what stopped it before.
		m.runner.note(func(s *State) { s.Failed, s.Trouble, s.Tries = nil, nil, 0 })
		return nil
	})
}

func judge(ctx context.Context, under *comparing, review Review) error {
	found, err := under.finish(review.Row)
	switch {
	case err != nil || found.Same():
		return err
	case review.Accept == nil:
		return &DifferentError{found}
	}
	return review.Accept(ctx, found)
}

// halted does something while the member stands still and the shadow stands where it does.
func (g *Group) halted(ctx context.Context, m *member, shadow Target, note func(es.Position), do func(live es.Position) error) error {
	resume, err := g.halt(ctx, m)
	if err != nil {
		return err
	}
	defer resume()
	live, err := m.runner.target.Checkpoint(ctx)
	if err != nil {
		return fmt.Errorf("projections: checkpoint of %s: %w", m.projection.Name, err)
	}
	if err := Fill(ctx, m.projection, g.source, shadow, live, note); err != nil {
		return err
	}
	return do(live)
}

// halt returns when the member stands still, attached, until resume is called.
func (g *Group) halt(ctx context.Context, m *member) (resume func(), err error) {
	p := pause{held: make(chan struct{}), resume: make(chan struct{})}
	select {
	case m.pauses <- p:
	case <-g.ended:
		return nil, errors.New("projections: the group does not run")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	<-p.held
	return func() { close(p.resume) }, nil
}
