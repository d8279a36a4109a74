package adapter

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Limits of a run.
const (
	runRecords = 64
	runBytes   = 1 << 20
)

// ended is a Recent of a log that ends at a position.
func ended(at uint64) *Recent { return NewRecent(at, runRecords, runBytes) }

// after asks for a run and holds it to being the records that follow.
func (n *numbered) after(t *testing.T, r *Recent, at uint64) es.Batch {
	t.Helper()
	b, err := r.After(t.Context(), at, n.head, func() (es.Batch, error) { return n.fetch(at) })
	if err != nil {
		t.Fatal(err)
	}
	for i, rec := range b.Records {
		if want := es.At(at+uint64(i)+1, 0); rec.Position != want {
			t.Fatalf("after %d, record %d is at %s", at, i, rec.Position)
		}
	}
	if b.Through != es.At(at+uint64(len(b.Records)), 0) || b.CaughtUp != (b.Through.Compare(es.At(n.head, 0)) >= 0) {
		t.Fatalf("%d records after %d of %d: through %s, caught up %t", len(b.Records), at, n.head, b.Through, b.CaughtUp)
	}
	return b
}

// reach takes runs until it is caught up, and tells how many.
func (n *numbered) reach(t *testing.T, r *Recent, at uint64) (runs int) {
	t.Helper()
	for {
		b := n.after(t, r, at)
		runs++
		if at, _ = b.Through.Pair(); b.CaughtUp {
			return runs
		}
	}
}

func TestFollowersShareTheEnd(t *testing.T) {
	t.Parallel()
	log, recent := &numbered{head: 40, page: runRecords, size: 100}, ended(40)
	for _, more := range []uint64{1, 7, runRecords + 3, 2 * runRecords} {
		before, fetched := log.head, log.fetched.Load()
		log.head += more
		for range 12 {
			log.reach(t, recent, before)
		}
		if got, want := log.fetched.Load()-fetched, int64((more+runRecords-1)/runRecords); got != want {
			t.Errorf("%d runs were fetched %d times", want, got)
		}
	}
	fetched := log.fetched.Load()
	if runs := log.reach(t, recent, 41); log.fetched.Load() != fetched || runs != 4 {
		t.Errorf("a follower that lacks 203 records took %d runs, with %d fetches", runs, log.fetched.Load()-fetched)
	}
	if log.reach(t, recent, 3); log.fetched.Load() != fetched+1 {
		t.Errorf("a follower from before what is kept made %d fetches", log.fetched.Load()-fetched)
	}
}

// TestWhoCatchesUpOverTheEnd lets followers come to the end of a log which grew meanwhile and which nobody followed.
func TestWhoCatchesUpOverTheEnd(t *testing.T) {
	t.Parallel()
	log, recent := &numbered{head: 10, page: runRecords, size: 100}, ended(10)
	log.head = 50
	for range 12 {
		log.reach(t, recent, 4) // goes over 10 at once
	}
	for range 5 {
		before, fetched := log.head, log.fetched.Load()
		log.head++
		for range 12 {
			log.reach(t, recent, before)
		}
		if got := log.fetched.Load() - fetched; got != 1 {
			t.Errorf("one record was fetched %d times", got)
		}
	}
	fetched := log.fetched.Load()
	if runs := log.reach(t, recent, 51); runs != 1 || log.fetched.Load() != fetched {
		t.Errorf("a follower that lacks 4 records took %d runs", runs)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	t.Parallel()
	log, recent := &numbered{page: runRecords, size: runBytes / 8}, ended(0)
	var kept es.Batch
	for n := range 200 {
		log.head++
		log.reach(t, recent, log.head-1)
		if size := sizeOf(recent.records...); size != recent.size || size > maxRecent {
			t.Fatalf("%d records: %d bytes, counted %d", n+1, size, recent.size)
		}
		if n == 10 {
			kept = log.after(t, recent, 5)
		}
	}
	var got, want []es.Position
	for i, r := range kept.Records {
		got, want = append(got, r.Position), append(want, es.At(uint64(6+i), 0))
	}
	if len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("a run became %v", got)
	}
	if b := log.after(t, recent, log.head-2); cap(b.Records) != len(b.Records) {
		t.Error("who appends to a run writes into what is kept")
	}
}

// TestAFaultIsNotKept asks again for what could not be fetched.
func TestAFaultIsNotKept(t *testing.T) {
	t.Parallel()
	log, recent, broken := &numbered{head: 3, page: runRecords, size: 10}, ended(0), errors.New("broken")
	if _, err := recent.After(t.Context(), 0, 3, func() (es.Batch, error) { return es.Batch{}, broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if b := log.after(t, recent, 0); len(b.Records) != 3 {
		t.Errorf("%d records", len(b.Records))
	}
}

// TestWhoWaitsMayLeave while another fetches.
func TestWhoWaitsMayLeave(t *testing.T) {
	t.Parallel()
	recent := ended(0)
	_, err := recent.After(t.Context(), 0, 1, func() (es.Batch, error) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := recent.After(ctx, 0, 1, nil)
		return es.Batch{}, err
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
