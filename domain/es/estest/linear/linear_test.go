package linear_test

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/es/estest/linear"
)

func load(seed uint64) linear.Load {
	return linear.Load{Seed: seed, Clients: 64, Operations: 4000, Streams: 40, Mortality: 50}
}

func TestTheFakeIsLinearizable(t *testing.T) {
	for seed := range uint64(4) {
		fake := estest.NewStore(nil)
		l := load(seed)
		l.Kills, l.Kill = 10, func(context.Context) error {
			fake.FailNotStored(5)
			fake.FailStored(20)
			fake.FailRead(2)
			return nil
		}
		h, err := linear.Run(t.Context(), fake, l)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Check(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		t.Log(h.Summary())
	}
}

// TestLiesAreFound plants one fault after the other between clients and a log that is right.
func TestLiesAreFound(t *testing.T) {
	for name, lie := range map[string]func(*liar) linear.Log{
		"a stale read":               func(l *liar) linear.Log { return stale{l} },
		"a lost append":              func(l *liar) linear.Log { return loses{l} },
		"a doubled append":           func(l *liar) linear.Log { return doubles{l} },
		"a refusal without ground":   func(l *liar) linear.Log { return refuses{l} },
		"a position that goes back":  func(l *liar) linear.Log { return turns{l} },
		"a log that skips an append": func(l *liar) linear.Log { return skips{l} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := linear.Run(t.Context(), lie(&liar{Log: estest.NewStore(nil)}), load(1))
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Check(); !errors.Is(err, linear.ErrIllegal) {
				t.Errorf("the checker says %v of %s", err, h.Summary())
			}
		})
	}
}

// liar lies every fortieth time.
type liar struct {
	linear.Log
	times atomic.Int64
}

func (l *liar) now() bool { return l.times.Add(1)%40 == 0 }

type stale struct{ *liar }

// Read leaves out the newer half of a stream.
func (l stale) Read(ctx context.Context, s es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		all := []es.Record{}
		for r, err := range l.Log.Read(ctx, s, from) {
			if err != nil {
				yield(r, err)
				return
			}
			all = append(all, r)
		}
		if l.now() && len(all) > 1 {
			all = all[:len(all)/2]
		}
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

type loses struct{ *liar }

func (l loses) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if l.now() {
		return l.Head(ctx)
	}
	return l.Log.Append(ctx, s, want, events...)
}

type doubles struct{ *liar }

// Append stores what is stored already once more, under other ids.
func (l doubles) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	p, err := l.Log.Append(ctx, s, want, events...)
	if err != nil || !l.now() {
		return p, err
	}
	again := make([]es.Proposed, len(events))
	for i, e := range events {
		again[i] = e
		again[i].ID = es.DeriveID(e.ID, "again")
	}
	next := es.Revision(0)
	for r, err := range l.Read(ctx, s, 0) {
		if err != nil {
			return p, nil
		}
		next = r.Revision
	}
	_, _ = l.Log.Append(ctx, s, es.Exactly(next), again...) // one that conflicts doubles nothing
	return p, nil
}

type refuses struct{ *liar }

func (l refuses) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	p, err := l.Log.Append(ctx, s, want, events...)
	if err == nil && l.now() {
		return es.Position{}, &es.ConflictError{Stream: s, Want: want}
	}
	return p, err
}

type turns struct{ *liar }

func (l turns) Append(ctx context.Context, s es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	p, err := l.Log.Append(ctx, s, want, events...)
	if err == nil && l.now() {
		p = es.At(1, 0)
	}
	return p, err
}

type skips struct{ *liar }

func (l skips) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		for b, err := range l.Log.Follow(ctx, after) {
			if len(b.Records) > 0 {
				b.Records = b.Records[1:]
			}
			if !yield(b, err) {
				return
			}
		}
	}
}
