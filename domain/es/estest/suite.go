package estest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Log is what a store adapter offers: both ports over one log.
type Log interface {
	es.Store
	es.Source
}

// Subject is a log under test with the ways to treat it badly.
type Subject struct {
	Log Log
	// Reopen closes the log and opens it again from what is durable; unused with Features.Volatile.
	Reopen func() Log
	// Corrupt changes a bit of a stored record behind the store's back; unused with Features.Trusting.
	Corrupt func(es.Record)
}

// Factory opens a log for one case: a fresh one, or one that others use too (each case keeps to streams of its own). It
// registers its own clean-up.
type Factory func(t *testing.T) *Subject

// Features declares where a store differs from the contract. The zero value is a store without a difference.
type Features struct {
	Volatile bool // the log doesn't outlive its object
	Trusting bool // corruption can't be brought about in a test
	// PerStream says that the store knows ids within their stream only: an id of another stream is as good as fresh, where the
	// contract wants a *es.ReusedError. Within a stream nothing is relaxed.
	PerStream bool
}

// StoreSuite holds an adapter to the contracts of es.Store and es.Source, sentence by sentence.
func StoreSuite(t *testing.T, open Factory, f Features) {
	for group, cases := range map[string]map[string]func(*bench){
		"Append":    appendCases,
		"Recognise": retryCases,
		"Race":      raceCases,
		"Read":      readCases,
		"Follow":    followCases,
		"Damage":    damageCases,
	} {
		t.Run(group, func(t *testing.T) {
			for name, run := range cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					run(newBench(t, open(t), f))
				})
			}
		})
	}
}

// bench is one case at work: a log, and streams and ids that nobody else uses.
type bench struct {
	*testing.T
	*Subject
	Features
	ns string
	n  int
}

func newBench(t *testing.T, s *Subject, f Features) *bench {
	return &bench{T: t, Subject: s, Features: f, ns: fmt.Sprintf("c%x", rand.Uint64())}
}

// stream is the case's stream of that name.
func (b *bench) stream(name string) es.Stream { return es.Stream{Category: b.ns, ID: name} }

// events makes n events that were never seen before, with data of some size.
func (b *bench) events(n int) []es.Proposed {
	out := make([]es.Proposed, n)
	for i := range out {
		b.n++
		out[i] = event(b.ns, b.n, 40)
	}
	return out
}

// event makes the n-th event of a namespace with about size bytes of data.
func event(ns string, n, size int) es.Proposed {
	return es.Proposed{
		ID:   es.DeriveID(es.ID(ns), strconv.Itoa(n)),
		Type: "mingjian.test.noted.v" + strconv.Itoa(1+n%3),
		Data: fmt.Appendf(nil, `{"n":%d,"text":"%s"}`, n, bytes.Repeat([]byte("x"), size)),
		Meta: fmt.Appendf(nil, `{"command":%q}`, ns),
	}
}

// append stores events and demands success.
func (b *bench) append(s es.Stream, want es.Expected, events ...es.Proposed) es.Position {
	b.Helper()
	pos, err := b.Log.Append(b.Context(), s, want, events...)
	if err != nil {
		b.Fatalf("append %d events to %s expecting %T(%v): %v", len(events), s, want, want, err)
	}
	return pos
}

// refuse demands an error of type E and returns it.
func refuse[E error](b *bench, s es.Stream, want es.Expected, events ...es.Proposed) E {
	b.Helper()
	_, err := b.Log.Append(b.Context(), s, want, events...)
	got, ok := errors.AsType[E](err)
	if !ok {
		b.Fatalf("append to %s expecting %T(%v): got %v, want a %T", s, want, want, err, got)
	}
	return got
}

// read returns the stream from a revision on and demands success.
func (b *bench) read(s es.Stream, from es.Revision) []es.Record {
	b.Helper()
	records, err := collect(b.Context(), b.Log, s, from)
	if err != nil {
		b.Fatalf("read %s from %d: %v", s, from, err)
	}
	return records
}

func collect(ctx context.Context, st es.Store, s es.Stream, from es.Revision) (out []es.Record, err error) {
	for r, err := range st.Read(ctx, s, from) {
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// holds demands that the stream holds exactly these events with revisions from zero and ascending positions.
func (b *bench) holds(s es.Stream, events ...es.Proposed) []es.Record {
	b.Helper()
	got := b.read(s, 0)
	b.same(s, 0, got, events)
	return got
}

func (b *bench) same(s es.Stream, from es.Revision, got []es.Record, events []es.Proposed) {
	b.Helper()
	want := make([]es.Record, len(events))
	for i, e := range events {
		want[i] = es.Record{Proposed: e, Stream: s, Revision: from + es.Revision(i)}
		if i < len(got) {
			want[i].Position = got[i].Position
		}
	}
	if d := diff(want, got); d != "" {
		b.Fatalf("%s holds something else (-want +got):\n%s", s, d)
	}
	if !slices.IsSortedFunc(got, func(a, c es.Record) int { return a.Position.Compare(c.Position) }) {
		b.Fatalf("%s: positions don't ascend: %v", s, got)
	}
}

// reopen closes and opens the log if it can.
func (b *bench) reopen() {
	if b.Volatile {
		b.Skip("the store is volatile")
	}
	b.Log = b.Reopen()
}

// diff compares records by all they hold; nil and empty bytes are the same, since a store keeps bytes and not how Go held
// them. It spells the difference out only if there is one, which is slow.
func diff(want, got []es.Record) string {
	alike := func(a, b es.Record) bool {
		return a.ID == b.ID && a.Type == b.Type && a.Stream == b.Stream && a.Revision == b.Revision &&
			a.Position == b.Position && bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Meta, b.Meta)
	}
	if slices.EqualFunc(want, got, alike) {
		return ""
	}
	return cmp.Diff(want, got, exact, cmpopts.EquateEmpty())
}
