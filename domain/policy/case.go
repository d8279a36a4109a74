package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// PenaltyCase is what the rules ask of a penalty as it stands now, if it is to be public from a day on. Where the law limits the
// party's business or profession, it lasts as long as the decision has effect.
func PenaltyCase(s penalty.State, district string, published calendar.Date) rule.Case {
	d := s.Current()
	c := rule.Case{
		Record: rule.Penalty, Procedure: string(d.Procedure), FineFen: int64(d.FineFen), Party: rule.Person,
		Jurisdiction: district, DecidedOn: d.DecidedOn, PublishedOn: published,
	}
	for _, k := range d.Kinds {
		c.Kinds = append(c.Kinds, string(k))
		if k == penalty.ActivityLimited || k == penalty.ProfessionLimited {
			c.RestrictedUntil = d.EffectiveUntil
		}
	}
	for _, p := range d.Parties {
		if p.Kind != penalty.Natural {
			c.Party = rule.Organisation
		}
	}
	return c
}

// LicenceCase is what the rules ask of the decision at revision n of a licence.
func LicenceCase(s licence.State, n es.Revision, district string, published calendar.Date) rule.Case {
	c := rule.Case{Record: rule.Licence, Jurisdiction: district, PublishedOn: published}
	if n < es.Revision(len(s.Decisions)) {
		c.DecidedOn = s.Decisions[n].On
	}
	return c
}

// InspectionCase is what the rules ask of an inspection's result.
func InspectionCase(s inspection.State, district string, published calendar.Date) rule.Case {
	c := rule.Case{Record: rule.Inspection, Jurisdiction: district, DecidedOn: s.CompletedOn, PublishedOn: published}
	for _, o := range s.Outcomes {
		c.Problem = c.Problem || o.Problem()
	}
	return c
}

// ListingCase is what the rules ask of an entry on a list: the day of its first ground.
func ListingCase(s listing.State, entry int, district string, published calendar.Date) rule.Case {
	c := rule.Case{Record: rule.Listing, List: rule.List(s.List), Jurisdiction: district, PublishedOn: published}
	if e, there := s.EntryOf(entry); there && len(e.Grounds) > 0 {
		c.DecidedOn = e.Grounds[0].On
	}
	return c
}

// District is where an authority is, six digits (GB/T 2260); nothing for one that is not registered.
func District(ctx context.Context, store es.Store, id domain.AuthorityID) (string, error) {
	if id == "" {
		return "", nil
	}
	a, err := es.Load(ctx, store, authority.Decider, string(id))
	if err != nil {
		return "", fmt.Errorf("policy: district of authority %s: %w", id, err)
	}
	return a.State.District, nil
}
