package estest

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// answer is what one of several concurrent appends came to.
type answer struct {
	pos es.Position
	err error
}

// together runs n appends at once and returns their answers once all are there.
func together(n int, run func(i int) (es.Position, error)) []answer {
	var ready, done sync.WaitGroup
	out, start := make([]answer, n), make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			out[i].pos, out[i].err = run(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return out
}

var raceCases = map[string]func(*bench){
	"20 writers, one winner per revision": func(b *bench) {
		s := b.stream("a")
		var won []es.Proposed
		want := es.Expected(es.NoStream{})
		for round := range 6 {
			e := b.events(20)
			winner := -1
			for i, a := range together(len(e), func(i int) (es.Position, error) {
				return b.Log.Append(b.Context(), s, want, e[i])
			}) {
				_, conflict := errors.AsType[*es.ConflictError](a.err)
				switch {
				case a.err == nil && winner < 0:
					winner = i
				case a.err == nil:
					b.Fatalf("round %d: writers %d and %d both won", round, winner, i)
				case !conflict:
					b.Fatalf("round %d: writer %d: %v", round, i, a.err)
				}
			}
			if winner < 0 {
				b.Fatalf("round %d: nobody won", round)
			}
			won, want = append(won, e[winner]), es.Exactly(round)
		}
		b.holds(s, won...)
	},
	"concurrent retries of one append store it once": func(b *bench) {
		s, e := b.stream("a"), b.events(3)
		answers := together(20, func(int) (es.Position, error) {
			return b.Log.Append(b.Context(), s, es.NoStream{}, e...)
		})
		for i, a := range answers {
			if a.err != nil || a.pos != answers[0].pos {
				b.Fatalf("writer %d: %s, %v; writer 0: %s", i, a.pos, a.err, answers[0].pos)
			}
		}
		b.holds(s, e...)
	},
	"of one id in several streams one is stored": func(b *bench) {
		e := b.events(1)
		winner := ""
		for i, a := range together(12, func(i int) (es.Position, error) {
			return b.Log.Append(b.Context(), b.stream(strconv.Itoa(i)), es.NoStream{}, e...)
		}) {
			_, reused := errors.AsType[*es.ReusedError](a.err)
			switch {
			case a.err == nil && b.PerStream:
				winner = strconv.Itoa(i)
				b.holds(b.stream(winner), e...)
			case a.err == nil && winner == "":
				winner = strconv.Itoa(i)
				b.holds(b.stream(winner), e...)
			case a.err == nil:
				b.Fatalf("stored in %s and in %d", winner, i)
			case !reused || b.PerStream:
				b.Fatalf("writer %d: %v", i, a.err)
			default:
				b.holds(b.stream(strconv.Itoa(i)))
			}
		}
		if winner == "" {
			b.Fatal("stored nowhere")
		}
	},
	"a refused append doesn't touch its neighbours": func(b *bench) {
		taken, e := b.stream("taken"), b.events(41)
		b.append(taken, es.NoStream{}, e[40])
		for i, a := range together(40, func(i int) (es.Position, error) {
			switch i % 4 {
			case 0:
				return b.Log.Append(b.Context(), taken, es.NoStream{}, e[i])
			case 1: // the first event is fresh, the second is not
				if b.PerStream {
					return b.Log.Append(b.Context(), taken, es.Exactly(0), e[i], e[40])
				}
				return b.Log.Append(b.Context(), b.stream(strconv.Itoa(i)), es.NoStream{}, e[i], e[40])
			default:
				return b.Log.Append(b.Context(), b.stream(strconv.Itoa(i)), es.NoStream{}, e[i])
			}
		}) {
			_, conflict := errors.AsType[*es.ConflictError](a.err)
			_, reused := errors.AsType[*es.ReusedError](a.err)
			if (i%4 == 0) != conflict || (i%4 == 1) != reused || (i%4 > 1) != (a.err == nil) {
				b.Fatalf("writer %d: %v", i, a.err)
			}
			switch i % 4 {
			case 0:
			case 1:
				b.holds(b.stream(strconv.Itoa(i)))
			default:
				b.holds(b.stream(strconv.Itoa(i)), e[i])
			}
		}
		b.holds(taken, e[40])
	},
	"a cancelled append doesn't touch its neighbours": func(b *bench) {
		e := b.events(40)
		ended, cancel := context.WithCancel(b.Context())
		for i, a := range together(40, func(i int) (es.Position, error) {
			ctx := b.Context()
			if i%2 == 0 {
				ctx = ended
			}
			if i == 20 {
				cancel()
			}
			return b.Log.Append(ctx, b.stream(strconv.Itoa(i)), es.NoStream{}, e[i])
		}) {
			if i%2 == 1 && a.err != nil {
				b.Fatalf("writer %d: %v", i, a.err)
			}
			b.append(b.stream(strconv.Itoa(i)), es.NoStream{}, e[i])
			b.holds(b.stream(strconv.Itoa(i)), e[i])
		}
	},
}
