package sqlite

import (
	"context"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

// maxTail bounds what the tail keeps, in bytes of data and metadata.
const maxTail = 8 << 20

// tail keeps the records at the end of the log that were read last. A live log has a dozen followers, the views and the
// policies, who come for the same records at the same moment: one of them fetches and proves a page, and the others take it from
// here. What is older than the tail is in the pages, for those that catch up together.
type tail struct {
	past    adapter.Pages
	mu      sync.Mutex
	through uint64      // last position that was fetched; the records end there
	records []es.Record // consecutive; never written to once they are in
	size    int
}

// after gives what comes after a position, in a bounded run. The head is that of the log.
func (t *tail) after(ctx context.Context, at, head uint64, fetch func() (es.Batch, error)) (es.Batch, error) {
	t.mu.Lock()
	if at > t.through || t.through-at > uint64(len(t.records)) {
		t.mu.Unlock()
		b, err := t.past.After(ctx, at, fetch)
		through, _ := b.Through.Pair()
		b.CaughtUp = err == nil && through >= head
		return b, err
	}
	defer t.mu.Unlock()
	if at < t.through {
		return t.run(at, head), nil
	}
	b, err := fetch()
	if err == nil {
		t.extend(b)
	}
	return b, err
}

// run cuts a page of what is kept after a position.
func (t *tail) run(at, head uint64) es.Batch {
	rest := t.records[uint64(len(t.records))-(t.through-at):]
	n, size := 0, 0
	for n < len(rest) && n < maxPageRecords && size <= maxPageBytes {
		size += sizeOf(rest[n])
		n++
	}
	through := at + uint64(n)
	return es.Batch{Records: rest[:n:n], Through: es.At(through, 0), CaughtUp: through >= head}
}

// extend keeps a page that continues the tail, and lets go of the oldest records when there are too many.
func (t *tail) extend(b es.Batch) {
	t.records = append(t.records, b.Records...)
	t.through, _ = b.Through.Pair()
	for _, r := range b.Records {
		t.size += sizeOf(r)
	}
	if t.size <= maxTail {
		return
	}
	drop := 0
	for ; t.size > maxTail/2; drop++ {
		t.size -= sizeOf(t.records[drop])
	}
	t.records = slices.Clone(t.records[drop:]) // so that what was dropped is free
}

func sizeOf(r es.Record) int { return len(r.Data) + len(r.Meta) }
