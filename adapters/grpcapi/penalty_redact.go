package grpcapi

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// redactDecision takes out of a decision what the public may not see.
func redactDecision(d *mingjianv1.PenaltyDecision) redacted[*mingjianv1.PenaltyDecision] {
	return redact(d, decisionContext(d))
}

// decisionContext is what the rules know of a decision.
func decisionContext(d *mingjianv1.PenaltyDecision) redaction.Context {
	c := redaction.Context{Parties: nil, Persons: nil, Homes: nil, On: d.GetDecidedOn()}
	for _, p := range d.GetParties() {
		c.Parties = append(c.Parties, redaction.Party{
			Name: p.GetName(), Kind: partyKind(penalty.PartyKind(p.GetKind())), Person: p.GetLegalRepresentative(),
		})
	}
	return c
}

// personsOf are the parties whose identities are in the vault: what was served tells of them.
func personsOf(d penalty.Decided) []string {
	var out []string
	for _, p := range d.All() {
		if p.Person != "" {
			out = append(out, p.Person)
		}
	}
	return out
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

// redactAmendment takes out of an amendment what the public may not see. Whoever is a person in the decision is one here, so its
// texts as served are looked at, if they can be opened still; what is sealed of the amendment is about the same persons.
func (s PenaltyServer) redactAmendment(
	ctx context.Context, p penalty.State, req *mingjianv1.AmendPenaltyRequest,
) (out redacted[*mingjianv1.AmendPenaltyRequest], err error) {
	c, o := recordContext(p), p.Overlay()
	if o == nil {
		return redact(req, c), nil
	}
	served, err := servedTexts(ctx, s.Vault, o.Served)
	if err != nil && domain.KindOf(err) != domain.Gone {
		return out, err
	}
	var fields []redaction.Field
	for _, name := range sortedKeys(served) {
		kind, _ := textKind(protoreflect.Name(name[strings.LastIndexByte(name, '.')+1:]))
		fields = append(fields, redaction.Field{Name: name, Kind: kind, Text: served[name]})
	}
	for i, party := range p.Decision.All() {
		if name, there := served[fmt.Sprintf("parties[%d].name", i)]; there {
			fields = append(fields, redaction.Field{Name: "", Kind: redaction.PartyName, Text: name})
			c.Parties = append(c.Parties, redaction.Party{Name: name, Kind: partyKind(party.Kind), Person: ""})
		}
	}
	c.Persons = redaction.Persons(fields, c)
	out = redact(req, c)
	if err == nil {
		out.persons = o.Served.Persons
	}
	return out, nil
}

// recordContext is what the rules know of a penalty.
func recordContext(s penalty.State) redaction.Context {
	c := redaction.Context{Parties: nil, Persons: nil, Homes: nil, On: s.Decision.DecidedOn.String()}
	for _, p := range s.Decision.Parties {
		c.Parties = append(c.Parties, redaction.Party{Name: p.Name, Kind: partyKind(p.Kind), Person: p.LegalRepresentative})
	}
	return c
}

// cleanNotes takes what the public may not see out of the notes of an importer, which quote the text that they doubt. It is done
// while the row has its texts as they were served: whoever is a person in them is one in a note.
func cleanNotes(row *mingjianv1.TakenOverPenalty) *mingjianv1.TakenOverPenalty {
	row = proto.CloneOf(row)
	if len(row.GetDoubts()) == 0 {
		return row
	}
	c := decisionContext(row.GetDecision())
	var fields []redaction.Field
	walkTexts(row.GetDecision().ProtoReflect(), "", textKind, func(f redaction.Field, _ func(string)) { fields = append(fields, f) })
	c.Persons = redaction.Persons(fields, c)
	for _, doubt := range row.GetDoubts() {
		doubt.Note = redaction.Apply(doubt.GetNote(), redaction.Propose(doubt.GetNote(), c))
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
