package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

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
	ended   chan struct{}         // closed when Run has ended
	leases  Leases                // nil: this process is the only one
	shared  Shared                // the sink, with leases
	deaf    atomic.Pointer[error] // why it is not known what other processes do
	stray   chan error            // the first member that was found ahead of the log

	first        *member // nil for none; see First
	firstThrough es.Position
	firstCheck   func(context.Context) error
}

// member is one projection or reactor of a group.
type member struct {
	projection Projection
	reactor    bool
	runner     *Runner
	pauses     chan pause
	claims     chan claim    // of rebuilds, with leases
	passed     chan struct{} // another process took what stopped this one, with leases
	there      chan struct{} // another process made the tables, with leases
	rebuild    sync.Mutex    // held by the one rebuild at a time

	mu       sync.Mutex
	attached bool
	held     bool        // this process runs it
	shadow   es.Position // how far a rebuild has come; zero without one
	floor    es.Position // it is at least here, whatever is still on its way from Elsewhere; zero once that was heard
}

// pause asks a member to stand still: it closes held once it does, and goes on when resume is closed.
type pause struct{ held, resume chan struct{} }

// Status is how far one member of a group is.
type Status struct {
	Name     string
	Reactor  bool
	Attached bool        // its tables are there
	Held     bool        // this process runs it; always so without leases
	Holder   string      // the process that runs it, with leases; empty if none does or it is not known
	Unheard  error       // why it is not known how far another process brings it
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
	g := &Group{source: source, sink: sink, log: log, byName: map[string]*member{}, ended: make(chan struct{}), stray: make(chan error, 1)}
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
	m.pauses, m.claims = make(chan pause), make(chan claim)
	m.passed, m.there = make(chan struct{}, 1), make(chan struct{}, 1)
	m.runner.stray = g.stray
	g.members = append(g.members, m)
	g.byName[m.projection.Name] = m
}

// Run attaches and follows until ctx ends, once. It answers the failures of those that stopped for good; the others run on
// until ctx ends.
func (g *Group) Run(ctx context.Context) error {
	defer close(g.ended)
	failures := make([]error, len(g.members))
	var all sync.WaitGroup
	keep := g.keep
	if g.leases != nil {
		keep = g.keepShared
		all.Go(func() { g.listen(ctx) })
	}
	for i, m := range g.members {
		all.Go(func() {
			if g.awaitFirst(ctx, m) {
				failures[i] = keep(ctx, m)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

// keep runs one member, with stops for a rebuild in between.
func (g *Group) keep(ctx context.Context, m *member) error {
	for {
		if g.attach(ctx, m, g.sink.Attach) != nil {
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
	for {
		select {
		case err := <-done:
			return nil, err
		case p := <-m.pauses:
			cancel()
			return &p, <-done
		case c := <-m.claims:
			close(c.held)
		}
	}
}

// attach gives the runner the live tables and tells how far they are, trying until it can. It answers an error once ctx ended,
// and ErrMoved where another process has the tables.
func (g *Group) attach(ctx context.Context, m *member, by func(context.Context, Projection) (Target, error)) error {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		target, at, err := reach(ctx, m.projection, by)
		if err == nil {
			m.runner.target = target
			m.note(func() {
				m.attached, m.held = true, true
				m.runner.note(func(s *State) { s.Failed, s.Trouble, s.Tries, s.Through = nil, nil, 0, at })
			})
			return nil
		}
		if ctx.Err() != nil || g.leases != nil && errors.Is(err, ErrMoved) {
			return err
		}
		if !g.trouble(ctx, m, "attach", err, wait) {
			return ctx.Err()
		}
	}
}

// trouble notes a fault that may pass and tells whether the pause after it passed before ctx ended.
func (g *Group) trouble(ctx context.Context, m *member, what string, err error, wait time.Duration) bool {
	m.runner.note(func(s *State) { s.Trouble, s.Tries = err, s.Tries+1 })
	g.log.WarnContext(ctx, "projection is kept waiting, trying again", slog.String("step", what), slog.String("projection", m.projection.Name), slog.Any("error", err), slog.Duration("pause", wait))
	return sleep(ctx, wait)
}

func reach(ctx context.Context, p Projection, by func(context.Context, Projection) (Target, error)) (Target, es.Position, error) {
	target, err := by(ctx, p)
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

// Names are those of the members, in the order given to NewGroup.
func (g *Group) Names() []string {
	out := make([]string, len(g.members))
	for i, m := range g.members {
		out[i] = m.projection.Name
	}
	return out
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
	holders := g.holders(ctx)
	out := make([]Status, len(g.members))
	for i, m := range g.members {
		out[i] = g.status(m)
		if out[i].Head, out[i].Holder = head, holders[m.projection.Name]; !out[i].Held {
			out[i].CaughtUp = out[i].Attached && out[i].Through.Compare(head) >= 0
		}
	}
	return out, nil
}

// status is what is known of a member without asking anybody.
func (g *Group) status(m *member) Status {
	s := Status{Name: m.projection.Name, Reactor: m.reactor, State: m.runner.State()}
	m.note(func() { s.Attached, s.Held, s.Shadow = m.attached, m.held || g.leases == nil, m.shadow })
	if deaf := g.deaf.Load(); deaf != nil && !s.Held {
		s.Unheard = *deaf
	}
	return s
}
