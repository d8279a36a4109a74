package projectionstest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
)

// The sample's events. Counted is not idempotent, so that a record taken twice shows.
const (
	samplePut     = "sample.put.v1"
	sampleCounted = "sample.counted.v1"
	sampleRemoved = "sample.removed.v1"
	sampleOther   = "sample.other.v1" // of no concern to the sample
)

type sampleEvent struct {
	Key  string `json:"key"`
	Kind string `json:"kind,omitempty"`
	Rank uint64 `json:"rank,omitempty"`
	Text string `json:"text,omitempty"`
}

// Tables of the sample: items as put, and one total per kind, which all items of the kind share.
const (
	items  = "sample_item"
	totals = "sample_total"
)

// sample projects the sample's events; it reads before it writes and touches one row from several records of a batch.
func sample() projections.Projection {
	return projections.Projection{
		Name: "sample.v1",
		Tables: []projections.Table{
			{
				Name: items, Columns: []string{"kind", "rank", "count"}, Search: true,
				Indexes: [][]string{{"kind"}, {"rank"}, {"kind", "rank"}, {"kind", "count", "rank"}},
			},
			{Name: totals, Columns: []string{"total"}, Indexes: [][]string{{"total"}}},
		},
		Project: projectSample,
	}
}

func projectSample(rec es.Record) (projections.Change, error) {
	switch rec.Type {
	case samplePut, sampleCounted, sampleRemoved:
	default:
		return projections.Change{}, nil
	}
	var e sampleEvent
	if err := json.Unmarshal(rec.Data, &e); err != nil {
		return projections.Change{}, err
	}
	return projections.Change{
		Keys: []projections.Key{{Table: items, Key: e.Key}, {Table: totals, Key: e.Kind}},
		Apply: func(rows *projections.Rows) error {
			item, err := rows.Get(items, e.Key)
			if err != nil {
				return err
			}
			switch {
			case rec.Type == sampleRemoved:
				rows.Delete(items, e.Key)
				return nil
			case rec.Type == samplePut:
				rows.Put(items, item0(e))
				return addTotal(rows, e.Kind)
			case item == nil:
				return nil
			}
			n, err := strconv.Atoi(item.Columns[2])
			if err != nil {
				return err
			}
			item.Columns[2] = strconv.Itoa(n + 1)
			item.Doc = append([]byte("counted "), item.Columns[2]...)
			rows.Put(items, *item)
			return nil
		},
	}, nil
}

func item0(e sampleEvent) projections.Row {
	return projections.Row{
		Key: e.Key, Columns: []string{e.Kind, projections.Num(e.Rank), "0"}, Search: e.Text, Doc: []byte("put " + e.Text),
	}
}

func addTotal(rows *projections.Rows, kind string) error {
	row, err := rows.Get(totals, kind)
	if err != nil {
		return err
	}
	n := 0
	if row != nil {
		if n, err = strconv.Atoi(row.Columns[0]); err != nil {
			return err
		}
	}
	rows.Put(totals, projections.Row{Key: kind, Columns: []string{strconv.Itoa(n + 1)}})
	return nil
}

// record makes the n-th record of a log.
func record(n int, typ string, e sampleEvent) es.Record {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return es.Record{
		Proposed: es.Proposed{ID: es.DeriveID("", strconv.Itoa(n)), Type: typ, Data: data, Meta: []byte("{}")},
		Stream:   es.Stream{Category: "sample", ID: e.Key},
		Revision: es.Revision(n),
		Position: at(n),
	}
}

// at is a position of both numbers, as EventStoreDB has them.
func at(n int) es.Position {
	if n == 0 {
		return es.Position{}
	}
	return es.At(uint64(n), uint64(n-1))
}

// history makes n records that put, count, remove and put again the same few items, the same for one seed.
func history(seed uint64, n int) []es.Record {
	rnd := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a repeatable test, not a secret
	out := make([]es.Record, n)
	for i := range out {
		k := rnd.IntN(max(n/8, 1))
		e := sampleEvent{
			Key: fmt.Sprintf("k%03d", k), Kind: fmt.Sprintf("种类%d", rnd.IntN(3)), Rank: uint64(rnd.IntN(5)),
			Text: fmt.Sprintf("宁夏第%d号公司%d", k, rnd.IntN(3)),
		}
		typ := []string{samplePut, sampleCounted, sampleCounted, sampleCounted, sampleRemoved, sampleOther}[rnd.IntN(6)]
		out[i] = record(i+1, typ, e)
	}
	return out
}
