package esdb_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// An append outlives what time heals: it is tried anew with its ids, and stored once.
func TestAppendIsTriedAnew(t *testing.T) {
	for name, action := range map[string]esdbtest.Action{
		"unavailable": esdbtest.Refuse, "stored but unavailable": esdbtest.Lose, "stored but aborted": esdbtest.Abort,
		"no answer": esdbtest.Silence, "stored but no answer": esdbtest.SilentDo,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := esdbtest.Start(t, esdbtest.Options{})
			s := openStore(t, c.URL(), hasty)
			e := note(name, 5)
			store(t, s, stream("a"), es.NoStream{}, e[:2]...)
			f := c.Fault(esdbtest.Append, action, 0)
			pos := store(t, s, stream("a"), es.Exactly(1), e[2:]...)
			await(t, f.Struck(), "fault")
			if got := holds(t, s, stream("a"), e...); got[4].Position != pos {
				t.Fatalf("answered %s, the event is at %s", pos, got[4].Position)
			}
		})
	}
}

// What was stored without an answer is found although the stream went on meanwhile.
func TestAppendWithoutAnAnswerIsFoundBehindLaterOnes(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s, other := openStore(t, c.URL(), hasty), openStore(t, c.URL(), esdb.Options{})
	e := note("late", 3)
	f := c.Fault(esdbtest.Append, esdbtest.SilentDo, 0)
	wait := later(t, func() error {
		_, err := s.Append(t.Context(), stream("a"), es.NoStream{}, e[0])
		return err
	})
	await(t, f.Struck(), "fault")
	store(t, other, stream("a"), es.Exactly(0), e[1:]...)
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	holds(t, s, stream("a"), e...)
}

// A held append is the first of two to arrive and the last to be stored: one of them loses, and says so.
func TestADelayedAppendConflicts(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s, other := openStore(t, c.URL(), esdb.Options{}), openStore(t, c.URL(), esdb.Options{})
	slow, fast := note("slow", 2), note("fast", 1)
	f := c.Fault(esdbtest.Append, esdbtest.Hold, 0)
	wait := later(t, func() error {
		_, err := s.Append(t.Context(), stream("a"), es.NoStream{}, slow...)
		return err
	})
	await(t, f.Struck(), "fault")
	store(t, other, stream("a"), es.NoStream{}, fast...)
	f.Release()
	if err := wait(); !as[*es.ConflictError](err) {
		t.Fatalf("got %v", err)
	}
	holds(t, s, stream("a"), fast...)
	store(t, s, stream("a"), es.Exactly(0), slow...)
}

// Of one command with two payloads in two processes, the server takes the second for a retry of the first.
func TestTheServersYesIsReadBack(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s, other := openStore(t, c.URL(), esdb.Options{}), openStore(t, c.URL(), esdb.Options{})
	e := note("one", 3)
	store(t, s, stream("a"), es.NoStream{}, e[0])
	changed := note("one", 3)
	changed[1].Data = []byte(`{"other":true}`)
	holds(t, other, stream("a"), e[0]) // the other process decides on the same state
	first := store(t, s, stream("a"), es.Exactly(0), e[1:]...)
	if _, err := other.Append(t.Context(), stream("a"), es.Exactly(0), changed[1:]...); !as[*es.ReusedError](err) {
		t.Fatalf("got %v", err)
	}
	if again := store(t, other, stream("a"), es.Exactly(0), e[1:]...); again != first {
		t.Fatalf("the retry answered %s, at first it was %s", again, first)
	}
}

// The server asks for no ids at a stream's end: what another process stored must be known before.
func TestIDsOfOtherProcessesAreKnown(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s, other := openStore(t, c.URL(), esdb.Options{}), openStore(t, c.URL(), esdb.Options{})
	e := note("two", 4)
	store(t, s, stream("a"), es.NoStream{}, e[:2]...)
	holds(t, other, stream("a"), e[:2]...)
	first := store(t, s, stream("a"), es.Exactly(1), e[2:]...)
	if again := store(t, other, stream("a"), es.Exactly(3), e[2:]...); again != first {
		t.Fatalf("the retry answered %s, at first it was %s", again, first)
	}
	holds(t, s, stream("a"), e...)
}

// Nothing is tried anew that the server refused for good, and the text tells why.
func TestWhatIsRefusedIsNotTriedAnew(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{MaxAppend: 1024})
	s := openStore(t, c.URL(), esdb.Options{})
	large := note("large", 1)
	large[0].Data = []byte(`"` + strings.Repeat("x", 2000) + `"`)
	before := c.Calls(esdbtest.Append)
	if _, err := s.Append(t.Context(), stream("a"), es.NoStream{}, large...); err == nil || !strings.Contains(err.Error(), "maximum append size") {
		t.Fatalf("too large: %v", err)
	}
	if n := c.Calls(esdbtest.Append) - before; n != 1 {
		t.Fatalf("asked %d times", n)
	}
	f := c.Fault(esdbtest.Append, esdbtest.Forbidden, 0)
	if _, err := s.Append(t.Context(), stream("a"), es.NoStream{}, note("a", 1)...); err == nil {
		t.Fatal("no error without access")
	}
	await(t, f.Struck(), "fault")
	holds(t, s, stream("a"))
	for name, refused := range map[string]struct {
		stream es.Stream
		typ    string
	}{
		"a system stream": {es.Stream{Category: "$plan", ID: "1"}, "x"},
		"a system type":   {stream("a"), "$x"},
		"a broken name":   {stream("\xff"), "x"},
		"a broken type":   {stream("a"), "x\xff"},
	} {
		e := note(name, 1)
		e[0].Type = refused.typ
		if _, err := s.Append(t.Context(), refused.stream, es.NoStream{}, e...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAReadIsTriedAnew(t *testing.T) {
	for name, f := range map[string]struct {
		action esdbtest.Action
		after  int
	}{
		"unavailable": {esdbtest.Refuse, 0}, "no answer": {esdbtest.Silence, 0},
		"dropped at first": {esdbtest.Drop, 0}, "dropped midway": {esdbtest.Drop, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := esdbtest.Start(t, esdbtest.Options{})
			s := openStore(t, c.URL(), hasty)
			e := note(name, 6)
			store(t, s, stream("a"), es.NoStream{}, e...)
			struck := c.Fault(esdbtest.Read, f.action, f.after).Struck()
			holds(t, s, stream("a"), e...)
			await(t, struck, "fault")
			struck = c.Fault(esdbtest.Read, f.action, 0).Struck()
			if head, err := s.Head(t.Context()); err != nil || head == (es.Position{}) {
				t.Fatalf("head %s: %v", head, err)
			}
			await(t, struck, "fault")
		})
	}
}

// A store whose server is gone says so when its patience ends, and works again once the server is back.
func TestAServerThatIsGone(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{})
	s := openStore(t, c.URL(), esdb.Options{Patience: 200 * time.Millisecond})
	e := note("gone", 2)
	store(t, s, stream("a"), es.NoStream{}, e[0])
	c.Stop(0)
	if _, err := s.Append(t.Context(), stream("a"), es.Exactly(0), e[1]); !unavailable(err) {
		t.Fatalf("append: %v", err)
	}
	if _, err := s.Head(t.Context()); !unavailable(err) {
		t.Fatalf("head: %v", err)
	}
	if _, err := esdb.Open(t.Context(), c.URL(), esdb.Options{Patience: time.Millisecond}); !unavailable(err) {
		t.Fatalf("open: %v", err)
	}
	if err := c.Restart(0); err != nil {
		t.Fatal(err)
	}
	store(t, s, stream("a"), es.Exactly(0), e[1])
	holds(t, s, stream("a"), e...)
}

func unavailable(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.IsErrorCode(client.ErrorUnavailable)
}

// Whichever node leads answers; one that no longer does, and lags, is not believed.
func TestTheLeaderIsFollowed(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{Nodes: 3})
	s := openStore(t, c.URL(), esdb.Options{Connections: 2})
	var all []es.Proposed
	want := es.Expected(es.NoStream{})
	for round := range 7 {
		c.Lag(round % 3)
		c.Lead((round + 1) % 3)
		e := note(fmt.Sprint("round", round), 2)
		other := openStore(t, c.URL(), esdb.Options{})
		store(t, other, stream("a"), want, e...)
		all, want = append(all, e...), es.Exactly(len(all)+1)
		holds(t, s, stream("a"), all...)
		if head, err := s.Head(t.Context()); err != nil || head != holds(t, other, stream("a"), all...)[len(all)-1].Position {
			t.Fatalf("round %d: head %s: %v", round, head, err)
		}
		e = note(fmt.Sprint("own", round), 1)
		store(t, s, stream("a"), want, e...)
		all, want = append(all, e...), es.Exactly(len(all))
	}
}

// A leader that dies takes nothing with it.
func TestTheLeaderDies(t *testing.T) {
	c := esdbtest.Start(t, esdbtest.Options{Nodes: 3})
	s := openStore(t, c.URL(), hasty)
	var all []es.Proposed
	want := es.Expected(es.NoStream{})
	for round := range 4 {
		c.Stop(round % 3)
		c.Lead((round + 1) % 3)
		e := note(fmt.Sprint("round", round), 2)
		store(t, s, stream("a"), want, e...)
		all, want = append(all, e...), es.Exactly(len(all)+1)
		holds(t, s, stream("a"), all...)
		if err := c.Restart(round % 3); err != nil {
			t.Fatal(err)
		}
	}
}
