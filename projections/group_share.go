package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// releasing is how long giving a lease back may take; its term makes good what is left.
const releasing = 2 * time.Second

// claim asks for the lease of a member: its loop closes held once this process has it with the tables at hand, and keeps it
// until over is closed, also if the member has stopped.
type claim struct{ held, over chan struct{} }

// Share makes the group one of several over one sink, before Run: each member runs in the process that has the lease of its
// name. Elsewhere the member stands by, and is as far as the sink hears that it was brought. A lease that was lost is waited for
// again; a member that stopped for good leaves its lease to others. A member that goes over from one process to another skips
// nothing, and a reactor may see records again that the other one took last.
func (g *Group) Share(l Leases) error {
	shared, ok := g.sink.(Shared)
	if !ok {
		return errors.New("projections: the sink is for one process alone")
	}
	g.leases, g.shared = l, shared
	for _, m := range g.members {
		m.runner.yields = true
	}
	return nil
}

// Finish is Settle for a process that goes: with leases it returns once the members that this process runs took everything that
// was in the log when it was called, since others go on with the rest.
func (g *Group) Finish(ctx context.Context) error {
	if g.leases == nil {
		return g.Settle(ctx)
	}
	head, err := g.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("projections: head: %w", err)
	}
	for _, m := range g.members {
		if !g.status(m).Held {
			continue
		}
		if err := m.runner.Wait(ctx, head); err != nil {
			return err
		}
	}
	return nil
}

// holders are the processes that run the members, as far as that is known.
func (g *Group) holders(ctx context.Context) map[string]string {
	if g.leases == nil {
		return nil
	}
	holders, err := g.leases.Holders(ctx)
	if err != nil && ctx.Err() == nil {
		g.log.WarnContext(ctx, "holders of leases are not known", slog.Any("error", err))
	}
	return holders
}

// listen notes how far other processes bring the members, until ctx ends.
func (g *Group) listen(ctx context.Context) {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		for a, err := range g.shared.Elsewhere(ctx) {
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				wait = firstPause
				g.heard(a)
				continue
			}
			g.log.WarnContext(ctx, "what other processes do is not heard", slog.Any("error", err))
			g.deaf.Store(&err)
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

func (g *Group) heard(a Advance) {
	g.deaf.Store(nil)
	m, known := g.byName[a.Projection]
	if !known {
		return
	}
	m.note(func() {
		switch {
		case m.held:
			return
		case !m.attached: // readers don't know the tables yet, so nobody is told how far they are
			m.floor = later(m.floor, a.Through)
			poke(m.there)
			return
		}
		through := later(a.Through, m.floor) // what was on its way when this was known already
		if through == a.Through {
			m.floor = es.Position{}
		}
		m.runner.note(func(s *State) {
			if s.Failed != nil && through.Compare(s.Through) > 0 {
				s.Failed = nil
				poke(m.passed)
			}
			s.Through, s.Trouble, s.Tries = through, nil, 0
		})
	})
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is known already
	}
}

// keepShared runs one member whenever this process has its lease.
func (g *Group) keepShared(ctx context.Context, m *member) error {
	var failed error
	var claims []claim
	for {
		if failed != nil && len(claims) == 0 {
			select {
			case c := <-m.claims:
				claims = append(claims, c)
			case <-m.passed:
				failed = nil
			case p := <-m.pauses:
				p.keep(ctx)
				continue
			case <-ctx.Done():
				return failed
			}
		}
		lease, more := g.stand(ctx, m)
		if claims = append(claims, more...); lease == nil {
			return failed
		}
		failed = g.hold(ctx, m, lease, failed, claims)
		claims = nil
	}
}

// keep stands still until the pause is over.
func (p pause) keep(ctx context.Context) {
	close(p.held)
	select {
	case <-p.resume:
	case <-ctx.Done():
	}
}

// stand waits for the member's lease, while the tables of whoever has it are read; nil when ctx ended before.
func (g *Group) stand(ctx context.Context, m *member) (Lease, []claim) {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	joined := make(chan struct{})
	go func() {
		defer close(joined)
		g.join(waiting, m)
	}()
	taken := make(chan Lease, 1)
	go func() { taken <- g.take(waiting, m) }()
	var claims []claim
	for {
		select {
		case lease := <-taken:
			stop()
			<-joined
			return lease, claims
		case c := <-m.claims:
			claims = append(claims, c)
		case p := <-m.pauses: // the lease was lost amidst a rebuild, which will be refused
			p.keep(ctx)
		}
	}
}

func (g *Group) take(ctx context.Context, m *member) Lease {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		lease, err := g.leases.Take(ctx, m.projection.Name)
		if err == nil {
			return lease
		}
		if ctx.Err() != nil || !g.trouble(ctx, m, "lease", err, wait) {
			return nil
		}
	}
}

// join gives readers the tables that another process attached, as soon as they are there.
func (g *Group) join(ctx context.Context, m *member) {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		at, err := g.shared.Join(ctx, m.projection)
		switch {
		case err == nil:
			m.note(func() {
				m.attached = true
				m.standing(later(at, m.floor))
			})
			return
		case errors.Is(err, ErrAbsent): // whoever has the lease is about to make them
			select {
			case <-m.there:
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		case ctx.Err() != nil || !g.trouble(ctx, m, "join", err, wait):
			return
		}
	}
}

// hold runs the member under a lease and gives it back at the end. It answers what stopped the member for good.
func (g *Group) hold(ctx context.Context, m *member, lease Lease, failed error, claims []claim) error {
	held, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-lease.Lost():
		case <-lease.Asked():
		case <-held.Done():
		}
		cancel()
	}()
	defer func() {
		cancel()
		<-watched
		g.leave(ctx, m, lease)
	}()
	for answered := false; ; answered = true {
		err := g.attach(held, m, func(ctx context.Context, p Projection) (Target, error) {
			return g.shared.Hold(ctx, p, lease.Epoch())
		})
		if err != nil {
			return failed
		}
		for _, c := range claims {
			if !answered {
				close(c.held)
			}
		}
		p := (*pause)(nil)
		if failed == nil {
			p, err = m.run(held)
		} else {
			m.runner.note(func(s *State) { s.Failed = failed })
			p, err = m.rest(held, claims), nil
		}
		switch {
		case p != nil:
			p.keep(ctx)
			failed = m.runner.State().Failed // a switch does away with it
			continue
		case err == nil:
		case errors.Is(err, ErrMoved):
			g.log.WarnContext(ctx, "projection was taken by another process", slog.String("projection", m.projection.Name))
			sleep(held, firstPause)
		default:
			g.log.ErrorContext(ctx, "projection stopped", slog.String("projection", m.projection.Name), slog.Any("error", err))
			failed = err
		}
		return failed
	}
}

// rest keeps the lease of a member that has stopped for those who rebuild it.
func (m *member) rest(ctx context.Context, claims []claim) *pause {
	for _, c := range claims {
		for over := false; !over; {
			select {
			case p := <-m.pauses:
				return &p
			case next := <-m.claims:
				close(next.held)
			case <-c.over:
				over = true
			case <-ctx.Done():
				return nil
			}
		}
	}
	return nil
}

// leave stands by from now on: what the group says of the member is what others do.
func (g *Group) leave(ctx context.Context, m *member, lease Lease) {
	m.note(func() {
		m.held = false
		m.standing(es.Position{})
	})
	// Also when ctx is what ended it: the next process is to have it at once.
	releasing, cancel := context.WithTimeout(context.WithoutCancel(ctx), releasing)
	defer cancel()
	lease.Release(releasing)
}

// standing notes how far a member that another process runs is at least.
func (m *member) standing(at es.Position) {
	m.runner.note(func(s *State) {
		s.CaughtUp, s.Through = false, later(s.Through, at)
		m.floor = s.Through
	})
}

// claim makes this process the one that runs the member, until it is left.
func (g *Group) claim(ctx context.Context, m *member) (leave func(), err error) {
	if g.leases == nil {
		return func() {}, nil
	}
	c := claim{held: make(chan struct{}), over: make(chan struct{})}
	withdraw := g.leases.Ask(m.projection.Name)
	leave = func() {
		close(c.over)
		withdraw()
	}
	select {
	case m.claims <- c:
	case <-g.ended:
		err = errors.New("projections: the group does not run")
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err == nil {
		select {
		case <-c.held:
			return leave, nil
		case <-g.ended:
			err = errors.New("projections: the group does not run")
		case <-ctx.Done():
			err = fmt.Errorf("projections: %s is run by another process, which does not hand it over: %w", m.projection.Name, ctx.Err())
		}
	}
	leave()
	return nil, err
}
