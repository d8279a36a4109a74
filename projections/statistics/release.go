package statistics

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func projectRelease(rec es.Record) (projections.Change, error) {
	event, err := disclosure.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	s := step{key: "disclosure/" + rec.Stream.ID}
	switch e := event.(type) {
	case disclosure.Published:
		err = s.release(e.Document, one(ReleasesByKind, "published", "公示"))
	case disclosure.Corrected:
		err = s.release(e.Document, one(ReleasesByKind, "corrected", "更正"))
	case disclosure.Adopted:
		err = s.release(e.Document, one(ReleasesByKind, "adopted", "历史数据迁移"))
	case disclosure.Withdrawn:
		s.next = func(former, _ source) (source, *viewv1.StatisticContribution) {
			return source{of(former, nil), ""}, of(former, one(ReleasesByKind, "withdrawn", "撤回"))
		}
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.Approved:
		return projections.Change{}, nil
	}
	if err != nil {
		return projections.Change{}, fmt.Errorf("statistics: document of %s: %w", rec.Stream.ID, err)
	}
	return s.change(), nil
}

// release makes the step of a release with a document, which alone says what counts.
func (s *step) release(raw disclosure.Raw, act *viewv1.Statistic) error {
	var doc disclosure.Document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	next := source{&viewv1.StatisticContribution{
		AuthorityId: string(doc.Authority.ID), Year: uint32(doc.Date.Year()), Counts: countsOf(doc), //nolint:gosec // 1 to 9999
	}, ""}
	s.foretold = true
	s.next = func(source, source) (source, *viewv1.StatisticContribution) { return next, of(next, act) }
	return nil
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
	}
	return nil
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
