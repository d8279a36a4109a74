package history_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/history"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

var book = history.New("test")

// edit is what one record does to one list: a removal, then one put. The moment is the record's number.
type edit struct {
	List   string `json:"list"`
	Remove string `json:"remove,omitempty"`
	Put    string `json:"put,omitempty"`
	Value  string `json:"value,omitempty"`
}

func edits() projections.Projection {
	return projections.Projection{
		Name: "edits.v1", Tables: book.Tables(),
		Project: func(rec es.Record) (projections.Change, error) {
			if rec.Type != "test.edited.v1" {
				return projections.Change{}, nil
			}
			var e edit
			if err := json.Unmarshal(rec.Data, &e); err != nil {
				return projections.Change{}, err
			}
			moment, _ := rec.Position.Pair()
			return projections.Change{
				More: func(rows *projections.Rows) (keys []projections.Key, err error) {
					for _, key := range []string{e.Remove, e.Put} {
						if key != "" {
							more, err := book.More(rows, e.List, key)
							if err != nil {
								return nil, err
							}
							keys = append(keys, more...)
						}
					}
					return keys, nil
				},
				Apply: func(rows *projections.Rows) error {
					if e.Remove != "" {
						if err := book.Remove(rows, e.List, e.Remove, moment); err != nil {
							return err
						}
					}
					if e.Put == "" {
						return nil
					}
					return book.Put(rows, e.List, e.Put, e.Value, moment)
				},
			}, nil
		},
	}
}

func record(t testing.TB, n int, e edit) es.Record {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return es.Record{
		Proposed: es.Proposed{ID: es.DeriveID("", fmt.Sprint(n)), Type: "test.edited.v1", Data: data, Meta: []byte("{}")},
		Stream:   es.Stream{Category: "test", ID: e.List}, Revision: es.Revision(n), Position: es.At(uint64(n), 0),
	}
}

// past is the model: what stood in each list after each record.
type past []map[string]map[string]string

// play makes n edits at random: phases in which lists grow, shrink, move and are emptied from one end.
func play(t testing.TB, seed uint64, n, width int) ([]es.Record, past) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a repeatable test, not a secret
	state := past{{}}
	var records []es.Record
	for i := 1; i <= n; i++ {
		list := string(rune('a' + rnd.IntN(2)*rnd.IntN(3)))
		was := state[i-1][list]
		standing := slices.Sorted(maps.Keys(was))
		e := edit{List: list}
		grow := []int{90, 30, 60, 5}[i*8/n%4]
		if len(standing) > 0 && rnd.IntN(100) >= grow {
			e.Remove = standing[rnd.IntN(len(standing))]
			if i*8/n%4 == 3 {
				e.Remove = standing[0]
			}
		}
		if e.Remove == "" || rnd.IntN(5) == 0 {
			e.Put, e.Value = fmt.Sprintf("k%05d", rnd.IntN(width)), fmt.Sprint(i)
			if _, stands := was[e.Put]; stands && e.Put != e.Remove {
				e.Remove = e.Put
			}
		}
		now := maps.Clone(was)
		if now == nil {
			now = map[string]string{}
		}
		delete(now, e.Remove)
		if e.Put != "" {
			now[e.Put] = e.Value
		}
		next := maps.Clone(state[i-1])
		next[list] = now
		state, records = append(state, next), append(records, record(t, i, e))
	}
	return records, state
}

func want(stood map[string]string, within history.Range) (list []history.Entry, more bool) {
	keys := slices.Sorted(maps.Keys(stood))
	slices.Reverse(keys)
	for _, k := range keys {
		if k >= within.From && (within.Before == "" || k < within.Before) {
			list = append(list, history.Entry{Key: k, Value: stood[k]})
		}
	}
	if len(list) > within.Limit {
		return list[:within.Limit], true
	}
	return list, false
}

func TestEveryPastStateEqualsTheModel(t *testing.T) {
	for seed := range uint64(3) {
		records, model := play(t, seed, 1200, []int{40, 600, 90000}[seed])
		r := projectionstest.Live(t, edits(), records)
		rnd := rand.New(rand.NewPCG(seed, 8)) //nolint:gosec // a repeatable test, not a secret
		for range 800 {
			moment, list := rnd.IntN(len(model)), string(rune('a'+rnd.IntN(4)))
			within := history.Range{Limit: 1 + rnd.IntN(300)}
			if rnd.IntN(2) == 0 {
				within.From = fmt.Sprintf("k%05d", rnd.IntN(90000))
			}
			if rnd.IntN(2) == 0 {
				within.Before = fmt.Sprintf("k%05d", rnd.IntN(90000))
			}
			wantList, wantMore := want(model[moment][list], within)
			got, more, err := book.Read(t.Context(), r, list, uint64(moment), within)
			if err != nil || more != wantMore || !slices.Equal(got, wantList) {
				t.Fatalf("seed %d, list %s at %d within %+v:\n got %v, %t, %v\nwant %v, %t", seed, list, moment, within, got, more, err, wantList, wantMore)
			}
		}
	}
}

// counted counts the rows that are read.
type counted struct {
	projections.Reader
	reads int
}

func (c *counted) Get(ctx context.Context, table, key string) (*projections.Row, error) {
	c.reads++
	return c.Reader.Get(ctx, table, key)
}

func (c *counted) List(ctx context.Context, q projections.Query) (projections.Page, error) {
	page, err := c.Reader.List(ctx, q)
	c.reads += 1 + len(page.Rows)
	return page, err
}

// TestReadingCostsWhatItFinds holds the reads of a page to its entries: at most one node for each few of them, and the way
// down from the root.
func TestReadingCostsWhatItFinds(t *testing.T) {
	records, model := play(t, 1, 2500, 90000)
	sink := projectionstest.NewMemory(t)
	target, err := sink.Attach(t.Context(), edits())
	if err != nil {
		t.Fatal(err)
	}
	last := records[len(records)-1].Position
	if err := projections.Fill(t.Context(), edits(), projectionstest.NewLog(100, records...), target, last, nil); err != nil {
		t.Fatal(err)
	}
	const way = 8 // the root, a former root, and both edges of the range on each step down
	for moment := range model {
		for _, limit := range []int{1, 20, 200, 5000} {
			c := &counted{Reader: sink}
			got, _, err := book.Read(t.Context(), c, "a", uint64(moment), history.Range{Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			if most := way + len(got)/12; c.reads > most {
				t.Fatalf("%d entries at %d took %d reads", len(got), moment, c.reads)
			}
		}
	}
}

func TestRowsAreBoundedAndLinear(t *testing.T) {
	records, _ := play(t, 2, 2500, 90000)
	r := projectionstest.NewMemory(t)
	target, err := r.Attach(t.Context(), edits())
	if err != nil {
		t.Fatal(err)
	}
	if err := projections.Fill(t.Context(), edits(), projectionstest.NewLog(512, records...), target, records[len(records)-1].Position, nil); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for e, err := range target.Dump(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; len(e.Row.Doc) > 2048 { // 65 entries of a short key
			t.Errorf("row %s of %s has %d bytes", e.Row.Key, e.Table, len(e.Row.Doc))
		}
	}
	if rows > len(records)/8 {
		t.Errorf("%d changes made %d rows", len(records), rows)
	}
}

// TestWhatStandsIsPutAndRemovedOnce: a change that says nothing new leaves every row as it is.
func TestWhatStandsIsPutAndRemovedOnce(t *testing.T) {
	dump := func(list ...edit) (out []string) {
		var log []es.Record
		for i, e := range list {
			log = append(log, record(t, i+1, e))
		}
		sink := projectionstest.NewMemory(t)
		target, err := sink.Attach(t.Context(), edits())
		if err != nil {
			t.Fatal(err)
		}
		if err := projections.Fill(t.Context(), edits(), projectionstest.NewLog(9, log...), target, es.At(uint64(len(list)), 0), nil); err != nil {
			t.Fatal(err)
		}
		for e, err := range target.Dump(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s %s %x", e.Table, e.Row.Key, e.Row.Doc))
		}
		return out
	}
	first := edit{List: "a", Put: "k1", Value: "v"}
	if a, b := dump(first), dump(first, first, edit{List: "a", Remove: "k2"}, edit{List: "b", Remove: "k1"}); !slices.Equal(a, b) {
		t.Errorf("rows\n%v\nand after changes that say nothing new\n%v", a, b)
	}
	if a, b := dump(first), dump(first, edit{List: "a", Put: "k1", Value: "w"}); slices.Equal(a, b) {
		t.Error("another value left no trace")
	}
}
