package estest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ErrInjected is what a Store that was told to fail answers.
var ErrInjected = errors.New("estest: injected fault")

// Store is the strict in-memory fake of es.Store and es.Source. It checks what callers hand in, and can be told to lie.
type Store struct {
	tb testing.TB

	mu       sync.Mutex
	log      []stored // position n is log[n-1]
	streams  map[es.Stream][]int
	ids      map[key]int
	scoped   bool
	appends  []fault // of the next appends, in order
	reads    int     // how many of the next reads fail
	batch    int     // largest batch of Follow
	appended chan struct{}
}

type stored struct {
	es.Record
	hash [sha256.Size]byte
}

// key is an id, and the stream within which it is known if it isn't known in all.
type key struct {
	within es.Stream
	id     es.ID
}

// fault is what happens to one append.
type fault int

const (
	none fault = iota
	notStored
	butStored
	conflict
)

// NewStore makes an empty store. A caller that breaks the contract fails tb; without tb (nil) it only gets the error, as
// from any adapter.
func NewStore(tb testing.TB) *Store {
	return &Store{
		tb: tb, streams: map[es.Stream][]int{}, ids: map[key]int{}, batch: 512, appended: make(chan struct{}),
	}
}

// KnowIDsPerStream makes an empty store know ids within their stream only, see Features.PerStream.
func (s *Store) KnowIDsPerStream() { s.scoped = true }

func (s *Store) key(stream es.Stream, id es.ID) key {
	if !s.scoped {
		stream = es.Stream{}
	}
	return key{within: stream, id: id}
}

// FailNotStored makes the next n appends answer ErrInjected and store nothing. Faults queue up in the order they are told.
func (s *Store) FailNotStored(n int) { s.tell(notStored, n) }

// FailStored makes the next n appends answer ErrInjected although they store.
func (s *Store) FailStored(n int) { s.tell(butStored, n) }

// Conflict makes the next n appends answer *es.ConflictError and store nothing.
func (s *Store) Conflict(n int) { s.tell(conflict, n) }

// Pass lets n appends through before the faults told after it.
func (s *Store) Pass(n int) { s.tell(none, n) }

func (s *Store) tell(f fault, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appends = append(s.appends, slices.Repeat([]fault{f}, n)...)
}

// FailRead makes the next n reads yield ErrInjected.
func (s *Store) FailRead(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads += n
}

// Corrupt flips one bit of a stored event's data (or type, if it has no data), behind the back of its hash.
func (s *Store) Corrupt(r es.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.streams[r.Stream][r.Revision]
	if d := s.log[at].Data; len(d) > 0 {
		d[len(d)/2] ^= 1
		return
	}
	s.log[at].Type += "?"
}

// All returns every record in the order of the log.
func (s *Store) All() []es.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]es.Record, len(s.log))
	for i := range s.log {
		out[i] = clone(s.log[i].Record)
	}
	return out
}

// Append implements es.Store.
func (s *Store) Append(ctx context.Context, stream es.Stream, want es.Expected, events ...es.Proposed) (es.Position, error) {
	if err := s.strict(es.CheckAppend(stream, want, events)); err != nil {
		return es.Position{}, err
	}
	if err := ctx.Err(); err != nil {
		return es.Position{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := none
	if len(s.appends) > 0 {
		f, s.appends = s.appends[0], s.appends[1:]
	}
	switch f {
	case notStored:
		return es.Position{}, fmt.Errorf("%w: not stored", ErrInjected)
	case conflict:
		return es.Position{}, &es.ConflictError{Stream: stream, Want: want}
	case none, butStored:
	}
	pos, err := s.add(stream, want, events)
	if err == nil && f == butStored {
		return es.Position{}, fmt.Errorf("%w: stored", ErrInjected)
	}
	return pos, err
}

func (s *Store) add(stream es.Stream, want es.Expected, events []es.Proposed) (es.Position, error) {
	if pos, known, err := s.recognise(stream, events); known || err != nil {
		return pos, err
	}
	next := len(s.streams[stream])
	holds := next == 0
	if r, ok := want.(es.Exactly); ok {
		holds = next > 0 && uint64(r) == uint64(next-1)
	}
	if !holds {
		return es.Position{}, &es.ConflictError{Stream: stream, Want: want}
	}
	for i, e := range events {
		r := clone(es.Record{
			Proposed: e, Stream: stream, Revision: es.Revision(next + i), Position: es.At(uint64(len(s.log)+1), 0),
		})
		s.ids[s.key(stream, e.ID)], s.streams[stream] = len(s.log), append(s.streams[stream], len(s.log))
		s.log = append(s.log, stored{r, r.Hash()})
	}
	close(s.appended)
	s.appended = make(chan struct{})
	return s.log[len(s.log)-1].Position, nil
}

// recognise tells a retry of a stored append from new events and from a reused id.
func (s *Store) recognise(stream es.Stream, events []es.Proposed) (pos es.Position, known bool, err error) {
	twice := map[es.ID]bool{}
	for _, e := range events {
		if _, stored := s.ids[s.key(stream, e.ID)]; stored {
			known = true
		}
		if twice[e.ID] {
			return pos, false, &es.ReusedError{ID: e.ID}
		}
		twice[e.ID] = true
	}
	if !known {
		return pos, false, nil
	}
	var first es.Revision
	for i, e := range events {
		at, stored := s.ids[s.key(stream, e.ID)]
		if !stored {
			return pos, false, &es.ReusedError{ID: events[0].ID}
		}
		r := s.log[at]
		if i == 0 {
			first = r.Revision
		}
		if r.Stream != stream || r.Revision != first+es.Revision(i) || r.Type != e.Type || !bytes.Equal(r.Data, e.Data) {
			return pos, false, &es.ReusedError{ID: e.ID}
		}
		pos = r.Position
	}
	return pos, true, nil
}

// Read implements es.Store.
func (s *Store) Read(ctx context.Context, stream es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		for next := uint64(from); ; next++ {
			r, ok, err := s.at(ctx, stream, next)
			if err != nil {
				yield(es.Record{}, err)
				return
			}
			if !ok || !yield(r, nil) {
				return
			}
		}
	}
}

func (s *Store) at(ctx context.Context, stream es.Stream, rev uint64) (r es.Record, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return r, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reads > 0 {
		s.reads--
		return r, false, fmt.Errorf("%w: read", ErrInjected)
	}
	places := s.streams[stream]
	if rev >= uint64(len(places)) {
		return r, false, nil
	}
	r, err = s.log[places[rev]].checked()
	return r, true, err
}

// Head implements es.Source.
func (s *Store) Head(ctx context.Context) (es.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return es.At(uint64(len(s.log)), 0), ctx.Err()
}

// Follow implements es.Source.
func (s *Store) Follow(ctx context.Context, after es.Position) iter.Seq2[es.Batch, error] {
	return func(yield func(es.Batch, error) bool) {
		at, _ := after.Pair()
		for idle := false; ; {
			b, more, err := s.next(ctx, at)
			if err != nil {
				yield(es.Batch{}, err)
				return
			}
			if len(b.Records) > 0 || !idle {
				if !yield(b, nil) {
					return
				}
			}
			at, _ = b.Through.Pair()
			if idle = b.CaughtUp; idle {
				select {
				case <-more:
				case <-ctx.Done():
				}
			}
		}
	}
}

// next reads a batch, and the channel that closes with the next append.
func (s *Store) next(ctx context.Context, after uint64) (b es.Batch, more <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return b, nil, err
	}
	head := uint64(len(s.log))
	if after > head {
		return b, nil, fmt.Errorf("estest: follow after %d: the log ends at %d", after, head)
	}
	to := min(after+uint64(s.batch), head)
	for _, st := range s.log[after:to] {
		r, err := st.checked()
		if err != nil {
			return b, nil, err
		}
		b.Records = append(b.Records, r)
	}
	b.Through, b.CaughtUp = es.At(to, 0), to == head
	return b, s.appended, nil
}

func (st stored) checked() (es.Record, error) {
	if st.Hash() != st.hash {
		return es.Record{}, fmt.Errorf("estest: %s@%d doesn't match its hash", st.Stream, st.Revision)
	}
	return clone(st.Record), nil
}

func clone(r es.Record) es.Record {
	r.Data, r.Meta = bytes.Clone(r.Data), bytes.Clone(r.Meta)
	return r
}

// strict fails the test for a caller's fault and passes the fault on.
func (s *Store) strict(fault error) error {
	if fault != nil && s.tb != nil {
		s.tb.Helper()
		s.tb.Errorf("contract broken by the caller: %v", fault)
	}
	return fault
}
