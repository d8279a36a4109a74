package returns

import (
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// fact is what an event makes of a record. It is pure: More and Apply both ask next.
type fact struct {
	rec    es.Record
	key    string // of the row
	source string // of what is kept beside it; empty for nothing
	task   string // whose line is asked for; empty for none
	next   func(standing) standing
}

// standing is a record as it stands: its row, nil if it has none, what is kept beside it, and the line of the task asked for.
type standing struct {
	row, source *viewv1.ReturnRow
	line        string
}

func (f fact) change() projections.Change {
	keys := []projections.Key{{Table: RowTable, Key: f.key}}
	if f.source != "" {
		keys = append(keys, projections.Key{Table: sourceTable, Key: f.source})
	}
	if f.task != "" {
		keys = append(keys, projections.Key{Table: taskTable, Key: f.task})
	}
	return projections.Change{
		Keys: keys,
		More: func(rows *projections.Rows) ([]projections.Key, error) {
			former, now, err := f.take(rows)
			if err != nil {
				return nil, err
			}
			return append(touched(former.row), touched(now.row)...), nil
		},
		Apply: f.apply,
	}
}

// touched are the counts and the head that a row is part of.
func touched(row *viewv1.ReturnRow) []projections.Key {
	if row == nil {
		return nil
	}
	keys := []projections.Key{{Table: headTable, Key: headKey(row)}}
	for _, code := range counted(row) {
		keys = append(keys, projections.Key{Table: CountTable, Key: countKey(row, code)})
	}
	return keys
}

func (f fact) take(rows *projections.Rows) (former, now standing, err error) {
	if former.row, err = load(rows, RowTable, f.key); err != nil {
		return former, now, err
	}
	if f.source != "" {
		if former.source, err = load(rows, sourceTable, f.source); err != nil {
			return former, now, err
		}
	}
	if f.task != "" {
		row, err := rows.Get(taskTable, f.task)
		if err != nil {
			return former, now, err
		}
		if row != nil {
			former.line = row.Columns[0]
		}
	}
	clone := standing{line: former.line}
	if former.row != nil {
		clone.row = proto.CloneOf(former.row)
	}
	if former.source != nil {
		clone.source = proto.CloneOf(former.source)
	}
	return former, f.next(clone), nil
}

func load(rows *projections.Rows, table, key string) (*viewv1.ReturnRow, error) {
	v := &viewv1.ReturnRow{}
	found, err := document.Get(rows, table, key, v)
	if err != nil || !found {
		return nil, err
	}
	return v, nil
}

func (f fact) apply(rows *projections.Rows) error {
	former, now, err := f.take(rows)
	if err != nil {
		return err
	}
	if f.source != "" && now.source != nil {
		if err := document.Put(rows, sourceTable, projections.Row{Key: f.source}, now.source); err != nil {
			return err
		}
	}
	if err := f.recount(rows, former.row, now.row); err != nil {
		return err
	}
	if now.row == nil {
		if former.row != nil {
			rows.Delete(RowTable, f.key)
		}
		return nil
	}
	now.row.FirstAt = place(f.rec.Position)
	if former.row != nil {
		now.row.FirstAt = former.row.GetFirstAt()
	}
	return document.Put(rows, RowTable, projections.Row{Key: f.key, Columns: columns(now.row)}, now.row)
}

// recount takes a row out of the counts and puts what it is now into them, and touches the heads of both.
func (f fact) recount(rows *projections.Rows, former, now *viewv1.ReturnRow) error {
	meta, err := f.rec.Metadata()
	if err != nil {
		return err
	}
	recorded := []string{meta.RecordedAt.UTC().Format(time.RFC3339)}
	if former != nil {
		rows.Put(headTable, projections.Row{Key: headKey(former), Columns: recorded})
		if err := count(rows, former, -1); err != nil {
			return err
		}
	}
	if now == nil {
		return nil
	}
	rows.Put(headTable, projections.Row{Key: headKey(now), Columns: recorded})
	return count(rows, now, 1)
}

func columns(v *viewv1.ReturnRow) []string {
	return []string{
		v.GetAuthorityId(), v.GetKind(), projections.Clip(v.GetScope()), closed(v), flag(v.GetTakenOver()), v.GetDate(), v.GetFirstAt(),
	}
}

func closed(v *viewv1.ReturnRow) string {
	if v.GetOpen() {
		return open
	}
	return v.GetClosedOn()
}

func flag(is bool) string {
	if is {
		return yes
	}
	return no
}

// headKey is touched whenever a row of the authority and kind changes, so that a reader knows what he read was one state.
func headKey(v *viewv1.ReturnRow) string { return v.GetAuthorityId() + "|" + v.GetKind() }

// counted are the codes under which a row counts in its year.
func counted(v *viewv1.ReturnRow) []string {
	switch {
	case v.GetTakenOver(), v.GetScope() == CoParty:
		return nil
	case v.GetKind() == Licence:
		return []string{v.GetAction()}
	case v.GetKind() == Penalty && v.GetRevoked():
		return []string{"decided", "revoked"}
	case v.GetKind() == Penalty:
		return []string{"decided"}
	case v.GetKind() == Inspection:
		return []string{"concluded"}
	}
	return nil
}

func year(v *viewv1.ReturnRow) string { return v.GetDate()[:min(len(v.GetDate()), 4)] }

func countKey(v *viewv1.ReturnRow, code string) string {
	return v.GetAuthorityId() + "|" + year(v) + "|" + v.GetKind() + "|" + code
}

// count adds a row to the counts of its year, or takes it away.
func count(rows *projections.Rows, v *viewv1.ReturnRow, by int64) error {
	for _, code := range counted(v) {
		key, sum := countKey(v, code), &viewv1.AnnualPart{}
		if _, err := document.Get(rows, CountTable, key, sum); err != nil {
			return err
		}
		sum.Code = v.GetKind() + "/" + code
		sum.Count += by
		if sum.GetCount() == 0 {
			rows.Delete(CountTable, key)
			continue
		}
		if err := document.Put(rows, CountTable, projections.Row{Key: key, Columns: []string{v.GetAuthorityId(), year(v)}}, sum); err != nil {
			return err
		}
	}
	return nil
}

// place makes an order column of a position.
func place(p es.Position) string {
	commit, _ := p.Pair()
	return projections.Num(commit)
}

// Place is the order column of a position, as it stands in the log's own form; false if it has none.
func Place(position string) (string, bool) {
	p, err := es.ParsePosition(position)
	return place(p), err == nil
}

func number(n int) int32 { return int32(min(n, 1<<30)) } //nolint:gosec // within
