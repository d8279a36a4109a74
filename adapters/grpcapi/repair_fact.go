package grpcapi

import (
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/projections"
	penaltyview "github.com/mingjian-ledger/mingjian/projections/penalty"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func (s RepairServer) factsOf(ctx context.Context, d disclosure.State) ([]disclosure.Condition, error) {
	subjects, err := subjectsOf(d)
	if err != nil {
		return nil, err
	}
	listed, err := s.listed(ctx, subjects)
	if err != nil || d.Record.Kind != disclosure.Penalty {
		return []disclosure.Condition{listed}, err
	}
	p, err := es.Load(ctx, s.Store, penalty.Decider, d.Record.ID)
	if err != nil {
		return nil, err
	}
	others, err := s.others(ctx, d.Record.ID, p.State)
	if err != nil {
		return nil, err
	}
	return []disclosure.Condition{
		policy.PenaltyPerformed(p.State, s.Today()), policy.NoSecondPenalty(p.State, others), listed,
	}, nil
}

// listed looks the parties up on both lists.
func (s RepairServer) listed(ctx context.Context, subjects []disclosure.Subject) (disclosure.Condition, error) {
	var states []listing.State
	for _, subject := range subjects {
		if subject.ID == "" {
			continue
		}
		for _, list := range []listing.List{listing.Abnormal, listing.Serious} {
			l, err := es.Load(ctx, s.Store, listing.Decider, listing.ID(list, subject.ID))
			if err != nil {
				return policy.Unlisted(nil), err
			}
			states = append(states, l.State)
		}
	}
	return policy.Unlisted(states), nil
}

// others are the penalties of the same parties, whoever decided them: by the code, or by the whole name of a party without one.
func (s RepairServer) others(ctx context.Context, own string, p penalty.State) ([]policy.Later, error) {
	var out []policy.Later
	seen := map[string]bool{own: true}
	for _, party := range p.Decision.Parties {
		f := penaltyview.Filter{Authority: "", Status: "", Search: string(party.Subject), PageSize: projections.MaxLimit, PageToken: ""}
		if party.Subject == "" {
			f.Search = clip(party.Name)
		}
		for {
			page, next, err := penaltyview.List(ctx, s.Views, f)
			if err != nil {
				return nil, err
			}
			for _, v := range page {
				if seen[v.GetId()] || !slices.ContainsFunc(v.GetParties(), func(o *viewv1.PenaltyParty) bool { return sameParty(party, o) }) {
					continue
				}
				seen[v.GetId()] = true
				on, err := calendar.Parse(v.GetDecidedOn())
				if err != nil {
					return nil, err
				}
				out = append(out, policy.Later{DecisionNo: v.GetDecisionNo(), Violation: v.GetViolation(), DecidedOn: on, Revoked: v.GetRevocation() != nil})
			}
			if f.PageToken = next; next == "" {
				break
			}
		}
	}
	return out, nil
}

func sameParty(p penalty.Party, o *viewv1.PenaltyParty) bool {
	if p.Subject != "" {
		return string(p.Subject) == o.GetSubjectId()
	}
	return o.GetSubjectId() == "" && domain.NormalName(p.Name) == domain.NormalName(o.GetName())
}

// clip cuts a name to what can be searched for.
func clip(name string) string {
	if r := []rune(name); len(r) > projections.MaxSearchTerm {
		return string(r[:projections.MaxSearchTerm])
	}
	return name
}
