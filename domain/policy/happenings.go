package policy

import (
	"cmp"
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/listing"
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
	licence.Reissued{}.EventType():          licenceDecided,
	inspection.Concluded{}.EventType():      row(inspection.Codec(), inspectionConcluded),
	inspection.FollowUpClosed{}.EventType(): row(inspection.Codec(), followUpClosed),
	disclosure.Published{}.EventType():      row(disclosure.Codec(), published),
	disclosure.Corrected{}.EventType():      row(disclosure.Codec(), corrected),
	disclosure.Withdrawn{}.EventType():      row(disclosure.Codec(), withdrawn),
	disclosure.Withheld{}.EventType():       row(disclosure.Codec(), withheld),
	disclosure.RepairApplied{}.EventType():  row(disclosure.Codec(), repairApplied),
	disclosure.RepairDecided{}.EventType():  row(disclosure.Codec(), repairDecided),
	penalty.Pushed{}.EventType():            row(penalty.Codec(), penaltyPushed),
	penalty.PushReceived{}.EventType():      row(penalty.Codec(), pushReceived),
	penalty.PushPublished{}.EventType():     row(penalty.Codec(), pushPublished),
	listing.Found{}.EventType():             row(listing.Codec(), listingFound),
	listing.Dismissed{}.EventType():         row(listing.Codec(), listingDismissed),
	listing.Retracted{}.EventType():         row(listing.Codec(), listingRetracted),
	listing.Entered{}.EventType():           row(listing.Codec(), listingEntered),
	listing.GroundAdded{}.EventType():       row(listing.Codec(), groundAdded),
	listing.RemovalApplied{}.EventType():    row(listing.Codec(), removalApplied),
	listing.RemovalRefused{}.EventType():    row(listing.Codec(), removalRefused),
	listing.Removed{}.EventType():           row(listing.Codec(), removed),
	listing.Rescinded{}.EventType():         row(listing.Codec(), rescinded),
	dispute.Requested{}.EventType():         row(dispute.Codec(), correctionRequested),
	dispute.Decided{}.EventType():           row(dispute.Codec(), correctionDecided),
	dispute.Dropped{}.EventType():           row(dispute.Codec(), correctionDropped),
}

// today is what an event of the table is called today.
func today(typ string) string {
	return cmp.Or(penalty.Codec().Today(typ), licence.Codec().Today(typ), inspection.Codec().Today(typ), disclosure.Codec().Today(typ),
		listing.Codec().Today(typ), dispute.Codec().Today(typ))
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
	if from, err := c.rec.Metadata(); err != nil || from.Actor == Daily {
		return nil, err // a date alone is no decision
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

func followUpClosed(ctx context.Context, c cause, e inspection.FollowUpClosed) ([]happening, error) {
	if e.To != inspection.CaseFiling || e.Result != inspection.Filed {
		return nil, nil
	}
	then, _, err := asOf(ctx, c, inspection.Decider)
	return []happening{c.ofInspection("penalty.filed", then.Authority(), e.On)}, err
}
