package projections_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// A weighing is the aggregate of this file: its only event was stored as a bare number once, then with a unit.
type weighed struct {
	Grams int `json:"grams"`
}

const (
	weighedV1 = "mingjian.weighing.weighed.v1"
	weighedV2 = "mingjian.weighing.weighed.v2"
)

func (weighed) EventType() string { return weighedV2 }

var weighings = codec.New(
	codec.Type[weighed, es.Event](),
	codec.Upcast[es.Event](weighedV1, weighedV2, func(old []byte) ([]byte, error) { return fmt.Appendf(nil, `{"grams":%s}`, old), nil }),
)

var weighing = es.Decider[int, struct{}, es.Event]{
	Category: "weighing",
	Decode:   weighings.Decode,
	Evolve: func(sum int, e es.Event) int {
		w, _ := e.(weighed)
		return sum + w.Grams
	},
}

// gramsOf asks for one kind of event in the way that every reader of the log does, by today's name.
func gramsOf(rec es.Record) (grams int, is bool, err error) {
	if weighings.Today(rec.Type) != (weighed{}).EventType() {
		return 0, false, nil
	}
	e, err := weighings.Decode(rec.Type, rec.Data)
	w, is := e.(weighed)
	return w.Grams, is, err
}

func sums() projections.Projection {
	const table = "sum"
	return projections.Projection{Name: "sum.v1", Tables: []projections.Table{{Name: table}}, Project: func(rec es.Record) (projections.Change, error) {
		grams, is, err := gramsOf(rec)
		if err != nil || !is {
			return projections.Change{}, err
		}
		key := projections.Key{Table: table, Key: rec.Stream.ID}
		return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
			had, err := rows.Get(table, key.Key)
			if err != nil {
				return err
			}
			sum := grams
			if had != nil {
				before, err := strconv.Atoi(string(had.Doc))
				if err != nil {
					return err
				}
				sum += before
			}
			rows.Put(table, projections.Row{Key: key.Key, Doc: []byte(strconv.Itoa(sum))})
			return nil
		}}, nil
	}}
}

// TestAnEventOfAnOlderVersionIsFoldedProjectedAndReactedTo has a stream that began before the form of its event changed.
func TestAnEventOfAnOlderVersionIsFoldedProjectedAndReactedTo(t *testing.T) {
	t.Parallel()
	store := estest.NewStore(t)
	stream := es.Stream{Category: weighing.Category, ID: "w"}
	_, err := store.Append(t.Context(), stream, es.NoStream{},
		es.Proposed{ID: es.DeriveID("", "1"), Type: weighedV1, Data: []byte("40"), Meta: []byte("{}")},
		es.Proposed{ID: es.DeriveID("", "2"), Type: weighedV2, Data: []byte(`{"grams":2}`), Meta: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}

	if loaded, err := es.Load(t.Context(), store, weighing, stream.ID); err != nil || loaded.State != 42 {
		t.Errorf("folded to %+v, %v", loaded, err)
	}

	views := projectionstest.Live(t, sums(), store.All())
	if row, err := views.Get(t.Context(), "sum", stream.ID); err != nil || string(row.Doc) != "42" {
		t.Errorf("projected to %+v, %v", row, err)
	}

	var mu sync.Mutex
	var took []int
	re := projections.Reactor{Name: "policy.v1", React: func(_ context.Context, rec es.Record) error {
		grams, is, err := gramsOf(rec)
		mu.Lock()
		defer mu.Unlock()
		if is {
			took = append(took, grams)
		}
		return err
	}}
	target, err := views.Attach(t.Context(), re.Keeps())
	if err != nil {
		t.Fatal(err)
	}
	r := projections.NewReactorRunner(re, store, target, quiet())
	stop := start(t, r.Run)
	if err := r.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(took, []int{40, 2}) {
		t.Errorf("reacted to %v", took)
	}
}
