package projections_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// TestApplyTakesALargeBatchInOrder although its records are projected side by side.
func TestApplyTakesALargeBatchInOrder(t *testing.T) {
	bad := map[int]bool{}
	p := projections.Projection{Name: "order.v1", Tables: []projections.Table{{Name: "ordered", Columns: []string{"all"}}}}
	p.Project = func(rec es.Record) (projections.Change, error) {
		n, _ := rec.Position.Pair()
		if bad[int(n)] { //nolint:gosec // small
			return projections.Change{}, fmt.Errorf("record %d is bad", n)
		}
		key := projections.Key{Table: "ordered", Key: "k"}
		return projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
			row, err := rows.Get(key.Table, key.Key)
			if err != nil {
				return err
			}
			if row == nil {
				row = &projections.Row{Key: "k", Columns: []string{""}}
			}
			row.Columns[0] = projections.Clip(fmt.Sprint(n%10, row.Columns[0]))
			rows.Put(key.Table, *row)
			return nil
		}}, nil
	}
	records := make([]es.Record, 1000)
	for i := range records {
		records[i] = es.Record{Position: es.At(uint64(i+1), 0)} //nolint:gosec // small
	}
	batch := es.Batch{Records: records, Through: es.At(1000, 0)}
	target, err := projectionstest.NewMemory(t).Attach(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	bad[130], bad[990] = true, true
	var fault *projections.ProjectError
	if err := projections.Apply(t.Context(), p, target, es.Position{}, batch); !errors.As(err, &fault) || fault.Record.Position != es.At(130, 0) {
		t.Fatalf("with two bad records: %v", err)
	}
	clear(bad)
	if err := projections.Apply(t.Context(), p, target, es.Position{}, batch); err != nil {
		t.Fatal(err)
	}
	key := projections.Key{Table: "ordered", Key: "k"}
	loaded, err := target.Load(t.Context(), []projections.Key{key})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := loaded[key].Columns[0], strings.Repeat("0987654321", 100); got != want {
		t.Errorf("the records took effect in the order\n%s\nnot\n%s", got, want)
	}
}
