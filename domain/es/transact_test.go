package es_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

// A till takes coins up to a limit; it remembers nothing but the sum.
type took struct {
	Coins int    `json:"coins"`
	Note  string `json:"note,omitempty"`
}

func (took) EventType() string { return "mingjian.till.took.v1" }

type take struct {
	coins []int
	note  string
}

var errFull = errors.New("full")

var till = es.Decider[int, take, took]{
	Category: "till",
	Evolve:   func(sum int, e took) int { return sum + e.Coins },
	Decide: func(sum int, c take) (out []took, err error) {
		for _, n := range c.coins {
			if sum += n; sum > 100 {
				return nil, errFull
			}
			out = append(out, took{n, c.note})
		}
		return out, nil
	},
	Decode: func(typ string, data []byte) (e took, err error) {
		if typ != e.EventType() {
			return e, fmt.Errorf("unknown type %s", typ)
		}
		return e, json.Unmarshal(data, &e)
	},
}

func meta(command string) es.Metadata {
	return es.Metadata{
		Command: es.DeriveID("test", command), CommandDigest: "digest of " + command, Actor: "tester",
		RecordedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func do(t *testing.T, st es.Store, command string, coins ...int) (es.Result[int], error) {
	t.Helper()
	return es.Transact(t.Context(), st, till, "1", take{coins: coins}, meta(command))
}

func must(t *testing.T, st es.Store, command string, coins ...int) es.Result[int] {
	t.Helper()
	res, err := do(t, st, command, coins...)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return res
}

func TestTransactFoldsDecidesAndAppends(t *testing.T) {
	st := estest.NewStore(t)
	first := must(t, st, "a", 5, 7)
	if first.State != 12 || !first.Exists || first.Revision != 1 || first.Duplicate {
		t.Fatalf("first: %+v", first)
	}
	second := must(t, st, "b", 1)
	if second.State != 13 || second.Revision != 2 || second.Position.Compare(first.Position) <= 0 {
		t.Fatalf("second: %+v", second)
	}
	all := st.All()
	for i, r := range all {
		m, err := r.Metadata()
		if err != nil || m.Actor != "tester" || m.Schema != 1 {
			t.Errorf("metadata of %d: %+v, %v", i, m, err)
		}
	}
	if want := es.DeriveID(meta("a").Command, "1"); all[1].ID != want {
		t.Errorf("the second event of a has id %s, want %s", all[1].ID, want)
	}
	loaded, err := es.Load(t.Context(), st, till, "1")
	if err != nil || loaded != second {
		t.Fatalf("loaded %+v, %v, want %+v", loaded, err, second)
	}
	if none, err := es.Load(t.Context(), st, till, "2"); err != nil || none.Exists {
		t.Fatalf("a missing stream: %+v, %v", none, err)
	}
}

// Every branch of Transact under every fault of the store: what it answers, and what is stored in the end.
func TestTransactUnderFaults(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*testing.T, *estest.Store)
		meta   es.Metadata
		coins  []int
		check  func(es.Result[int], error) bool
		events int
	}{
		"no event decided": {
			meta:  meta("a"),
			check: func(r es.Result[int], err error) bool { return err == nil && !r.Exists && !r.Duplicate },
		},
		"nothing decided on a stream": {
			before: func(t *testing.T, st *estest.Store) { must(t, st, "a", 5) },
			meta:   meta("b"),
			check: func(r es.Result[int], err error) bool {
				return err == nil && r.Exists && r.Revision == 0 && r.Position == es.At(1, 0) && r.State == 5
			},
			events: 1,
		},
		"a broken rule": {
			meta: meta("a"), coins: []int{60, 60},
			check: func(_ es.Result[int], err error) bool { return errors.Is(err, errFull) },
		},
		"the same command again": {
			before: func(t *testing.T, st *estest.Store) { must(t, st, "a", 5, 6); must(t, st, "b", 7) },
			meta:   meta("a"), coins: []int{5, 6},
			check: func(r es.Result[int], err error) bool {
				return err == nil && r.Duplicate && r.Revision == 1 && r.Position == es.At(2, 0) && r.State == 18
			},
			events: 3,
		},
		"the command id with another digest": {
			before: func(t *testing.T, st *estest.Store) { must(t, st, "a", 5) },
			meta:   es.Metadata{Command: meta("a").Command, CommandDigest: "other"}, coins: []int{6},
			check: func(_ es.Result[int], err error) bool {
				r, ok := errors.AsType[*es.ReusedError](err)
				return ok && r.ID == meta("a").Command
			},
			events: 1,
		},
		"the command id used in another stream": {
			before: func(t *testing.T, st *estest.Store) {
				if _, err := es.Transact(t.Context(), st, till, "2", take{coins: []int{5}}, meta("a")); err != nil {
					t.Fatal(err)
				}
			},
			meta: meta("a"), coins: []int{5},
			check: func(_ es.Result[int], err error) bool {
				_, ok := errors.AsType[*es.ReusedError](err)
				return ok
			},
			events: 1,
		},
		"three conflicts, then room": {
			before: func(_ *testing.T, st *estest.Store) { st.Conflict(3) },
			meta:   meta("a"), coins: []int{5},
			check:  func(r es.Result[int], err error) bool { return err == nil && r.Revision == 0 && r.State == 5 },
			events: 1,
		},
		"four conflicts": {
			before: func(_ *testing.T, st *estest.Store) { st.Conflict(4) },
			meta:   meta("a"), coins: []int{5},
			check: func(_ es.Result[int], err error) bool {
				_, ok := errors.AsType[*es.ConflictError](err)
				return ok
			},
		},
		"failed, not stored": {
			before: func(_ *testing.T, st *estest.Store) { st.FailNotStored(1) },
			meta:   meta("a"), coins: []int{5},
			check: func(_ es.Result[int], err error) bool { return errors.Is(err, estest.ErrInjected) },
		},
		"failed, not stored, and tried again": {
			before: func(t *testing.T, st *estest.Store) { fault(t, st, st.FailNotStored) },
			meta:   meta("a"), coins: []int{5, 6},
			check: func(r es.Result[int], err error) bool {
				return err == nil && !r.Duplicate && r.Revision == 1 && r.State == 11
			},
			events: 2,
		},
		"failed, but stored, and tried again": {
			before: func(t *testing.T, st *estest.Store) { fault(t, st, st.FailStored) },
			meta:   meta("a"), coins: []int{5, 6},
			check: func(r es.Result[int], err error) bool {
				return err == nil && r.Duplicate && r.Revision == 1 && r.State == 11
			},
			events: 2,
		},
		"a failed read": {
			before: func(_ *testing.T, st *estest.Store) { st.FailRead(1) },
			meta:   meta("a"), coins: []int{5},
			check: func(_ es.Result[int], err error) bool { return errors.Is(err, estest.ErrInjected) },
		},
		"no command id": {
			coins: []int{5},
			check: func(_ es.Result[int], err error) bool {
				return err != nil && strings.Contains(err.Error(), "command id")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := estest.NewStore(t)
			if c.before != nil {
				c.before(t, st)
			}
			res, err := es.Transact(t.Context(), st, till, "1", take{coins: c.coins}, c.meta)
			if !c.check(res, err) {
				t.Errorf("answered %+v, %v", res, err)
			}
			if n := len(st.All()); n != c.events {
				t.Errorf("%d events are stored, want %d", n, c.events)
			}
		})
	}
}

// fault runs command a once under a fault that its caller sees as an error.
func fault(t *testing.T, st *estest.Store, tell func(int)) {
	t.Helper()
	tell(1)
	if _, err := do(t, st, "a", 5, 6); !errors.Is(err, estest.ErrInjected) {
		t.Fatalf("answered %v under the fault", err)
	}
}

func TestTransactRefusesTooLargeAnEvent(t *testing.T) {
	st := estest.NewStore(t)
	_, err := es.Transact(t.Context(), st, till, "1", take{[]int{1}, strings.Repeat("x", es.MaxEvent)}, meta("a"))
	if err == nil || !strings.Contains(err.Error(), "65536") || len(st.All()) != 0 {
		t.Fatalf("answered %v with %d events stored", err, len(st.All()))
	}
}

func TestTransactRefusesAHistoryItCantDecode(t *testing.T) {
	for name, e := range map[string]es.Proposed{
		"unknown type":    {Type: "mingjian.till.gave.v1", Data: []byte(`{}`)},
		"broken data":     {Type: took{}.EventType(), Data: []byte(`{"coins":"many"}`)},
		"broken metadata": {Type: took{}.EventType(), Data: []byte(`{}`), Meta: []byte(meta("a").Command)},
	} {
		t.Run(name, func(t *testing.T) {
			st := estest.NewStore(t)
			e.ID = es.DeriveID("x", name)
			if _, err := st.Append(t.Context(), es.Stream{Category: "till", ID: "1"}, es.NoStream{}, e); err != nil {
				t.Fatal(err)
			}
			if _, err := do(t, st, "a", 1); err == nil || !strings.Contains(err.Error(), "till-1@0") {
				t.Fatalf("answered %v", err)
			}
			if n := len(st.All()); n != 1 {
				t.Fatalf("%d events are stored", n)
			}
		})
	}
}

// late is a store whose reads lag: the rival's command lands between the load and the append.
type late struct {
	*estest.Store
	rival func()
}

func (l *late) Read(ctx context.Context, s es.Stream, from es.Revision) iter.Seq2[es.Record, error] {
	return func(yield func(es.Record, error) bool) {
		for r, err := range l.Store.Read(ctx, s, from) {
			if !yield(r, err) {
				return
			}
		}
		if l.rival != nil {
			rival := l.rival
			l.rival = nil
			rival()
		}
	}
}

func TestTransactAgainstARival(t *testing.T) {
	for name, c := range map[string]struct {
		rival     string
		note      string
		duplicate bool
		sum       int
	}{
		"with another command":                      {rival: "b", sum: 6},
		"with the same command":                     {rival: "a", sum: 3},
		"with the same command decided differently": {rival: "a", note: "a second later", duplicate: true, sum: 3},
	} {
		t.Run(name, func(t *testing.T) {
			st := estest.NewStore(t)
			l := &late{Store: st, rival: func() {
				if _, err := es.Transact(t.Context(), st, till, "1", take{[]int{3}, c.note}, meta(c.rival)); err != nil {
					t.Fatal(err)
				}
			}}
			res, err := do(t, l, "a", 3)
			if err != nil || res.Duplicate != c.duplicate || res.State != c.sum {
				t.Fatalf("answered %+v, %v", res, err)
			}
		})
	}
}

func TestCheckAppendNamesWhatIsWrong(t *testing.T) {
	s := es.Stream{Category: "till", ID: "1"}
	good := es.Proposed{ID: es.DeriveID("x"), Type: "t"}
	if err := es.CheckAppend(s, es.NoStream{}, []es.Proposed{good}); err != nil {
		t.Fatal(err)
	}
	big := good
	big.Meta = make([]byte, es.MaxEvent+1)
	for name, err := range map[string]error{
		"0 events": es.CheckAppend(s, es.NoStream{}, nil),
		"a-b-1":    es.CheckAppend(es.Stream{Category: "a-b", ID: "1"}, es.NoStream{}, []es.Proposed{good}),
		"<nil>":    es.CheckAppend(s, nil, []es.Proposed{good}),
		"65537":    es.CheckAppend(s, es.NoStream{}, []es.Proposed{big}),
		`""`:       es.CheckAppend(s, es.NoStream{}, []es.Proposed{{ID: good.ID}}),
	} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v doesn't say %s", err, name)
		}
	}
}
