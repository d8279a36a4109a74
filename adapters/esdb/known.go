package esdb

import (
	"container/list"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// maxKnown bounds the ids that are kept, about 10 MB of them.
const maxKnown = 1 << 17

// known keeps which ids streams hold from their beginning on. A stream is never rewritten, so what is known stays true; the
// streams that were used least recently are forgotten. A single stream is kept whole however long it is.
type known struct {
	mu      sync.Mutex
	streams map[es.Stream]*list.Element
	recent  list.List // of *prefix, the latest used first
	size    int
}

// prefix is what is known of a stream: all before next.
type prefix struct {
	stream es.Stream
	next   es.Revision
	ids    map[es.ID]es.Revision
}

func (k *known) of(s es.Stream) *prefix {
	if e, ok := k.streams[s]; ok {
		k.recent.MoveToFront(e)
		p, _ := e.Value.(*prefix)
		return p
	}
	return &prefix{stream: s}
}

// next is the first revision of which nothing is known.
func (k *known) next(s es.Stream) es.Revision {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.of(s).next
}

// note keeps ids at consecutive revisions, if they continue what is known.
func (k *known) note(s es.Stream, first es.Revision, ids ...es.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.of(s)
	if first > p.next || first+es.Revision(len(ids)) <= p.next {
		return
	}
	if p.ids == nil {
		p.ids = make(map[es.ID]es.Revision, len(ids))
		if k.streams == nil {
			k.streams = map[es.Stream]*list.Element{}
		}
		k.streams[s] = k.recent.PushFront(p)
	}
	for _, id := range ids[p.next-first:] {
		p.ids[id] = p.next
		p.next++
		k.size++
	}
	for k.size > maxKnown && k.recent.Len() > 1 {
		oldest, _ := k.recent.Remove(k.recent.Back()).(*prefix)
		delete(k.streams, oldest.stream)
		k.size -= int(oldest.next)
	}
}

// ends forgets a stream that was seen to end before what was known of it when the server was asked: its log lost its tail.
func (k *known) ends(s es.Stream, next, before es.Revision) {
	if next >= before {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.of(s); p.next > 0 {
		k.recent.Remove(k.streams[s])
		delete(k.streams, s)
		k.size -= int(p.next)
	}
}

// find looks for ids in what is known of a stream: where they are, how many are there at all, and how far it is known.
func (k *known) find(s es.Stream, events []es.Proposed) (at []es.Revision, found int, next es.Revision) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.of(s)
	at = make([]es.Revision, len(events))
	for i, e := range events {
		if r, ok := p.ids[e.ID]; ok {
			at[i] = r
			found++
		}
	}
	return at, found, p.next
}
