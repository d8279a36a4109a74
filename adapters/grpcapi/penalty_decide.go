package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// decisionOf maps a decision, and what each of its parties is sentenced to where it says so; name stands where it names no
// authority. All dates that are none come at once.
func decisionOf(ctx context.Context, by domain.Actor, name string, d *mingjianv1.PenaltyDecision) (penalty.Decided, []*penalty.Sentence, error) {
	on, badOn := civilDate("decided_on", d.GetDecidedOn())
	until, badUntil := civilDate("effective_until", d.GetEffectiveUntil())
	filed, badFiled := civilDate("filed_on", d.GetFiledOn())
	out := penalty.Decided{
		Penalty: "", Authority: by.Authority, AuthorityName: name, DecisionNo: d.GetDecisionNo(), DecisionNoNormal: "",
		Procedure: penalty.Procedure(d.GetProcedure()), Parties: nil, Violation: d.GetViolation(), Facts: d.GetFacts(), Basis: d.GetBasis(),
		Kinds: kindsOf(d.GetKinds()), Content: d.GetContent(), FineFen: domain.Fen(d.GetFineFen()), ConfiscatedFen: domain.Fen(d.GetConfiscatedFen()),
		LicenceAffected: d.GetLicenceAffected(), DecidedOn: on, EffectiveUntil: until, Inspection: d.GetInspectionId(), FiledOn: filed,
		Decision: "", Place: 0, CoParties: nil, Others: nil, Doubts: nil, SourceRow: nil, Redaction: nil,
	}
	if d.GetAuthorityName() != "" {
		out.AuthorityName = d.GetAuthorityName()
	}
	var own []*penalty.Sentence
	for _, p := range d.GetParties() {
		who, identity, err := identityOf(ctx, p.GetIdentity())
		if err != nil {
			return out, nil, err
		}
		out.Parties = append(out.Parties, penalty.Party{
			Kind: penalty.PartyKind(p.GetKind()), Name: p.GetName(), Subject: domain.SubjectID(subjectID(p.GetSubjectId())),
			LegalRepresentative: p.GetLegalRepresentative(), Province: p.GetProvince(), ProvinceSource: penalty.ProvinceSource(p.GetProvinceSource()),
			Person: who, Identity: identity,
		})
		own = append(own, sentenceOf(p.GetSentence()))
	}
	return out, own, domain.Require(badOn, badUntil, badFiled)
}

func sentenceOf(s *mingjianv1.PartySentence) *penalty.Sentence {
	if s == nil {
		return nil
	}
	return &penalty.Sentence{
		Kinds: kindsOf(s.GetKinds()), Content: s.GetContent(), FineFen: domain.Fen(s.GetFineFen()), ConfiscatedFen: domain.Fen(s.GetConfiscatedFen()),
		LicenceAffected: s.GetLicenceAffected(),
	}
}

func kindsOf(codes []string) []penalty.Kind {
	var out []penalty.Kind
	for _, c := range codes {
		out = append(out, penalty.Kind(c))
	}
	return out
}

// DecidePenalty records a decision for each of its parties.
func (s PenaltyServer) DecidePenalty(ctx context.Context, req *mingjianv1.DecidePenaltyRequest) (*mingjianv1.DecidePenaltyResponse, error) {
	by := CallOf(ctx).Actor
	name, err := s.authorityName(ctx, req.GetDecision().GetAuthorityName())
	if err != nil {
		return nil, err
	}
	clean := redactDecision(req.GetDecision())
	req = &mingjianv1.DecidePenaltyRequest{Decision: clean.message}
	d, own, err := decisionOf(ctx, by, name, req.GetDecision())
	if err != nil {
		return nil, err
	}
	list, err := penalty.Apart(d, own)
	if err != nil {
		return nil, err
	}
	meta, err := s.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	command := func(d penalty.Decided) penalty.Command {
		return penalty.Decide{By: by, Today: s.Today(), Decision: d}
	}
	if err := s.takeOut(ctx, meta, list, clean, command); err != nil {
		return nil, err
	}
	each, err := s.recordEach(ctx, meta, list, command)
	if err != nil {
		return nil, err
	}
	first := receiptOf(penalty.RecordID(list[0]), each[0].Result)
	ids, places := make([]string, len(each)), make([]es.Position, len(each))
	for i, one := range each {
		ids[i], places[i] = penalty.RecordID(list[i]), one.Position
	}
	first.Position = latest(places).String()
	return &mingjianv1.DecidePenaltyResponse{Receipt: first, PenaltyIds: ids}, nil
}

// partyRecord is what came of one party's record.
type partyRecord struct {
	es.Result[penalty.State]
	changed bool
}

// recordEach records a decision party by party, the first one first. From the first party's record on the decision stands: if
// the others do not follow now, the same call sent again records them, and the policy does.
func (s PenaltyServer) recordEach(ctx context.Context, first es.Metadata, list []penalty.Decided, command func(penalty.Decided) penalty.Command) ([]partyRecord, error) {
	if err := s.checkEach(ctx, first, list, command); err != nil {
		return nil, err
	}
	return eachParty(ctx, s.Base, first, list, command)
}

// checkEach decides on the records of several parties without recording any, so that what is refused for one is not recorded
// for another.
func (s PenaltyServer) checkEach(ctx context.Context, first es.Metadata, list []penalty.Decided, command func(penalty.Decided) penalty.Command) error {
	if len(list) < 2 {
		return nil
	}
	_, err := eachParty(ctx, s.checking(true), first, list, command)
	return err
}

func eachParty(ctx context.Context, b Base, first es.Metadata, list []penalty.Decided, command func(penalty.Decided) penalty.Command) ([]partyRecord, error) {
	out := make([]partyRecord, len(list))
	for i, d := range list {
		id, m := penalty.RecordID(d), first
		if i > 0 {
			m = policy.PartyCommand(first, id)
		}
		res, changed, err := decided(ctx, b, penalty.Decider, id, m, command(d))
		if err != nil {
			return nil, err
		}
		out[i] = partyRecord{Result: res, changed: changed}
	}
	return out, nil
}

// takeOut seals the decision's texts as they were served, once for the records of all parties, which refer to them together.
// Where the first party's record is there already, they are those that it refers to.
func (s PenaltyServer) takeOut(
	ctx context.Context, first es.Metadata, list []penalty.Decided, clean redacted[*mingjianv1.PenaltyDecision], command func(penalty.Decided) penalty.Command,
) error {
	if clean.none() {
		return nil
	}
	id := penalty.RecordID(list[0])
	p, err := es.Load(ctx, s.Store, penalty.Decider, id)
	if err != nil {
		return err
	}
	taken := p.State.Decision.Redaction
	if !p.Exists {
		clean.persons = personsOf(list[0])
		if err := s.checkEach(ctx, first, list, command); err != nil {
			return err
		}
		clean.persons = personsOf(list[0])
		if taken, err = sealedFor(ctx, s.Base, s.Vault, penalty.Decider, id, first, clean, command(list[0])); err != nil {
			return err
		}
	}
	for i := range list {
		list[i].Redaction = taken
	}
	return nil
}
