package reporting

import (
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "reporting.v1"

// The tables: decisions by id of their disclosure, what changed last of each authority, whose a licence is, and how many rows were
// prepared for each platform and kind.
const (
	Table       = "reporting"
	headTable   = "reporting_head"
	sourceTable = "reporting_licence"
	rowTable    = "reporting_rows"
)

// Columns.
const (
	colAuthority = "authority"
	colMonth     = "month" // of the decision, yyyy-mm
	colKind      = "kind"
	colAt        = "at" // place of the decision in the log
	colRecorded  = "recorded"
	colNumber    = "number"
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{Name: Table, Columns: []string{colAuthority, colMonth, colKind, colAt}, Indexes: [][]string{{colAuthority, colMonth, colAt}}},
			{Name: headTable, Columns: []string{colRecorded}},
			{Name: sourceTable, Columns: []string{colAuthority}},
			{Name: rowTable, Columns: []string{colNumber}},
		},
		Project: project,
	}
}

// fact is what an event tells of a decision.
type fact struct {
	rec es.Record
	id  string // of the disclosure
	// source is the licence whose decision it is; decide makes what a decision event begins, change what another event changes. An
	// event that prepares a row lengthens a sequence, and change is given the row's number.
	source   string
	sequence string
	decide   func(authority string) *viewv1.ReportedDecision
	change   func(v *viewv1.ReportedDecision, number uint64)
}

func project(rec es.Record) (projections.Change, error) {
	f, err := factOf(rec)
	if err != nil || f.id == "" {
		return projections.Change{}, err
	}
	keys := []projections.Key{{Table: Table, Key: f.id}}
	if f.source != "" {
		keys = append(keys, projections.Key{Table: sourceTable, Key: f.source})
	}
	if f.sequence != "" {
		keys = append(keys, projections.Key{Table: rowTable, Key: f.sequence})
	}
	return projections.Change{Keys: keys, More: f.more, Apply: f.apply}, nil
}

func factOf(rec es.Record) (fact, error) {
	switch {
	case penalty.Codec().Today(rec.Type) == penalty.Decided{}.EventType():
		return penaltyFact(rec)
	case licence.Codec().Knows(rec.Type):
		return licenceFact(rec)
	case deadline.Codec().Knows(rec.Type):
		return deadlineFact(rec)
	case disclosure.Releases(rec.Type):
		return releaseFact(rec)
	case delivery.Codec().Knows(rec.Type):
		return deliveryFact(rec)
	}
	return fact{}, nil
}

// reported tells whether a disclosure or a stream of periods is of a kind that platforms take.
func reported(id string) bool {
	kind, _, _ := strings.Cut(id, ".")
	return delivery.Kind(kind) == delivery.Penalty || delivery.Kind(kind) == delivery.Licence
}

// next is the decision after the event, nil where there is none: only a decision begins one.
func (f fact) next(rows *projections.Rows) (*viewv1.ReportedDecision, error) {
	v := &viewv1.ReportedDecision{}
	found, err := document.Get(rows, Table, f.id, v)
	switch {
	case err != nil:
		return nil, err
	case f.decide != nil:
		authority := ""
		if f.source != "" {
			row, err := rows.Get(sourceTable, f.source)
			if err != nil {
				return nil, err
			}
			if row != nil {
				authority = row.Columns[0]
			}
		}
		return f.decide(authority), nil
	case !found:
		return nil, nil
	}
	number, err := f.number(rows)
	f.change(v, number)
	return v, err
}

// number is that of the row which the event prepares; 0 for none.
func (f fact) number(rows *projections.Rows) (uint64, error) {
	if f.sequence == "" {
		return 0, nil
	}
	row, err := rows.Get(rowTable, f.sequence)
	if err != nil || row == nil {
		return 1, err
	}
	n, err := strconv.ParseUint(row.Columns[0], 10, 64)
	return n + 1, err
}

func (f fact) more(rows *projections.Rows) ([]projections.Key, error) {
	v, err := f.next(rows)
	if err != nil || v == nil {
		return nil, err
	}
	return []projections.Key{{Table: headTable, Key: v.GetAuthorityId()}}, nil
}

func (f fact) apply(rows *projections.Rows) error {
	old, err := rows.Get(Table, f.id)
	if err != nil {
		return err
	}
	v, err := f.next(rows)
	if err != nil {
		return err
	}
	if f.sequence != "" {
		number, err := f.number(rows)
		if err != nil {
			return err
		}
		rows.Put(rowTable, projections.Row{Key: f.sequence, Columns: []string{projections.Num(number)}})
	}
	if v == nil {
		return nil
	}
	meta, err := f.rec.Metadata()
	if err != nil {
		return err
	}
	at := place(f.rec.Position)
	if old != nil {
		at = old.Columns[3]
	}
	if f.source != "" {
		rows.Put(sourceTable, projections.Row{Key: f.source, Columns: []string{v.GetAuthorityId()}})
	}
	rows.Put(headTable, projections.Row{Key: v.GetAuthorityId(), Columns: []string{meta.RecordedAt.UTC().Format(time.RFC3339Nano)}})
	return document.Put(rows, Table, projections.Row{
		Key: f.id, Columns: []string{v.GetAuthorityId(), Month(v.GetDecidedOn()), v.GetKind(), at},
	}, v)
}

// Month is the month of a day.
func Month(day string) string { return day[:min(len(day), len("2006-01"))] }

// place makes an order column of a position.
func place(p es.Position) string {
	commit, _ := p.Pair()
	return projections.Num(commit)
}
