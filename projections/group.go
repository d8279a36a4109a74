package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Group runs all projections and reactors of a process, each on its own: one that fails stops alone and takes readiness
// with it.
type Group struct {
	source  es.Source
	sink    Sink
	log     *slog.Logger
	members []*member
	byName  map[string]*member
	ended   chan struct{} // closed when Run has ended
}

// member is one projection or reactor of a group.
type member struct {
	projection Projection
	reactor    bool
	runner     *Runner
	pauses     chan pause
	rebuild    sync.Mutex // held by the one rebuild at a time

	mu       sync.Mutex
	attached bool
	shadow   es.Position // how far a rebuild has come; zero without one
}

// pause asks a member to stand still: it closes held once it does, and goes on when resume is closed.
type pause struct{ held, resume chan struct{} }

// Status is how far one member of a group is.
type Status struct {
	Name     string
	Reactor  bool
	Attached bool        // its tables are there
	Head     es.Position // the last record of the log
	Shadow   es.Position // how far a rebuild under way has come; zero without one
	State
}

// Behind is the distance from Through to Head, zero at the head: a number of events where positions are counted (the SQL
// stores), of bytes where they are offsets (EventStoreDB).
func (s Status) Behind() uint64 {
	head, _ := s.Head.Pair()
	through, _ := s.Through.Pair()
	if s.Head.Compare(s.Through) <= 0 {
		return 0
	}
	return head - through
}

// NewGroup checks the definitions (see Projection.Check; no name or table twice); Run attaches and starts them.
func NewGroup(source es.Source, sink Sink, log *slog.Logger, projections []Projection, reactors []Reactor) (*Group, error) {
	g := &Group{source: source, sink: sink, log: log, byName: map[string]*member{}, ended: make(chan struct{})}
	tables := map[string]string{}
	for _, p := range projections {
		if err := p.Check(); err != nil {
			return nil, err
		}
		for _, t := range p.Tables {
			if other, taken := tables[t.Name]; taken {
				return nil, fmt.Errorf("projections: %s and %s both declare table %s", other, p.Name, t.Name)
			}
			tables[t.Name] = p.Name
		}
		g.add(&member{projection: p, runner: NewRunner(p, source, nil, log)})
	}
	for _, r := range reactors {
		if err := r.Keeps().Check(); err != nil {
			return nil, err
		}
		g.add(&member{projection: r.Keeps(), reactor: true, runner: NewReactorRunner(r, source, nil, log)})
	}
	if len(g.byName) != len(g.members) {
		return nil, errors.New("projections: two projections or reactors have one name")
	}
	return g, nil
}

func (g *Group) add(m *member) {
	m.pauses = make(chan pause)
	g.members = append(g.members, m)
	g.byName[m.projection.Name] = m
}

// Run attaches and follows until ctx ends, once. It answers the failures of those that stopped for good; the others run on
// until ctx ends.
func (g *Group) Run(ctx context.Context) error {
	defer close(g.ended)
	failures := make([]error, len(g.members))
	var all sync.WaitGroup
	for i, m := range g.members {
		all.Go(func() { failures[i] = g.keep(ctx, m) })
	}
	all.Wait()
	return errors.Join(failures...)
}

// keep runs one member, with stops for a rebuild in between.
func (g *Group) keep(ctx context.Context, m *member) error {
	for {
		if !g.attach(ctx, m) {
			return nil
		}
		p, err := m.run(ctx)
		if p == nil {
			if err != nil {
				g.log.ErrorContext(ctx, "projection stopped",
					slog.String("projection", m.projection.Name), slog.Any("error", err))
			}
			select {
			case next := <-m.pauses:
				p = &next
			case <-ctx.Done():
				return err
			}
		}
		close(p.held)
		select {
		case <-p.resume:
		case <-ctx.Done():
			return err
		}
	}
}

// run runs until ctx ends, the runner fails or a pause is asked for; it stands still when it returns.
func (m *member) run(ctx context.Context) (*pause, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- m.runner.Run(ctx) }()
	select {
	case err := <-done:
		return nil, err
	case p := <-m.pauses:
		cancel()
		return &p, <-done
	}
}

// attach gives the runner the live tables and tells how far they are, trying until it can; false when ctx ends before.
func (g *Group) attach(ctx context.Context, m *member) bool {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		target, at, err := g.reach(ctx, m.projection)
		if err == nil {
			m.runner.target = target
			m.runner.note(func(s *State) { s.Failed, s.Trouble, s.Tries, s.Through = nil, nil, 0, at })
			m.note(func() { m.attached = true })
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		m.runner.note(func(s *State) { s.Trouble, s.Tries = err, s.Tries+1 })
		g.log.WarnContext(ctx, "projection not attached, trying again",
			slog.String("projection", m.projection.Name), slog.Any("error", err), slog.Duration("pause", wait))
		if !sleep(ctx, wait) {
			return false
		}
	}
}

func (g *Group) reach(ctx context.Context, p Projection) (Target, es.Position, error) {
	target, err := g.sink.Attach(ctx, p)
	if err != nil {
		return nil, es.Position{}, err
	}
	at, err := target.Checkpoint(ctx)
	return target, at, err
}

func (m *member) note(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

func (g *Group) member(name string) (*member, error) {
	if m, ok := g.byName[name]; ok {
		return m, nil
	}
	return nil, fmt.Errorf("projections: there is no projection or reactor %q", name)
}

// Wait returns once everything up to p took effect in the named projection or reactor. It answers ctx's error, or the error
// that stopped it.
func (g *Group) Wait(ctx context.Context, name string, p es.Position) error {
	m, err := g.member(name)
	if err != nil {
		return err
	}
	return m.runner.Wait(ctx, p)
}

// Settle returns once every member took everything in the log, including what the reactors added meanwhile.
func (g *Group) Settle(ctx context.Context) error {
	for {
		head, err := g.source.Head(ctx)
		if err != nil {
			return fmt.Errorf("projections: head: %w", err)
		}
		for _, m := range g.members {
			if err := m.runner.Wait(ctx, head); err != nil {
				return err
			}
		}
		switch now, err := g.source.Head(ctx); {
		case err != nil:
			return fmt.Errorf("projections: head: %w", err)
		case now == head:
			return nil
		}
	}
}

// Status tells how far each member is, in the order given to NewGroup.
func (g *Group) Status(ctx context.Context) ([]Status, error) {
	head, err := g.source.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("projections: head: %w", err)
	}
	out := make([]Status, len(g.members))
	for i, m := range g.members {
		out[i] = Status{Name: m.projection.Name, Reactor: m.reactor, Head: head, State: m.runner.State()}
		m.note(func() { out[i].Attached, out[i].Shadow = m.attached, m.shadow })
	}
	return out, nil
}

// Ready is nil when every member is attached, none has stopped for good and none is stuck in a fault that comes again and again.
func (g *Group) Ready() error {
	var errs []error
	for _, m := range g.members {
		state := m.runner.State()
		attached := false
		m.note(func() { attached = m.attached })
		switch {
		case state.Failed != nil:
			errs = append(errs, fmt.Errorf("projections: %s stopped: %w", m.projection.Name, state.Failed))
		case state.Tries >= stuckTries:
			errs = append(errs, fmt.Errorf("projections: %s is stuck after %d tries: %w", m.projection.Name, state.Tries, state.Trouble))
		case !attached:
			errs = append(errs, fmt.Errorf("projections: %s is not attached yet", m.projection.Name))
		}
	}
	return errors.Join(errs...)
}
