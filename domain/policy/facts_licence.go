package policy

import (
	"cmp"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// LicenceFacts is what receiving platforms may want to know of the decision at revision n: what the licence said after it.
// Without such a decision there are no facts.
func LicenceFacts(s licence.State, n es.Revision, a Around) profile.Facts {
	if n >= es.Revision(len(s.Decisions)) {
		return profile.Facts{}
	}
	d := s.Decisions[n]
	f := profile.Facts{
		Kind: profile.Licence, Record: licence.RecordID(s.ID, n), Title: d.DocumentTitle, DocumentNo: d.DocumentNo, Content: d.Content,
		Status:   profile.Coded{Code: string(d.Status), Label: d.Status.Label()},
		Action:   profile.Coded{Code: string(d.Action), Label: d.Action.Label()},
		Category: profile.Coded{Code: string(d.Category), Label: cmp.Or(d.CategoryName, d.Category.Label())}, Certificate: d.CertificateName,
		LicenceNo: d.LicenceNo, ValidFrom: d.ValidFrom, ValidTo: d.ValidTo,
	}
	if d.RowNo == "" {
		f.DecidedOn = d.On // an older register tells terms, not days of decision
	}
	a.units(&f, s.Authority, s.AuthorityName)
	f.Party = a.party(string(d.Holder.Kind), d.Holder.Name, d.Holder.Subject, "", d.Holder.Identity != nil)
	return f
}
