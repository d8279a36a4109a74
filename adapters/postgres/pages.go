package postgres

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// maxKept bounds what pages keeps, in bytes of data and metadata.
const maxKept = 8 << 20

// pages are the runs at the end of the log that were read last. A live log has a dozen followers, the views and the policies,
// who come for the same records at the same moment: one of them fetches and proves a run, and the others take it from here.
type pages struct {
	turn  chan struct{} // held by who uses the fields below
	kept  map[uint64]es.Batch
	order []uint64 // where the kept ones begin, the oldest first
	size  int
}

func newPages() *pages { return &pages{turn: make(chan struct{}, 1), kept: map[uint64]es.Batch{}} }

// after is the run after a position, fetched if nobody did. Its records are nobody's to change.
func (p *pages) after(ctx context.Context, at uint64, fetch func() (es.Batch, error)) (es.Batch, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return es.Batch{}, ctx.Err()
	}
	if b, ok := p.kept[at]; ok {
		return b, nil
	}
	b, err := fetch()
	if err != nil || len(b.Records) == 0 {
		return b, err
	}
	p.kept[at], p.order = b, append(p.order, at)
	for p.size += sizeOf(b); p.size > maxKept && len(p.order) > 1; p.order = p.order[1:] {
		p.size -= sizeOf(p.kept[p.order[0]])
		delete(p.kept, p.order[0])
	}
	return b, nil
}

// sizeOf counts a record's fields beside the bytes it holds, since a page of small ones is not free either.
func sizeOf(b es.Batch) (n int) {
	for _, r := range b.Records {
		n += 200 + len(r.Data) + len(r.Meta)
	}
	return n
}
