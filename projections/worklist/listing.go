package worklist

import (
	"encoding/json"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// What waits at a case of a list.
const (
	notifyFinding = "notify_finding"
	decideFinding = "decide_finding"
	decideRemoval = "decide_removal"
)

// findingDays are the working days from a finding to the decision on the list of abnormal operations.
const findingDays = 10

// standing is a case of a list as far as somebody has to act on it.
type standing struct {
	Authority   domain.AuthorityID `json:"authority"`
	List        listing.List       `json:"list"`
	Subject     string             `json:"subject"`
	Findings    []finding          `json:"findings"` // that wait
	Application string             `json:"application"`
}

type finding struct {
	Number int    `json:"number"`
	Label  string `json:"label"`
	On     string `json:"on"` // last day to decide; empty if none is set
	Told   bool   `json:"told"`
}

// projectListing: an entry that was rescinded (撤销列入) was made in error: it must be withdrawn if it is public, as a penalty that
// was revoked, and goes no further if it is not.
func projectListing(rec es.Record) (projections.Change, error) {
	event, err := listing.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	key := projections.Key{Table: listingTable, Key: rec.Stream.ID}
	change := projections.Change{Keys: []projections.Key{key}, Apply: func(rows *projections.Rows) error {
		s := standing{}
		row, err := rows.Get(listingTable, key.Key)
		if err == nil && row != nil {
			err = json.Unmarshal(row.Doc, &s)
		}
		if err != nil {
			return fmt.Errorf("worklist: listing %s: %w", key.Key, err)
		}
		before := s.items(key.Key)
		s.apply(event)
		doc, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("worklist: listing %s: %w", key.Key, err)
		}
		rows.Put(listingTable, projections.Row{Key: key.Key, Doc: doc})
		return replace(rows, before, s.items(key.Key), meta.RecordedAt)
	}}
	if e, ok := event.(listing.Rescinded); ok {
		record := disclosure.Record{Kind: disclosure.Listing, ID: listing.RecordID(rec.Stream.ID, e.Entry)}
		change = both(change, withdrawBy(record, workingDays(e.On, withdrawalsDays), meta.RecordedAt))
	}
	if e, ok := event.(listing.Found); ok && e.List == listing.Abnormal && e.Inspection != "" && e.Entry == 0 {
		change = both(change, foundIn(e.Inspection, rec.Stream.ID, meta.RecordedAt))
	}
	return change, nil
}

// both are two changes as one.
func both(a, b projections.Change) projections.Change {
	return projections.Change{Keys: append(a.Keys, b.Keys...), Apply: func(rows *projections.Rows) error {
		if err := a.Apply(rows); err != nil {
			return err
		}
		return b.Apply(rows)
	}}
}

func (s *standing) apply(event listing.Event) {
	switch e := event.(type) {
	case listing.Found:
		s.Authority, s.List, s.Subject = e.Authority, e.List, e.Subject.Name
		if e.Entry > 0 {
			return
		}
		f := finding{Number: e.Finding, Label: listing.RowOf(e.Table, e.Ground).Label}
		if e.List == listing.Abnormal {
			f.On = workingDays(e.On, findingDays)
		}
		s.Findings = append(s.Findings, f)
	case listing.Notified:
		for i := range s.Findings {
			if s.Findings[i].Number == e.Finding {
				s.Findings[i].Told = true
			}
		}
	case listing.Dismissed:
		s.done(e.Finding)
	case listing.Retracted:
		s.done(e.Finding)
	case listing.Entered:
		s.done(e.Findings...)
	case listing.GroundAdded:
		s.done(e.Findings...)
	case listing.RemovalApplied:
		s.Application = fmt.Sprintf("%d.%d", e.Entry, e.Application)
	case listing.RemovalRefused, listing.Removed, listing.Rescinded:
		s.Application = ""
	case listing.Transferred:
		s.Authority = e.To
	}
}

// done takes findings off that wait no more.
func (s *standing) done(numbers ...int) {
	var left []finding
	for _, f := range s.Findings {
		waits := true
		for _, n := range numbers {
			waits = waits && f.Number != n
		}
		if waits {
			left = append(left, f)
		}
	}
	s.Findings = left
}

// items are what waits at the case.
func (s *standing) items(id string) []*viewv1.WorkItem {
	item := func(suffix, kind string, role domain.Role, title, due string) *viewv1.WorkItem {
		return &viewv1.WorkItem{
			Id: "listing." + id + "#" + suffix, Kind: kind, AuthorityId: string(s.Authority), Role: string(role), RecordKind: "listing", RecordId: id,
			Title: s.Subject + "：" + title, DueOn: due,
		}
	}
	var out []*viewv1.WorkItem
	for _, f := range s.Findings {
		kind, role := decideFinding, domain.Approver
		if s.List == listing.Serious && !f.Told {
			kind, role = notifyFinding, domain.Clerk
		}
		out = append(out, item(fmt.Sprintf("finding.%d", f.Number), kind, role, f.Label, f.On))
	}
	if s.Application != "" {
		out = append(out, item("application."+s.Application, decideRemoval, domain.Approver, "申请移出"+s.List.Label(), ""))
	}
	return out
}
