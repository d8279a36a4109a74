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
