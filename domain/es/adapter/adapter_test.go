package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

func TestEndsRememberTheLastAndForgetTheOldest(t *testing.T) {
	var e adapter.Ends[int]
	at := func(n int) es.Stream { return es.Stream{Category: "s", ID: fmt.Sprint(n)} }
	const many = 3 << 15
	for n := range many {
		e.Put(at(n), n)
	}
	if got, ok := e.Get(at(many - 1)); !ok || got != many-1 {
		t.Errorf("the last is %d, %t", got, ok)
	}
	if _, ok := e.Get(at(0)); ok {
		t.Error("the first of three times as many as are kept is remembered")
	}
	e.Put(at(many-1), 7)
	if got, _ := e.Get(at(many - 1)); got != 7 {
		t.Errorf("what was put again is %d", got)
	}
	e.Clear()
	if _, ok := e.Get(at(many - 1)); ok {
		t.Error("what was cleared is remembered")
	}
}

func TestRepeatedIsFound(t *testing.T) {
	a, b := es.Proposed{ID: "a"}, es.Proposed{ID: "b"}
	if id, twice := adapter.Repeated([]es.Proposed{a, b, a}); !twice || id != "a" {
		t.Errorf("%q, %t", id, twice)
	}
	for _, events := range [][]es.Proposed{{a}, {a, b}} {
		if id, twice := adapter.Repeated(events); twice {
			t.Errorf("%q of %v", id, events)
		}
	}
}

var errEnd = errors.New("the end")

// TestAFollowerIsToldOnceThatItCaughtUp, waits for the bell that was there before it looked, and ends with what stopped it.
func TestAFollowerIsToldOnceThatItCaughtUp(t *testing.T) {
	var bell adapter.Bell
	bell.Ring()
	last, waits := uint64(1), 0
	tail := adapter.Tail{
		Store: "test", Appended: &bell, Ahead: func(context.Context, uint64) error { return nil },
		Batch: func(_ context.Context, at uint64) (b es.Batch, err error) {
			for ; at < last; at++ {
				b.Records = append(b.Records, es.Record{Position: es.At(at+1, 0)})
			}
			b.Through, b.CaughtUp = es.At(at, 0), true
			return b, nil
		},
		Wait: func(_ context.Context, _ uint64, more <-chan struct{}) error {
			switch waits++; waits {
			case 1: // woken for nothing
			case 2:
				last++
				bell.Ring()
				<-more
			default:
				return errEnd
			}
			return nil
		},
	}
	var seen []int
	for b, err := range tail.Follow(t.Context(), es.Position{}) {
		if err != nil {
			if !errors.Is(err, errEnd) || err.Error() != "test: follow after 2: the end" {
				t.Errorf("it ends with %v", err)
			}
			continue
		}
		seen = append(seen, len(b.Records))
	}
	if fmt.Sprint(seen) != "[1 1]" {
		t.Errorf("batches of %v", seen)
	}
}
