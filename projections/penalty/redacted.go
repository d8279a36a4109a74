package penalty

import (
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/penalty"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// redacted puts texts as they are published from now on in the place of those that stood. Parties are counted as in the decision.
func redacted(v *viewv1.Penalty, e penalty.Redacted) {
	first, own := v.GetContent(), fmt.Sprintf("parties[%d].sentence.", v.GetPlace())
	if v.GetInitial() != nil {
		first = v.GetInitial()
	}
	all := slices.Clone(v.GetParties())
	for i, other := range v.GetCoParties() {
		at := i
		if i >= int(v.GetPlace()) {
			at = len(all)
		}
		all = slices.Insert(all, at, other.GetParty())
	}
	for _, text := range e.Texts {
		switch text.Field {
		case "violation":
			v.Violation = text.Text
		case "facts":
			v.Facts = text.Text
		case "basis":
			v.Basis = text.Text
		case "licence_affected", own + "licence_affected":
			v.LicenceAffected = text.Text
		case "content", own + "content":
			first.Text = text.Text
		}
		for i, p := range all {
			switch text.Field {
			case fmt.Sprintf("parties[%d].name", i):
				p.Name = text.Text
			case fmt.Sprintf("parties[%d].legal_representative", i):
				p.LegalRepresentative = text.Text
			}
		}
	}
}
