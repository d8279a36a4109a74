package policy

import (
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

func penaltyDecided(ctx context.Context, c cause, e penalty.Decided) ([]happening, error) {
	if e.SourceRow != nil {
		return nil, nil // an older system's, whose clocks ran there
	}
	then, _, err := asOf(ctx, c, penalty.Decider)
	if err != nil {
		return nil, err
	}
	h := happening{
		what: "penalty.decided", record: deadline.Record{Kind: rule.Penalty, ID: e.Penalty}, authority: e.Authority, on: e.DecidedOn,
		shown:    func(district string) rule.Case { return PenaltyCase(then, district, e.DecidedOn) },
		withheld: then.Withheld() != nil,
	}
	all := []happening{h}
	if !h.withheld {
		abroad, err := elsewhere(ctx, c, e)
		if err != nil {
			return nil, err
		}
		where := h
		where.what = "penalty.decided.same_province"
		if abroad {
			where.what = "penalty.decided.other_province"
		}
		all = append(all, where)
	}
	decided := c.ofPenalty("penalty.case_decided", e.Authority, e.DecidedOn)
	switch {
	case e.Inspection != "": // the case was filed there
		decided.record = deadline.Record{Kind: rule.Inspection, ID: e.Inspection}
		all = append(all, decided)
	case !e.FiledOn.IsZero() && e.Place == 0: // one case, counted with the first party's record
		all = append(all, c.ofPenalty("penalty.filed", e.Authority, e.FiledOn), decided)
	}
	return all, nil
}

// elsewhere tells whether a party is registered in another province than the authority's (Order 45 art. 10). Nothing derives it:
// where nobody said it, it is the authority's own.
func elsewhere(ctx context.Context, c cause, e penalty.Decided) (bool, error) {
	district, err := District(ctx, c.Store, e.Authority)
	if err != nil || len(district) < 2 {
		return false, err
	}
	return slices.ContainsFunc(e.Parties, func(p penalty.Party) bool { return p.Province != "" && p.Province != district[:2] }), nil
}

// penaltyPushed: where nobody had said that the party is registered elsewhere, the ten days run from the decision all the same.
func penaltyPushed(ctx context.Context, c cause, e penalty.Pushed) ([]happening, error) {
	then, _, err := asOf(ctx, c, penalty.Decider)
	if err != nil {
		return nil, err
	}
	d := then.Decision
	abroad, err := elsewhere(ctx, c, d)
	if err != nil {
		return nil, err
	}
	var all []happening
	if !abroad {
		all = append(all, c.ofPenalty("penalty.decided.other_province", d.Authority, d.DecidedOn))
	}
	return append(all, c.ofPenalty("penalty.pushed", d.Authority, e.On)), nil
}

// pushReceived: what is due now is the other province's duty, and counts as such.
func pushReceived(ctx context.Context, c cause, e penalty.PushReceived) ([]happening, error) {
	then, _, err := asOf(ctx, c, penalty.Decider)
	if err != nil || then.Pushed == nil {
		return nil, err
	}
	return []happening{c.ofPenalty("penalty.push_received", domain.AuthorityID("province-"+then.Pushed.Province), e.On)}, nil
}

func pushPublished(ctx context.Context, c cause, e penalty.PushPublished) ([]happening, error) {
	then, _, err := asOf(ctx, c, penalty.Decider)
	return []happening{c.ofPenalty("penalty.push_published", then.Decision.Authority, e.On)}, err
}

// ofPenalty is something that happens to the penalty whose stream it is.
func (c cause) ofPenalty(what string, authority domain.AuthorityID, on calendar.Date) happening {
	return happening{what: what, record: deadline.Record{Kind: rule.Penalty, ID: c.rec.Stream.ID}, authority: authority, on: on}
}

func penaltyServed(ctx context.Context, c cause, e penalty.Served) ([]happening, error) {
	then, _, err := asOf(ctx, c, penalty.Decider)
	return []happening{c.ofPenalty("penalty.served", then.Decision.Authority, e.On)}, err
}

// penaltyAmended: what is public is to be taken back or put right (Order 45 art. 11), and what is for the public no more is not
// to be published.
func penaltyAmended(ctx context.Context, c cause, e penalty.Amended) ([]happening, error) {
	then, _, err := asOf(ctx, c, penalty.Decider)
	if err != nil {
		return nil, err
	}
	all, err := c.overturned(ctx, then.Decision.Authority, e.On)
	if then.Withheld() != nil {
		all = append(all, c.ofPenalty("penalty.withheld", then.Decision.Authority, e.On))
	}
	return all, err
}

func penaltyRevoked(ctx context.Context, c cause, e penalty.Revoked) ([]happening, error) {
	then, _, err := asOf(ctx, c, penalty.Decider)
	if err != nil {
		return nil, err
	}
	all, err := c.overturned(ctx, then.Decision.Authority, e.On)
	for _, what := range []string{"penalty.withheld", "penalty.revoked"} {
		all = append(all, c.ofPenalty(what, then.Decision.Authority, e.On))
	}
	return all, err
}

// overturned tells of a decision that was changed or lost its effect while it was public.
func (c cause) overturned(ctx context.Context, authority domain.AuthorityID, on calendar.Date) ([]happening, error) {
	record := disclosure.Record{Kind: disclosure.Penalty, ID: c.rec.Stream.ID}
	shown, err := before(ctx, c, disclosure.Decider, record.Disclosure())
	if err != nil || !shown.Public() {
		return nil, err
	}
	return []happening{c.ofPenalty("penalty.overturned", authority, on)}, nil
}
