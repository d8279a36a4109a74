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
const Name = "disclosure.v1"

// Table is the view's table.
const Table = "disclosure"

// Columns.
const (
	colAuthority = "authority"
	colStatus    = "status"
	colKind      = "kind"
	colPlace     = "place" // position of the last submission or adoption
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
		if err := apply(v, event, at); err != nil {
			return err
		}
		switch event.(type) {
		case disclosure.Submitted, disclosure.Adopted:
			commit, prepare := rows.Position().Pair()
			place = projections.Num(commit) + projections.Num(prepare)
		case disclosure.Returned, disclosure.Reviewed, disclosure.Approved, disclosure.Published, disclosure.Corrected, disclosure.Withdrawn:
		}
		v.Id, v.StatusLabel = id, statusLabel(v.GetStatus())
		columns := []string{v.GetAuthority().GetId(), v.GetStatus(), v.GetRecordKind(), place}
		return document.Put(rows, Table, projections.Row{Key: id, Columns: columns}, v)
	}}, nil
}

func apply(v *viewv1.Disclosure, event disclosure.Event, at string) error {
	switch e := event.(type) {
	case disclosure.Submitted:
		v.Status = string(disclosure.Awaiting)
		v.Draft = &viewv1.DisclosureDraft{Document: string(e.Document), Digest: e.Digest, Reason: e.Reason, SubmittedBy: e.By, SubmittedAt: at}
		return describe(v, e.Record, e.Authority, e.Document)
	case disclosure.Returned:
		v.Status, draft(v).ReturnedBy, draft(v).ReturnReason = string(disclosure.SentBack), e.By, e.Reason
	case disclosure.Reviewed:
		v.Status = string(disclosure.Checked)
		draft(v).Review = &viewv1.DisclosureReview{
			By: e.By, At: at, SecrecyClear: e.SecrecyClear, NegativeListHits: e.NegativeListHits, Opinion: e.Opinion,
		}
	case disclosure.Approved:
		v.Status, draft(v).ApprovedBy, draft(v).ApprovedAt = string(disclosure.Cleared), e.By, at
	case disclosure.Published:
		v.Status, v.Public = string(disclosure.Done), true
		v.Release = &viewv1.DisclosureRelease{
			Number: uint32(e.Number), Kind: viewv1.ReleaseKind_RELEASE_KIND_PUBLISHED, Document: string(e.Document), Digest: e.Digest, //nolint:gosec // counts acts of people
			On: e.On.String(), By: e.By,
		}
	case disclosure.Corrected:
		v.Status, v.Public = string(disclosure.Done), true
		v.Release = &viewv1.DisclosureRelease{
			Number: uint32(e.Number), Kind: viewv1.ReleaseKind_RELEASE_KIND_CORRECTED, Document: string(e.Document), Digest: e.Digest, //nolint:gosec // counts acts of people
			On: e.On.String(), By: e.By, Reason: e.Reason,
		}
	case disclosure.Withdrawn:
		v.Status, v.Public, v.Draft = "withdrawn", false, nil
		v.Release = &viewv1.DisclosureRelease{
			Number: uint32(e.Number), Kind: viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN, Digest: e.Digest, //nolint:gosec // counts acts of people
			On: e.On.String(), By: e.By, Ground: string(e.Ground), Reason: e.Reason,
		}
	case disclosure.Adopted:
		v.Status, v.Public, v.Draft = string(disclosure.Done), true, nil
		v.Release = &viewv1.DisclosureRelease{
			Number: uint32(e.Number), Kind: viewv1.ReleaseKind_RELEASE_KIND_ADOPTED, Document: string(e.Document), Digest: e.Digest, //nolint:gosec // counts acts of people
			On: e.PublishedOn.String(), By: e.By, Source: e.Source,
		}
		return describe(v, e.Record, e.Authority, e.Document)
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
	if status == "withdrawn" {
		return "已撤回"
	}
	return disclosure.Stage(status).Label()
}
