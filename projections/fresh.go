package projections

import (
	"context"
	"sync"
)

// Fresh keeps what was made of a table's rows, such as the ready bytes of a public record, until the row changes. A hit costs
// one map look-up and no query. It never keeps what was made of a row that changed while it was being made; a result never
// comes after a later one; and those who ask for one key at the same time share one query. Safe for concurrent use.
//
// It is as new as what the Watcher has heard: of what this process projects at once, of what another one does (see Shared)
// before this process's Group counts it as there, so that who waited for a position is never answered from before it. Until then,
// and while nothing is heard of the others, it may answer what was.
type Fresh[V any] struct {
	reader Reader
	table  string
	size   int
	render func(*Row) (V, error)

	mu         sync.Mutex
	young, old map[string]V          // young becomes old when it is full: what was not asked for since then goes
	making     map[string]*making[V] // at work; a change takes it away, so that its result is not kept nor shared further
}

// making is one result in the making. Its fields are set before done is closed.
type making[V any] struct {
	done chan struct{}
	v    V
	ok   bool
	err  error
}

// NewFresh makes one that keeps up to size results (twice that for a moment). render gets a row that exists; its result is
// shared by callers. stop ends the watching.
func NewFresh[V any](reader Reader, watcher Watcher, table string, size int, render func(*Row) (V, error)) (f *Fresh[V], stop func()) {
	f = &Fresh[V]{
		reader: reader, table: table, size: max(size, 1), render: render,
		young: map[string]V{}, old: map[string]V{}, making: map[string]*making[V]{},
	}
	return f, watcher.Watch(f.changed)
}

// Get returns what was made of the row; ok is false if there is none. Errors of the reader and of render are passed on and not
// kept.
func (f *Fresh[V]) Get(ctx context.Context, key string) (v V, ok bool, err error) {
	for {
		f.mu.Lock()
		if v, ok = f.kept(key); ok {
			f.mu.Unlock()
			return v, true, nil
		}
		m, theirs := f.making[key]
		if !theirs {
			m = &making[V]{done: make(chan struct{})}
			f.making[key] = m
		}
		f.mu.Unlock()
		if !theirs {
			f.make(ctx, key, m)
			return m.v, m.ok, m.err
		}
		select {
		case <-m.done:
		case <-ctx.Done():
			return v, false, ctx.Err()
		}
		if m.err == nil {
			return m.v, m.ok, nil
		} // else the fault may be theirs alone, such as the end of their context
	}
}

func (f *Fresh[V]) make(ctx context.Context, key string, m *making[V]) {
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.making[key] == m {
			delete(f.making, key)
			if m.ok {
				f.keep(key, m.v)
			}
		}
		close(m.done)
	}()
	row, err := f.reader.Get(ctx, f.table, key)
	if err == nil && row != nil {
		m.v, err = f.render(row)
		m.ok = err == nil
	}
	m.err = err
}

func (f *Fresh[V]) kept(key string) (v V, ok bool) {
	if v, ok = f.young[key]; ok {
		return v, true
	}
	if v, ok = f.old[key]; ok {
		delete(f.old, key)
		f.keep(key, v)
	}
	return v, ok
}

func (f *Fresh[V]) keep(key string, v V) {
	if len(f.young) >= f.size {
		f.young, f.old = make(map[string]V, f.size), f.young
	}
	f.young[key] = v
}

func (f *Fresh[V]) changed(keys []Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range keys {
		switch {
		case k.Table != f.table:
		case k.Key == "":
			clear(f.young)
			clear(f.old)
			clear(f.making)
		default:
			delete(f.young, k.Key)
			delete(f.old, k.Key)
			delete(f.making, k.Key)
		}
	}
}
