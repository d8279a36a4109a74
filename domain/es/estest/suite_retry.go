package estest

import "github.com/mingjian-ledger/mingjian/domain/es"

var retryCases = map[string]func(*bench){
	"a retry returns the first answer whatever want says": func(b *bench) {
		s, e := b.stream("a"), b.events(4)
		b.append(s, es.NoStream{}, e[0])
		first := b.append(s, es.Exactly(0), e[1:3]...)
		b.append(s, es.Exactly(2), e[3])
		for _, want := range []es.Expected{es.Exactly(0), es.Exactly(3), es.Exactly(9), es.NoStream{}} {
			if again := b.append(s, want, e[1:3]...); again != first {
				b.Fatalf("the retry expecting %T(%v) answered %s, at first it was %s", want, want, again, first)
			}
		}
		b.holds(s, e...)
	},
	"a retry is recognised after reopening": func(b *bench) {
		s, e := b.stream("a"), b.events(2)
		first := b.append(s, es.NoStream{}, e...)
		b.reopen()
		if again := b.append(s, es.NoStream{}, e...); again != first {
			b.Fatalf("the retry answered %s, at first it was %s", again, first)
		}
		b.holds(s, e...)
	},
	"other metadata is still a retry": func(b *bench) {
		s, e := b.stream("a"), b.events(1)
		first := b.append(s, es.NoStream{}, e...)
		later := e[0]
		later.Meta = []byte(`{"recorded_at":"2026-01-01T00:00:00Z"}`)
		if again := b.append(s, es.NoStream{}, later); again != first {
			b.Fatalf("the retry answered %s, at first it was %s", again, first)
		}
		b.holds(s, e...)
	},
	"an id with other data is reused": func(b *bench) {
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) {
			e[1].Data = []byte(`{"other":1}`)
			return b.stream("a"), e
		})
	},
	"an id with another type is reused": func(b *bench) {
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) {
			e[0].Type += "x"
			return b.stream("a"), e
		})
	},
	"an id in another stream is reused": func(b *bench) {
		if b.PerStream {
			b.apart()
			return
		}
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) { return b.stream("b"), e })
	},
	"an id stored in a longer append is reused": func(b *bench) {
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) { return b.stream("a"), append(e, b.events(1)...) })
	},
	"an id after a fresh one is reused": func(b *bench) {
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) { return b.stream("a"), append(b.events(2), e[0]) })
	},
	"stored ids in another order are reused": func(b *bench) {
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) { return b.stream("a"), []es.Proposed{e[1], e[0]} })
	},
	"stored ids with a gap are reused": func(b *bench) {
		b.reuse(func(e []es.Proposed) (es.Stream, []es.Proposed) { return b.stream("a"), []es.Proposed{e[0], e[2]} })
	},
	"an id twice in one append is reused and nothing is stored": func(b *bench) {
		b.reuse(func([]es.Proposed) (es.Stream, []es.Proposed) {
			e := b.events(3)
			e[2].ID = e[0].ID
			return b.stream("a"), e
		})
	},
}

// reuse stores three events, lets wrong make an append out of them, and demands that it is refused, with every expectation,
// and stores nothing.
func (b *bench) reuse(wrong func([]es.Proposed) (es.Stream, []es.Proposed)) {
	b.Helper()
	a, e := b.stream("a"), b.events(3)
	b.append(a, es.NoStream{}, e...)
	s, again := wrong(append([]es.Proposed(nil), e...))
	for _, want := range []es.Expected{es.NoStream{}, es.Exactly(2), es.Exactly(5)} {
		_ = refuse[*es.ReusedError](b, s, want, again...)
	}
	b.holds(a, e...)
	b.holds(b.stream("b"))
	b.append(a, es.Exactly(2), b.events(1)...)
}

// apart demands of a store that knows ids per stream that streams with the same ids don't disturb each other: each holds
// them once and knows its own retry.
func (b *bench) apart() {
	b.Helper()
	e := b.events(2)
	first, second := b.append(b.stream("a"), es.NoStream{}, e...), b.append(b.stream("b"), es.NoStream{}, e...)
	if first.Compare(second) >= 0 {
		b.Fatalf("positions don't ascend: %s, %s", first, second)
	}
	for _, want := range []es.Expected{es.NoStream{}, es.Exactly(1), es.Exactly(5)} {
		if again := b.append(b.stream("a"), want, e...); again != first {
			b.Fatalf("the retry answered %s, at first it was %s", again, first)
		}
	}
	b.holds(b.stream("a"), e...)
	b.holds(b.stream("b"), e...)
}
