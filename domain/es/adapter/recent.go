package adapter

import (
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// maxRecent bounds the records at the end of the log that are kept, in bytes.
const maxRecent = 8 << 20

// Recent are the records of a log that were read last, of a store that counts positions one by one. A live log has a dozen
// followers, the views and the policies, who come for the same records at the same moment: one of them fetches and proves a run,
// and the others take it from here. Those at the end of the log are kept as one run, so that whoever is a little behind takes
// all that he lacks at once; what lies before it is in the pages, for those that catch up together.
//
// Records are nobody's to change.
type Recent struct {
	past         pages
	count, bytes int           // of a run, at most
	turn         chan struct{} // held by who uses the fields below
	through      uint64        // last position that was fetched; the records end there
	records      []es.Record   // consecutive; never written to once they are in
	size         int
}

// NewRecent keeps what comes after a position, the end of the log. A run has at most so many records, and one that goes over so many
// bytes is the last of it.
func NewRecent(through uint64, count, bytes int) *Recent {
	return &Recent{through: through, count: count, bytes: bytes, turn: make(chan struct{}, 1)}
}

// After is what comes after a position, in a bounded run: from here, or else from fetch. It is caught up if it reaches head, where
// the log ends for all that the caller knows.
func (r *Recent) After(ctx context.Context, at, head uint64, fetch func() (es.Batch, error)) (es.Batch, error) {
	b, err := r.after(ctx, at, fetch)
	through, _ := b.Through.Pair()
	b.CaughtUp = err == nil && through >= head
	return b, err
}

func (r *Recent) after(ctx context.Context, at uint64, fetch func() (es.Batch, error)) (es.Batch, error) {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return es.Batch{}, ctx.Err()
	}
	if at < r.through && r.through-at > uint64(len(r.records)) {
		<-r.turn
		return r.past.after(ctx, at, fetch)
	}
	defer func() { <-r.turn }()
	switch {
	case at < r.through:
		return r.run(at), nil
	case at > r.through: // who caught up went over the end
		r.through, r.records, r.size = at, nil, 0
	}
	b, err := fetch()
	if err == nil {
		r.extend(b)
	}
	return b, err
}

// run cuts a run of what is kept after a position.
func (r *Recent) run(at uint64) es.Batch {
	rest := r.records[uint64(len(r.records))-(r.through-at):]
	n, size := 0, 0
	for n < len(rest) && n < r.count && size <= r.bytes {
		size += len(rest[n].Data) + len(rest[n].Meta)
		n++
	}
	return es.Batch{Records: rest[:n:n], Through: es.At(at+uint64(n), 0)}
}

// extend keeps a run that continues the records, and lets go of the oldest when there are too many.
func (r *Recent) extend(b es.Batch) {
	r.records = append(r.records, b.Records...)
	r.through, _ = b.Through.Pair()
	r.size += sizeOf(b.Records...)
	if r.size <= maxRecent {
		return
	}
	drop := 0
	for ; r.size > maxRecent/2; drop++ {
		r.size -= sizeOf(r.records[drop])
	}
	r.records = slices.Clone(r.records[drop:]) // so that what was dropped is free
}

// sizeOf counts a record's fields beside the bytes that it holds, since many small ones are not free either.
func sizeOf(records ...es.Record) (n int) {
	for _, r := range records {
		n += 200 + len(r.Data) + len(r.Meta)
	}
	return n
}
