package enterprise

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	"github.com/mingjian-ledger/mingjian/projections/history"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// keepFormer keeps what a record was until now.
func (r record) keepFormer(rows *projections.Rows, at stamp) {
	if r.former == nil {
		return
	}
	rows.Put(formerTable, projections.Row{
		Key:     r.GetId() + "|" + place(rows.Position()),
		Columns: []string{r.GetId(), place(r.former.Position), place(rows.Position()), r.former.Columns[3], string(at)},
		Doc:     r.former.Doc,
	})
}

// place writes positions so that text order is their order.
func place(p es.Position) string {
	commit, prepare := p.Pair()
	return projections.Num(commit) + "." + projections.Num(prepare)
}

// GetAsOf returns the record of an enterprise at a moment, without its entries: who it was and was called as far as was known
// then, and how much was public about it, whatever the terms. Of an enterprise that only became known later it tells the id
// alone. The Fault is of kind NotFound if nothing is known of it to this day, and Unavailable while the view is not as far as
// the moment.
func GetAsOf(ctx context.Context, r projections.Reader, id string, m history.Moment) (*viewv1.Enterprise, error) {
	if err := reached(ctx, r, m); err != nil {
		return nil, err
	}
	row, err := r.Get(ctx, Table, id)
	if err != nil {
		return nil, fmt.Errorf("enterprise: get %s: %w", id, err)
	}
	known := row != nil
	if !known || !within(m, place(row.Position), row.Columns[3]) {
		if row, err = formerAt(ctx, r, id, m); err != nil {
			return nil, err
		}
	}
	if !known && row == nil {
		page, err := r.List(ctx, projections.Query{
			Table: formerTable, Where: map[string]string{colSubject: id}, OrderBy: colUntilPlace, Limit: 1,
		})
		if err != nil {
			return nil, fmt.Errorf("enterprise: former records of %s: %w", id, err)
		}
		if len(page.Rows) == 0 {
			return nil, unknown()
		}
	}
	e := &viewv1.Enterprise{Id: id, Counts: &viewv1.EnterpriseCounts{}}
	if row == nil {
		return e, nil
	}
	return e, document.Decode(row, e)
}

// reached refuses a moment that the view does not hold yet.
func reached(ctx context.Context, r projections.Reader, m history.Moment) error {
	through, err := r.Checkpoint(ctx, Name)
	if err != nil {
		return fmt.Errorf("enterprise: checkpoint: %w", err)
	}
	if through.Compare(m.Position) < 0 {
		return domain.Refuse(domain.Unavailable, "as_of.behind", "as_of", "视图尚未更新到该时刻，请稍后重试", "the view has not reached this moment yet; try again")
	}
	return nil
}

// within tells whether what happened at a place in the log and a stamp belongs to a moment.
func within(m history.Moment, place, at string) bool {
	if m.ByTime {
		return at <= bound(m)
	}
	return place <= bound(m)
}

// bound is the last place, or stamp, of a moment.
func bound(m history.Moment) string {
	if m.ByTime {
		return string(stampOf(m.Sequence, instant(m.Time)))
	}
	return place(m.Position)
}

// formerAt finds what a record was at a moment that the present one is younger than; nil if there was none.
func formerAt(ctx context.Context, r projections.Reader, id string, m history.Moment) (*projections.Row, error) {
	order := colUntilPlace
	if m.ByTime {
		order = colUntilStamp
	}
	page, err := r.List(ctx, projections.Query{
		Table: formerTable, Where: map[string]string{colSubject: id}, OrderBy: order, From: bound(m) + "!", Limit: 1, // "!" follows upon nothing
	})
	if err != nil {
		return nil, fmt.Errorf("enterprise: former records of %s: %w", id, err)
	}
	if len(page.Rows) == 0 || !within(m, page.Rows[0].Columns[1], page.Rows[0].Columns[3]) {
		return nil, nil
	}
	return &page.Rows[0], nil
}

// LeaveOut takes records out of the counts, by kind.
func LeaveOut(counts *viewv1.EnterpriseCounts, of map[string]uint32) {
	for kind, n := range of {
		tally(counts, kind, seen, -int(n))
	}
}

// EntryOf is the entry that a record of an enterprise shows of a disclosure in the state of a moment.
func EntryOf(s *viewv1.Released) (*viewv1.EnterpriseEntry, error) {
	r := s.GetRelease()
	e := &viewv1.EnterpriseEntry{
		RecordKind: r.GetRecordKind(), RecordId: r.GetRecordId(), DisclosureId: r.GetDisclosureId(), Date: r.GetDate(), Title: r.GetTitle(),
		Authority: r.GetAuthority(), Document: r.GetDocument(), Digest: r.GetDigest(), Kind: r.GetKind(), Sequence: r.GetSequence(),
		Reason: r.GetReason(), Removal: s.GetRemoval(),
	}
	switch {
	case s.GetWithdrawn(), r.GetDocument() == "" && s.GetRemoval().GetKind() == viewv1.ReleaseKind_RELEASE_KIND_WITHDRAWN:
		e.Summary = "已撤回"
	case r.GetDocument() != "":
		var doc disclosure.Document
		if err := json.Unmarshal([]byte(r.GetDocument()), &doc); err != nil {
			return nil, fmt.Errorf("enterprise: document of %s: %w", r.GetDisclosureId(), err)
		}
		e.Summary = summary(doc)
	}
	return e, nil
}
