package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "delivery.v1"

// The tables: deliveries by id, rows, the ends of their sequences and the counts of deliveries by platform and kind, and rows by batch.
const (
	Table      = "delivery"
	RowTable   = "delivery_row"
	headTable  = "delivery_head"
	countTable = "delivery_count"
	batchTable = "delivery_batch"
)

// Columns.
const (
	colAuthority = "authority"
	colStatus    = "status"
	colAnswerBy  = "answer_by"
	colSequence  = "sequence"
	colAt        = "at" // place of the first event in the log
	colDigest    = "digest"
	colDecision  = "decision" // document number and party
	colDecided   = "decided"  // day of the decision
	colWaits     = "waits"    // the sequence, while the row was neither submitted nor set aside
	colBatch     = "batch"
	colNumber    = "number"
)

// divider parts the parts of a key; no id holds it.
const divider = "|"

// Projection keeps the views.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{
				Name: Table, Columns: []string{colAuthority, colStatus, colAnswerBy, colAt, colSequence},
				Indexes: [][]string{{colAuthority, colAt}, {colAuthority, colStatus, colAt}, {colStatus, colAnswerBy}, {colSequence, colStatus, colAnswerBy}},
			},
			{
				Name: RowTable, Columns: []string{colDigest, colDecision, colDecided, colWaits, colNumber},
				Indexes: [][]string{{colDigest}, {colDecision, colNumber}, {colDecision, colDecided, colNumber}, {colWaits, colNumber}},
			},
			{Name: headTable},
			{Name: countTable},
			{Name: batchTable, Columns: []string{colBatch, colNumber}, Indexes: [][]string{{colBatch, colNumber}}},
		},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !delivery.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := delivery.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	f := fact{rec: rec, id: rec.Stream.ID, sequence: sequenceOf(rec.Stream.ID), event: event}
	return projections.Change{Keys: f.keys(), More: f.more, Apply: f.apply}, nil
}

// sequenceOf is that of the rows of a delivery; the id of a disclosure begins with its kind.
func sequenceOf(id string) string {
	platform, disclosure := delivery.ParseID(id)
	kind, _, _ := strings.Cut(disclosure, ".")
	return platform + divider + kind
}

// fact is one event of a delivery.
type fact struct {
	rec      es.Record
	id       string
	sequence string
	event    delivery.Event
}

func (f fact) rowKey(number uint64) string { return f.sequence + divider + projections.Num(number) }

// keys are what the event itself tells of: its delivery, and the row that it names or the end of the sequence that it lengthens.
func (f fact) keys() []projections.Key {
	keys := []projections.Key{{Table: Table, Key: f.id}, {Table: countTable, Key: f.sequence}}
	if _, row := f.event.(delivery.Prepared); row {
		return append(keys, projections.Key{Table: headTable, Key: f.sequence})
	}
	if number, named := f.number(); named {
		keys = append(keys, projections.Key{Table: RowTable, Key: f.rowKey(number)})
	}
	return keys
}

// number is that of the row which the event names.
func (f fact) number() (uint64, bool) {
	switch e := f.event.(type) {
	case delivery.Submitted:
		return e.Number, true
	case delivery.Accepted:
		return e.Number, true
	case delivery.Rejected:
		return e.Number, true
	case delivery.Held:
		return e.Number, e.Number > 0
	case delivery.Prepared, delivery.Dropped, delivery.NameChosen, delivery.GivenUp, delivery.RepresentativeRecorded:
	}
	return 0, false
}

// more is the last row, which giving up is about.
func (f fact) more(rows *projections.Rows) ([]projections.Key, error) {
	if _, gives := f.event.(delivery.GivenUp); !gives {
		return nil, nil
	}
	v := &viewv1.Delivery{}
	if _, err := document.Get(rows, Table, f.id, v); err != nil || len(v.GetRows()) == 0 {
		return nil, err
	}
	return []projections.Key{{Table: RowTable, Key: f.rowKey(last(v).GetNumber())}}, nil
}

func last(v *viewv1.Delivery) *viewv1.DeliveryRowRef {
	if n := len(v.GetRows()); n > 0 {
		return v.GetRows()[n-1]
	}
	return nil
}

func (f fact) apply(rows *projections.Rows) error {
	v := &viewv1.Delivery{}
	at := place(f.rec.Position)
	if old, err := rows.Get(Table, f.id); err != nil {
		return err
	} else if old != nil {
		at = old.Columns[3]
		if err := document.Decode(old, v); err != nil {
			return err
		}
	}
	was := v.GetStatus()
	if err := f.follow(rows, v); err != nil {
		return err
	}
	if err := f.count(rows, was, v.GetStatus()); err != nil {
		return err
	}
	v.StatusLabel = Label(v.GetStatus())
	return document.Put(rows, Table, projections.Row{Key: f.id, Columns: []string{v.GetAuthorityId(), v.GetStatus(), v.GetAnswerBy(), at, f.sequence}}, v)
}

// place makes an order column of a position.
func place(p es.Position) string {
	commit, _ := p.Pair()
	return projections.Num(commit)
}

// Label is a status in Chinese.
func Label(status string) string {
	switch delivery.Status(status) {
	case delivery.WasPrepared:
		return "待报送"
	case delivery.WasHeld:
		return "待补正"
	case delivery.WasDropped:
		return "无需报送"
	case delivery.WasSubmitted:
		return "待回执"
	case delivery.WasAccepted:
		return "已入库"
	case delivery.WasRejected:
		return "被退回"
	case delivery.WasGivenUp:
		return "已停止报送"
	case delivery.None:
	}
	return ""
}

// decisionOf is the column by which a row is found that is named by decision and party: they are compared in their normal forms.
func decisionOf(sequence string, m delivery.Match) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{sequence, domain.NormalNo(m.DocumentNo), domain.NormalName(m.Party)}, "\n")))
	return hex.EncodeToString(sum[:])
}
