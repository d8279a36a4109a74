package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ErrRebuilding says that a rebuild of the projection is under way already.
var ErrRebuilding = errors.New("projections: it is being rebuilt already")

// Rebuild fills a new set of the projection's tables from the start of the log while the live ones serve and follow, then
// halts the projection for as long as it takes to bring the new set exactly to where the live one stands, switches, and lets
// it go on. Readers see the former state until the switch; positions waited for never go back. On an error the live tables
// stay as they were. Run must be running; a projection that has stopped for good starts again after the switch. Reactors
// can't be rebuilt: their effects would happen again. With leases the process that runs the projection hands it over to this
// one for the time of the rebuild.
func (g *Group) Rebuild(ctx context.Context, name string) error {
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
	if err := g.replace(ctx, m, shadow); err != nil {
		// What remains of the shadow is dropped even if ctx is what ended the rebuild.
		return errors.Join(err, g.sink.Drop(context.WithoutCancel(ctx), m.projection, shadow))
	}
	return nil
}

// replace fills the shadow and makes it live.
func (g *Group) replace(ctx context.Context, m *member, shadow Target) error {
	note := func(p es.Position) { m.note(func() { m.shadow = p }) }
	// The second pass takes what was added during the long first one, so that the halt is short.
	for range 2 {
		head, err := g.source.Head(ctx)
		if err != nil {
			return fmt.Errorf("projections: head: %w", err)
		}
		if err := Fill(ctx, m.projection, g.source, shadow, head, note); err != nil {
			return err
		}
	}
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
	if err := g.sink.Switch(ctx, m.projection, live, shadow); err != nil {
		return fmt.Errorf("projections: switch %s: %w", m.projection.Name, err)
	}
	// Whoever waits from now on waits for the runner to go on, not for what stopped it before.
	m.runner.note(func(s *State) { s.Failed, s.Trouble, s.Tries = nil, nil, 0 })
	return nil
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
