package policy

import (
	"context"
	"strconv"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// ofFinding is something that happens to a finding of the case whose stream it is.
func (c cause) ofFinding(what string, finding int, authority domain.AuthorityID, on calendar.Date) happening {
	id := c.rec.Stream.ID + ".finding-" + strconv.Itoa(finding)
	return happening{what: what, record: deadline.Record{Kind: rule.Listing, ID: id}, authority: authority, on: on}
}

// ofEntry is something that happens to an entry of the case, by the authority that entered the subject.
func (c cause) ofEntry(ctx context.Context, what string, entry int, on calendar.Date) (happening, error) {
	then, _, err := asOf(ctx, c, listing.Decider)
	h := happening{what: what, record: deadline.Record{Kind: rule.Listing, ID: listing.RecordID(c.rec.Stream.ID, entry)}, on: on}
	for _, e := range then.Entries {
		if e.Number == entry {
			h.authority = e.Authority
		}
	}
	h.shown = func(district string) rule.Case { return ListingCase(then, entry, district, on) }
	return h, err
}

// listingFound: the decision is due, unless an open entry has the ground already. For the list of serious violations no period
// from a finding is known.
func listingFound(_ context.Context, c cause, e listing.Found) ([]happening, error) {
	if e.Entry != 0 || e.List != listing.Abnormal {
		return nil, nil
	}
	return []happening{c.ofFinding("listing.found", e.Finding, e.Authority, e.On)}, nil
}

func listingDismissed(ctx context.Context, c cause, e listing.Dismissed) ([]happening, error) {
	then, _, err := asOf(ctx, c, listing.Decider)
	return []happening{c.ofFinding("listing.dismissed", e.Finding, then.Authority, e.On)}, err
}

// listingRetracted has no day of its own: that of its recording counts.
func listingRetracted(ctx context.Context, c cause, e listing.Retracted) ([]happening, error) {
	meta, err := c.rec.Metadata()
	if err != nil {
		return nil, err
	}
	then, _, err := asOf(ctx, c, listing.Decider)
	return []happening{c.ofFinding("listing.dismissed", e.Finding, then.Authority, calendar.DateOf(meta.RecordedAt))}, err
}

func listingEntered(ctx context.Context, c cause, e listing.Entered) ([]happening, error) {
	h, err := c.ofEntry(ctx, "listing.decided", e.Entry, e.On)
	if err != nil {
		return nil, err
	}
	return append(c.settled(e.Findings, h.authority, e.On), h), nil
}

func groundAdded(ctx context.Context, c cause, e listing.GroundAdded) ([]happening, error) {
	then, _, err := asOf(ctx, c, listing.Decider)
	return c.settled(e.Findings, then.Authority, e.On), err
}

// settled tells the findings that a decision settles.
func (c cause) settled(findings []int, authority domain.AuthorityID, on calendar.Date) (all []happening) {
	for _, n := range findings {
		all = append(all, c.ofFinding("listing.settled", n, authority, on))
	}
	return all
}

func removalApplied(ctx context.Context, c cause, e listing.RemovalApplied) ([]happening, error) {
	then, _, err := asOf(ctx, c, listing.Decider)
	if err != nil || then.List != listing.Abnormal {
		return nil, err
	}
	h, err := c.ofEntry(ctx, "listing.removal_applied", e.Entry, e.ReceivedOn)
	return []happening{h}, err
}

func removalRefused(ctx context.Context, c cause, e listing.RemovalRefused) ([]happening, error) {
	h, err := c.ofEntry(ctx, "listing.removal_refused", e.Entry, e.On)
	return []happening{h}, err
}

func removed(ctx context.Context, c cause, e listing.Removed) ([]happening, error) {
	h, err := c.ofEntry(ctx, "listing.removed", e.Entry, e.On)
	return []happening{h}, err
}

// rescinded ends what is due of the entry as its removal does.
func rescinded(ctx context.Context, c cause, e listing.Rescinded) ([]happening, error) {
	h, err := c.ofEntry(ctx, "listing.removed", e.Entry, e.On)
	return []happening{h}, err
}
