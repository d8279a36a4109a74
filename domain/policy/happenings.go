package policy

import (
	"context"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// told is the table of what happens: which events the clocks of the rules hear of, under which name. What starts and stops a
// clock by that name is in the rules.
var told = map[string]tells{
	penalty.Decided{}.EventType():           row(penalty.Codec(), penaltyDecided),
	penalty.Served{}.EventType():            row(penalty.Codec(), penaltyServed),
	penalty.Amended{}.EventType():           row(penalty.Codec(), penaltyAmended),
	penalty.Revoked{}.EventType():           row(penalty.Codec(), penaltyRevoked),
	licence.Granted{}.EventType():           licenceDecided,
	licence.Amended{}.EventType():           licenceDecided,
	licence.Renewed{}.EventType():           licenceDecided,
	licence.Suspended{}.EventType():         licenceDecided,
	licence.Resumed{}.EventType():           licenceDecided,
	licence.Revoked{}.EventType():           licenceDecided,
	licence.Cancelled{}.EventType():         licenceDecided,
	licence.Expired{}.EventType():           licenceDecided,
	inspection.Concluded{}.EventType():      row(inspection.Codec(), inspectionConcluded),
	inspection.HandedOver{}.EventType():     row(inspection.Codec(), handedOver),
	inspection.FollowUpClosed{}.EventType(): row(inspection.Codec(), followUpClosed),
	disclosure.Published{}.EventType():      row(disclosure.Codec(), published),
	disclosure.Corrected{}.EventType():      row(disclosure.Codec(), corrected),
	disclosure.Withdrawn{}.EventType():      row(disclosure.Codec(), withdrawn),
	disclosure.Withheld{}.EventType():       row(disclosure.Codec(), withheld),
	disclosure.RepairApplied{}.EventType():  row(disclosure.Codec(), repairApplied),
	disclosure.RepairDecided{}.EventType():  row(disclosure.Codec(), repairDecided),
}

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
		shown: func(district string) rule.Case { return PenaltyCase(then, district, e.DecidedOn) },
	}
	local := h
	local.what = "penalty.decided.same_province"
	all := []happening{h, local}
	if e.Inspection != "" {
		all = append(all, happening{
			what: "penalty.case_decided", record: deadline.Record{Kind: rule.Inspection, ID: e.Inspection}, authority: e.Authority, on: e.DecidedOn,
		})
	}
	return all, nil
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

func licenceDecided(ctx context.Context, c cause) ([]happening, error) {
	then, _, err := asOf(ctx, c, licence.Decider)
	if err != nil {
		return nil, err
	}
	n := c.rec.Revision
	if n >= es.Revision(len(then.Decisions)) || then.Decisions[n].RowNo != "" {
		return nil, nil
	}
	on := then.Decisions[n].On
	return []happening{{
		what: "licence.decided", record: deadline.Record{Kind: rule.Licence, ID: licence.RecordID(then.ID, n)}, authority: then.Authority, on: on,
		shown: func(district string) rule.Case { return LicenceCase(then, n, district, on) },
	}}, nil
}

// ofInspection is something that happens to the inspection whose stream it is.
func (c cause) ofInspection(what string, authority domain.AuthorityID, on calendar.Date) happening {
	return happening{what: what, record: deadline.Record{Kind: rule.Inspection, ID: c.rec.Stream.ID}, authority: authority, on: on}
}

func inspectionConcluded(ctx context.Context, c cause, e inspection.Concluded) ([]happening, error) {
	then, _, err := asOf(ctx, c, inspection.Decider)
	if err != nil || then.Assigned == nil {
		return nil, err
	}
	h := c.ofInspection("inspection.concluded", then.Authority(), e.CompletedOn)
	h.shown = func(district string) rule.Case { return InspectionCase(then, district, e.CompletedOn) }
	return []happening{h}, nil
}

// handedOver: the facts for an entry on the list of abnormal operations are verified, and the decision is due.
func handedOver(ctx context.Context, c cause, e inspection.HandedOver) ([]happening, error) {
	if e.To != inspection.AbnormalList || e.On.IsZero() {
		return nil, nil // case filing is decided elsewhere; older events don't say the day
	}
	then, _, err := asOf(ctx, c, inspection.Decider)
	return []happening{c.ofInspection("listing.found", then.Authority(), e.On)}, err
}

func followUpClosed(ctx context.Context, c cause, e inspection.FollowUpClosed) ([]happening, error) {
	what := ""
	switch {
	case e.To == inspection.AbnormalList && e.Result == inspection.Listed:
		what = "inspection.listed"
	case e.To == inspection.AbnormalList:
		what = "inspection.not_listed"
	case e.To == inspection.CaseFiling && e.Result == inspection.Filed:
		what = "penalty.filed"
	default:
		return nil, nil
	}
	then, _, err := asOf(ctx, c, inspection.Decider)
	return []happening{c.ofInspection(what, then.Authority(), e.On)}, err
}

func published(_ context.Context, c cause, e disclosure.Published) ([]happening, error) {
	return c.disclosed("disclosure.published", e.On, shownOn(e.Terms))
}

func corrected(_ context.Context, c cause, e disclosure.Corrected) ([]happening, error) {
	return c.disclosed("disclosure.corrected", e.On, shownOn(e.Terms))
}

// withdrawn: what was applied for of a document that is gone is not decided any more.
func withdrawn(_ context.Context, c cause, e disclosure.Withdrawn) ([]happening, error) {
	gone, err := c.disclosed("disclosure.withdrawn", e.On, nil)
	if err != nil {
		return nil, err
	}
	dropped, err := c.disclosed("repair.dropped", e.On, nil)
	return append(gone, dropped...), err
}

// withheld: what may not be shown at all is not to be published.
func withheld(_ context.Context, c cause, e disclosure.Withheld) ([]happening, error) {
	if len(e.Parts) > 0 {
		return nil, nil
	}
	return c.disclosed("disclosure.withheld", e.On, nil)
}

func repairApplied(_ context.Context, c cause, e disclosure.RepairApplied) ([]happening, error) {
	return c.disclosed("repair.applied", e.On, nil)
}

func repairDecided(_ context.Context, c cause, e disclosure.RepairDecided) ([]happening, error) {
	return c.disclosed("repair.decided", e.On, nil)
}

// shownOn are the outlets of a release: without terms it is the authority's own portal.
func shownOn(terms []rule.Term) []rule.Outlet {
	if len(terms) == 0 {
		return []rule.Outlet{rule.Portal}
	}
	outlets := make([]rule.Outlet, len(terms))
	for i, t := range terms {
		outlets[i] = t.Outlet
	}
	return outlets
}

// disclosed is something that happens to the record of the disclosure whose stream it is. Events of a time when they did not
// say the day have that of their recording.
func (c cause) disclosed(what string, on calendar.Date, outlets []rule.Outlet) ([]happening, error) {
	meta, err := c.rec.Metadata()
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		on = calendar.DateOf(meta.RecordedAt)
	}
	kind, id, _ := strings.Cut(c.rec.Stream.ID, ".")
	return []happening{{
		what: what, record: deadline.Record{Kind: rule.Record(kind), ID: id}, authority: domain.AuthorityID(meta.Authority), on: on, outlets: outlets,
	}}, nil
}
