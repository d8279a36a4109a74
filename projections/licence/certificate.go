package licence

import (
	"cmp"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/licence"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// certify brings what a certificate says up to a decision.
func certify(v *viewv1.Licence, d *viewv1.LicenceDecision) {
	c := v.GetCertificate()
	if c == nil {
		c = &viewv1.LicenceCertificate{}
		v.Certificate = c
	}
	c.Name, c.No = cmp.Or(v.GetCertificateName(), c.GetName(), v.GetDocumentTitle()), cmp.Or(v.GetLicenceNo(), c.GetNo(), d.GetDocumentNo())
	c.Holder, c.Scope, c.ValidFrom, c.ValidTo = v.GetHolder(), v.GetContent(), v.GetValidFrom(), v.GetValidTo()
	c.AuthorityName, c.CategoryLabel = v.GetAuthorityName(), cmp.Or(v.GetCategoryName(), v.GetCategoryLabel())
	switch licence.Action(d.GetAction()) {
	case licence.ActGrant, licence.ActAmend, licence.ActRenew:
		c.IssuedOn, c.ReissuedOn = d.GetOn(), ""
	case licence.ActReissue:
		c.IssuedOn, c.ReissuedOn = cmp.Or(c.GetIssuedOn(), d.GetOn()), d.GetOn()
	case licence.ActSuspend, licence.ActResume, licence.ActRevoke, licence.ActCancel, licence.ActExpire, licence.ActOther:
	}
}

// lapsing tells whether the end of the licence's term is still to be marked. What an older register alone has is as it stood
// there.
func lapsing(v *viewv1.Licence) string {
	switch licence.Status(v.GetStatus()) {
	case licence.StatusInForce, licence.StatusSuspended:
		if v.GetCertificate() != nil && v.GetValidTo() < licence.LongTerm.String() {
			return lapses
		}
	case licence.StatusRevoked, licence.StatusCancelled, licence.StatusExpired:
	}
	return ""
}

// beforeExpiry is the status that the expiry took the place of.
func beforeExpiry(v *viewv1.Licence) licence.Status {
	for _, d := range slices.Backward(v.GetDecisions()) {
		if d.GetRowNo() == "" && licence.Status(d.GetStatus()) != licence.StatusExpired {
			return licence.Status(d.GetStatus())
		}
	}
	return licence.StatusInForce
}
