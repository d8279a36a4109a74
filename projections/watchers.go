package projections

import (
	"maps"
	"slices"
	"sync"
)

// Watchers is a Watcher for sinks to build on. The zero value has nobody to tell. Safe for concurrent use.
type Watchers struct {
	mu   sync.Mutex
	next int
	all  map[int]func([]Key)
}

// Watch is Watcher's.
func (w *Watchers) Watch(changed func([]Key)) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[int]func([]Key){}
	}
	w.next++
	id := w.next
	w.all[id] = changed
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, id)
	}
}

// Tell calls all that watch, if anything changed.
func (w *Watchers) Tell(changed []Key) {
	if len(changed) == 0 {
		return
	}
	w.mu.Lock()
	all := slices.Collect(maps.Values(w.all))
	w.mu.Unlock()
	for _, tell := range all {
		tell(changed)
	}
}
