package policy

import (
	"cmp"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

// LicenceDocument composes what the public sees of the decision at revision n: what the licence said after it. Without such a
// decision the document is empty, which disclosure refuses.
func LicenceDocument(s licence.State, n es.Revision) disclosure.Document {
	if n >= es.Revision(len(s.Decisions)) {
		return disclosure.Document{}
	}
	d := s.Decisions[n]
	body := &disclosure.LicenceBody{
		LicenceID: s.ID, DocumentTitle: d.DocumentTitle, DocumentNo: d.DocumentNo, Category: string(d.Category),
		CertificateName: d.CertificateName, LicenceNo: d.LicenceNo, Action: string(d.Action), Content: d.Content,
		ValidFrom: d.ValidFrom, ValidTo: d.ValidTo, Status: string(d.Status), Until: d.Until,
	}
	did := d.Action.Label()
	if label := d.Ground.Label(); label != "" {
		did, body.Ground = label, &disclosure.Labelled{Code: string(d.Ground), Label: label}
	}
	if d.RowNo == "" {
		body.DecidedOn = d.On // an older register tells terms, not days of decision
	}
	title := cmp.Or(d.DocumentTitle, d.CertificateName, d.LicenceNo)
	if d.Action != licence.ActGrant {
		title += "（" + did + "）"
	}
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Licence, RecordID: licence.RecordID(s.ID, n),
		Authority: disclosure.Authority{ID: s.Authority, Name: s.AuthorityName},
		Subjects:  []disclosure.Subject{{ID: d.Holder.Subject, Name: d.Holder.Name, Kind: string(d.Holder.Kind)}},
		Date:      d.On, Title: title, Licence: body,
	}
}

// ReleasedDecision is what a document of a licence that is public tells of the decision, enough for licence.Validity. An older
// register tells terms, and not when it decided on them.
func ReleasedDecision(doc disclosure.Document) licence.Decision {
	body := doc.Licence
	if body == nil {
		return licence.Decision{}
	}
	d := licence.Decision{Action: licence.Action(body.Action), On: doc.Date, Until: body.Until, Details: licence.Details{
		DocumentTitle: body.DocumentTitle, DocumentNo: body.DocumentNo, Category: licence.Category(body.Category),
		CertificateName: body.CertificateName, LicenceNo: body.LicenceNo, Content: body.Content,
		ValidFrom: body.ValidFrom, ValidTo: body.ValidTo, Status: licence.Status(body.Status),
	}}
	if body.DecidedOn.IsZero() {
		d.RowNo = doc.RecordID
	}
	if body.Ground != nil {
		d.Ground = licence.Ground(body.Ground.Code)
	}
	if len(doc.Subjects) > 0 {
		h := doc.Subjects[0]
		d.Holder = licence.Holder{Kind: licence.HolderKind(h.Kind), Name: h.Name, Subject: h.ID}
	}
	return d
}
