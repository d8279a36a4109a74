package estest

import (
	"bytes"
	"context"
	"errors"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

var readCases = map[string]func(*bench){
	"starts at the revision": func(b *bench) {
		s, e := b.stream("a"), b.events(5)
		b.append(s, es.NoStream{}, e...)
		for from := range e {
			b.same(s, es.Revision(from), b.read(s, es.Revision(from)), e[from:])
		}
	},
	"yields nothing beyond the end": func(b *bench) {
		s := b.stream("a")
		b.append(s, es.NoStream{}, b.events(2)...)
		for _, from := range []es.Revision{2, 3, 1 << 40} {
			if got := b.read(s, from); len(got) != 0 {
				b.Fatalf("from %d: %d records", from, len(got))
			}
		}
	},
	"yields nothing for an unknown stream": func(b *bench) {
		if got := b.read(b.stream("never written"), 0); len(got) != 0 {
			b.Fatalf("%d records", len(got))
		}
	},
	"returns the bytes as given": func(b *bench) {
		s, e := b.stream("a"), b.events(8)
		meta := `{"command":"6b1f4b9e-6a44-5d7e-8a52-0d6e2f3c1a01","command_digest":"` +
			`00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"}`
		for i, raw := range []string{
			" { \"b\" : 1.0e+2,\n\"a\":\"\\u660e\\/\",\"a\":2 } ", "", "明鉴 <&>\u2028", "a\x00b\xff\xfe", "null", meta,
			`{"command":"6B1F4B9E-6A44-5D7E-8A52-0D6E2F3C1A01","command_digest":"00FF"}`, string(bytes.Repeat([]byte{0}, 300)),
		} {
			e[i].Data, e[i].Meta = []byte(raw), []byte(raw+raw)
		}
		e[1].Meta = nil
		e[5].Meta = []byte(meta)
		b.append(s, es.NoStream{}, e...)
		b.holds(s, e...)
	},
	"keeps what it was given from the caller's later changes": func(b *bench) {
		s, e := b.stream("a"), b.events(1)
		given := es.Proposed{ID: e[0].ID, Type: e[0].Type, Data: bytes.Clone(e[0].Data), Meta: bytes.Clone(e[0].Meta)}
		b.append(s, es.NoStream{}, given)
		clear(given.Data)
		clear(given.Meta)
		got := b.holds(s, e...)
		clear(got[0].Data)
		b.holds(s, e...)
	},
	"reads a long stream without a gap": func(b *bench) {
		s := b.stream("a")
		all := b.events(1500)
		want := es.Expected(es.NoStream{})
		for i := 0; i < len(all); i += 300 {
			b.append(s, want, all[i:i+300]...)
			want = es.Exactly(i + 299)
		}
		b.holds(s, all...)
		b.same(s, 777, b.read(s, 777), all[777:])
	},
	"stops when the caller stops": func(b *bench) {
		s, e := b.stream("a"), b.events(5)
		b.append(s, es.NoStream{}, e...)
		for range 100 { // a leaked cursor would run the store dry
			for r, err := range b.Log.Read(b.Context(), s, 0) {
				if err != nil || r.Revision != 0 {
					b.Fatalf("revision %d: %v", r.Revision, err)
				}
				break
			}
		}
		b.holds(s, e...)
	},
	"lets the caller use the store meanwhile": func(b *bench) {
		s, e := b.stream("a"), b.events(40)
		b.append(s, es.NoStream{}, e[:20]...)
		var nest func(depth int)
		nest = func(depth int) {
			for _, err := range b.Log.Read(b.Context(), s, 0) {
				if err != nil {
					b.Fatal(err)
				}
				b.append(b.stream("b"), b.next("b"), b.events(1)...)
				if depth < 20 {
					nest(depth + 1)
				}
				break
			}
		}
		nest(0)
		if got := b.read(b.stream("b"), 0); len(got) != 21 {
			b.Fatalf("%d records written while reading, want 21", len(got))
		}
	},
	"yields ctx's error once, last": func(b *bench) {
		s := b.stream("a")
		b.append(s, es.NoStream{}, b.events(1000)...)
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		seen, failed := 0, 0
		for _, err := range b.Log.Read(ctx, s, 0) {
			switch {
			case failed > 0:
				b.Fatal("went on after an error")
			case err == nil:
				if seen++; seen == 1 {
					cancel()
				}
			case errors.Is(err, context.Canceled):
				failed++
			default:
				b.Fatal(err)
			}
		}
		if failed != 1 || seen == 0 {
			b.Fatalf("%d records and %d errors", seen, failed)
		}
	},
}

// next is the expectation that holds for a stream now.
func (b *bench) next(name string) es.Expected {
	if n := len(b.read(b.stream(name), 0)); n > 0 {
		return es.Exactly(n - 1)
	}
	return es.NoStream{}
}

var damageCases = map[string]func(*bench){
	"a damaged record is an error of Read": func(b *bench) {
		s := b.damaged()
		ctx, failed := b.Context(), 0
		for r, err := range b.Log.Read(ctx, s, 0) {
			switch {
			case failed > 0:
				b.Fatal("went on after an error")
			case err != nil:
				failed++
			case r.Revision >= 2:
				b.Fatalf("yielded the damaged revision %d", r.Revision)
			}
		}
		if failed != 1 {
			b.Fatalf("%d errors", failed)
		}
	},
	"a damaged record is an error of Follow": func(b *bench) {
		s := b.damaged()
		ctx, cancel := context.WithTimeout(b.Context(), patience)
		defer cancel()
		for batch, err := range b.Log.Follow(ctx, es.Position{}) {
			if err != nil {
				if ctx.Err() != nil {
					b.Fatalf("no error but ctx's: %v", err)
				}
				return
			}
			for _, r := range batch.Records {
				if r.Stream == s && r.Revision >= 2 {
					b.Fatalf("yielded the damaged revision %d", r.Revision)
				}
			}
		}
		b.Fatal("ended without an error")
	},
}

// damaged makes a stream of four events whose third is damaged.
func (b *bench) damaged() es.Stream {
	b.Helper()
	if b.Trusting {
		b.Skip("corruption can't be brought about")
	}
	s := b.stream("a")
	b.append(s, es.NoStream{}, b.events(4)...)
	b.Corrupt(b.read(s, 0)[2])
	return s
}
