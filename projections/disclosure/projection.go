package disclosure

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "disclosure.v2"

// The tables: disclosures, what was withheld, applications for repair, and the terms that run.
const (
	Table         = "disclosure"
	WithheldTable = "withheld"
	RepairTable   = "repair"
	termTable     = "running_term"
)

// Columns.
const (
	colAuthority = "authority"
	colStatus    = "status"
	colKind      = "kind"
	colPlace     = "place" // position of the last submission or adoption
	colYear      = "year"  // in which it was withheld
	colOn        = "on_day"
	colState     = "state"
	colDue       = "due"
	colUntil     = "until"
)

// Where a disclosure may stand beside the stages of its document.
const (
	withdrawn = "withdrawn"
	ended     = "ended"
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{{
			Name: Table, Columns: []string{colAuthority, colStatus, colKind, colPlace},
			Indexes: [][]string{
				{colPlace}, {colAuthority, colPlace}, {colStatus, colPlace}, {colKind, colPlace}, {colStatus, colKind, colPlace},
				{colAuthority, colStatus, colPlace}, {colAuthority, colKind, colPlace}, {colAuthority, colStatus, colKind, colPlace},
			},
		}, {
			Name: WithheldTable, Columns: []string{colAuthority, colState, colYear, colOn},
			Indexes: [][]string{
				{colOn}, {colAuthority, colOn}, {colState, colOn}, {colAuthority, colState, colOn},
				{colState, colYear, colOn}, {colAuthority, colState, colYear, colOn},
			},
		}, {
			Name: RepairTable, Columns: []string{colAuthority, colState, colDue},
			Indexes: [][]string{{colDue}, {colAuthority, colDue}, {colState, colDue}, {colAuthority, colState, colDue}},
		}, {
			Name: termTable, Columns: []string{colUntil}, Indexes: [][]string{{colUntil}},
		}},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !disclosure.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id, at := rec.Stream.ID, meta.RecordedAt.UTC().Format(time.RFC3339)
	return projections.Change{Keys: []projections.Key{{Table: Table, Key: id}}, Apply: func(rows *projections.Rows) error {
		v, place := &viewv1.Disclosure{}, ""
		row, err := rows.Get(Table, id)
		if err == nil && row != nil {
			place = row.Columns[3]
			err = document.Decode(row, v)
		}
		if err != nil {
			return err
		}
		v.Id = id
		before := v.GetOutlets()
		if err := apply(v, event, at); err != nil {
			return err
		}
		if err := keepLater(rows, id, v, before, event); err != nil {
			return err
		}
		switch event.EventType() {
		case disclosure.Submitted{}.EventType(), disclosure.Adopted{}.EventType():
			commit, prepare := rows.Position().Pair()
			place = projections.Num(commit) + projections.Num(prepare)
		}
		v.StatusLabel = statusLabel(v.GetStatus())
		publicity(v)
		columns := []string{v.GetAuthority().GetId(), v.GetStatus(), v.GetRecordKind(), place}
		return document.Put(rows, Table, projections.Row{Key: id, Columns: columns}, v)
	}}, nil
}

func apply(v *viewv1.Disclosure, event disclosure.Event, at string) error {
	after := disclosure.Showing{Outlets: document.Outlets(v.GetOutlets())}.After(event).Outlets
	v.Outlets, v.Public = document.OutletViews(after), after.Stand()
	switch e := event.(type) {
	case disclosure.Submitted:
		submitted(v, e, at)
		return describe(v, e.Record, e.Authority, e.Document)
	case disclosure.Returned:
		v.Status, draft(v).ReturnedBy, draft(v).ReturnReason = string(disclosure.SentBack), e.By, e.Reason
		pass(v, nil)
	case disclosure.Reviewed:
		reviewed(v, e, at)
	case disclosure.LayerPassed:
		pass(v, append(draft(v).GetPassed(), &viewv1.PassedLayer{Layer: e.Layer, By: e.By, At: at, Opinion: e.Opinion}))
	case disclosure.Approved:
		v.Status, draft(v).ApprovedBy, draft(v).ApprovedAt = string(disclosure.Cleared), e.By, at
		draft(v).ApprovalOpinion, draft(v).ApprovedOutlets, draft(v).NotBefore = e.Opinion, names(e.Outlets), e.NotBefore.String()
	case disclosure.Adopted:
		v.Draft = nil
		released(v, event)
		return describe(v, e.Record, e.Authority, e.Document)
	case disclosure.Withdrawn:
		v.Draft = nil
		released(v, event)
		voidRepairs(v)
	case disclosure.Published, disclosure.Corrected, disclosure.Masked, disclosure.Unmasked, disclosure.Ended:
		released(v, event)
	case disclosure.Withheld:
		withheld(v, e)
	case disclosure.WithholdingReviewed:
		reviewedAgain(v, e)
	case disclosure.WithholdingLifted:
		lifted(v, e)
	case disclosure.RepairApplied:
		v.Repairs = append(v.GetRepairs(), applied(v, e))
	case disclosure.RepairChecked:
		checked(v, e)
	case disclosure.RepairDecided:
		decided(v, e)
	}
	return nil
}

// draft is the document under way; the view takes any history.
func draft(v *viewv1.Disclosure) *viewv1.DisclosureDraft {
	if v.GetDraft() == nil {
		v.Draft = &viewv1.DisclosureDraft{}
	}
	return v.GetDraft()
}

// describe takes what lists show out of the document.
func describe(v *viewv1.Disclosure, record disclosure.Record, authority domain.AuthorityID, raw disclosure.Raw) error {
	doc, err := disclosure.ParseDocument(json.RawMessage(raw))
	if err != nil {
		return fmt.Errorf("disclosure: document of %s: %w", record.Disclosure(), err)
	}
	v.RecordKind, v.RecordId, v.Title, v.Date = string(record.Kind), record.ID, doc.Title, doc.Date.String()
	v.Authority = &viewv1.Party{Id: string(authority), Name: doc.Authority.Name}
	v.Subjects = nil
	for _, s := range doc.Subjects {
		v.Subjects = append(v.GetSubjects(), &viewv1.Party{Id: string(s.ID), Name: s.Name})
	}
	return nil
}

func statusLabel(status string) string {
	switch status {
	case withdrawn:
		return "已撤回"
	case ended:
		return "已停止公示"
	}
	return disclosure.Stage(status).Label()
}
