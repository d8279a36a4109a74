package policy

import (
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// PenaltyFacts is what receiving platforms may want to know of a penalty as it stands now. Its texts are the published ones.
// An older record that is of all parties of its decision says so, and no platform takes it as it is.
func PenaltyFacts(s penalty.State, a Around) profile.Facts {
	d := s.Current()
	f := profile.Facts{
		Kind: profile.Penalty, Record: d.Penalty, Title: "行政处罚决定书", DocumentNo: d.DecisionNo, Content: d.Content, DecidedOn: d.DecidedOn,
		Status:    profile.Coded{Code: s.Status()},
		Violation: d.Violation, Story: d.Facts, Basis: d.Basis, Fine: d.FineFen, Confiscated: d.ConfiscatedFen,
		LicenceAffected: d.LicenceAffected, EffectiveUntil: d.EffectiveUntil, Joint: len(d.Parties) > 1,
	}
	for _, k := range d.Kinds {
		f.Kinds = append(f.Kinds, profile.Coded{Code: string(k), Label: k.Label()})
	}
	a.units(&f, d.Authority, d.AuthorityName)
	if len(d.Parties) > 0 {
		p := d.Parties[0]
		f.Party = a.party(string(p.Kind), p.Name, p.Subject, p.LegalRepresentative, p.Identity != nil)
	}
	return f
}
