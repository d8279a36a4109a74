package postgres

import "github.com/mingjian-ledger/mingjian/domain/es"

// head is the end of a stream that exists.
type head struct {
	id   int64
	next es.Revision // of the next event
}

// holds tells whether an expectation is right for a stream that exists or doesn't.
func (h head) holds(want es.Expected, exists bool) bool {
	if r, ok := want.(es.Exactly); ok {
		return exists && es.Revision(r)+1 == h.next
	}
	return !exists
}

// maxHeads bounds each half of what heads remembers.
const maxHeads = 1 << 15

// heads remembers the ends of the streams that were written last: when the young are many, they grow old and the old are
// forgotten.
type heads struct{ young, old map[es.Stream]head }

func (h *heads) get(s es.Stream) (head, bool) {
	if found, ok := h.young[s]; ok {
		return found, true
	}
	found, ok := h.old[s]
	return found, ok
}

func (h *heads) put(s es.Stream, end head) {
	if len(h.young) >= maxHeads {
		h.old, h.young = h.young, nil
	}
	if h.young == nil {
		h.young = make(map[es.Stream]head)
	}
	h.young[s] = end
}

func (h *heads) clear() { h.young, h.old = nil, nil }
