package epoch

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/ledger"
	"github.com/mingjian-ledger/mingjian/projections"
)

// Name is the projection's name.
const Name = "epoch.v2"

// Table is the view's table; the key of a row is the name of an epoch, but firstKey for the first.
const Table = "ledger_epoch"

// firstKey is that of the first epoch; its document is the ledger's name. It is found by this, so that no later event is taken for
// the first one.
const firstKey = "1"

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name, Tables: []projections.Table{{Name: Table, Columns: []string{"began"}}}, Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	e, is, err := ledger.Of(rec)
	if err != nil {
		return projections.Change{}, err
	}
	keys := []projections.Key{{Table: Table, Key: firstKey}}
	if is {
		keys = append(keys, projections.Key{Table: Table, Key: e.Name()})
	}
	return projections.Change{Keys: keys, Apply: func(rows *projections.Rows) error {
		first, err := rows.Get(Table, firstKey)
		if err != nil {
			return err
		}
		if first == nil {
			name := ledger.Epochs{ledger.First(rec)}.Ledger()
			rows.Put(Table, projections.Row{Key: firstKey, Columns: []string{es.Position{}.String()}, Doc: []byte(name)})
		}
		if is {
			rows.Put(Table, projections.Row{Key: e.Name(), Columns: []string{e.Began.String()}})
		}
		return nil
	}}, nil
}

// Ledger is the name of the ledger that the views are of, see ledger.Epochs.Ledger; empty while they are nobody's.
func Ledger(ctx context.Context, r projections.Reader) (string, error) {
	row, err := r.Get(ctx, Table, firstKey)
	if err != nil || row == nil {
		return "", err
	}
	return string(row.Doc), nil
}

// Remembered are the names of the epochs behind the first that the views took in.
func Remembered(ctx context.Context, r projections.Reader) (map[string]bool, error) {
	out := map[string]bool{}
	for after := ""; ; {
		page, err := r.List(ctx, projections.Query{Table: Table, After: after, Limit: projections.MaxLimit})
		if err != nil {
			return nil, fmt.Errorf("epoch: %w", err)
		}
		for _, row := range page.Rows {
			if row.Key != firstKey {
				out[row.Key] = true
			}
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// Another tells whether views are of another ledger than the log: the answer is nil, or names both. Views without a ledger are
// nobody's yet.
func Another(all ledger.Epochs, views string) *projections.OtherLogError {
	if log := all.Ledger(); views != "" && views != log {
		return &projections.OtherLogError{Views: views, Log: log}
	}
	return nil
}

// Stray tells whether a checkpoint is not of the log's history: beyond its end, or behind the beginning of an epoch that the
// views never heard of. Views hear of an epoch before any of them passes its beginning, see projections.Group.First. The answer
// is nil, or names the last position that the views and the log have in common.
func Stray(name string, at, head es.Position, all ledger.Epochs, remembered map[string]bool) *projections.AheadError {
	for _, e := range all {
		if e.Number == 1 || remembered[e.Name()] {
			continue
		}
		if e.Renumbered && at != (es.Position{}) || at.Compare(e.Began) >= 0 {
			stray := &projections.AheadError{Projection: name, At: at, Head: head, Epoch: e.Name(), Common: e.Common}
			if e.Renumbered {
				stray.Common = es.Position{}
			}
			return stray
		}
	}
	if at.Compare(head) <= 0 {
		return nil
	}
	return &projections.AheadError{Projection: name, At: at, Head: head, Common: head}
}
