package estest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// The long operation log: drawn from one seed, so the same for every store and for ever.
const (
	longOperations = 20_000
	longStreams    = 60
	longRestart    = 1_000 // operations between two restarts
	// longDigest is over every answer and over the history that comes of it, without what a store numbers as it likes.
	longDigest = "9d026edd6341395d43c3a842bdd570dcfbb0841be3082563196056a297e58ed8"
)

// LongLog runs one seeded operation log, with conflicts, retries, changed retries and restarts, over a store, and demands the
// answers and the history that every other store has.
func LongLog(t *testing.T, open Factory, f Features) {
	subject := open(t)
	start, err := subject.Log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := &long{
		ctx: t.Context(), log: subject.Log, ns: fmt.Sprintf("g%x", rand.Uint64()), digest: sha256.New(),
		random: rand.New(rand.NewPCG(20261128, 1)), lengths: make([]int, longStreams), known: map[es.ID]bool{}, counts: map[string]int{}, //nolint:gosec // chance, not secrecy
	}
	for n := range longOperations {
		if n%longRestart == longRestart-1 && !f.Volatile {
			l.log = subject.Reopen()
		}
		if err := l.one(); err != nil {
			t.Fatalf("operation %d: %v", n, err)
		}
	}
	records := l.drain(t, start)
	if got := hex.EncodeToString(l.digest.Sum(nil)); got != longDigest {
		t.Errorf("%d events, %v: the digest is %s, that of every store is %s", records, l.counts, got, longDigest)
	}
	for _, kind := range []string{"stored", "conflict", "reused", "again"} {
		if l.counts[kind] < longOperations/50 {
			t.Errorf("%s came %d times alone", kind, l.counts[kind])
		}
	}
}

// long is a run of the log.
type long struct {
	ctx     context.Context //nolint:containedctx // of the one test
	log     Log
	ns      string
	random  *rand.Rand
	digest  hash.Hash
	n       int
	lengths []int          // of the streams, by what was answered
	known   map[es.ID]bool // what is stored
	past    []attempt
	counts  map[string]int
}

func (l *long) stream(n int) es.Stream { return es.Stream{Category: l.ns, ID: fmt.Sprintf("s-%d", n)} }

func (l *long) one() error {
	n := l.random.IntN(longStreams)
	switch dice := l.random.IntN(100); {
	case dice < 15:
		return l.read(n, max(0, l.lengths[n]+2-l.random.IntN(30)))
	case dice < 35 && len(l.past) > 0:
		return l.again(l.past[len(l.past)-1-l.random.IntN(min(len(l.past), 500))])
	}
	length := l.lengths[n]
	if l.random.IntN(8) == 0 {
		length = max(0, length+l.random.IntN(5)-2)
	}
	want := es.Expected(es.NoStream{})
	if length > 0 {
		want = es.Exactly(length - 1) //nolint:gosec // not below zero
	}
	a := attempt{stream: l.stream(n), want: want}
	for range 1 + l.random.IntN(4) {
		l.n++
		a.events = append(a.events, event(l.ns, l.n, l.random.IntN(600)))
	}
	l.past = append(l.past, a)
	_, err := l.try(a)
	return err
}

// again repeats an earlier attempt on its stream, as it was or with a change.
func (l *long) again(a attempt) error {
	a.events = slices.Clone(a.events)
	at := l.random.IntN(len(a.events))
	switch l.random.IntN(5) {
	case 0:
		a.events[at].Data = append([]byte("x"), a.events[at].Data...)
	case 1:
		a.want = es.NoStream{}
	case 2:
		slices.Reverse(a.events)
	}
	class, err := l.try(a)
	if class == "stored" {
		l.counts["again"]++
	}
	return err
}

func (l *long) try(a attempt) (string, error) {
	_, err := l.log.Append(l.ctx, a.stream, a.want, a.events...)
	c := class(err)
	l.counts[c]++
	fmt.Fprintf(l.digest, "append %s\n", c)
	if c == "stored" && !l.known[a.events[0].ID] {
		var n int
		if _, err := fmt.Sscanf(a.stream.ID, "s-%d", &n); err != nil {
			return c, err
		}
		l.lengths[n] += len(a.events)
		for _, e := range a.events {
			l.known[e.ID] = true
		}
	}
	if c == "failed" {
		return c, err
	}
	return c, nil
}

func (l *long) read(n, from int) error {
	records, err := collect(l.ctx, l.log, l.stream(n), es.Revision(from)) //nolint:gosec // not below zero
	fmt.Fprintf(l.digest, "read %d from %d\n", n, from)
	for _, r := range records {
		l.note(r)
	}
	return err
}

// note adds a record to the digest, without its namespace, its id (which is of the namespace) and its position.
func (l *long) note(r es.Record) {
	fmt.Fprintf(l.digest, "%s@%d %s %s %s\n", r.Stream.ID, r.Revision, r.Type, r.Data, strings.ReplaceAll(string(r.Meta), l.ns, ""))
}

func (l *long) drain(t *testing.T, after es.Position) (records int) {
	t.Helper()
	last := after
	for batch, err := range l.log.Follow(l.ctx, after) {
		if err != nil {
			t.Fatalf("follow: %v", err)
		}
		for _, r := range batch.Records {
			if r.Position.Compare(last) <= 0 {
				t.Fatalf("the log goes from %s to %s", last, r.Position)
			}
			if last = r.Position; r.Stream.Category == l.ns {
				records++
				l.note(r)
			}
		}
		if batch.CaughtUp {
			break
		}
	}
	return records
}
