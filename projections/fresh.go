package projections

import (
	"context"
	"sync"
)

// Fresh keeps what was made of a table's rows, such as the ready bytes of a public record, until the row changes. A hit costs
// one map look-up and no query. It never keeps what was made of a row that changed while it was being made. Safe for
// concurrent use.
//
// It is right only where the Watcher hears of every change: where the process that reads is the one that projects.
type Fresh[V any] struct {
	reader Reader
	table  string
	size   int
	render func(*Row) (V, error)

	mu         sync.Mutex
	young, old map[string]V   // young becomes old when it is full: what was not asked for since then goes
	making     map[string]int // mark of the last maker at work; a change removes it, so that no maker keeps its result
	marks      int
}

// NewFresh makes one that keeps up to size results (twice that for a moment). render gets a row that exists; its result is
// shared by callers. Stop ends the watching.
func NewFresh[V any](reader Reader, watcher Watcher, table string, size int, render func(*Row) (V, error)) (f *Fresh[V], stop func()) {
	f = &Fresh[V]{
		reader: reader, table: table, size: max(size, 1), render: render,
		young: map[string]V{}, old: map[string]V{}, making: map[string]int{},
	}
	return f, watcher.Watch(f.changed)
}

// Get returns what was made of the row; ok is false if there is none. Errors of the reader and of render are passed on and not
// kept.
func (f *Fresh[V]) Get(ctx context.Context, key string) (v V, ok bool, err error) {
	f.mu.Lock()
	if v, ok = f.kept(key); ok {
		f.mu.Unlock()
		return v, true, nil
	}
	mark := f.begin(key)
	f.mu.Unlock()
	row, err := f.reader.Get(ctx, f.table, key)
	if err == nil && row != nil {
		v, err = f.render(row)
		ok = err == nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.making[key] == mark {
		delete(f.making, key)
		if ok {
			f.keep(key, v)
		}
	}
	return v, ok, err
}

// begin marks the key as being made and returns the mark; a later maker's mark replaces an earlier one's.
func (f *Fresh[V]) begin(key string) int {
	f.marks++
	f.making[key] = f.marks
	return f.marks
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
