package grpcapi

import (
	"encoding/json"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// FairnessView is a report as it is answered.
func FairnessView(r fairness.Report, hits []fairness.Hit) *viewv1.Fairness {
	var draws []*viewv1.FairnessDraw
	for _, d := range r.Draws {
		draws = append(draws, &viewv1.FairnessDraw{
			DrawId: d.DrawID, TaskId: d.TaskID, Number: d.Number, BundleSha256: d.SHA256.String(),
			Candidates: d.Candidates, Selected: d.Selected, Replacements: d.Replacements,
		})
	}
	var strata []*viewv1.FairnessStratum
	for _, s := range r.Strata {
		strata = append(strata, &viewv1.FairnessStratum{Name: s.Name, Draws: s.Draws, Candidates: s.Candidates, Selected: s.Selected})
	}
	var tests []*viewv1.FairnessTest
	for _, t := range r.Tests {
		tests = append(tests, &viewv1.FairnessTest{
			Name: t.Name, Cases: t.Cases, Statistic: t.Statistic, Expected: t.Expected, PPpm: t.P, SmallestPPpm: t.Smallest, RatePpm: t.Rate,
			Flagged: t.Flagged, Visible: t.Visible, Unit: t.Unit, Chinese: t.Chinese, English: t.English,
		})
	}
	var rates []*viewv1.FairnessHit
	for _, h := range hits {
		rates = append(rates, &viewv1.FairnessHit{Stratum: h.Stratum, Manner: h.Manner, Inspected: h.Inspected, Found: h.Found, RatePpm: h.PPM()})
	}
	return &viewv1.Fairness{
		Version: fairness.Version, AuthorityId: "", FromYear: 0, ToYear: 0, // of whom and when is for the caller to say
		Draws: draws, Aborted: r.Aborted, Open: r.Open, Replacements: r.Replacements, Candidates: r.Candidates, Selected: r.Selected,
		Subjects: r.Subjects, Covered: r.Covered, CoveredExpected: r.CoveredByLot, CoveragePpm: r.CoveragePPM, Strata: strata,
		Tests: tests, Flagged: r.Flagged, RatePpm: fairness.Rate, Inspectors: r.Inspectors, Pairs: r.Pairs,
		MostDrawn: unitViews(r.MostDrawn), LeastDrawn: unitViews(r.LeastDrawn), MostSent: unitViews(r.MostSent), LeastSent: unitViews(r.LeastSent),
		MostTogether: unitViews(r.MostTogether), LeastTogether: unitViews(r.LeastTogether), Hits: rates,
	}
}

func unitViews(units []fairness.Unit) []*viewv1.FairnessUnit {
	var out []*viewv1.FairnessUnit
	for _, u := range units {
		out = append(out, unitView(u))
	}
	return out
}

func unitView(u fairness.Unit) *viewv1.FairnessUnit {
	return &viewv1.FairnessUnit{Id: u.ID, WithId: u.With, Chances: u.Chances, Drawn: u.Drawn, Expected: fairness.Decimal(u.Expected)}
}

// InspectionResult is what a published document tells of a drawn inspection. It does not count if it tells of another thing, or
// of a subject that was not there to be inspected.
func InspectionResult(document string) (result fairness.Result, counts bool, err error) {
	var doc disclosure.Document
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return result, false, fmt.Errorf("grpcapi: a published document: %w", err)
	}
	if doc.Inspection == nil || doc.Inspection.DrawID == "" || len(doc.Subjects) == 0 {
		return result, false, nil
	}
	result = fairness.Result{Draw: doc.Inspection.DrawID, Subject: string(doc.Subjects[0].ID), Manner: doc.Inspection.Manner, Found: false}
	for _, o := range doc.Inspection.Outcomes {
		counts = counts || inspection.Outcome(o.Code).Inspected()
		result.Found = result.Found || inspection.Outcome(o.Code).Problem()
	}
	return result, counts, nil
}
