package estest

import (
	"bytes"
	"context"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

var appendCases = map[string]func(*bench){
	"gives consecutive revisions and ascending positions": func(b *bench) {
		s, e := b.stream("a"), b.events(6)
		p1 := b.append(s, es.NoStream{}, e[0])
		p2 := b.append(s, es.Exactly(0), e[1:4]...)
		p3 := b.append(s, es.Exactly(3), e[4:]...)
		if p1.Compare(p2) >= 0 || p2.Compare(p3) >= 0 {
			b.Fatalf("positions don't ascend: %s, %s, %s", p1, p2, p3)
		}
		got := b.holds(s, e...)
		for i := 1; i < len(got); i++ {
			if got[i-1].Position.Compare(got[i].Position) >= 0 {
				b.Fatalf("positions of revisions %d and %d: %s, %s", i-1, i, got[i-1].Position, got[i].Position)
			}
		}
	},
	"returns the position of the last event": func(b *bench) {
		s, e := b.stream("a"), b.events(3)
		pos := b.append(s, es.NoStream{}, e...)
		if got := b.holds(s, e...); got[2].Position != pos {
			b.Fatalf("returned %s, the last event is at %s", pos, got[2].Position)
		}
	},
	"is durable before it returns": func(b *bench) {
		s, e := b.stream("a"), b.events(5)
		b.append(s, es.NoStream{}, e[:2]...)
		before := b.append(s, es.Exactly(1), e[2:4]...)
		b.reopen()
		if got := b.holds(s, e[:4]...); got[3].Position != before {
			b.Fatalf("position %s before and %s after reopening", before, got[3].Position)
		}
		if after := b.append(s, es.Exactly(3), e[4]); before.Compare(after) >= 0 {
			b.Fatalf("position %s after reopening is not beyond %s", after, before)
		}
		b.holds(s, e...)
	},
	"NoStream conflicts with a stream that exists": func(b *bench) {
		s, e := b.stream("a"), b.events(3)
		b.append(s, es.NoStream{}, e[0])
		err := refuse[*es.ConflictError](b, s, es.NoStream{}, e[1:]...)
		if err.Stream != s || err.Want != (es.NoStream{}) {
			b.Fatalf("the conflict names %s expecting %v", err.Stream, err.Want)
		}
		b.holds(s, e[0])
	},
	"Exactly conflicts with any other revision": func(b *bench) {
		s, e := b.stream("a"), b.events(4)
		b.append(s, es.NoStream{}, e[:3]...)
		for _, r := range []es.Exactly{0, 1, 3, 4, 1 << 40} {
			if err := refuse[*es.ConflictError](b, s, r, e[3]); err.Stream != s || err.Want != r {
				b.Fatalf("the conflict names %s expecting %v", err.Stream, err.Want)
			}
		}
		b.holds(s, e[:3]...)
		b.append(s, es.Exactly(2), e[3])
	},
	"Exactly conflicts with a missing stream": func(b *bench) {
		s, e := b.stream("a"), b.events(1)
		_ = refuse[*es.ConflictError](b, s, es.Exactly(0), e...)
		b.holds(s)
		b.append(s, es.NoStream{}, e...)
	},
	"a conflict stores nothing and leaves the ids free": func(b *bench) {
		s, e := b.stream("a"), b.events(3)
		b.append(s, es.NoStream{}, e[0])
		_ = refuse[*es.ConflictError](b, s, es.Exactly(7), e[1:]...)
		b.append(s, es.Exactly(0), e[1:]...)
		b.holds(s, e...)
	},
	"streams don't mix": func(b *bench) {
		names := []string{"a", "A", "a-b", "a%", "a_", " a", "á", "监管-1", strings.Repeat("长", 60), "0", "00", "a/b?c#d"}
		all := b.events(len(names))
		for i, n := range names {
			b.append(b.stream(n), es.NoStream{}, all[i])
		}
		b.append(es.Stream{Category: b.ns + "b", ID: "a"}, es.NoStream{}, b.events(1)...)
		for i, n := range names {
			b.holds(b.stream(n), all[i])
		}
	},
	"takes a large append": func(b *bench) {
		s, e := b.stream("a"), make([]es.Proposed, 2000)
		for i := range e {
			e[i] = event(b.ns, i, 1000)
		}
		b.append(s, es.NoStream{}, e...)
		b.holds(s, e...)
	},
	"takes the largest event": func(b *bench) {
		s, e := b.stream("a"), b.events(2)
		e[0].Data = append([]byte(`"`), append(bytes.Repeat([]byte("y"), es.MaxEvent-2), '"')...)
		b.append(s, es.NoStream{}, e...)
		b.holds(s, e...)
	},
	"refuses what CheckAppend refuses": func(b *bench) {
		s := b.stream("a")
		b.append(s, es.NoStream{}, b.events(1)...)
		broken := func(change func(*es.Proposed)) []es.Proposed {
			e := b.events(2)
			change(&e[1])
			return e
		}
		for name, try := range map[string]struct {
			stream es.Stream
			want   es.Expected
			events []es.Proposed
		}{
			"no event":       {s, es.Exactly(0), nil},
			"no expectation": {s, nil, b.events(1)},
			"no category":    {es.Stream{ID: "a"}, es.NoStream{}, b.events(1)},
			"dashed":         {es.Stream{Category: b.ns + "-x", ID: "a"}, es.NoStream{}, b.events(1)},
			"no stream id":   {b.stream(""), es.NoStream{}, b.events(1)},
			"no id":          {s, es.Exactly(0), broken(func(e *es.Proposed) { e.ID = "" })},
			"no UUID":        {s, es.Exactly(0), broken(func(e *es.Proposed) { e.ID = es.ID(strings.ToUpper(string(e.ID))) })},
			"no type":        {s, es.Exactly(0), broken(func(e *es.Proposed) { e.Type = "" })},
			"too large":      {s, es.Exactly(0), broken(func(e *es.Proposed) { e.Data = make([]byte, es.MaxEvent+1) })},
		} {
			if _, err := b.Log.Append(b.Context(), try.stream, try.want, try.events...); err == nil {
				b.Errorf("%s: no error", name)
			}
		}
		if got := b.read(s, 0); len(got) != 1 {
			b.Fatalf("the stream holds %d events, want the first alone", len(got))
		}
	},
	"a cancelled append is stored once or not at all": func(b *bench) {
		s, e := b.stream("a"), b.events(2)
		ctx, cancel := context.WithCancel(b.Context())
		cancel()
		if _, err := b.Log.Append(ctx, s, es.NoStream{}, e...); err == nil {
			b.holds(s, e...)
		}
		b.append(s, es.NoStream{}, e...)
		b.holds(s, e...)
	},
}
