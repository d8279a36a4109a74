package enterprise_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

// TestAJointCheckIsToldDepartmentByDepartment holds it of the line and of the document in the record of the enterprise.
func TestAJointCheckIsToldDepartmentByDepartment(t *testing.T) {
	t.Parallel()
	none, pending := disclosure.Labelled{Code: "no_problem", Label: "未发现问题"}, disclosure.Labelled{Code: "problem_pending", Label: "发现问题待后续处理"}
	rectified := disclosure.Labelled{Code: "rectified_on_order", Label: "发现问题已责令改正"}
	joint := func(departments ...disclosure.Department) disclosure.Document {
		d := doc("i1", bureau, "2026-03-16", huimin)
		d.Kind, d.Penalty = disclosure.Inspection, nil
		d.Inspection = &disclosure.InspectionBody{CompletedOn: day, Outcomes: []disclosure.Labelled{rectified, pending}, OutcomeTable: "2026-1", Departments: departments}
		return d
	}
	for want, document := range map[string]disclosure.Document{
		"食品科：发现问题已责令改正、发现问题待后续处理；消防科：未发现问题": joint(
			disclosure.Department{Name: "食品科", Outcomes: []disclosure.Labelled{rectified, pending}, Manner: "on_site", CompletedOn: day},
			disclosure.Department{Name: "消防科", Outcomes: []disclosure.Labelled{none}, Manner: "on_site", CompletedOn: day},
		),
		"发现问题已责令改正；发现问题待后续处理": joint(disclosure.Department{Name: "食品科", Outcomes: []disclosure.Labelled{rectified, pending}}),
	} {
		l := newLog(t)
		l.Disclosure("inspection.i1", l.Published(document, 1))
		views := projectionstest.Live(t, enterprise.Projection(), l.Store.All())
		r, err := enterprise.Get(t.Context(), views, huimin, day)
		if err != nil || len(r.GetEntries()) != 1 {
			t.Fatalf("%v, %v", r, err)
		}
		e := r.GetEntries()[0]
		if e.GetSummary() != want {
			t.Errorf("the line is %q, want %q", e.GetSummary(), want)
		}
		for _, d := range document.Inspection.Departments {
			if !strings.Contains(e.GetDocument(), `"name":"`+d.Name+`"`) {
				t.Errorf("nothing of %s in %s", d.Name, e.GetDocument())
			}
		}
	}
}
