package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// terms says how long each outlet shows the record of a disclosure that is public from a day on, or why it does not.
func (s DisclosureServer) terms(ctx context.Context, id string, from calendar.Date) ([]rule.Term, map[rule.Outlet]*domain.Fault, error) {
	d, err := es.Load(ctx, s.Store, disclosure.Decider, id)
	if err != nil || d.State.ID == "" {
		return nil, nil, err // for the aggregate to refuse
	}
	return s.termsOf(ctx, d.State.Record, d.State.Authority, from)
}

func (s DisclosureServer) termsOf(ctx context.Context, record disclosure.Record, authority domain.AuthorityID, from calendar.Date) ([]rule.Term, map[rule.Outlet]*domain.Fault, error) {
	district, err := policy.District(ctx, s.Store, authority)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.caseOf(ctx, record, district, from)
	if err != nil {
		return nil, nil, err
	}
	terms, hidden := policy.Terms(s.Tables(), c)
	return terms, hidden, nil
}

// caseOf is what the rules ask of a record as it stands now.
func (s DisclosureServer) caseOf(ctx context.Context, record disclosure.Record, district string, from calendar.Date) (c rule.Case, err error) {
	switch record.Kind {
	case disclosure.Penalty:
		p, err := es.Load(ctx, s.Store, penalty.Decider, record.ID)
		return policy.PenaltyCase(p.State, district, from), err
	case disclosure.Licence:
		id, n, err := licence.ParseRecordID(record.ID)
		if err != nil {
			return c, err
		}
		l, err := es.Load(ctx, s.Store, licence.Decider, id)
		return policy.LicenceCase(l.State, n, district, from), err
	case disclosure.Inspection:
		i, err := es.Load(ctx, s.Store, inspection.Decider, record.ID)
		return policy.InspectionCase(i.State, district, from), err
	case disclosure.Listing:
		id, n, err := listing.ParseRecordID(record.ID)
		if err != nil {
			return c, err
		}
		l, err := es.Load(ctx, s.Store, listing.Decider, id)
		return policy.ListingCase(l.State, n, district, from), err
	}
	return c, domain.Refuse(domain.Invalid, "disclosure.kind.unknown", "record_kind", "未知记录类别", "unknown kind of record")
}

// outlets reads the outlets of a request; which there are is the domain's rule.
func outlets(names []string) []rule.Outlet {
	var out []rule.Outlet
	for _, n := range names {
		out = append(out, rule.Outlet(n))
	}
	return out
}
