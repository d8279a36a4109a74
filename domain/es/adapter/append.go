package adapter

import "github.com/mingjian-ledger/mingjian/domain/es"

// Repeated finds an id that comes twice in one append.
func Repeated(events []es.Proposed) (es.ID, bool) {
	if len(events) == 1 {
		return "", false
	}
	seen := make(map[es.ID]bool, len(events))
	for _, e := range events {
		if seen[e.ID] {
			return e.ID, true
		}
		seen[e.ID] = true
	}
	return "", false
}

// maxEnds bounds each half of what Ends remembers.
const maxEnds = 1 << 15

// Ends remembers the ends of the streams that were written last, in whatever form a store has them: when the young are many, they
// grow old and the old are forgotten. It is for one goroutine.
type Ends[E any] struct{ young, old map[es.Stream]E }

// Get is the end of a stream, if it is remembered.
func (e *Ends[E]) Get(s es.Stream) (E, bool) {
	if found, ok := e.young[s]; ok {
		return found, true
	}
	found, ok := e.old[s]
	return found, ok
}

// Put remembers the end of a stream.
func (e *Ends[E]) Put(s es.Stream, end E) {
	if len(e.young) >= maxEnds {
		e.old, e.young = e.young, nil
	}
	if e.young == nil {
		e.young = make(map[es.Stream]E)
	}
	e.young[s] = end
}

// Clear forgets all.
func (e *Ends[E]) Clear() { e.young, e.old = nil, nil }
