package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// redactDecision takes out of a decision what the public may not see.
func redactDecision(d *mingjianv1.PenaltyDecision) redacted[*mingjianv1.PenaltyDecision] {
	c := redaction.Context{Parties: nil, Persons: nil, Homes: nil, On: d.GetDecidedOn()}
	for _, p := range d.GetParties() {
		c.Parties = append(c.Parties, redaction.Party{
			Name: p.GetName(), Kind: partyKind(penalty.PartyKind(p.GetKind())), Person: p.GetLegalRepresentative(),
		})
	}
	return redact(d, c)
}

func partyKind(k penalty.PartyKind) redaction.PartyKind {
	switch k {
	case penalty.Legal:
		return redaction.Firm
	case penalty.IndividualBusiness:
		return redaction.Trader
	case penalty.Natural:
		return redaction.Natural
	}
	return redaction.Unknown
}

// redactAmendment takes out of an amendment what the public may not see; the parties are those of the decision.
func redactAmendment(s penalty.State, req *mingjianv1.AmendPenaltyRequest) redacted[*mingjianv1.AmendPenaltyRequest] {
	return redact(req, recordContext(s))
}

// recordContext is what the rules know of a penalty.
func recordContext(s penalty.State) redaction.Context {
	c := redaction.Context{Parties: nil, Persons: nil, Homes: nil, On: s.Decision.DecidedOn.String()}
	for _, p := range s.Decision.Parties {
		c.Parties = append(c.Parties, redaction.Party{Name: p.Name, Kind: partyKind(p.Kind), Person: p.LegalRepresentative})
	}
	return c
}

// cleanNotes takes what hard rules hide out of the notes of an importer, which quote the text that they doubt.
func cleanNotes(row *mingjianv1.TakenOverPenalty) *mingjianv1.TakenOverPenalty {
	none := redaction.Context{Parties: nil, Persons: nil, Homes: nil, On: ""}
	row = proto.CloneOf(row)
	for _, doubt := range row.GetDoubts() {
		doubt.Note = redaction.Apply(doubt.GetNote(), redaction.Propose(doubt.GetNote(), none))
	}
	return row
}

// sealedFor seals what a command needs, once it is sure that the command leads to an event: nothing is kept of what is refused.
func sealedFor[M proto.Message, S, C any, E es.Event](
	ctx context.Context, b Base, vault Vault, d es.Decider[S, C, E], id string, m es.Metadata, r redacted[M], cmd C,
) (*redaction.Overlay, error) {
	if r.none() {
		return nil, nil
	}
	if res, changes, err := decided(ctx, b.checking(true), d, id, m, cmd); err != nil || !changes || res.Duplicate {
		return nil, err
	}
	return r.sealed(ctx, vault, m.Command)
}
