package grpcapi_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// TestTheWorkedExamplesPools freezes the pools of the specification's worked example out of the roster.
func TestTheWorkedExamplesPools(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "vectors", "draw-v1-small.json"))
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skipf("the worked example is not here: %v", err)
	}
	var want sortition.Bundle
	if err := json.Unmarshal(document, &want); err != nil {
		t.Fatal(err)
	}
	w := newStaffWorld(t)
	gone := drawSubject("91540999MA6TCT0001")
	gone.Status = roster.Deregistered
	var inspectors []roster.InspectorEnrolled
	for _, i := range want.Inspectors {
		e := drawInspector(domain.InspectorID(i.ID), map[string]domain.AuthorityID{"市场监管": drawBureau, "消防": drawFire}[i.Department], i.Department)
		e.Lines, e.Districts, e.LicenceValidUntil = i.Lines, i.Districts, calendar.MustParse(i.LicenceValidUntil)
		inspectors = append(inspectors, e)
	}
	for _, s := range want.Subjects {
		e := drawSubject(domain.SubjectID(s.ID))
		e.District = s.District
		w.add("subject", s.ID, e, roster.SubjectReclassified{Class: s.Stratum})
	}
	for _, c := range want.Conflicts {
		w.add("inspector", c.Inspector, find(inspectors, c.Inspector), roster.ConflictDeclared{Subject: domain.SubjectID(c.Subject), Ground: roster.Interest},
			roster.ConflictDeclared{Subject: gone.ID, Ground: roster.Interest})
		inspectors = without(inspectors, c.Inspector)
	}
	w.task(func(task *plan.Task) {
		task.Line, task.WorkloadCap, task.Strata = want.Line, int(want.WorkloadCap), nil
		for _, s := range want.Strata {
			task.Strata = append(task.Strata, plan.Stratum{Name: s.Name, RatioPPM: int64(s.RatioPPM), Count: int64(s.Count)})
		}
	}, []roster.SubjectRegistered{gone}, inspectors)
	id := w.freeze()
	f := w.state(id).Frozen
	if f.Subjects.Root != want.SubjectRoot || f.Inspectors.Root != want.InspectorRoot || f.Conflicts.Root != want.ConflictRoot {
		t.Errorf("roots %s, %s, %s", f.Subjects.Root, f.Inspectors.Root, f.Conflicts.Root)
	}
	if diff := cmp.Diff(want.Exclusions, f.Exclusions); diff != "" {
		t.Errorf("exclusions (-want +got):\n%s", diff)
	}
	w.ready(id)
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: id}))
	if _, report := w.bundle(id); report.Selected != len(want.Selected) {
		t.Errorf("report %+v", report)
	}
}

func find(list []roster.InspectorEnrolled, id string) roster.InspectorEnrolled {
	for _, i := range list {
		if string(i.ID) == id {
			return i
		}
	}
	return roster.InspectorEnrolled{}
}

func without(list []roster.InspectorEnrolled, id string) (out []roster.InspectorEnrolled) {
	for _, i := range list {
		if string(i.ID) != id {
			out = append(out, i)
		}
	}
	return out
}
