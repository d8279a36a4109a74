package adapter

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// numbered is a log of so many records, so large, that counts how often a page of it is fetched.
type numbered struct {
	head, page uint64
	size       int
	fetched    atomic.Int64
}

func (n *numbered) fetch(at uint64) (b es.Batch, err error) {
	n.fetched.Add(1)
	for at < n.head && uint64(len(b.Records)) < n.page {
		at++
		b.Records = append(b.Records, es.Record{Position: es.At(at, 0), Proposed: es.Proposed{Data: make([]byte, n.size)}})
	}
	b.Through = es.At(at, 0)
	return b, nil
}

// follow reads a log to its end and answers what was skipped or doubled.
func (n *numbered) follow(ctx context.Context, p *pages, at uint64) error {
	for at < n.head {
		b, err := p.after(ctx, at, func() (es.Batch, error) { return n.fetch(at) })
		if err != nil {
			return err
		}
		for _, r := range b.Records {
			if at++; r.Position != es.At(at, 0) {
				return errors.New("after " + es.At(at-1, 0).String() + " comes " + r.Position.String())
			}
		}
		if b.Through != es.At(at, 0) {
			return errors.New("a run ends elsewhere than its records")
		}
	}
	return nil
}

// TestFollowersShareAPage lets many go through a log at once, from places of their own.
func TestFollowersShareAPage(t *testing.T) {
	t.Parallel()
	log, past := &numbered{head: 5000, page: 100, size: 10}, pages{}
	var all sync.WaitGroup
	faults := make([]error, 20)
	for i := range faults {
		all.Go(func() { faults[i] = log.follow(t.Context(), &past, uint64(i%3)*33) })
	}
	all.Wait()
	if err := errors.Join(faults...); err != nil {
		t.Fatal(err)
	}
	if most := int64(3 * 51); log.fetched.Load() > most { // once for each place that they come from, at worst
		t.Errorf("fetched %d times", log.fetched.Load())
	}
}

// TestWhoIsFarBehindFetchesAlone lets one begin when the first pages are gone.
func TestWhoIsFarBehindFetchesAlone(t *testing.T) {
	t.Parallel()
	log, past := &numbered{head: 400, page: 4, size: 1 << 20}, pages{}
	for range 2 {
		before := log.fetched.Load()
		if err := log.follow(t.Context(), &past, 0); err != nil {
			t.Fatal(err)
		}
		if got := log.fetched.Load() - before; got != 100 {
			t.Errorf("fetched %d of 100 pages: so much is not to be kept", got)
		}
	}
}

// TestAFaultIsItsOwn lets the one that fetches fail while another waits: that one fetches anew.
func TestAFaultIsItsOwn(t *testing.T) {
	t.Parallel()
	log, past, broken := &numbered{head: 10, page: 100}, pages{}, errors.New("broken")
	begun, end := make(chan struct{}), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		_, err := past.after(t.Context(), 0, func() (es.Batch, error) {
			close(begun)
			<-end
			return es.Batch{}, broken
		})
		failed <- err
	}()
	<-begun
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := past.after(ended, 0, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("who waited and left got %v", err)
	}
	waited := make(chan error, 1)
	go func() { waited <- log.follow(t.Context(), &past, 0) }()
	close(end)
	if err := <-failed; !errors.Is(err, broken) {
		t.Errorf("who failed got %v", err)
	}
	if err := <-waited; err != nil || log.fetched.Load() != 1 {
		t.Errorf("who waited: %v after %d fetches", err, log.fetched.Load())
	}
}

// TestAnEmptyRunIsNotKept asks again where there was nothing.
func TestAnEmptyRunIsNotKept(t *testing.T) {
	t.Parallel()
	log, past := &numbered{head: 0, page: 10}, pages{}
	fetch := func() (es.Batch, error) { return log.fetch(0) }
	if b, err := past.after(t.Context(), 0, fetch); err != nil || len(b.Records) != 0 {
		t.Fatalf("%d records, %v", len(b.Records), err)
	}
	log.head = 3
	if b, err := past.after(t.Context(), 0, fetch); err != nil || len(b.Records) != 3 {
		t.Errorf("%d records, %v", len(b.Records), err)
	}
}
