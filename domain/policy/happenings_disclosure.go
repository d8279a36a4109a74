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

// withdrawn: what was applied for of a document that is gone is not decided any more.
func withdrawn(_ context.Context, c cause, e disclosure.Withdrawn) ([]happening, error) {
	gone, err := c.disclosed("disclosure.withdrawn", e.On, nil)
	if err != nil {
		return nil, err
	}
	dropped, err := c.disclosed("repair.dropped", e.On, nil)
	return append(gone, dropped...), err
}

// withheld: what is kept back whole is not to be published; where a part is, the rest is.
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

func correctionRequested(_ context.Context, c cause, e dispute.Requested) ([]happening, error) {
	all, err := c.ofCorrection("correction.requested", e.ReceivedOn)
	if err == nil {
		all[0].authority = e.Record.Authority // the public has none
	}
	return all, err
}

func correctionDecided(_ context.Context, c cause, e dispute.Decided) ([]happening, error) {
	return c.ofCorrection("correction.decided", e.On)
}

func correctionDropped(_ context.Context, c cause, e dispute.Dropped) ([]happening, error) {
	return c.ofCorrection("correction.dropped", e.On)
}

// ofCorrection is something that happens to the request for correction whose stream it is.
func (c cause) ofCorrection(what string, on calendar.Date) ([]happening, error) {
	meta, err := c.rec.Metadata()
	return []happening{{
		what: what, record: deadline.Record{Kind: "correction", ID: c.rec.Stream.ID}, authority: domain.AuthorityID(meta.Authority), on: on,
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
