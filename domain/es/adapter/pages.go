package adapter

import (
	"context"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// maxPages bounds what pages keep, in bytes.
const maxPages = 32 << 20

// pages are the runs before the end of a log that were read last. Views that are filled at the same time go through the log side by
// side, a score of them: who comes first fetches and proves a run, and the others take it from here. Who falls far behind fetches
// alone.
type pages struct {
	mu   sync.Mutex
	kept []*page // the oldest first
	size int
}

// page is a run after a position; it is there once done is closed.
type page struct {
	after, through uint64
	done           chan struct{}
	records        []es.Record
	fault          error
	size           int
}

// after is the run after a position, from one that was fetched or else from fetch.
func (p *pages) after(ctx context.Context, at uint64, fetch func() (es.Batch, error)) (es.Batch, error) {
	for {
		found, own := p.find(at)
		if own {
			b, err := fetch()
			p.put(found, b, err)
			return b, err
		}
		select {
		case <-found.done:
		case <-ctx.Done():
			return es.Batch{}, ctx.Err()
		}
		if found.fault == nil && found.through > at {
			rest := found.records[at-found.after:]
			return es.Batch{Records: rest[:len(rest):len(rest)], Through: es.At(found.through, 0)}, nil
		}
		if found.fault == nil {
			return es.Batch{Through: es.At(at, 0)}, nil
		}
	}
}

// find is the page that has what comes after a position, or is being fetched from there; own if it is to be fetched now.
func (p *pages) find(at uint64) (_ *page, own bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.kept) - 1; i >= 0; i-- { // the newest is what most ask for
		if k := p.kept[i]; k.after == at || k.after < at && at < k.through {
			return k, false
		}
	}
	k := &page{after: at, done: make(chan struct{})}
	p.kept = append(p.kept, k)
	return k, true
}

// put completes a page. One that failed or is empty is not kept: who waited for it asks again, or knows by it.
func (p *pages) put(k *page, b es.Batch, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k.records, k.fault = b.Records, err
	k.through, _ = b.Through.Pair()
	k.size = sizeOf(k.records...)
	p.size += k.size
	whole := p.kept
	p.kept = make([]*page, 0, len(whole))
	for i, old := range whole {
		drop := old == k && (err != nil || len(k.records) == 0) || old != k && old.size > 0 && p.size > maxPages && i < len(whole)-1
		if drop {
			p.size -= old.size
			continue
		}
		p.kept = append(p.kept, old)
	}
	close(k.done)
}
