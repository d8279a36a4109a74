package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	penaltyview "github.com/mingjian-ledger/mingjian/projections/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// PenaltyServer keeps penalties.
type PenaltyServer struct {
	mingjianv1.UnimplementedPenaltyServiceServer
	Base
	Vault Vault // keeps the texts as they were served
}

// authorityName is the name that a document gives the authority or, without one, that under which the caller's is registered.
func (b Base) authorityName(ctx context.Context, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	a, err := es.Load(ctx, b.Store, authority.Decider, string(CallOf(ctx).Actor.Authority))
	return a.State.Name, err
}

// decisionOf maps a decision; name stands where it names no authority. All dates that are none come at once.
func decisionOf(ctx context.Context, by domain.Actor, name string, d *mingjianv1.PenaltyDecision) (penalty.Decided, error) {
	on, badOn := civilDate("decided_on", d.GetDecidedOn())
	until, badUntil := civilDate("effective_until", d.GetEffectiveUntil())
	out := penalty.Decided{
		Penalty: "", Authority: by.Authority, AuthorityName: name, DecisionNo: d.GetDecisionNo(), DecisionNoNormal: "",
		Procedure: penalty.Procedure(d.GetProcedure()), Parties: nil, Violation: d.GetViolation(), Facts: d.GetFacts(), Basis: d.GetBasis(),
		Kinds: kindsOf(d.GetKinds()), Content: d.GetContent(), FineFen: domain.Fen(d.GetFineFen()), ConfiscatedFen: domain.Fen(d.GetConfiscatedFen()),
		LicenceAffected: d.GetLicenceAffected(), DecidedOn: on, EffectiveUntil: until, Inspection: d.GetInspectionId(), Doubts: nil, SourceRow: nil, Redaction: nil,
	}
	if d.GetAuthorityName() != "" {
		out.AuthorityName = d.GetAuthorityName()
	}
	for _, p := range d.GetParties() {
		who, identity, err := identityOf(ctx, p.GetIdentity())
		if err != nil {
			return out, err
		}
		out.Parties = append(out.Parties, penalty.Party{
			Kind: penalty.PartyKind(p.GetKind()), Name: p.GetName(), Subject: domain.SubjectID(subjectID(p.GetSubjectId())),
			LegalRepresentative: p.GetLegalRepresentative(), Person: who, Identity: identity,
		})
	}
	return out, domain.Require(badOn, badUntil)
}

func kindsOf(codes []string) []penalty.Kind {
	var out []penalty.Kind
	for _, c := range codes {
		out = append(out, penalty.Kind(c))
	}
	return out
}

// penaltyID is the id of a decision.
func penaltyID(d penalty.Decided) string {
	name := ""
	if len(d.Parties) > 0 {
		name = d.Parties[0].Name
	}
	return penalty.ID(d.Authority, d.DecisionNo, name, d.DecidedOn)
}

// DecidePenalty records a decision.
func (s PenaltyServer) DecidePenalty(ctx context.Context, req *mingjianv1.DecidePenaltyRequest) (*mingjianv1.DecidePenaltyResponse, error) {
	by := CallOf(ctx).Actor
	name, err := s.authorityName(ctx, req.GetDecision().GetAuthorityName())
	if err != nil {
		return nil, err
	}
	clean := redactDecision(req.GetDecision())
	req = &mingjianv1.DecidePenaltyRequest{Decision: clean.message}
	d, err := decisionOf(ctx, by, name, req.GetDecision())
	if err != nil {
		return nil, err
	}
	m, err := s.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	clean.persons = personsIn(d)
	cmd := penalty.Decide{By: by, Today: s.Today(), Decision: d}
	if cmd.Decision.Redaction, err = sealedFor(ctx, s.Base, s.Vault, penalty.Decider, penaltyID(d), m, clean, penalty.Command(cmd)); err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, penalty.Decider, penaltyID(d), req, penalty.Command(cmd))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DecidePenaltyResponse{Receipt: receipt}, nil
}

// act runs a command that has one date.
func (s PenaltyServer) act(ctx context.Context, req penaltyAct, command func(domain.Actor, calendar.Date) penalty.Command) (*mingjianv1.Receipt, error) {
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	return write(ctx, s.Base, penalty.Decider, req.GetPenaltyId(), req, command(CallOf(ctx).Actor, on))
}

// ServePenalty records the service.
func (s PenaltyServer) ServePenalty(ctx context.Context, req *mingjianv1.ServePenaltyRequest) (*mingjianv1.ServePenaltyResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.Serve{By: by, Today: s.Today(), On: on, PublicationNotice: req.GetPublicationNotice()}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ServePenaltyResponse{Receipt: receipt}, nil
}

// RecordPerformance records a performance.
func (s PenaltyServer) RecordPerformance(ctx context.Context, req *mingjianv1.RecordPerformanceRequest) (*mingjianv1.RecordPerformanceResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.RecordPerformance{By: by, Today: s.Today(), Performance: penalty.Performed{
			Kind: penalty.PerformanceKind(req.GetKind()), AmountFen: domain.Fen(req.GetAmountFen()), On: on,
		}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordPerformanceResponse{Receipt: receipt}, nil
}

// AmendPenalty changes what was decided.
func (s PenaltyServer) AmendPenalty(ctx context.Context, req *mingjianv1.AmendPenaltyRequest) (*mingjianv1.AmendPenaltyResponse, error) {
	p, err := es.Load(ctx, s.Store, penalty.Decider, req.GetPenaltyId())
	if err != nil {
		return nil, err
	}
	clean, err := s.redactAmendment(ctx, p.State, req)
	if err != nil {
		return nil, err
	}
	req = clean.message
	m, err := s.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	command := func(by domain.Actor, on calendar.Date, taken *redaction.Overlay) penalty.Command {
		return penalty.Amend{By: by, Today: s.Today(), Amendment: penalty.Amended{
			Reason: req.GetReason(), Kinds: kindsOf(req.GetKinds()), Content: req.GetContent(),
			FineFen: domain.Fen(req.GetFineFen()), ConfiscatedFen: domain.Fen(req.GetConfiscatedFen()), On: on, Redaction: taken,
		}}
	}
	on, fault := civilDate("on", req.GetOn())
	if fault != nil {
		return nil, fault
	}
	by := CallOf(ctx).Actor
	taken, err := sealedFor(ctx, s.Base, s.Vault, penalty.Decider, req.GetPenaltyId(), m, clean, command(by, on, nil))
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, penalty.Decider, req.GetPenaltyId(), req, command(by, on, taken))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AmendPenaltyResponse{Receipt: receipt}, nil
}

// RevokePenalty ends a decision.
func (s PenaltyServer) RevokePenalty(ctx context.Context, req *mingjianv1.RevokePenaltyRequest) (*mingjianv1.RevokePenaltyResponse, error) {
	receipt, err := s.act(ctx, req, func(by domain.Actor, on calendar.Date) penalty.Command {
		return penalty.Revoke{By: by, Today: s.Today(), Revocation: penalty.Revoked{
			Ground: penalty.Ground(req.GetGround()), Reason: req.GetReason(), On: on,
		}}
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RevokePenaltyResponse{Receipt: receipt}, nil
}

// GetPenalty is one penalty.
func (s PenaltyServer) GetPenalty(ctx context.Context, req *mingjianv1.GetPenaltyRequest) (*mingjianv1.GetPenaltyResponse, error) {
	v, err := penaltyview.Get(ctx, s.Views, req.GetPenaltyId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPenaltyResponse{Penalty: v}, nil
}

// ListPenalties is a page of penalties. A query runs over all authorities and gives what the caller may read of its page.
func (s PenaltyServer) ListPenalties(ctx context.Context, req *mingjianv1.ListPenaltiesRequest) (*mingjianv1.ListPenaltiesResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	f := penaltyview.Filter{
		Authority: own, Status: req.GetStatus(), Search: req.GetQuery(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	if f.Search != "" {
		f.Authority = req.GetAuthorityId()
	}
	list, next, err := penaltyview.List(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.Penalty) string { return v.GetAuthorityId() })
	return &mingjianv1.ListPenaltiesResponse{Penalties: list, NextPageToken: next}, nil
}
