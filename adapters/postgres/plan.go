package postgres

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// plan is what is to be stored of a batch, as columns, and what every request will be answered once that is done.
type plan struct {
	after uint64 // the end of the log, which the plan builds on

	streams, revisions  []int64
	types               []int32
	ids                 [][16]byte
	hashes, metas, data [][]byte

	opened     []int64 // streams that begin
	categories []int32
	texts      []string

	named     []int32 // names that are new
	namedText []string

	known   map[[16]byte]place // events that are stored, or will be by this plan
	heads   map[es.Stream]head // streams as they will be
	answers []answer
}

// answer is what a request will be told.
type answer struct {
	pos uint64
	err error
}

// decide plans a batch by what the writer knows. With everything about the batch looked up (found), all is decided. Without, it is
// a guess that all requests are appends which succeed, to streams which are remembered or new; it says so when it can't be.
func (w *writer) decide(batch []*request, found map[[16]byte]place, looked bool) (p *plan, ok bool) {
	n := 0
	for _, r := range batch {
		n += len(r.events)
	}
	p = &plan{after: w.position, known: found, heads: make(map[es.Stream]head, len(batch)), answers: make([]answer, len(batch))}
	if p.known == nil {
		p.known = make(map[[16]byte]place, n)
	}
	p.grow(n)
	for i, r := range batch {
		p.answers[i].pos, p.answers[i].err = w.judge(p, r)
		if !looked && (p.answers[i].err != nil || len(p.named) > 0) {
			return nil, false
		}
	}
	return p, true
}

func (p *plan) grow(n int) {
	p.streams, p.revisions, p.types = make([]int64, 0, n), make([]int64, 0, n), make([]int32, 0, n)
	p.ids = make([][16]byte, 0, n)
	all := make([][]byte, 3*n)
	p.hashes, p.metas, p.data = all[:0:n], all[n:n:2*n], all[2*n:2*n]
}

// judge answers one request: as at first if it is a retry, and otherwise its events go into the plan, or are refused.
func (w *writer) judge(p *plan, r *request) (uint64, error) {
	h, exists := p.heads[r.stream]
	if !exists {
		h, exists = w.heads.Get(r.stream)
	}
	if pos, known, err := p.recognise(r, h.id); known || err != nil {
		return pos, err
	}
	if !h.holds(r.want, exists) {
		return 0, &es.ConflictError{Stream: r.stream, Want: r.want}
	}
	position := p.after + uint64(len(p.ids))
	if !exists {
		h.id = int64(position) + 1
		p.opened = append(p.opened, h.id)
		p.categories = append(p.categories, w.intern(p, r.stream.Category))
		p.texts = append(p.texts, r.stream.ID)
	}
	for i := range r.events {
		e := &r.events[i]
		position++
		p.streams, p.revisions = append(p.streams, h.id), append(p.revisions, int64(h.next))
		p.types, p.ids = append(p.types, w.intern(p, e.typ)), append(p.ids, e.id)
		p.hashes, p.metas, p.data = append(p.hashes, e.hash), append(p.metas, e.meta), append(p.data, e.data)
		p.known[e.id] = place{stream: h.id, revision: uint64(h.next), position: position, typ: e.typ, data: e.data}
		h.next++
	}
	p.heads[r.stream] = h
	return position, nil
}

// recognise tells a retry from new events and from ids that were used otherwise. No stream has the id zero.
func (p *plan) recognise(r *request, stream int64) (pos uint64, known bool, err error) {
	retry := true
	var first uint64
	for i, e := range r.events {
		at, stored := p.known[e.id]
		if i == 0 {
			first = at.revision
		}
		known = known || stored
		retry = retry && stored && at.is(stream, first+uint64(i), e)
		pos = at.position
	}
	if known && !retry {
		return 0, true, &es.ReusedError{ID: es.IDOf(r.events[0].id)}
	}
	return pos, known, nil
}

// intern is the number of a category or type, a new one if need be.
func (w *writer) intern(p *plan, text string) int32 {
	if id, ok := w.ids[text]; ok {
		return id
	}
	for i, known := range p.namedText {
		if known == text {
			return p.named[i]
		}
	}
	id := w.lastName + int32(len(p.named)) + 1 //nolint:gosec // names are few
	p.named, p.namedText = append(p.named, id), append(p.namedText, text)
	return id
}
