package statistics

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func projectRelease(rec es.Record) (projections.Change, error) {
	event, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	r := release{event: event}
	switch e := event.(type) {
	case disclosure.Published:
		err = r.with(e.Document, one(ReleasesByKind, "published", "公示"))
	case disclosure.Corrected:
		err = r.with(e.Document, one(ReleasesByKind, "corrected", "更正"))
	case disclosure.Adopted:
		err = r.with(e.Document, one(ReleasesByKind, "adopted", "历史数据迁移"))
	case disclosure.Unmasked:
		err = r.with(e.Document, one(ReleasesByKind, "unmasked", "恢复公示"))
	case disclosure.Withdrawn:
		r.act = one(ReleasesByKind, "withdrawn", "撤回")
	case disclosure.Masked:
		r.act = one(ReleasesByKind, "masked", "暂停公示")
	case disclosure.Ended:
		r.act = one(ReleasesByKind, "ended", "停止公示")
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved,
		disclosure.Withheld, disclosure.WithholdingReviewed, disclosure.WithholdingLifted,
		disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided:
		return projections.Change{}, nil
	}
	if err != nil {
		return projections.Change{}, fmt.Errorf("statistics: document of %s: %w", rec.Stream.ID, err)
	}
	return step{key: "disclosure/" + rec.Stream.ID, next: r.next, foretold: r.doc != nil}.change(), nil
}

// release is an act before the public: the document that it shows, if it shows one, and what it counts as itself.
type release struct {
	event disclosure.Event
	doc   *disclosure.Document
	act   *viewv1.Statistic
}

func (r *release) with(raw disclosure.Raw, act *viewv1.Statistic) error {
	r.doc, r.act = &disclosure.Document{}, act
	return json.Unmarshal(raw, r.doc)
}

// next counts what the portal shows once the act happened: the act's document, nothing, or what it showed before.
func (r release) next(former, _ source) (source, *viewv1.StatisticContribution) {
	before := document.Outlets(former.GetOutlets())
	after := disclosure.Showing{Outlets: before}.After(r.event).Outlets
	now := &viewv1.StatisticContribution{
		AuthorityId: former.GetAuthorityId(), Year: former.GetYear(), Counts: former.GetCounts(), Outlets: document.OutletViews(after),
	}
	if touched := before.Touched(r.event, rule.Portal); touched || !former.there() {
		now.Counts = nil
		if r.doc != nil {
			now.AuthorityId, now.Year = string(r.doc.Authority.ID), uint32(r.doc.Date.Year()) //nolint:gosec // 1 to 9999
		}
		if r.doc != nil && after.Shown(rule.Portal, calendar.Date{}) {
			now.Counts = countsOf(*r.doc)
		}
	}
	next := source{now, ""}
	return next, of(next, r.act)
}

// of counts one thing where a record counts; nothing of it without one.
func of(s source, n *viewv1.Statistic) *viewv1.StatisticContribution {
	c := &viewv1.StatisticContribution{AuthorityId: s.GetAuthorityId(), Year: s.GetYear()}
	if n != nil {
		c.Counts = []*viewv1.Statistic{n}
	}
	return c
}

func one(measure, code, label string) *viewv1.Statistic {
	return &viewv1.Statistic{Measure: measure, Code: code, Label: label, Count: 1}
}

// countsOf says what a document adds: one under each of its codes, however often it has one.
func countsOf(doc disclosure.Document) []*viewv1.Statistic {
	switch {
	case doc.Inspection != nil:
		return labelled(InspectionsByOutcome, doc.Inspection.Outcomes)
	case doc.Penalty != nil:
		return penaltyCounts(doc.Penalty)
	case doc.Licence != nil:
		var out []*viewv1.Statistic
		if a := doc.Licence.Action; a != "" {
			out = append(out, one(LicencesByAction, a, cmp.Or(licence.Action(a).Label(), a)))
		}
		if c := doc.Licence.Category; c != "" {
			out = append(out, one(LicencesByCategory, c, cmp.Or(licence.Category(c).Label(), c)))
		}
		return out
	case doc.Listing != nil:
		return listingCounts(doc.Listing)
	}
	return nil
}

// listingCounts counts an entry that stands, under each ground; one that was removed or rescinded counts no more.
func listingCounts(l *disclosure.ListingBody) []*viewv1.Statistic {
	if l.Status != "listed" {
		return nil
	}
	var grounds []disclosure.Labelled
	for _, g := range l.Grounds {
		grounds = append(grounds, g.Labelled)
	}
	return labelled(ListingsByGround, grounds)
}

func labelled(measure string, codes []disclosure.Labelled) []*viewv1.Statistic {
	var out []*viewv1.Statistic
	seen := map[string]bool{}
	for _, c := range codes {
		if !seen[c.Code] {
			seen[c.Code] = true
			out = append(out, one(measure, c.Code, c.Label))
		}
	}
	return out
}

// penaltyCounts puts the fine under its kind and what is confiscated under one of its two, so that no amount counts twice.
func penaltyCounts(p *disclosure.PenaltyBody) []*viewv1.Statistic {
	out := labelled(PenaltiesByKind, p.Kinds)
	confiscated := int64(p.ConfiscatedFen)
	for _, n := range out {
		switch penalty.Kind(n.GetCode()) {
		case penalty.Fine:
			n.AmountFen = int64(p.FineFen)
		case penalty.ConfiscationGains:
			n.AmountFen, confiscated = confiscated, 0
		}
	}
	for _, n := range out {
		if penalty.Kind(n.GetCode()) == penalty.ConfiscationGoods {
			n.AmountFen = confiscated
		}
	}
	return out
}
