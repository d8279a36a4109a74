package policy

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// PenaltyDocument composes what the public sees of a penalty as it stands now: the summary of Order 45 art. 4, and no natural
// person but the parties themselves.
func PenaltyDocument(s penalty.State) disclosure.Document {
	d := s.Current()
	body := &disclosure.PenaltyBody{
		DecisionNo: d.DecisionNo, Procedure: string(d.Procedure), Violation: d.Violation, Facts: d.Facts, Basis: d.Basis,
		Content: d.Content, FineFen: d.FineFen, ConfiscatedFen: d.ConfiscatedFen, LicenceAffected: d.LicenceAffected,
		DecidedOn: d.DecidedOn, EffectiveUntil: d.EffectiveUntil, Status: s.Status(),
	}
	for _, k := range d.Kinds {
		body.Kinds = append(body.Kinds, disclosure.Labelled{Code: string(k), Label: k.Label()})
	}
	return disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: d.Penalty,
		Authority: disclosure.Authority{ID: d.Authority, Name: d.AuthorityName}, Subjects: parties(d.Parties),
		Date: d.DecidedOn, Title: "行政处罚决定书 " + d.DecisionNo, Penalty: body,
	}
}

func parties(of []penalty.Party) []disclosure.Subject {
	out := make([]disclosure.Subject, len(of))
	for i, p := range of {
		out[i] = disclosure.Subject{ID: p.Subject, Name: p.Name, Kind: string(p.Kind)}
	}
	return out
}
