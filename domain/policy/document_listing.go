package policy

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

// ListingDocument composes what the public sees of an entry on a list as it stands now: grounds, decisions and its end, without
// the facts. It is the record of the authority that entered the subject, whoever keeps the case now. Without such an entry the
// document is empty, which disclosure refuses.
func ListingDocument(s listing.State, number int) disclosure.Document {
	e, ok := s.EntryOf(number)
	if !ok || len(e.Grounds) == 0 {
		return disclosure.Document{}
	}
	marked := s.List == listing.Abnormal && e.Subject.Kind == string(roster.IndividualBusiness)
	body := &disclosure.ListingBody{List: disclosure.Labelled{Code: string(s.List), Label: s.List.Label()}, Marked: marked, Status: e.Status()}
	for _, g := range e.Grounds {
		row := listing.RowOf(g.Table, g.Ground)
		body.Grounds = append(body.Grounds, disclosure.ListingGround{
			Labelled: disclosure.Labelled{Code: string(g.Ground), Label: row.Label}, Basis: row.Basis, Table: g.Table,
			AuthorityName: g.AuthorityName, DocumentNo: g.DocumentNo, DecidedOn: g.On,
		})
	}
	if r := e.Removed; r != nil {
		body.End = ended(r.Decision)
		for _, remedy := range r.Remedies {
			body.End.Remedies = append(body.End.Remedies, disclosure.Labelled{Code: string(remedy), Label: remedy.Label()})
		}
	}
	if r := e.Rescinded; r != nil {
		body.End = ended(r.Decision)
		body.End.Reason = r.Reason
	}
	first := e.Grounds[0]
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Listing, RecordID: listing.RecordID(s.ID, number),
		Authority: disclosure.Authority{ID: e.Authority, Name: first.AuthorityName},
		Subjects:  []disclosure.Subject{{ID: e.Subject.ID, Name: e.Subject.Name, Kind: e.Subject.Kind}},
		Date:      first.On, Title: entryTitle(s.List, marked, e.Status()) + " " + first.DocumentNo, Listing: body,
	}
}

func ended(d listing.Decision) *disclosure.ListingEnd {
	return &disclosure.ListingEnd{AuthorityName: d.AuthorityName, DocumentNo: d.DocumentNo, On: d.On}
}

// entryTitle words the entry: a sole trader is marked, and goes back to its normal state.
func entryTitle(list listing.List, marked bool, status string) string {
	title, removed := "列入"+list.Label(), "（已移出）"
	if marked {
		title, removed = "标记为经营异常状态", "（已恢复正常记载状态）"
	}
	switch status {
	case "removed":
		return title + removed
	case "rescinded":
		return title + "（已撤销）"
	}
	return title
}
