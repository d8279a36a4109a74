package penalty

import (
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/penalty"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// redacted puts texts as they are published from now on in the place of those that stood.
func redacted(v *viewv1.Penalty, e penalty.Redacted) {
	first := v.GetContent()
	if v.GetInitial() != nil {
		first = v.GetInitial()
	}
	for _, text := range e.Texts {
		switch text.Field {
		case "violation":
			v.Violation = text.Text
		case "facts":
			v.Facts = text.Text
		case "basis":
			v.Basis = text.Text
		case "licence_affected":
			v.LicenceAffected = text.Text
		case "content":
			first.Text = text.Text
		}
		for i, p := range v.GetParties() {
			switch text.Field {
			case fmt.Sprintf("parties[%d].name", i):
				p.Name = text.Text
			case fmt.Sprintf("parties[%d].legal_representative", i):
				p.LegalRepresentative = text.Text
			}
		}
	}
}
