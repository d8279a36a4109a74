package projectionstest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Process is a projections.Shared: one of several processes on one Memory. Its watchers hear of its own commits at once and
// of those of others when its Elsewhere is asked for the next.
type Process struct {
	*Memory

	mu       sync.Mutex
	epochs   map[string]uint64 // of its last Hold, by projection
	watchers projections.Watchers
	mail     []letter
	arrived  chan struct{} // closed and replaced when mail comes
}

// letter is what one process tells another of a commit.
type letter struct {
	changed []projections.Key
	advance projections.Advance
}

// Process is another process on the same tables.
func (m *Memory) Process() *Process {
	p := &Process{Memory: m, epochs: map[string]uint64{}, arrived: make(chan struct{})}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.processes = append(m.processes, p)
	return p
}

// Hold is projections.Shared's.
func (p *Process) Hold(ctx context.Context, pr projections.Projection, epoch uint64) (projections.Target, error) {
	p.Memory.mu.Lock()
	if p.fence[pr.Name] > epoch {
		p.Memory.mu.Unlock()
		return nil, projections.ErrMoved
	}
	p.fence[pr.Name] = epoch
	p.Memory.mu.Unlock()
	live, err := p.Attach(ctx, pr)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.epochs[pr.Name] = epoch
	p.mu.Unlock()
	at, err := live.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	p.spread(letter{allRows(pr), projections.Advance{Projection: pr.Name, Through: at}})
	return &fenced{live.(*target), p, epoch}, nil
}

// Join is projections.Shared's.
func (p *Process) Join(ctx context.Context, pr projections.Projection) (es.Position, error) {
	p.Memory.mu.RLock()
	live, at := p.live[pr.Name], es.Position{}
	if live != nil {
		at = live.checkpoint
	}
	p.Memory.mu.RUnlock()
	if live == nil || live.projection.Definition() != pr.Definition() {
		return es.Position{}, cmpErr(ctx.Err(), projections.ErrAbsent)
	}
	p.watchers.Tell(allRows(pr))
	return at, ctx.Err()
}

// Shadow is projections.Sink's.
func (p *Process) Shadow(ctx context.Context, pr projections.Projection) (projections.Target, error) {
	epoch := p.epoch(pr.Name)
	if err := p.check(pr.Name, epoch); err != nil {
		return nil, err
	}
	shadow, err := p.Memory.Shadow(ctx, pr)
	if err != nil {
		return nil, err
	}
	return &fenced{shadow.(*target), p, epoch}, nil
}

// Switch is projections.Sink's.
func (p *Process) Switch(ctx context.Context, pr projections.Projection, at es.Position, shadow projections.Target) error {
	s, ok := shadow.(*fenced)
	if !ok || s.by != p {
		p.t.Errorf("switch %s to a shadow of another process", pr.Name)
		return projections.ErrMoved
	}
	if err := p.check(pr.Name, p.epoch(pr.Name)); err != nil {
		return err
	}
	if err := p.Memory.Switch(ctx, pr, at, s.target); err != nil {
		return err
	}
	p.Memory.mu.RLock()
	through := s.checkpoint
	p.Memory.mu.RUnlock()
	p.spread(letter{allRows(pr), projections.Advance{Projection: pr.Name, Through: through}})
	return nil
}

// Drop is projections.Sink's.
func (p *Process) Drop(ctx context.Context, pr projections.Projection, shadow projections.Target) error {
	if s, ok := shadow.(*fenced); ok {
		return p.Memory.Drop(ctx, pr, s.target)
	}
	return fmt.Errorf("projectionstest: the shadow of %s is not of this process", pr.Name)
}

// Watch is projections.Watcher's.
func (p *Process) Watch(changed func([]projections.Key)) (stop func()) {
	return p.watchers.Watch(changed)
}

// Elsewhere is projections.Elsewhere's.
func (p *Process) Elsewhere(ctx context.Context) iter.Seq2[projections.Advance, error] {
	return func(yield func(projections.Advance, error) bool) {
		for _, l := range p.present() {
			p.watchers.Tell(l.changed)
			if !yield(l.advance, nil) {
				return
			}
		}
		for {
			p.mu.Lock()
			mail, arrived := p.mail, p.arrived
			p.mail = nil
			p.mu.Unlock()
			for _, l := range mail {
				p.watchers.Tell(l.changed)
				if !yield(l.advance, nil) {
					return
				}
			}
			if len(mail) > 0 {
				continue
			}
			select {
			case <-arrived:
			case <-ctx.Done():
				yield(projections.Advance{}, ctx.Err())
				return
			}
		}
	}
}

// present is where all projections stand, without what was to be told of the way there.
func (p *Process) present() (out []letter) {
	p.Memory.mu.RLock()
	defer p.Memory.mu.RUnlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mail = nil
	for _, name := range slices.Sorted(maps.Keys(p.live)) {
		live := p.live[name]
		out = append(out, letter{allRows(live.projection), projections.Advance{Projection: name, Through: live.checkpoint}})
	}
	return out
}

func (p *Process) epoch(projection string) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.epochs[projection]
}

// check refuses an epoch that is over.
func (p *Process) check(projection string, epoch uint64) error {
	p.Memory.mu.RLock()
	defer p.Memory.mu.RUnlock()
	if p.fence[projection] != epoch {
		return projections.ErrMoved
	}
	return nil
}

// spread tells this process's watchers and sends the others word.
func (p *Process) spread(l letter) {
	p.watchers.Tell(l.changed)
	p.Memory.mu.RLock()
	defer p.Memory.mu.RUnlock()
	for _, other := range p.processes {
		if other != p {
			other.take(l)
		}
	}
}

func (p *Process) take(l letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mail = append(p.mail, l)
	close(p.arrived)
	p.arrived = make(chan struct{})
}

func allRows(p projections.Projection) (out []projections.Key) {
	for _, t := range p.Tables {
		out = append(out, projections.Key{Table: t.Name})
	}
	return out
}

// fenced is a target of one process under the epoch of its lease.
type fenced struct {
	*target
	by    *Process
	epoch uint64
}

// Commit is projections.Target's.
func (f *fenced) Commit(ctx context.Context, from, through es.Position, rows *projections.Rows) error {
	changed, err := f.commit(ctx, from, through, rows, func() error {
		if f.by.fence[f.projection.Name] != f.epoch {
			return projections.ErrMoved
		}
		return nil
	})
	if changed != nil {
		f.by.spread(letter{changed, projections.Advance{Projection: f.projection.Name, Through: through}})
	}
	return err
}
