package grpcapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func recordRequest(id, department string) *mingjianv1.RecordResultRequest {
	began := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	return &mingjianv1.RecordResultRequest{
		InspectionId: id, Department: department, Manner: "on_site", StartedAt: timestamppb.New(began), EndedAt: timestamppb.New(began.Add(time.Hour)),
		Findings: []*mingjianv1.Finding{{Item: "1", Line: "1.1", Basis: "b", Result: "compliant", Note: "n"}}, Outcomes: []string{"no_problem"}, CompletedOn: "2026-11-20",
	}
}

// drawn is a drawn inspection with its teams: two inspectors of one department and one of another authority's.
func (w *staffWorld) drawn() (id string, market []string, fire string) {
	w.Helper()
	w.simple()
	draw := w.freeze()
	w.ready(draw)
	w.must(w.draws.Run(w.planner(), &mingjianv1.RunRequest{DrawId: draw}))
	w.sync()
	b, _ := w.bundle(draw)
	for _, team := range b.Selected[0].Teams {
		if team.Department == "消防" {
			fire = team.Inspectors[0]
		} else {
			market = team.Inspectors
		}
	}
	return draw + ":" + b.Selected[0].Subject, market, fire
}

func (w *staffWorld) inspection(id string) *viewv1.Inspection {
	w.Helper()
	w.sync()
	res, err := w.inspections.GetInspection(w.planner(), &mingjianv1.GetInspectionRequest{InspectionId: id})
	if err != nil {
		w.Fatal(err)
	}
	return res.GetInspection()
}

func TestAnInspectionFromRecordToHandOver(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	id, market, fire := w.drawn()
	one, other := func() context.Context { return w.as(market[0], domain.Inspector, drawBureau) }, func() context.Context { return w.as(fire, domain.Inspector, drawFire) }

	w.must(w.inspections.RecordResult(one(), recordRequest(id, "市场监管")))
	w.must(w.inspections.ConfirmResult(w.as(market[1], domain.Inspector, drawBureau), &mingjianv1.ConfirmResultRequest{InspectionId: id, Department: "市场监管"}))
	if v := w.inspection(id); v.GetState() != "recorded" || v.GetDepartments()[0].GetFindings()[0].GetLine() == "" && v.GetDepartments()[1].GetFindings()[0].GetLine() == "" {
		t.Errorf("after the first department: %v", v)
	}
	last := recordRequest(id, "消防")
	last.Outcomes = []string{"rectified_on_order"}
	w.must(w.inspections.RecordResult(other(), last))
	w.must(w.inspections.OrderRectification(other(), &mingjianv1.OrderRectificationRequest{InspectionId: id, Demand: "改正", DueOn: "2026-12-01"}))
	w.must(w.inspections.RecordRecheck(other(), &mingjianv1.RecordRecheckRequest{InspectionId: id, Passed: true, On: "2026-11-20", Note: "n"}))
	w.must(w.inspections.CorrectResult(other(), &mingjianv1.CorrectResultRequest{InspectionId: id, Department: "消防", Outcomes: []string{"problem_pending"}, Reason: "录错"}))
	w.must(w.inspections.HandOver(w.as("clerk", domain.Clerk, drawBureau), &mingjianv1.HandOverRequest{InspectionId: id, To: "case_filing", Reason: "涉嫌违法"}))
	v := w.inspection(id)
	if v.GetState() != "concluded" || v.GetOutcomes()[0].GetCode() != "problem_pending" || v.GetRectification().GetNote() != "n" || !v.GetRectification().GetPassed() ||
		v.GetCorrections()[0].GetReason() != "录错" || v.GetHandedOver()[0].GetTo() != "case_filing" {
		t.Errorf("in the end: %v", v)
	}
	res, err := es.Load(t.Context(), w.store, disclosure.Decider, "inspection."+id)
	if err != nil || res.State.Draft.Stage != disclosure.Awaiting || res.State.Draft.Reason != "录错" {
		t.Errorf("disclosure %+v, %v", res.State.Draft, err)
	}
}

func TestWhatTooFewCanFinishIsLeftToALaterTask(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	id, market, fire := w.drawn()
	leave := func() error {
		_, err := w.inspections.HandOver(w.as("clerk", domain.Clerk, drawBureau), &mingjianv1.HandOverRequest{InspectionId: id, To: "later_task", Reason: "检查人员调离"})
		return err
	}
	if err := leave(); !refusedAs(err, domain.Precondition, "inspection.call_off.staffed") {
		t.Errorf("with all inspectors on duty: %v", err)
	}
	w.add("inspector", market[0], roster.InspectorSuspended{Reason: "调离"})
	w.add("inspector", market[1], roster.InspectorRelicensed{LicenceNo: "1", ValidUntil: calendar.MustParse("2026-01-01")})
	w.add("inspector", fire, roster.ConflictDeclared{Subject: domain.SubjectID(strings.TrimPrefix(id, drawOne+":")), Ground: roster.Kinship})
	w.must(nil, leave())
	if v := w.inspection(id); v.GetState() != "called_off" || v.GetCalledOffReason() != "检查人员调离" {
		t.Errorf("%v", v)
	}
	if _, err := w.inspections.RecordResult(w.as(market[1], domain.Inspector, drawBureau), recordRequest(id, "市场监管")); !refusedAs(err, domain.Precondition, "inspection.called_off") {
		t.Errorf("a result after the end: %v", err)
	}
}

func TestARequestBecomesTheEventWhole(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	id, market, _ := w.drawn()
	req := recordRequest(id, "市场监管")
	req.Findings[0].Result, req.Outcomes = "noncompliant", []string{"closed", "problem_pending"}
	w.must(w.inspections.RecordResult(w.as(market[0], domain.Inspector, drawBureau), req))
	res, err := es.Load(t.Context(), w.store, inspection.Decider, id)
	if err != nil {
		t.Fatal(err)
	}
	got := res.State.Departments["市场监管"].Recorded
	if fmt.Sprint(got) != fmt.Sprint(inspection.Recorded{
		Department: "市场监管", By: domain.InspectorID(market[0]), Manner: inspection.OnSite,
		StartedAt: req.GetStartedAt().AsTime(), EndedAt: req.GetEndedAt().AsTime(),
		Findings: []inspection.Finding{{Item: "1", Line: "1.1", Basis: "b", Result: inspection.Noncompliant, Note: "n"}},
		Outcomes: []inspection.Outcome{inspection.ProblemPending, inspection.Closed}, CompletedOn: got.CompletedOn, Table: inspection.OutcomeTable,
	}) || got.CompletedOn.String() != "2026-11-20" {
		t.Errorf("recorded %+v", got)
	}
}

func TestDaysAreReadStrictly(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	ctx := w.as("XZ-001", domain.Inspector, drawBureau)
	bad := recordRequest("x", "y")
	bad.CompletedOn = "2026-02-30"
	for name, call := range map[string]func() error{
		"completion": func() error { _, err := w.inspections.RecordResult(ctx, bad); return err },
		"order": func() error {
			_, err := w.inspections.OrderRectification(ctx, &mingjianv1.OrderRectificationRequest{DueOn: "soon"})
			return err
		},
		"re-check": func() error {
			_, err := w.inspections.RecordRecheck(ctx, &mingjianv1.RecordRecheckRequest{On: "2026-13-01"})
			return err
		},
	} {
		if err := call(); !refusedAs(err, domain.Invalid, "date.form") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnInspectorSeesOwnInspections(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	id, market, _ := w.drawn()
	own, stranger := w.as(market[0], domain.Inspector, drawBureau), w.as("XZ-999", domain.Inspector, drawBureau)
	w.must(w.inspections.GetInspection(own, &mingjianv1.GetInspectionRequest{InspectionId: id}))
	if _, err := w.inspections.GetInspection(stranger, &mingjianv1.GetInspectionRequest{InspectionId: id}); !refusedAs(err, domain.Forbidden, "inspection.assignment.foreign") {
		t.Errorf("a stranger sees it: %v", err)
	}
	if _, err := w.inspections.GetInspection(own, &mingjianv1.GetInspectionRequest{InspectionId: "none"}); domain.KindOf(err) != domain.NotFound {
		t.Errorf("none: %v", err)
	}
	if _, err := w.inspections.ListInspections(own, &mingjianv1.ListInspectionsRequest{InspectorId: "XZ-999"}); !refusedAs(err, domain.Forbidden, "inspection.assignment.foreign") {
		t.Errorf("another's list: %v", err)
	}
	if _, err := w.inspections.ListInspections(w.planner(), &mingjianv1.ListInspectionsRequest{TaskId: "t", SubjectId: "s"}); !refusedAs(err, domain.Invalid, "inspection.list.conditions") {
		t.Errorf("two conditions: %v", err)
	}
	count := func(ctx context.Context, req *mingjianv1.ListInspectionsRequest) int {
		t.Helper()
		res, err := w.inspections.ListInspections(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		return len(res.GetInspections())
	}
	if n := count(own, &mingjianv1.ListInspectionsRequest{State: "assigned"}); n < 1 || n > 3 {
		t.Errorf("own: %d", n)
	}
	if n := count(stranger, &mingjianv1.ListInspectionsRequest{}); n != 0 {
		t.Errorf("a stranger's: %d", n)
	}
	for name, req := range map[string]*mingjianv1.ListInspectionsRequest{"of the authority": {}, "of the task": {TaskId: drawTask}} {
		if n := count(w.planner(), req); n != 3 {
			t.Errorf("%s: %d", name, n)
		}
	}
}

func TestWorkByRole(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	id, market, fire := w.drawn()
	w.must(w.inspections.RecordResult(w.as(market[0], domain.Inspector, drawBureau), recordRequest(id, "市场监管")))
	w.must(w.inspections.RecordResult(w.as(fire, domain.Inspector, drawFire), recordRequest(id, "消防")))
	w.sync()
	kinds := func(ctx context.Context, req *mingjianv1.ListWorkRequest) map[string]int {
		t.Helper()
		res, err := w.work.ListWork(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int{}
		for _, item := range res.GetItems() {
			out[item.GetKind()]++
		}
		return out
	}
	none := &mingjianv1.ListWorkRequest{}
	if got := kinds(w.as("li", domain.Reviewer, drawBureau), none); got["review_disclosure"] != 1 || len(got) != 1 {
		t.Errorf("the reviewer's work: %v", got)
	}
	if got := kinds(w.as("zhao", domain.Approver, drawBureau), none); len(got) != 0 {
		t.Errorf("the approver's work: %v", got)
	}
	if got := kinds(w.as("clerk", domain.Clerk, drawBureau), none); got["review_disclosure"] != 1 || got["record_result"] != 4 {
		t.Errorf("the authority's work: %v", got)
	}
	if got := kinds(w.as("sun", domain.Auditor, ""), &mingjianv1.ListWorkRequest{AuthorityId: string(drawFire)}); got["record_result"] != 2 {
		t.Errorf("the auditor sees %v", got)
	}
	if got := kinds(w.as("clerk", domain.Clerk, drawFire), &mingjianv1.ListWorkRequest{AuthorityId: string(drawBureau)}); got["review_disclosure"] != 0 {
		t.Errorf("a clerk sees another authority's work: %v", got)
	}
	nobody := w.as("", domain.Inspector, drawBureau)
	if _, err := w.work.ListWork(nobody, none); !refusedAs(err, domain.Forbidden, "inspection.assignment.foreign") {
		t.Errorf("an inspector without a roster id: %v", err)
	}
}

func takeOverRequest(rows ...*mingjianv1.TakenOverInspection) *mingjianv1.TakeOverInspectionsRequest {
	return &mingjianv1.TakeOverInspectionsRequest{Source: "old", FileDigest: "ab", Rows: rows}
}

func oldRow(no string, change func(*mingjianv1.TakenOverInspection)) *mingjianv1.TakenOverInspection {
	row := &mingjianv1.TakenOverInspection{
		RecordNo: no, Line: 7, SubjectId: "ext:old:" + no, SubjectName: "SEVEN STAR", Item: "Canvass", Manner: "on_site", CompletedOn: "2012-01-02",
		Outcomes: []string{"no_problem"}, Note: "Risk 1",
	}
	change(row)
	return row
}

func keepRow(*mingjianv1.TakenOverInspection) {}

func TestTakingOverRowByRow(t *testing.T) {
	t.Parallel()
	w := newStaffWorld(t)
	clerk := func() context.Context { return w.as("clerk", domain.Clerk, drawBureau) }
	res, err := w.inspections.TakeOverInspections(clerk(), takeOverRequest(oldRow("1", keepRow), oldRow("2", keepRow)))
	if err != nil {
		t.Fatal(err)
	}
	added, unchanged, refused := mingjianv1.RowStatus_ROW_STATUS_ACCEPTED, mingjianv1.RowStatus_ROW_STATUS_UNCHANGED, mingjianv1.RowStatus_ROW_STATUS_REFUSED
	want := []*mingjianv1.RowResult{{Id: "old:1", Status: added}, {Id: "old:2", Status: added}}
	if diff := cmp.Diff(want, res.GetResults(), protocmp.Transform()); diff != "" || res.GetReceipt().GetPosition() != "2" {
		t.Errorf("position %s, results (-want +got):\n%s", res.GetReceipt().GetPosition(), diff)
	}
	v := w.inspection("old:1")
	if v.GetState() != "taken_over" || v.GetSubjectId() != "ext:old:1" || v.GetItem() != "Canvass" || v.GetManner() != "on_site" || v.GetNote() != "Risk 1" || v.GetRecordNo() != "1" || v.GetAuthorityId() != string(drawBureau) {
		t.Errorf("taken over: %v", v)
	}

	rows := []*mingjianv1.TakenOverInspection{
		oldRow("1", func(r *mingjianv1.TakenOverInspection) { r.Line = 9 }),
		oldRow("2", func(r *mingjianv1.TakenOverInspection) { r.Note = "Risk 2" }),
		oldRow("3", func(r *mingjianv1.TakenOverInspection) { r.SubjectId = "?" }),
		oldRow("4", func(r *mingjianv1.TakenOverInspection) { r.CompletedOn = "02/01/2012" }),
		oldRow("5/1", keepRow),
		oldRow("6", func(r *mingjianv1.TakenOverInspection) { r.Outcomes = []string{"pass"} }),
		oldRow("7", keepRow),
		oldRow("7", func(r *mingjianv1.TakenOverInspection) { r.Item = "License" }),
	}
	res, err = w.inspections.TakeOverInspections(clerk(), takeOverRequest(rows...))
	if err != nil {
		t.Fatal(err)
	}
	codes := []string{"", "inspection.taken_over.differs", "subject_id.form", "date.form", "inspection.record_no.form", "inspection.outcomes.unknown"}
	fields := []string{"", "note", "subject_id", "completed_on", "record_no", "outcomes"}
	for i, code := range codes {
		got := res.GetResults()[i]
		status := refused
		if i == 0 {
			status = unchanged
		}
		first := &mingjianv1.RowRemark{}
		if len(got.GetRefusals()) > 0 {
			first = got.GetRefusals()[0]
		}
		if got.GetStatus() != status || first.GetCode() != code || first.GetField() != fields[i] || (code != "") != (first.GetMessageZh() != "" && first.GetMessageEn() != "") {
			t.Errorf("row %d: %v", i, got)
		}
	}
	for _, reserved := range []string{"notice", "sheet"} {
		res, err := w.inspections.TakeOverInspections(clerk(), takeOverRequest(oldRow(reserved, keepRow)))
		if err != nil || len(res.GetResults()[0].GetRefusals()) != 1 || res.GetResults()[0].GetRefusals()[0].GetCode() != "inspection.record_no.form" {
			t.Errorf("a record number that is the address of a paper: %v, %v", res, err)
		}
	}
	one, two := res.GetResults()[6], res.GetResults()[7]
	if one.GetStatus() != added || two.GetStatus() != refused || two.GetRefusals()[0].GetCode() != "row.twice" {
		t.Errorf("two rows of one number: %v and %v", one, two)
	}
}

func TestABatchSentAgainGivesItsFirstAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*estest.Store){
		"calm": func(*estest.Store) {}, "stored": func(s *estest.Store) { s.FailStored(5) }, "not stored": func(s *estest.Store) { s.FailNotStored(5) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newStaffWorld(t)
			var rows []*mingjianv1.TakenOverInspection
			for n := range 40 {
				rows = append(rows, oldRow(fmt.Sprint(n), keepRow))
			}
			fault(w.store)
			ctx := w.again("clerk", domain.Clerk, drawBureau, "batch")
			_, err := w.inspections.TakeOverInspections(ctx, takeOverRequest(rows...))
			if (err != nil) != (name != "calm") {
				t.Fatalf("the first try: %v", err)
			}
			res, err := w.inspections.TakeOverInspections(ctx, takeOverRequest(rows...))
			for range 5 { // the faults that the first try left
				if err != nil {
					res, err = w.inspections.TakeOverInspections(ctx, takeOverRequest(rows...))
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range res.GetResults() {
				if r.GetStatus() != mingjianv1.RowStatus_ROW_STATUS_ACCEPTED {
					t.Errorf("%v", r)
				}
			}
			if n := len(w.store.All()); n != 40 {
				t.Errorf("%d records", n)
			}
		})
	}
}
