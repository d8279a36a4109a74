package estest_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// A tally is the smallest aggregate: it is opened with labels and counts up to a limit.
type event interface {
	es.Event
	tally()
}

type opened struct {
	Limit  int      `json:"limit"`
	Labels []string `json:"labels,omitempty"`
}

type counted struct {
	By    int    `json:"by"`
	Note  string `json:"note,omitempty"`
	inner int    // never stored
}

func (opened) EventType() string  { return "mingjian.tally.opened.v1" }
func (counted) EventType() string { return "mingjian.tally.counted.v2" }
func (opened) tally()             {}
func (counted) tally()            {}

type state struct{ limit, sum int }

type count struct{ by int }

var (
	errClosed = errors.New("not opened")
	errLimit  = errors.New("over the limit")
)

var table = codec.New(
	codec.Type[opened, event](),
	codec.Type[counted, event](),
	codec.Upcast[event]("mingjian.tally.counted.v1", "mingjian.tally.counted.v2", func(old []byte) ([]byte, error) {
		return fmt.Appendf(nil, `{"by":%s}`, old), nil
	}),
)

var tally = es.Decider[state, count, event]{
	Category: "tally",
	Decode:   table.Decode,
	Evolve: func(s state, e event) state {
		switch e := e.(type) {
		case opened:
			s.limit = e.Limit
		case counted:
			s.sum += e.By
		}
		return s
	},
	Decide: func(s state, c count) ([]event, error) {
		switch {
		case s.limit == 0:
			return nil, errClosed
		case s.sum+c.by > s.limit:
			return nil, errLimit
		case c.by == 0:
			return nil, nil
		}
		return []event{counted{By: c.by, inner: c.by / 100}}, nil
	},
}

// recorder stands in for a test that is expected to fail.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()      {}
func (r *recorder) Failed() bool { return len(r.said) > 0 }
func (r *recorder) FailNow()     { runtime.Goexit() }
func (r *recorder) Fatal(a ...any) {
	r.said = append(r.said, fmt.Sprint(a...))
	runtime.Goexit()
}
func (r *recorder) Errorf(format string, a ...any) {
	r.said = append(r.said, fmt.Sprintf(format, a...))
}
func (r *recorder) Fatalf(format string, a ...any) {
	r.Errorf(format, a...)
	runtime.Goexit()
}

// complaints runs a helper that may fail and returns what it said.
func complaints(t *testing.T, run func(testing.TB)) []string {
	r, done := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		run(r)
	}()
	<-done
	return r.said
}

// passes and fails say how a helper must end; fails wants one complaint with the word.
func passes(t *testing.T, run func(testing.TB)) {
	t.Helper()
	if said := complaints(t, run); len(said) > 0 {
		t.Fatalf("failed: %q", said)
	}
}

func fails(t *testing.T, word string, run func(testing.TB)) {
	t.Helper()
	said := complaints(t, run)
	if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, word) }) {
		t.Fatalf("said %q, want a complaint with %q", said, word)
	}
}
