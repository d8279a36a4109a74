package projectionstest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Log is an es.Source over a growing list of records.
type Log struct {
	size int

	mu      sync.Mutex
	records []es.Record
	grown   chan struct{} // closed and replaced by Add
	follows int           // left before Interrupt strikes; negative for never
	failure error
}

// NewLog makes a source that yields batches of up to size records.
func NewLog(size int, records ...es.Record) *Log {
	return &Log{size: size, records: records, grown: make(chan struct{}), follows: -1}
}

// Add puts records, in position order, at the end.
func (l *Log) Add(records ...es.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(slices.Clip(l.records), records...)
	close(l.grown)
	l.grown = make(chan struct{})
}

// Interrupt makes Follow end once with err after n more batches.
func (l *Log) Interrupt(n int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follows, l.failure = n, err
}

// Head is the position of the last record.
func (l *Log) Head(ctx context.Context) (es.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 0 {
		return es.Position{}, ctx.Err()
	}
	return l.records[len(l.records)-1].Position, ctx.Err()
}

// Follow yields the records after a position.
func (l *Log) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		for {
			batch, grown, err := l.next(ctx, after)
			if err != nil {
				yield(es.Batch{}, err)
				return
			}
			if !yield(batch, nil) {
				return
			}
			after = batch.Through
			if !batch.CaughtUp {
				continue
			}
			select {
			case <-grown:
			case <-ctx.Done():
			}
		}
	}
}

func (l *Log) next(ctx context.Context, after es.Position) (es.Batch, <-chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.follows >= 0 {
		if l.follows--; l.follows < 0 {
			return es.Batch{}, nil, l.failure
		}
	}
	from, _ := slices.BinarySearchFunc(l.records, after, func(r es.Record, p es.Position) int {
		if r.Position.Compare(p) <= 0 {
			return -1
		}
		return 1
	})
	to := min(from+l.size, len(l.records))
	b := es.Batch{Records: l.records[from:to:to], Through: after, CaughtUp: to == len(l.records)}
	if to > from {
		b.Through = l.records[to-1].Position
	}
	return b, l.grown, ctx.Err()
}

// ErrInjected is the fault that this package's fakes answer on demand.
var ErrInjected = errors.New("projectionstest: injected fault")
