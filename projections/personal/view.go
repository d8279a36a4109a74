package personal

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "personal.v1"

// The tables.
const (
	Table          = "personal_item"
	recordTable    = "personal_of_record" // an item under each record that refers to it
	personTable    = "personal_of_person" // an item under each of its persons
	ShreddingTable = "shredding"
)

// Columns.
const (
	colRecord = "record"
	colPerson = "person"
	colState  = "state"
	colAt     = "at"
)

// divider stands between the parts of a key; ids have none.
const divider = "\x1f"

// States of a shredding.
const (
	Requested = "requested"
	Dropped   = "dropped"
	Shredded  = "shredded"
)

func label(state string) string {
	return map[string]string{Requested: "待确认", Dropped: "未采纳", Shredded: "已删除"}[state]
}

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{
			{Name: Table},
			{Name: recordTable, Columns: []string{colRecord, colAt}, Indexes: [][]string{{colRecord, colAt}}},
			{Name: personTable, Columns: []string{colPerson, colAt}, Indexes: [][]string{{colPerson, colAt}}},
			{Name: ShreddingTable, Columns: []string{colState, colAt}, Indexes: [][]string{{colAt}, {colState, colAt}}},
		},
		Project: project,
	}
}

// decodes tells whether a record is of an aggregate whose events may refer to personal texts, and whether it decodes. Where
// in an event the references stand does not matter.
func decodes(rec es.Record) (known bool, err error) {
	switch {
	case penalty.Codec().Knows(rec.Type):
		_, err = penalty.Codec().Decode(rec.Type, rec.Data)
	case licence.Codec().Knows(rec.Type):
		_, err = licence.Codec().Decode(rec.Type, rec.Data)
	case disclosure.Codec().Knows(rec.Type):
		_, err = disclosure.Codec().Decode(rec.Type, rec.Data)
	case evidence.Codec().Knows(rec.Type):
		_, err = evidence.Codec().Decode(rec.Type, rec.Data)
	case inspection.Codec().Knows(rec.Type):
		_, err = inspection.Codec().Decode(rec.Type, rec.Data)
	case listing.Codec().Knows(rec.Type):
		_, err = listing.Codec().Decode(rec.Type, rec.Data)
	case dispute.ReplyCodec().Knows(rec.Type):
		_, err = dispute.ReplyCodec().Decode(rec.Type, rec.Data)
	default:
		return false, nil
	}
	return true, err
}

func project(rec es.Record) (projections.Change, error) {
	if person.Codec().Knows(rec.Type) {
		return projectShredding(rec)
	}
	known, err := decodes(rec)
	if !known || err != nil {
		return projections.Change{}, err
	}
	found := append(domain.SealedIn(rec.Data), domain.SealedIn(rec.Meta)...) // in the event, and of the request that led to it
	if len(found) == 0 {
		return projections.Change{}, nil
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	items := make([]*viewv1.PersonalItem, len(found))
	var keys []projections.Key
	for i, s := range found {
		items[i] = &viewv1.PersonalItem{
			Item: s.Item, Persons: s.Persons, Commitment: s.Commitment, RecordKind: rec.Stream.Category, RecordId: rec.Stream.ID,
			AuthorityId: meta.Authority, RecordedAt: meta.RecordedAt.UTC().Format(time.RFC3339),
		}
		keys = append(keys, projections.Key{Table: Table, Key: s.Item}, projections.Key{Table: recordTable, Key: rec.Stream.ID + divider + s.Item})
		for _, p := range s.Persons {
			keys = append(keys, projections.Key{Table: personTable, Key: p + divider + s.Item})
		}
	}
	return projections.Change{Keys: keys, Apply: func(rows *projections.Rows) error {
		for _, v := range items {
			if err := enter(rows, v); err != nil {
				return err
			}
		}
		return nil
	}}, nil
}

// enter adds a reference: to its record, and to its persons unless it stood in an earlier event.
func enter(rows *projections.Rows, v *viewv1.PersonalItem) error {
	ofRecord := v.GetRecordId() + divider + v.GetItem()
	if found, err := document.Get(rows, recordTable, ofRecord, &viewv1.PersonalItem{}); err != nil || found {
		return err
	}
	row := projections.Row{Key: ofRecord, Columns: []string{projections.Clip(v.GetRecordId()), v.GetRecordedAt()}}
	if err := document.Put(rows, recordTable, row, v); err != nil {
		return err
	}
	if found, err := document.Get(rows, Table, v.GetItem(), &viewv1.PersonalItem{}); err != nil || found {
		return err
	}
	if err := document.Put(rows, Table, projections.Row{Key: v.GetItem()}, v); err != nil {
		return err
	}
	for _, p := range v.GetPersons() {
		row := projections.Row{Key: p + divider + v.GetItem(), Columns: []string{p, v.GetRecordedAt()}}
		if err := document.Put(rows, personTable, row, v); err != nil {
			return err
		}
	}
	return nil
}

func projectShredding(rec es.Record) (projections.Change, error) {
	event, err := person.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id, at := rec.Stream.ID, meta.RecordedAt.UTC().Format(time.RFC3339)
	return projections.Change{Keys: []projections.Key{{Table: ShreddingTable, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.Shredding{}
		if _, err := document.Get(rows, ShreddingTable, id, v); err != nil {
			return err
		}
		v.Person = id
		switch e := event.(type) {
		case person.ShreddingRequested:
			v.Reset()
			v.Person, v.State, v.Ground, v.GroundLabel, v.Reason = id, Requested, string(e.Ground), e.Ground.Label(), e.Reason
			v.AuthorityId, v.RequestedBy, v.RequestedAt = string(e.Authority), e.By, at
		case person.ShreddingDropped:
			v.State, v.DropReason, v.AnsweredBy, v.AnsweredAt = Dropped, e.Reason, e.By, at
		case person.Shredded:
			v.State, v.AnsweredBy, v.AnsweredAt = Shredded, e.By, at
		}
		v.StateLabel = label(v.GetState())
		return document.Put(rows, ShreddingTable, projections.Row{Key: id, Columns: []string{v.GetState(), v.GetRequestedAt()}}, v)
	}}, nil
}
