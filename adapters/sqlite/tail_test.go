package sqlite

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// logged is a log in memory that counts how often it is asked.
type logged struct {
	size    int // bytes of a record
	head    uint64
	fetches int
	err     error
}

// after asks the tail, which asks the log for at most a page.
func (l *logged) after(t *testing.T, tl *tail, at uint64) es.Batch {
	t.Helper()
	b, err := tl.after(t.Context(), at, l.head, func() (es.Batch, error) {
		l.fetches++
		var b es.Batch
		for p := at; p < l.head && len(b.Records) < maxPageRecords; p++ {
			b.Records = append(b.Records, es.Record{Position: es.At(p+1, 0), Proposed: es.Proposed{Data: bytes.Repeat([]byte{'x'}, l.size)}})
		}
		b.Through, b.CaughtUp = es.At(at+uint64(len(b.Records)), 0), len(b.Records) < maxPageRecords
		return b, l.err
	})
	if !errors.Is(err, l.err) {
		t.Fatalf("after %d: %v", at, err)
	}
	for i, r := range b.Records {
		if want := es.At(at+uint64(i)+1, 0); r.Position != want {
			t.Fatalf("after %d, record %d is at %s", at, i, r.Position)
		}
	}
	return b
}

// follow takes batches until it is caught up, as Store.Follow does.
func (l *logged) follow(t *testing.T, tl *tail, at uint64) uint64 {
	t.Helper()
	for {
		b := l.after(t, tl, at)
		if at, _ = b.Through.Pair(); b.CaughtUp {
			return at
		}
	}
}

func TestFollowersShareTheTail(t *testing.T) {
	log, tl := &logged{size: 100, head: 40}, &tail{through: 40}
	for round, more := range []uint64{1, 7, 0, maxPageRecords + 3, 2 * maxPageRecords} {
		before, fetches := log.head, log.fetches
		log.head += more
		for range 12 {
			if at := log.follow(t, tl, before); at != log.head {
				t.Fatalf("round %d: a follower is at %d of %d", round, at, log.head)
			}
		}
		pages := int(more/maxPageRecords) + 1
		if got := log.fetches - fetches; more > 0 && got != pages {
			t.Errorf("round %d: %d pages were fetched %d times", round, pages, got)
		}
	}
	fetches := log.fetches
	if at := log.follow(t, tl, 44); at != log.head || log.fetches != fetches {
		t.Errorf("a follower within the tail fetched %d times", log.fetches-fetches)
	}
	if at := log.follow(t, tl, 3); at != log.head || log.fetches == fetches {
		t.Errorf("a follower from before the tail is at %d of %d, without a fetch", at, log.head)
	}
}

func TestTailIsBounded(t *testing.T) {
	log, tl := &logged{size: maxPageBytes / 8, head: 0}, &tail{}
	var kept es.Batch
	for n := range 200 {
		log.head++
		log.follow(t, tl, log.head-1)
		size := 0
		for _, r := range tl.records {
			size += sizeOf(r)
		}
		if size != tl.size || size > maxTail {
			t.Fatalf("%d records: %d bytes, counted %d", n+1, size, tl.size)
		}
		if n == 10 {
			kept = log.after(t, tl, 5)
		}
	}
	want := make([]es.Position, 0, len(kept.Records))
	for i := range kept.Records {
		want = append(want, es.At(uint64(6+i), 0))
	}
	if got := positions(kept.Records); len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("a batch became %v", got)
	}
	if b := log.after(t, tl, log.head-2); cap(b.Records) != len(b.Records) {
		t.Error("who appends to a batch writes into the tail")
	}
}

func positions(records []es.Record) []es.Position {
	var out []es.Position
	for _, r := range records {
		out = append(out, r.Position)
	}
	return out
}

// What could not be fetched is asked for again.
func TestAFaultIsNotKept(t *testing.T) {
	log, tl := &logged{size: 10, head: 3, err: errors.New("disk")}, &tail{}
	log.after(t, tl, 0)
	log.err = nil
	if b := log.after(t, tl, 0); len(b.Records) != 3 || log.fetches != 2 {
		t.Errorf("%d records after %d fetches", len(b.Records), log.fetches)
	}
}
