package listing

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "listing.v1"

// Table is the view's table.
const Table = "listing"

// Columns.
const (
	colAuthority = "authority"
	colList      = "list"
	colState     = "state"
	colSubject   = "subject"
	colChanged   = "changed" // place of the last event in the log
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{{
			Name: Table, Columns: []string{colAuthority, colList, colState, colSubject, colChanged},
			Indexes: [][]string{
				{colChanged}, {colAuthority, colChanged}, {colList, colChanged}, {colState, colChanged}, {colSubject, colChanged}, {colAuthority, colList, colChanged},
				{colAuthority, colState, colChanged}, {colList, colState, colChanged}, {colAuthority, colList, colState, colChanged},
			},
		}},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !listing.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := listing.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	commit, _ := rec.Position.Pair()
	return projections.Change{Keys: []projections.Key{{Table: Table, Key: id}}, Apply: func(rows *projections.Rows) error {
		v := &viewv1.Listing{}
		if _, err := document.Get(rows, Table, id, v); err != nil {
			return err
		}
		v.Id = id
		apply(v, event)
		v.State, v.StateLabel = state(v)
		columns := []string{v.GetAuthorityId(), v.GetList(), v.GetState(), v.GetSubjectId(), projections.Num(commit)}
		return document.Put(rows, Table, projections.Row{Key: id, Columns: columns}, v)
	}}, nil
}

func apply(v *viewv1.Listing, event listing.Event) {
	switch e := event.(type) {
	case listing.Found:
		found(v, e)
	case listing.Dismissed:
		finding(v, e.Finding, func(f *viewv1.ListingFinding) { stage(f, listing.Turned); f.Reason = e.Reason })
	case listing.Retracted:
		finding(v, e.Finding, func(f *viewv1.ListingFinding) { stage(f, listing.TakenBack); f.Reason = e.Reason })
	case listing.Notified:
		finding(v, e.Finding, func(f *viewv1.ListingFinding) { f.NoticeNo, f.NotifiedOn = e.DocumentNo, e.On.String() })
	case listing.Entered:
		settle(v, e.Findings)
		v.Entries = append(v.GetEntries(), &viewv1.ListingEntry{
			Number: number(e.Entry), AuthorityId: v.GetAuthorityId(), Status: "listed",
			DisclosureId: disclosure.Record{Kind: disclosure.Listing, ID: listing.RecordID(v.GetId(), e.Entry)}.Disclosure(),
			Grounds:      []*viewv1.ListingEntryGround{ground(e.Ground, e.Table, e.ConsentNo, e.Decision)},
		})
	case listing.GroundAdded:
		settle(v, e.Findings)
		entry(v, e.Entry, func(n *viewv1.ListingEntry) {
			n.Grounds = append(n.GetGrounds(), ground(e.Ground, e.Table, e.ConsentNo, e.Decision))
		})
	case listing.RemovalApplied:
		entry(v, e.Entry, func(n *viewv1.ListingEntry) {
			n.Applications = append(n.GetApplications(), &viewv1.ListingApplication{
				Number: number(e.Application), Statement: e.Statement, Evidence: e.Evidence, ReceivedOn: e.ReceivedOn.String(), RecordedBy: e.By, State: "pending",
			})
		})
	case listing.RemovalRefused:
		application(v, e.Entry, e.Application, func(a *viewv1.ListingApplication) {
			a.State, a.Refusal = "refused", decision(e.Decision)
			a.Refusal.Reason = e.Reason
		})
	case listing.Removed:
		application(v, e.Entry, e.Application, func(a *viewv1.ListingApplication) { a.State = "granted" })
		entry(v, e.Entry, func(n *viewv1.ListingEntry) { n.Status, n.Removal = "removed", removal(e) })
	case listing.Rescinded:
		entry(v, e.Entry, func(n *viewv1.ListingEntry) {
			n.Status, n.Rescission = "rescinded", decision(e.Decision)
			n.Rescission.Reason = e.Reason
		})
	case listing.Transferred:
		v.AuthorityId = string(e.To)
		v.Transfers = append(v.GetTransfers(), &viewv1.ListingTransfer{To: string(e.To), Reason: e.Reason, On: e.On.String(), By: e.By})
	}
}

func found(v *viewv1.Listing, e listing.Found) {
	v.List, v.ListLabel, v.AuthorityId = string(e.List), e.List.Label(), string(e.Authority)
	v.SubjectId, v.SubjectName, v.SubjectKind = string(e.Subject.ID), e.Subject.Name, e.Subject.Kind
	row := listing.RowOf(e.Table, e.Ground)
	f := &viewv1.ListingFinding{
		Number: number(e.Finding), Ground: string(e.Ground), GroundLabel: row.Label, Basis: row.Basis, Table: e.Table, Facts: e.Facts, Evidence: e.Evidence,
		InspectionId: e.Inspection, PenaltyId: e.Penalty, On: e.On.String(), FoundBy: e.By,
	}
	stage(f, listing.Waiting)
	if e.Entry > 0 {
		stage(f, listing.Repeated)
	}
	v.Findings = append(v.GetFindings(), f)
}

func stage(f *viewv1.ListingFinding, s listing.Stage) { f.Stage, f.StageLabel = string(s), s.Label() }

func settle(v *viewv1.Listing, findings []int) {
	for _, n := range findings {
		finding(v, n, func(f *viewv1.ListingFinding) { stage(f, listing.Settled) })
	}
}

func finding(v *viewv1.Listing, n int, change func(*viewv1.ListingFinding)) {
	if n > 0 && n <= len(v.GetFindings()) {
		change(v.GetFindings()[n-1])
	}
}

func entry(v *viewv1.Listing, n int, change func(*viewv1.ListingEntry)) {
	if n > 0 && n <= len(v.GetEntries()) {
		change(v.GetEntries()[n-1])
	}
}

func application(v *viewv1.Listing, of, n int, change func(*viewv1.ListingApplication)) {
	entry(v, of, func(e *viewv1.ListingEntry) {
		if n > 0 && n <= len(e.GetApplications()) {
			change(e.GetApplications()[n-1])
		}
	})
}

func ground(code listing.Ground, table, consent string, d listing.Decision) *viewv1.ListingEntryGround {
	row := listing.RowOf(table, code)
	return &viewv1.ListingEntryGround{
		Ground: string(code), GroundLabel: row.Label, Basis: row.Basis, Table: table, ConsentNo: consent, Decision: decision(d),
	}
}

func decision(d listing.Decision) *viewv1.ListingDecision {
	return &viewv1.ListingDecision{AuthorityName: d.AuthorityName, DocumentNo: d.DocumentNo, On: d.On.String(), By: d.By}
}

func removal(e listing.Removed) *viewv1.ListingDecision {
	d := decision(e.Decision)
	for _, r := range e.Remedies {
		d.Remedies, d.RemedyLabels = append(d.GetRemedies(), string(r)), append(d.GetRemedyLabels(), r.Label())
	}
	return d
}

// state is that of the last entry while it stands, else that of what waits.
func state(v *viewv1.Listing) (code, label string) {
	if n := len(v.GetEntries()); n > 0 && v.GetEntries()[n-1].GetStatus() == "listed" {
		return "listed", "列入中"
	}
	for _, f := range v.GetFindings() {
		if f.GetStage() == string(listing.Waiting) {
			return "found", "待决定"
		}
	}
	return "none", "未列入"
}

func number(n int) uint32 { return uint32(n) } //nolint:gosec // from 1, and few
