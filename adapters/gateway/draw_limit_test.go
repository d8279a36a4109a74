package gateway_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
)

// limited is a plan on a list whose only item may be drawn at a quarter of a stratum a year, and once a year of a subject.
func (w *drawWorld) limited() {
	w.Helper()
	w.append("catalogue", "few", catalogue.VersionDrafted{Catalogue: "few", Authority: bureau, Version: 1, Items: []catalogue.Item{
		{No: "8", Matter: "年报公示", Line: "registration", Basis: []string{"条例第十条"}, RatioPPMMax: 250_000, MaxPerYear: 1}}},
		catalogue.VersionPublished{Version: 1, PublishedOn: calendar.MustParse("2023-01-01")})
	w.append("plan", "few", plan.Drafted{Plan: "few", Authority: bureau, Year: 2023, Catalogue: "few", Version: 1}, plan.Approved{By: "x"},
		plan.Published{DocumentNo: "1", PublishedOn: calendar.MustParse("2023-01-02")})
	for n, count := range []int64{3, 2} {
		w.append("plan", "few", plan.TaskOpened{Task: plan.Task{
			ID: []string{"few-1", "few-2"}[n], Number: n + 1, Title: "年报抽查", Kind: plan.Untargeted, Items: []string{"8"}, Line: "registration",
			Scope: plan.Scope{Statuses: []string{"active"}}, Strata: []plan.Stratum{{Name: "none", Count: count}},
			Departments: []plan.Department{{Name: "市场监管", Authority: bureau, TeamSize: 2, Lead: true}},
			WindowStart: calendar.MustParse("2023-08-01"), WindowEnd: calendar.MustParse("2023-12-31"),
		}})
	}
	w.append("inspection", "old:1", inspection.TakenOver{
		Inspection: "old:1", Subject: "ext:r:7", Authority: fireBrigade, Item: "年报公示", CompletedOn: calendar.MustParse("2023-02-03")})
	w.settle()
}

// TestADrawIsHeldToTheItemList: a count is judged when the pool is known, and nothing is drawn on a list that was withdrawn.
func TestADrawIsHeldToTheItemList(t *testing.T) {
	t.Parallel()
	w := openDraws(t)
	w.limited()
	w.refuse(refusal{"three of eight at a quarter", zhao, "/v1/draws", `{"planId":"few","taskId":"few-1"}`, notNow, "draw.ratio_over_item",
		"事项8的年度抽查比例上限为百万分之250000：分层“none”共8户，至多抽取2户，本年度已抽0户，本次将抽3户",
		`item 8 allows 250000 ppm in a year: of the 8 subjects of stratum "none" at most 2; 0 were drawn before, and this draw takes 3`})
	w.do(zhao, "/v1/draws", `{"planId":"few","taskId":"few-2"}`)
	if out := w.public("few-2-1").GetExclusions(); len(out) != 1 || out[0].GetReason() != "frequency_cap_reached" ||
		out[0].GetLabel() != "已达年度检查频次上限" || out[0].GetCount() != 1 {
		t.Errorf("the public sees %v left out", out)
	}
	w.append("catalogue", "few", catalogue.VersionWithdrawn{Version: 1, Reason: "修订", WithdrawnOn: calendar.MustParse("2023-08-01")})
	w.settle()
	w.refuse(refusal{"a list that was withdrawn", zhao, "/v1/draws", `{"planId":"few","taskId":"few-1"}`, notNow, "draw.items.unpublished",
		"未公布的检查事项不得检查（国办发〔2024〕54号）", "unpublished matters must not be checked"})
}
