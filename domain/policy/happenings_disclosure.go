package policy

import (
	"context"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

func published(_ context.Context, c cause, e disclosure.Published) ([]happening, error) {
	return c.disclosed("disclosure.published", e.On, shownOn(e.Terms))
}

func corrected(_ context.Context, c cause, e disclosure.Corrected) ([]happening, error) {
	return c.disclosed("disclosure.corrected", e.On, shownOn(e.Terms))
}

func withdrawn(_ context.Context, c cause, e disclosure.Withdrawn) ([]happening, error) {
	return c.disclosed("disclosure.withdrawn", e.On, nil)
}

// withheld: what is kept back whole is not to be published; where a part is, the rest is.
func withheld(_ context.Context, c cause, e disclosure.Withheld) ([]happening, error) {
	if len(e.Parts) > 0 {
		return nil, nil
	}
	return c.disclosed("disclosure.withheld", e.On, nil)
}

func repairApplied(_ context.Context, c cause, e disclosure.RepairApplied) ([]happening, error) {
	return c.ofRequest("repair.applied", "repair", e.Repair, e.On)
}

func repairDecided(_ context.Context, c cause, e disclosure.RepairDecided) ([]happening, error) {
	return c.ofRequest("repair.decided", "repair", e.Repair, e.On)
}

func correctionRequested(_ context.Context, c cause, e dispute.Requested) ([]happening, error) {
	all, err := c.ofRequest("correction.requested", "correction", c.rec.Stream.ID, e.ReceivedOn)
	if err == nil {
		all[0].authority = e.Record.Authority // the public has none
	}
	return all, err
}

func correctionDecided(_ context.Context, c cause, e dispute.Decided) ([]happening, error) {
	return c.ofRequest("correction.decided", "correction", c.rec.Stream.ID, e.On)
}

func correctionDropped(_ context.Context, c cause, e dispute.Dropped) ([]happening, error) {
	return c.ofRequest("correction.dropped", "correction", c.rec.Stream.ID, e.On)
}

// ofRequest is something that happens to what somebody asked of the authority.
func (c cause) ofRequest(what string, kind rule.Record, id string, on calendar.Date) ([]happening, error) {
	meta, err := c.rec.Metadata()
	return []happening{{
		what: what, record: deadline.Record{Kind: kind, ID: id}, authority: domain.AuthorityID(meta.Authority), on: on,
	}}, err
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
