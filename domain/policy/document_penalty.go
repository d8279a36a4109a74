package policy

import (
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// PenaltyDocument composes what the public sees of a penalty as it stands now: the summary of Order 45 art. 4, and no natural
// person but the record's own parties. Of an amended one what was decided at first stands beside it; the wording is shortened
// where both have no room.
func PenaltyDocument(s penalty.State) disclosure.Document {
	d := s.Current()
	body := &disclosure.PenaltyBody{
		DecisionNo: d.DecisionNo, Procedure: string(d.Procedure), Violation: d.Violation, Facts: d.Facts, Basis: d.Basis,
		Content: d.Content, FineFen: d.FineFen, ConfiscatedFen: d.ConfiscatedFen, LicenceAffected: d.LicenceAffected,
		DecidedOn: d.DecidedOn, EffectiveUntil: d.EffectiveUntil, Status: s.Status(),
	}
	body.Kinds = kinds(d.Kinds)
	if n := len(s.Amendments); n > 0 {
		first := s.Initial()
		body.InitialKinds, body.InitialContent, body.AmendedOn = kinds(first.Kinds), first.Content, s.Amendments[n-1].On
		body.InitialFineFen, body.InitialConfiscatedFen = first.FineFen, first.ConfiscatedFen
	}
	doc := disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Penalty, RecordID: d.Penalty,
		Authority: disclosure.Authority{ID: d.Authority, Name: d.AuthorityName}, Subjects: parties(d.Parties),
		Date: d.DecidedOn, Title: "行政处罚决定书 " + d.DecisionNo, Penalty: body,
	}
	if body.InitialContent != "" && stored(doc) > room {
		body.InitialContent = clipped(body.InitialContent)
	}
	return doc
}

func kinds(of []penalty.Kind) []disclosure.Labelled {
	var out []disclosure.Labelled
	for _, k := range of {
		out = append(out, disclosure.Labelled{Code: string(k), Label: k.Label()})
	}
	return out
}

func parties(of []penalty.Party) []disclosure.Subject {
	out := make([]disclosure.Subject, len(of))
	for i, p := range of {
		out[i] = disclosure.Subject{ID: p.Subject, Name: p.Name, Kind: string(p.Kind)}
	}
	return out
}
