package esdb

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// What is known is a prefix of each stream whatever the order in which runs of it are noted, and it is bounded.
func TestKnownIsABoundedPrefix(t *testing.T) {
	const streams, length = 40, 9000
	k, r := &known{}, rand.New(rand.NewPCG(7, 7))
	id := func(s, n int) es.ID { return es.ID(fmt.Sprintf("%d/%d", s, n)) }
	name := func(s int) es.Stream { return es.Stream{Category: "c", ID: fmt.Sprint(s)} }
	for range 5000 {
		s := r.IntN(streams)
		first, n := r.IntN(length), 1+r.IntN(600)
		if r.IntN(3) > 0 {
			first = max(0, int(k.next(name(s)))-r.IntN(300))
		}
		ids := make([]es.ID, n)
		for i := range ids {
			ids[i] = id(s, first+i)
		}
		before := k.next(name(s))
		k.note(name(s), es.Revision(first), ids...)
		after := k.next(name(s))
		if want := max(before, es.Revision(first+n)); first <= int(before) && after != want || first > int(before) && after != before {
			t.Fatalf("noted %d..%d: known to %d, then %d", first, first+n, before, after)
		}
		size := 0
		for e := k.recent.Front(); e != nil; e = e.Next() {
			p, _ := e.Value.(*prefix)
			if size += len(p.ids); int(p.next) != len(p.ids) {
				t.Fatalf("%d ids before %d", len(p.ids), p.next)
			}
		}
		if size != k.size || size > maxKnown+length+600 || len(k.streams) != k.recent.Len() {
			t.Fatalf("%d ids, counted %d, in %d and %d streams", size, k.size, len(k.streams), k.recent.Len())
		}
	}
	if k.recent.Len() == streams {
		t.Fatal("nothing was ever forgotten")
	}
	s := name(0)
	k.note(s, 0, id(0, 0), id(0, 1), id(0, 2))
	k.ends(s, k.next(s), k.next(s))
	if k.next(s) == 0 {
		t.Fatal("forgot a stream that ends where it should")
	}
	k.ends(s, k.next(s)-1, k.next(s))
	if at, found, _ := k.find(s, []es.Proposed{{ID: id(0, 1)}}); k.next(s) != 0 || found != 0 {
		t.Fatalf("knows %v of a stream that was cut", at)
	}
}

func FuzzWrap(f *testing.F) {
	for _, meta := range []string{"", "{}", `{"command":"x"}`, "\xff", `"}`, `{"mingjian":1,"hash":"`, "null", " 1 "} {
		f.Add([]byte(meta))
	}
	f.Fuzz(func(t *testing.T, meta []byte) {
		hash, m := [32]byte{1, 2}, mark{3}
		h, k, got, err := unwrap(wrap(hash, m, meta))
		if err != nil || h != hash || k != m || string(got) != string(meta) {
			t.Fatalf("%q became %q: %v", meta, got, err)
		}
		_, _, _, _ = unwrap(meta) // never panics
	})
}
