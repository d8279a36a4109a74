package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// longInspection is about as long as one can be, every character six bytes of JSON.
func longInspection() []inspection.Event {
	wide := func(n int) string { return strings.Repeat("<", n) }
	a := inspection.Assigned{
		Inspection: "d1:ext:r:1", Draw: "d1", Task: "t1", Plan: "p1", Authority: "b1", Subject: "ext:r:1", SubjectName: wide(200), TaskTitle: wide(200), TaskKind: "targeted",
	}
	for n := range 300 {
		a.Items = append(a.Items, inspection.Item{No: fmt.Sprint(n), Matter: fmt.Sprintf("%03d", n) + wide(20)})
	}
	all := []inspection.Outcome{}
	for _, row := range inspection.Outcomes()[1:] {
		all = append(all, row.Code)
	}
	events := []inspection.Event{}
	for n := range 20 {
		department := fmt.Sprintf("%02d", n) + wide(98)
		a.Teams = append(a.Teams, inspection.Team{Department: department, Inspectors: []domain.InspectorID{"i1", "i2"}})
		events = append(events, inspection.Recorded{Department: department, By: "i1", Manner: inspection.OnSite, Outcomes: all, CompletedOn: day("2026-03-02")})
	}
	events = append(events, inspection.Concluded{CompletedOn: day("2026-03-02"), Outcomes: all})
	for n := range 40 {
		events = append(events, inspection.Corrected{Department: a.Teams[n%20].Department, Outcomes: all[(n+n/20)%2:], Reason: fmt.Sprintf("%02d", n) + wide(498), By: "i1"})
	}
	for _, team := range a.Teams {
		events = append(events, inspection.RectificationOrdered{Department: team.Department, Demand: wide(4000), DueOn: day("2026-03-19")})
	}
	events = append(events, inspection.RectificationOrdered{Demand: wide(4000), DueOn: day("2026-03-20")}, inspection.Rechecked{On: day("2026-03-20"), Note: wide(4000)})
	return append([]inspection.Event{a}, events...)
}

func TestAResultIsNeverTooLongToBePublished(t *testing.T) {
	t.Parallel()
	history := longInspection()
	for n := 22; n <= len(history); n++ { // from its conclusion on
		doc := policy.InspectionDocument(fold(inspection.Decider)(history[:n]...))
		doc.Authority.Name = strings.Repeat("<", 200)
		if _, _, err := disclosure.Canonical(doc); err != nil {
			t.Fatalf("after %d events: %v", n, err)
		}
	}
	body := policy.InspectionDocument(fold(inspection.Decider)(history...)).Inspection
	if len(body.Outcomes) != 12 || len(body.Corrections) != 1 || !strings.HasPrefix(body.Corrections[0].Reason, "39") ||
		body.Items[len(body.Items)-1] != "等共300项" || !strings.HasSuffix(body.Rectification.Demand, "……（节录）") {
		t.Errorf("shortened to %d outcomes, %d corrections, %d items, %s", len(body.Outcomes), len(body.Corrections), len(body.Items), body.Rectification.Demand[490:])
	}
	whole := policy.InspectionDocument(fold(inspection.Decider)(history[0], history[1], history[21])).Inspection
	if len(whole.Items) != 300 {
		t.Errorf("what fits was shortened to %d items", len(whole.Items))
	}
}

func TestAPenaltyIsNeverTooLongToBePublished(t *testing.T) {
	t.Parallel()
	by := domain.Actor{Account: "wang", Role: domain.Clerk, Authority: bureau}
	kinds := []penalty.Kind{}
	for _, row := range penalty.Kinds() {
		kinds = append(kinds, row.Code)
	}
	accepted, amended := 0, 0
	for _, text := range []string{"字", "<", "a", "\""} {
		for n := 100; n <= 5000; n += 100 {
			d := decided("")
			d.AuthorityName, d.DecisionNo, d.Kinds, d.ConfiscatedFen = strings.Repeat("<", 200), strings.Repeat("<", 128), kinds, 1
			d.LicenceAffected = strings.Repeat("字", 200)
			d.Parties = slices.Repeat([]penalty.Party{{Kind: penalty.IndividualBusiness, Name: strings.Repeat("字", 30), Subject: "ext:rr:1"}}, 20)
			d.Facts, d.Content, d.Basis = strings.Repeat(text, n), strings.Repeat(text, min(n, 4000)), strings.Repeat(text, min(n, 2048))
			d.SourceRow = &penalty.SourceRow{FileDigest: "ab", Line: 1}
			events, err := penalty.Decider.Decide(penalty.State{}, penalty.TakeOver{By: by, Today: day("2026-04-01"), Decision: d})
			if err != nil {
				continue
			}
			accepted++
			amend := penalty.Amend{By: by, Today: day("2026-04-01"), Amendment: penalty.Amended{
				Reason: "复议", Kinds: kinds, Content: "另" + d.Content[:len(d.Content)-len(text)], FineFen: 1, ConfiscatedFen: 1, On: day("2026-04-01"),
			}}
			if more, err := penalty.Decider.Decide(fold(penalty.Decider)(events...), amend); err == nil {
				events, amended = append(events, more...), amended+1
			}
			if _, _, err := disclosure.Canonical(policy.PenaltyDocument(fold(penalty.Decider)(events...))); err != nil {
				t.Fatalf("%d times %s: %v", n, text, err)
			}
		}
	}
	if accepted == 0 || accepted == 200 || amended < accepted-5 {
		t.Errorf("%d of 200 decisions accepted, %d amended", accepted, amended)
	}
}

// The longest task that a plan takes leads to an assignment that an event holds.
func TestTheLongestTaskIsAssigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := []es.Event{catalogue.VersionDrafted{Catalogue: "food", Authority: bureau, Version: 1}}
	task := plan.Task{ID: "xz-2026-t1", Title: strings.Repeat("<", 200), Kind: plan.Untargeted, WindowStart: day("2026-11-01"), WindowEnd: day("2026-12-31")}
	for n := range 300 {
		no := fmt.Sprint(n)
		list = append(list, catalogue.ItemsAdded{Version: 1, Items: []catalogue.Item{
			{No: no, Matter: strings.Repeat("<", 200), Basis: []string{strings.Repeat("据", 2000)}},
		}})
		task.Items = append(task.Items, no)
	}
	w.add("catalogue", "food", list...)
	w.add("plan", "xz-2026", plan.Drafted{Plan: "xz-2026", Authority: bureau, Year: 2026, Catalogue: "food", Version: 1}, plan.TaskOpened{Task: task})
	frozen := draw.Frozen{Draw: drawID, Task: "xz-2026-t1", Plan: "xz-2026", Authority: bureau, WindowEnd: day("2026-12-31")}
	replaced := draw.Replaced{Number: 1, SubjectOut: "ext:r:0", Reason: draw.Closed}
	replaced.ReplacedBy.Subject = "ext:r:1"
	for n := range 20 {
		department := fmt.Sprintf("%02d", n) + strings.Repeat("<", 98)
		frozen.Departments = append(frozen.Departments, draw.Department{Name: department, Authority: fire, TeamSize: 10})
		team := sortition.Team{Department: department}
		for i := range 10 {
			team.Inspectors = append(team.Inspectors, fmt.Sprintf("%02d.%02d.", n, i)+strings.Repeat("x", 34))
		}
		replaced.ReplacedBy.Teams = append(replaced.ReplacedBy.Teams, team)
	}
	w.add("draw", drawID, frozen, replaced)
	w.react()
	got := stateOf(w, inspection.Decider, drawID+":ext:r:1").Assigned
	if got == nil || len(got.Items) != 300 || len(got.Teams) != 20 || got.Items[299].Basis != nil || got.Items[299].Matter != "299" {
		t.Fatalf("assigned %+v; refused %v", got, w.refused[0])
	}
	if data, err := json.Marshal(*got); err != nil || len(data) > es.MaxEvent {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
