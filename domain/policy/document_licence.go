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
		ValidFrom: d.ValidFrom, ValidTo: d.ValidTo, Status: string(d.Status),
	}
	if d.RowNo == "" {
		body.DecidedOn = d.On // an older register tells terms, not days of decision
	}
	title := cmp.Or(d.DocumentTitle, d.CertificateName, d.LicenceNo)
	if d.Action != licence.ActGrant {
		title += "（" + d.Action.Label() + "）"
	}
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Licence, RecordID: licence.RecordID(s.ID, n),
		Authority: disclosure.Authority{ID: s.Authority, Name: s.AuthorityName},
		Subjects:  []disclosure.Subject{{ID: d.Holder.Subject, Name: d.Holder.Name, Kind: string(d.Holder.Kind)}},
		Date:      d.On, Title: title, Licence: body,
	}
}
