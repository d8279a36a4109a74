package estest

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// patience is how long a case waits for what must come; nothing is judged by how long it took.
const patience = time.Minute

// mostRecords is what the suite takes for a bounded batch.
const mostRecords = 2048

// follow collects the case's own records after a position until enough says so, or else until the log's end; it returns the
// last batch's Through. It checks that batches connect.
func (b *bench) follow(after es.Position, enough func([]es.Record) bool) (own []es.Record, through es.Position) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	through = after
	for batch, err := range b.Log.Follow(ctx, after) {
		if err != nil {
			b.Fatalf("follow after %s with %d records: %v", after, len(own), err)
		}
		if len(batch.Records) > mostRecords {
			b.Fatalf("a batch of %d records", len(batch.Records))
		}
		for _, r := range batch.Records {
			if r.Position.Compare(through) <= 0 {
				b.Fatalf("%s@%d at %s comes after %s", r.Stream, r.Revision, r.Position, through)
			}
			if through = r.Position; r.Stream.Category == b.ns {
				own = append(own, r)
			}
		}
		if batch.Through.Compare(through) < 0 {
			b.Fatalf("the batch is through %s and holds %s", batch.Through, through)
		}
		through = batch.Through
		if enough == nil && batch.CaughtUp || enough != nil && enough(own) {
			return own, through
		}
	}
	b.Fatal("Follow ended without an error")
	return nil, through
}

// scatter appends n events one by one to three streams and returns them as records in the order of the log.
func (b *bench) scatter(n int) []es.Record {
	b.Helper()
	out := make([]es.Record, n)
	next := map[es.Stream]es.Revision{}
	for i, e := range b.events(n) {
		s := b.stream("s" + strconv.Itoa(i*i%3) + e.Type[len(e.Type)-2:])
		want := es.Expected(es.NoStream{})
		if r := next[s]; r > 0 {
			want = es.Exactly(r - 1)
		}
		out[i] = es.Record{Proposed: e, Stream: s, Revision: next[s], Position: b.append(s, want, e)}
		next[s]++
	}
	return out
}

func (b *bench) sameLog(want, got []es.Record) {
	b.Helper()
	if len(want) != len(got) {
		b.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i := range want {
		if want[i].Hash() != got[i].Hash() || want[i].Position != got[i].Position {
			b.Fatalf("record %d is %s@%d at %s, want %s@%d at %s", i, got[i].Stream, got[i].Revision, got[i].Position,
				want[i].Stream, want[i].Revision, want[i].Position)
		}
	}
}

func (b *bench) head() es.Position {
	b.Helper()
	p, err := b.Log.Head(b.Context())
	if err != nil {
		b.Fatalf("head: %v", err)
	}
	return p
}

var followCases = map[string]func(*bench){
	"yields everything in the order of commit": func(b *bench) {
		want := b.scatter(30)
		got, _ := b.follow(es.Position{}, nil)
		b.sameLog(want, got)
	},
	"starts after the position": func(b *bench) {
		all := b.scatter(12)
		for i := range all {
			got, _ := b.follow(all[i].Position, nil)
			b.sameLog(all[i+1:], got)
		}
	},
	"starts within an append": func(b *bench) {
		s := b.stream("a")
		b.append(s, es.NoStream{}, b.events(5)...)
		all, _ := b.follow(es.Position{}, nil)
		got, _ := b.follow(all[2].Position, nil)
		b.sameLog(all[3:], got)
	},
	"continues after Through": func(b *bench) {
		first := b.scatter(5)
		_, through := b.follow(es.Position{}, nil)
		s := b.stream("later")
		b.append(s, es.NoStream{}, b.events(3)...)
		got, _ := b.follow(through, nil)
		b.same(s, 0, got, b.proposed(got))
		if len(first) != 5 || len(got) != 3 {
			b.Fatalf("%d records after Through, want 3", len(got))
		}
	},
	"says at once that it is caught up": func(b *bench) {
		b.scatter(3)
		if got, _ := b.follow(b.head(), nil); len(got) != 0 {
			b.Fatalf("%d records after the head", len(got))
		}
	},
	"waits at the end and yields what is appended": func(b *bench) {
		s, n := b.stream("a"), 0
		b.append(s, es.NoStream{}, b.events(1)...)
		got, _ := b.follow(es.Position{}, func(own []es.Record) bool {
			if len(own) == n+1 && n < 5 {
				b.append(s, es.Exactly(n), b.events(1)...)
				n++
			}
			return len(own) == 6
		})
		b.same(s, 0, got, b.proposed(got))
	},
	"bounds its batches": func(b *bench) {
		s, want := b.stream("a"), es.Expected(es.NoStream{})
		for i := range 3 {
			b.append(s, want, b.events(1000)...)
			want = es.Exactly(i*1000 + 999)
		}
		if got, _ := b.follow(es.Position{}, nil); len(got) != 3000 {
			b.Fatalf("%d records, want 3000", len(got))
		}
	},
	"skips nothing under 16 writers": func(b *bench) { b.crowd() },
	"yields every follower the same": func(b *bench) {
		const n = 40
		var wg sync.WaitGroup
		seen := make([][]es.Record, 4)
		for i := range seen {
			wg.Go(func() { seen[i] = b.gather(n) })
		}
		want := b.scatter(n)
		wg.Wait()
		for _, got := range seen {
			b.sameLog(want, got)
		}
	},
	"ends with ctx's error while it waits": func(b *bench) {
		b.scatter(2)
		ctx, cancel := context.WithCancel(b.Context())
		var last error
		for batch, err := range b.Log.Follow(ctx, es.Position{}) {
			if last != nil {
				b.Fatal("went on after an error")
			}
			if last = err; err == nil && batch.CaughtUp {
				cancel()
			}
		}
		if cancel(); !errors.Is(last, context.Canceled) {
			b.Fatalf("ended with %v", last)
		}
		for _, err := range b.Log.Follow(ctx, es.Position{}) {
			if !errors.Is(err, context.Canceled) {
				b.Fatalf("with an ended ctx: %v", err)
			}
		}
	},
	"ends when the caller stops": func(b *bench) {
		b.scatter(2)
		for range 100 { // a leaked cursor would run the store dry
			for _, err := range b.Log.Follow(b.Context(), es.Position{}) {
				if err != nil {
					b.Fatal(err)
				}
				break
			}
		}
	},
	"refuses a position beyond the head": func(b *bench) {
		b.scatter(2)
		commit, prepare := b.head().Pair()
		ctx, cancel := context.WithTimeout(b.Context(), patience)
		defer cancel()
		for _, err := range b.Log.Follow(ctx, es.At(commit+1<<40, prepare)) {
			if err == nil || ctx.Err() != nil {
				b.Fatalf("got %v", err)
			}
		}
	},
	"Head is the position of the last record": func(b *bench) {
		for range 3 {
			all := b.scatter(4)
			before := b.head()
			if before.Compare(all[3].Position) < 0 {
				b.Fatalf("head %s is before %s", before, all[3].Position)
			}
			got, _ := b.follow(all[2].Position, nil)
			if quiet := b.head() == before; quiet && got[len(got)-1].Position != all[3].Position {
				b.Fatalf("head %s, last record at %s", before, got[len(got)-1].Position)
			}
			b.ns += "x"
		}
	},
	"positions stay after reopening": func(b *bench) {
		all := b.scatter(6)
		b.reopen()
		got, _ := b.follow(es.Position{}, nil)
		b.sameLog(all, got)
		got, _ = b.follow(all[3].Position, nil)
		b.sameLog(all[4:], got)
	},
}

func (b *bench) proposed(records []es.Record) []es.Proposed {
	out := make([]es.Proposed, len(records))
	for i, r := range records {
		out[i] = r.Proposed
	}
	return out
}

// gather follows from zero until the case's n records are there. It may run beside the case, so it reports and goes on.
func (b *bench) gather(n int) (own []es.Record) {
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	for batch, err := range b.Log.Follow(ctx, es.Position{}) {
		if err != nil {
			b.Errorf("follow: %v", err)
			return own
		}
		for _, r := range batch.Records {
			if r.Stream.Category == b.ns {
				own = append(own, r)
			}
		}
		if len(own) >= n {
			return own
		}
	}
	return own
}

// crowd lets 16 writers append while a follower looks on: it must see what a later one sees, every stream in order.
func (b *bench) crowd() {
	const writers, each = 16, 25
	var wg sync.WaitGroup
	var live []es.Record
	wg.Go(func() { live = b.gather(writers * each) })
	events := b.events(writers * each)
	answers := together(writers, func(w int) (pos es.Position, err error) {
		s, want := b.stream(strconv.Itoa(w)), es.Expected(es.NoStream{})
		for i, e := range events[w*each : (w+1)*each] {
			if pos, err = b.Log.Append(b.Context(), s, want, e); err != nil {
				return pos, err
			}
			want = es.Exactly(i)
		}
		return pos, nil
	})
	wg.Wait()
	for w, a := range answers {
		if a.err != nil {
			b.Fatalf("writer %d: %v", w, a.err)
		}
	}
	later, _ := b.follow(es.Position{}, nil)
	if len(later) != len(events) {
		b.Fatalf("%d records, want %d", len(later), len(events))
	}
	b.sameLog(later, live)
	next := map[es.Stream]es.Revision{}
	for _, r := range later {
		if r.Revision != next[r.Stream] {
			b.Fatalf("%s@%d comes where @%d belongs", r.Stream, r.Revision, next[r.Stream])
		}
		next[r.Stream]++
	}
}
