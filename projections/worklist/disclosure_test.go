package worklist_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
)

// TestTheLaterWayOfADisclosure goes through layers, a withholding and its self-check, and a repair.
func TestTheLaterWayOfADisclosure(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	s := submitted(l, disclosure.Penalty, "p1", calendar.MustParse("2026-02-13"))
	s.Layers = []disclosure.Layer{
		{ID: "desk", Name: "承办科室", Role: domain.Clerk}, {ID: "secrecy", Name: "保密办", Role: domain.Reviewer, Secrecy: true},
		{ID: "head", Name: "分管领导", Role: domain.Approver},
	}
	due := calendar.MustParse("2026-07-06")
	withheld := disclosure.Withheld{Withholding: 1, Digest: s.Digest, CheckBy: calendar.MustParse("2027-01-10"), On: due}
	partial := withheld
	partial.Withholding, partial.Parts, partial.Document, partial.Remaining = 2, []string{"penalty.facts"}, s.Document, s.Digest
	for i, step := range []struct {
		event es.Event
		want  string
	}{
		{s, "pass_layer clerk 2026-03-02"},
		{disclosure.LayerPassed{Layer: "desk", Digest: s.Digest}, "review_disclosure reviewer 2026-03-02"},
		{
			disclosure.Reviewed{Layer: "secrecy", Digest: s.Digest},
			"resubmit_disclosure clerk 2026-03-02, decide_withholding approver 2026-03-02",
		},
		{disclosure.Reviewed{Layer: "secrecy", Digest: s.Digest, SecrecyClear: true}, "pass_layer approver 2026-03-02"},
		{disclosure.LayerPassed{Layer: "head", Digest: s.Digest}, "approve_disclosure approver 2026-03-02"},
		{withheld, "check_withholding reviewer 2027-01-10"},
		{s, "check_withholding reviewer 2027-01-10"}, // another document of what is withheld waits for nobody
		{
			disclosure.WithholdingReviewed{Withholding: 1, Kept: true, On: due, CheckBy: calendar.MustParse("2028-01-10")},
			"check_withholding reviewer 2028-01-10",
		},
		{disclosure.WithholdingLifted{Withholding: 1, On: due}, "pass_layer clerk 2026-03-02"},
		{partial, "pass_layer clerk 2026-03-02, check_withholding reviewer 2027-01-10"},
		{disclosure.WithholdingLifted{Withholding: 2, On: due}, "pass_layer clerk 2026-03-02"},
		{disclosure.Approved{Digest: s.Digest}, "publish_disclosure approver 2026-03-02"},
		{disclosure.Published{Document: s.Document, Digest: s.Digest, Number: 1}, ""},
		{disclosure.RepairApplied{Repair: "r1", DueOn: due, On: due}, "check_repair reviewer 2026-07-06"},
		{disclosure.RepairChecked{Repair: "r1", On: due}, "decide_repair approver 2026-07-06"},
		{disclosure.RepairDecided{Repair: "r1", On: due}, ""},
		{disclosure.RepairApplied{Repair: "r2", DueOn: due, On: due}, "check_repair reviewer 2026-07-06"},
		{disclosure.Masked{Outlets: []rule.Outlet{rule.Portal}, Number: 2, On: due}, "check_repair reviewer 2026-07-06"},
		{disclosure.Withdrawn{Ground: disclosure.GroundError, Number: 3}, ""},
	} {
		l.add("disclosure", "penalty.p1", step.event)
		if got := l.waits(worklist.Filter{Authority: bureau}); got != step.want {
			t.Errorf("step %d, %T: got %q, want %q", i, step.event, got, step.want)
		}
	}
}
