package grpcapi_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// limited is the simple world with a second version of the item list and a plan of two tasks that rests on it.
func limited(t *testing.T, item catalogue.Item) *staffWorld {
	t.Helper()
	w := newStaffWorld(t)
	w.simple()
	item.No, item.Matter, item.Line = "7", "营业执照 公示", "registration"
	w.add("catalogue", "food", catalogue.VersionDrafted{Catalogue: "food", Authority: drawBureau, Version: 2, Items: []catalogue.Item{item}},
		catalogue.VersionPublished{Version: 2, PublishedOn: calendar.MustParse("2026-02-01")})
	w.add("plan", "often", plan.Drafted{Plan: "often", Authority: drawBureau, Year: 2026, Catalogue: "food", Version: 2}, plan.Approved{By: "x"},
		plan.Published{DocumentNo: "2", PublishedOn: calendar.MustParse("2026-02-02")})
	for n, id := range []string{"often-1", "often-2"} {
		w.add("plan", "often", plan.TaskOpened{Task: plan.Task{
			ID: id, Number: n + 1, Kind: plan.Untargeted, Items: []string{"7"}, Line: "registration", Strata: []plan.Stratum{{Name: "none", Count: 3}},
			Departments: []plan.Department{{Name: "市场监管", Authority: drawBureau, TeamSize: 2, Lead: true}},
			WindowStart: calendar.MustParse("2026-11-01"), WindowEnd: calendar.MustParse("2026-12-31"),
		}})
	}
	return w
}

func (w *staffWorld) freezeOf(task string) error {
	w.Helper()
	_, err := w.draws.Freeze(w.planner(), &mingjianv1.FreezeRequest{PlanId: "often", TaskId: task})
	return err
}

func TestACountIsHeldToTheItemsRatio(t *testing.T) {
	t.Parallel()
	w := limited(t, catalogue.Item{RatioPPMMax: 250_000})
	if err := w.freezeOf("often-1"); !refusedAs(err, domain.Precondition, "draw.ratio_over_item") {
		t.Errorf("three of eight at a quarter: %v", err)
	}
}

func TestAYearsRatioIsThatOfAllDraws(t *testing.T) {
	t.Parallel()
	w := limited(t, catalogue.Item{RatioPPMMax: 500_000})
	w.must(nil, w.freezeOf("often-1"))
	w.ready("often-1-1")
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: "often-1-1"}))
	w.sync()
	if err := w.freezeOf("often-2"); !refusedAs(err, domain.Precondition, "draw.ratio_over_item") {
		t.Errorf("six of eight at a half: %v", err)
	}
}

func TestASubjectIsCheckedNoMoreOftenThanItsItemsAllow(t *testing.T) {
	t.Parallel()
	w := limited(t, catalogue.Item{MaxPerYear: 1})
	w.add("inspection", "old:1", inspection.TakenOver{ // by another authority, under the same words
		Inspection: "old:1", Subject: "ext:r:7", Authority: drawFire, Item: "营业执照公示", CompletedOn: calendar.MustParse("2026-02-03")})
	w.add("inspection", "old:2", inspection.TakenOver{
		Inspection: "old:2", Subject: "ext:r:6", Authority: drawFire, Item: "营业执照公示", CompletedOn: calendar.MustParse("2025-12-31")})
	w.add("inspection", "old:3", inspection.TakenOver{
		Inspection: "old:3", Subject: "ext:r:5", Authority: drawFire, Item: "消防通道", CompletedOn: calendar.MustParse("2026-02-03")})
	w.sync()
	w.must(nil, w.freezeOf("often-1"))
	w.ready("often-1-1")
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: "often-1-1"}))
	w.sync()
	w.must(nil, w.freezeOf("often-2"))
	for id, count := range map[string]uint64{"often-1-1": 1, "often-2-1": 4} {
		want := []sortition.Exclusion{{Reason: "frequency_cap_reached", Count: count}}
		if diff := cmp.Diff(want, w.state(id).Frozen.Exclusions); diff != "" {
			t.Errorf("exclusions of %s (-want +got):\n%s", id, diff)
		}
	}
	w.sync()
	got, err := w.draws.GetDraw(w.planner(), &mingjianv1.GetDrawRequest{DrawId: "often-2-1"})
	if err != nil || got.GetDraw().GetExclusions()[0].GetLabel() != "已达年度检查频次上限" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestATaskGoesByWhatSubjectsAreInItsLine(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	var subjects []roster.SubjectRegistered
	for n, p := range []roster.SubjectProfiled{
		{Line: "registration", Class: "D", Licences: []string{"JY1"}}, {Line: "registration", Class: "C", Licences: []string{"JY2"}},
		{Line: "registration", Class: "D"}, {Line: "registration", Class: "A", Licences: []string{"JY3"}}, {Line: "food", Class: "D", Licences: []string{"JY4"}},
	} {
		s := drawSubject(domain.SubjectID(fmt.Sprintf("ext:r:%d", n)))
		w.add("subject", string(s.ID), s, p)
	}
	w.task(func(task *plan.Task) {
		task.StrataOf, task.Scope.LineClasses, task.Scope.Licensed = plan.LineClasses, []string{"C", "D"}, true
		task.Strata = []plan.Stratum{{Name: "C", Count: 1}, {Name: "D", Count: 1}}
	}, subjects, []roster.InspectorEnrolled{drawInspector("XZ-001", drawBureau, "市场监管")})
	f := w.state(w.freeze()).Frozen
	wantLayers := []draw.Layer{{Stratum: "C", Candidates: 1}, {Stratum: "D", Candidates: 1}}
	if diff := cmp.Diff(wantLayers, f.Layers); diff != "" {
		t.Errorf("layers (-want +got):\n%s", diff)
	}
	want := []sortition.Exclusion{{Reason: "not_licensed", Count: 1}, {Reason: "out_of_scope_line_class", Count: 2}}
	if diff := cmp.Diff(want, f.Exclusions); diff != "" {
		t.Errorf("exclusions (-want +got):\n%s", diff)
	}
}
