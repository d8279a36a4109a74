package worklist_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/projections/worklist"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

func TestAnAssignmentWaitsUntilItIsDone(t *testing.T) {
	t.Parallel()
	steps := []struct {
		event es.Event
		want  string // at both authorities
	}{
		{assigned(), "record_result XZ-001 2026-06-30, record_result XZ-002 2026-06-30 | record_result XZ-003 2026-06-30"},
		{recorded("XZ-001", market, inspection.RectifiedOnOrder), "confirm_result XZ-002 2026-06-30 | record_result XZ-003 2026-06-30"},
		{recorded("XZ-003", rescue, inspection.NoProblem), " | "},
		{inspection.Concluded{CompletedOn: done, Outcomes: []inspection.Outcome{inspection.RectifiedOnOrder}}, " | "},
		{inspection.RectificationOrdered{Demand: "改正", DueOn: calendar.MustParse("2026-06-05"), By: "XZ-001"},
			"recheck XZ-001 2026-06-05, recheck XZ-002 2026-06-05 | "},
		{inspection.Rechecked{On: calendar.MustParse("2026-06-05"), By: "XZ-001"},
			"recheck XZ-001 2026-06-05, recheck XZ-002 2026-06-05 | "},
		{inspection.RectificationOrdered{Demand: "改正", DueOn: calendar.MustParse("2026-06-15"), By: "XZ-001", Department: market},
			"recheck XZ-001 2026-06-15, recheck XZ-002 2026-06-15 | "},
		{inspection.RectificationOrdered{Demand: "改正", DueOn: calendar.MustParse("2026-06-16"), By: "XZ-003", Department: rescue},
			"recheck XZ-001 2026-06-15, recheck XZ-002 2026-06-15 | recheck XZ-003 2026-06-16"},
		{inspection.Rechecked{Passed: true, On: calendar.MustParse("2026-06-15"), By: "XZ-001", Department: market}, " | recheck XZ-003 2026-06-16"},
		{inspection.Rechecked{Passed: true, On: calendar.MustParse("2026-06-15"), By: "XZ-003", Department: rescue}, " | "},
	}
	l := newLog(t)
	for i, step := range steps {
		l.inspection(step.event)
		if got := l.waits(worklist.Filter{Authority: bureau}) + " | " + l.waits(worklist.Filter{Authority: fire}); got != step.want {
			t.Errorf("step %d, %T:\ngot  %s\nwant %s", i, step.event, got, step.want)
		}
	}
}

func TestACorrectionAsksForConfirmationAgain(t *testing.T) {
	t.Parallel()
	a := assigned()
	a.Teams = a.Teams[:1]
	l := newLog(t)
	l.inspection(a, recorded("XZ-001", market, inspection.NoProblem),
		inspection.Corrected{Department: market, Outcomes: []inspection.Outcome{inspection.Unreachable}, Reason: "r", By: "XZ-002"})
	if got, want := l.waits(worklist.Filter{Inspector: "XZ-001"}), "confirm_result XZ-001 2026-06-30"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := l.waits(worklist.Filter{Inspector: "XZ-002"}); got != "" {
		t.Errorf("the corrector still has %s", got)
	}
}

func TestAReleasedAssignmentWaitsForNobody(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.inspection(assigned(), inspection.Released{Reason: "closed", By: "x"})
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "" {
		t.Errorf("waits: %s", got)
	}
}

func TestADisclosureWaitsForOneRoleAfterTheOther(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	s := submitted(l, disclosure.Penalty, "p1", calendar.MustParse("2026-02-13"))
	steps := []struct {
		event es.Event
		want  string
	}{
		{s, "review_disclosure reviewer 2026-03-02"}, // seven working days over the Spring Festival
		{disclosure.Returned{Digest: s.Digest, Reason: "r"}, "resubmit_disclosure clerk 2026-03-02"},
		{s, "review_disclosure reviewer 2026-03-02"},
		{disclosure.Reviewed{Digest: s.Digest}, "resubmit_disclosure clerk 2026-03-02, decide_withholding approver 2026-03-02"},
		{s, "review_disclosure reviewer 2026-03-02"},
		{disclosure.Reviewed{Digest: s.Digest, SecrecyClear: true}, "approve_disclosure approver 2026-03-02"},
		{disclosure.Approved{Digest: s.Digest}, "publish_disclosure approver 2026-03-02"},
		{disclosure.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "x"}, ""},
		{disclosure.Withdrawn{Ground: disclosure.GroundError, Reason: "r", Digest: s.Digest, Number: 2, By: "x"}, ""},
	}
	for i, step := range steps {
		l.add("disclosure", "penalty.p1", step.event)
		if got := l.waits(worklist.Filter{Authority: bureau}); got != step.want {
			t.Errorf("step %d, %T: got %q, want %q", i, step.event, got, step.want)
		}
	}
}

func TestPeriodsByKind(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	on := calendar.MustParse("2026-09-29")
	for _, kind := range []disclosure.Kind{disclosure.Inspection, disclosure.Licence} {
		l.add("disclosure", string(kind)+".r", submitted(l, kind, "r", on))
	}
	want := "review_disclosure reviewer 2026-10-14, review_disclosure reviewer 2026-11-02"
	for _, f := range []worklist.Filter{{Authority: bureau}, {Authority: bureau, Role: "reviewer"}} {
		if got := l.waits(f); got != want {
			t.Errorf("%+v: got %q, want %q", f, got, want)
		}
	}
	if got := l.waits(worklist.Filter{Authority: bureau, Role: "approver"}); got != "" {
		t.Errorf("the approver has %s", got)
	}
}

func TestARevokedPenaltyMustBeWithdrawn(t *testing.T) {
	t.Parallel()
	revoked := penalty.Revoked{Ground: penalty.GroundRevoked, Reason: "复议撤销", On: calendar.MustParse("2026-09-30")}
	l := newLog(t)
	s := submitted(l, disclosure.Penalty, "p1", calendar.MustParse("2026-09-01"))
	published := disclosure.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "x"}
	l.add("disclosure", "penalty.p1", s, published)
	l.add("penalty", "p1", revoked)
	const want = "withdraw_disclosure approver 2026-10-10" // the 10th is a Saturday that is worked
	if got := l.waits(worklist.Filter{Authority: bureau, Role: "approver"}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, e := range []penalty.Event{
		penalty.Performed{On: revoked.On}, penalty.Served{On: revoked.On}, penalty.Challenged{From: revoked.On}, penalty.Notified{On: revoked.On},
		penalty.InstalmentsGranted{On: revoked.On},
		penalty.Pushed{On: revoked.On}, penalty.PushReceived{On: revoked.On}, penalty.PushPublished{On: revoked.On}, penalty.Redacted{}, penalty.AmountsConfirmed{},
	} {
		l.add("penalty", "p1", e)
		if got := l.waits(worklist.Filter{Authority: bureau, Role: "approver"}); got != want {
			t.Errorf("after %T waits %q, want %q", e, got, want)
		}
	}
	l.add("disclosure", "penalty.p1", disclosure.Withdrawn{Ground: disclosure.GroundRevoked, Reason: "r", Digest: s.Digest, Number: 2, By: "x"})
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "" {
		t.Errorf("still waits: %s", got)
	}

	l = newLog(t)
	l.add("penalty", "p1", revoked)
	l.add("disclosure", "penalty.p1", s)
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "" {
		t.Errorf("before it is public, what may not be published waits for %s", got)
	}
	l.add("disclosure", "penalty.p1", published)
	if got := l.waits(worklist.Filter{Authority: bureau}); got != want {
		t.Errorf("once it is public: got %q, want %q", got, want)
	}
}

func TestAPenaltyAmendedToAWarningMustBeWithdrawn(t *testing.T) {
	t.Parallel()
	amended := func(on string, kinds ...penalty.Kind) penalty.Amended {
		return penalty.Amended{Reason: "复议变更", Kinds: kinds, Content: "c", On: calendar.MustParse(on)}
	}
	l := newLog(t)
	s := submitted(l, disclosure.Penalty, "p1", calendar.MustParse("2026-09-01"))
	returned := disclosure.Returned{Digest: s.Digest, By: "policy", Reason: "r"}
	steps := []struct {
		category string
		event    es.Event
		want     string
	}{
		{"disclosure", s, "review_disclosure reviewer 2026-09-10"},
		{"penalty", amended("2026-09-03", penalty.Warning), ""},
		{"disclosure", returned, ""},
		{"penalty", amended("2026-09-04", penalty.Warning, penalty.Fine), "resubmit_disclosure clerk 2026-09-10"},
		{"disclosure", s, "review_disclosure reviewer 2026-09-10"},
		{"disclosure", disclosure.Published{Document: s.Document, Digest: s.Digest, Number: 1, By: "x"}, ""},
		{"penalty", amended("2026-09-30", penalty.Warning), "withdraw_disclosure approver 2026-10-10"},
		{"penalty", amended("2026-10-08", penalty.Fine), ""},
		{"penalty", amended("2026-10-09", penalty.Warning), "withdraw_disclosure approver 2026-10-13"},
		{"disclosure", disclosure.Withdrawn{Ground: disclosure.GroundChanged, Reason: "r", Digest: s.Digest, Number: 2, By: "x"}, ""},
	}
	for i, step := range steps {
		l.add(step.category, map[string]string{"penalty": "p1", "disclosure": "penalty.p1"}[step.category], step.event)
		if got := l.waits(worklist.Filter{Authority: bureau}); got != step.want {
			t.Errorf("step %d, %T: got %q, want %q", i, step.event, got, step.want)
		}
	}
}

func TestWhatNobodyCanFinishWaitsToBeLeft(t *testing.T) {
	t.Parallel()
	short := assigned()
	short.Teams[0].Inspectors = nil
	l := newLog(t)
	l.inspection(short)
	const want = "leave_to_later_task clerk 2026-06-30"
	for _, f := range []worklist.Filter{{Authority: bureau}, {Authority: bureau, Role: "clerk"}} {
		if got := l.waits(f); got != want {
			t.Errorf("%+v: got %q, want %q", f, got, want)
		}
	}
	l.inspection(inspection.CalledOff{Reason: "检查人员不足", By: "wang"})
	if got := l.waits(worklist.Filter{Authority: bureau}) + l.waits(worklist.Filter{Authority: fire}); got != "" {
		t.Errorf("still waits: %s", got)
	}
	v, err := worklist.Inspection(t.Context(), l.live(), id)
	if err != nil || v.GetState() != "called_off" || v.GetStateLabel() != "终止检查" || v.GetCalledOffReason() != "检查人员不足" {
		t.Errorf("%v, %v", v, err)
	}

	l = newLog(t)
	l.inspection(assigned(), inspection.CalledOff{Department: rescue, Reason: "调离", By: "wang"})
	if got := l.waits(worklist.Filter{Authority: fire}); got != "" {
		t.Errorf("the department that was called off has %s", got)
	}
	if got := l.waits(worklist.Filter{Authority: bureau}); got != "record_result XZ-001 2026-06-30, record_result XZ-002 2026-06-30" {
		t.Errorf("the other has %s", got)
	}
}

func TestWhatWaitsOnKeepsItsTime(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	l.inspection(assigned())
	l.inspection(recorded("XZ-001", market, inspection.NoProblem))
	list, _, err := worklist.List(t.Context(), l.live(), worklist.Filter{Inspector: "XZ-003", PageSize: 10})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	want := &viewv1.WorkItem{
		Id: "record_result|" + id + "|XZ-003", Kind: "record_result", KindLabel: "录入检查结果", AuthorityId: fire, InspectorId: "XZ-003",
		RecordKind: "inspection", RecordId: id, Department: rescue, Title: "高原牧场有限公司", DueOn: "2026-06-30", Since: "2026-05-18T01:00:01Z",
	}
	if diff := cmp.Diff(want, list[0], protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestAnInspectionAsStaffSeeIt(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	a := assigned()
	a.OpensOn, a.Catalogue, a.Version = calendar.MustParse("2026-05-01"), "xz-list", 3
	first := recorded("XZ-001", market, inspection.NoProblem)
	first.Table, first.Visit = "2026-1", inspection.Visit{
		Place: "八一路1号", Present: []inspection.Certificate{{Inspector: "XZ-001", Name: "检查员", No: "证1", ValidUntil: done}},
		Met: []inspection.Person{{Name: "扎西", Role: "店长"}}, Statement: "无异议",
		Signature: inspection.Signature{State: inspection.SigningRefused, Reason: "不认可", Witness: "社区李某"},
	}
	l.inspection(a, inspection.NoticeIssued{
		No: "1号", Manner: inspection.OnSite, VisitFrom: done, VisitTo: done.AddDays(1), Place: "八一路1号", Materials: []string{"账簿"}, Contact: "办公室",
		Inspectors: []inspection.Certificate{{Inspector: "XZ-001", Name: "检查员", No: "证1", ValidUntil: done}}, On: done, By: "clerk",
	}, inspection.NoticeServed{No: "1号", How: inspection.Left, On: done, To: inspection.Person{Name: "扎西", Role: "店长"}, Note: "拒收", Inspector: "XZ-001"}, first)
	l.inspection(recorded("XZ-003", rescue, inspection.InfoFalse), inspection.Concluded{CompletedOn: done, Outcomes: []inspection.Outcome{inspection.InfoFalse}, Table: "2026-1"})
	l.inspection(inspection.Confirmed{Department: market, By: "XZ-002"},
		inspection.RectificationOrdered{Demand: "改正", DueOn: done, By: "XZ-001"},
		inspection.Rechecked{Passed: true, On: done, Note: "已改", By: "XZ-001"})
	l.inspection(inspection.Corrected{Department: rescue, Outcomes: []inspection.Outcome{inspection.ProblemPending}, Reason: "录错", By: "XZ-003", On: done,
		Table: "2027-1", Findings: []inspection.Finding{{Item: "1", Line: "1.1", Result: inspection.NotApplicable, Note: "无"}}})
	l.inspection(inspection.HandedOver{To: inspection.CaseFiling, Reason: "涉嫌违法", On: done})
	l.inspection(inspection.FollowUpClosed{To: inspection.CaseFiling, Result: inspection.Filed, Reference: "立3号", Note: "另案", On: done.AddDays(1)})
	got, err := worklist.Inspection(t.Context(), l.live(), id)
	if err != nil {
		t.Fatal(err)
	}
	pending := []*viewv1.CodedLabel{{Code: "problem_pending", Label: "发现问题待后续处理"}}
	order := &viewv1.InspectionRectification{Department: market, Demand: "改正", DueOn: "2026-05-20", RecheckedOn: "2026-05-20", Passed: true, Note: "已改"}
	certificate := []*viewv1.InspectionCertificate{{InspectorId: "XZ-001", Name: "检查员", No: "证1", ValidUntil: "2026-05-20"}}
	finding := []*viewv1.InspectionFinding{{Item: "1", Line: "1.1", Basis: "b", Result: "compliant", Note: "n"}}
	want := &viewv1.Inspection{
		Id: id, State: "concluded", StateLabel: "已办结", DrawId: "xz-2026-t1-1", TaskId: "xz-2026-t1", PlanId: "xz-2026", AuthorityId: bureau,
		SubjectId: subject, SubjectName: "高原牧场有限公司", TaskTitle: "联合抽查", TaskKind: "untargeted", OpensOn: "2026-05-01", DueOn: "2026-06-30",
		CatalogueId: "xz-list", CatalogueVersion: 3, OutcomeTable: "2027-1",
		Items: []*viewv1.InspectionItem{{No: "1", Matter: "营业执照公示", Basis: []string{"条例第十条"}}},
		Departments: []*viewv1.InspectionDepartment{
			{Name: market, AuthorityId: bureau, Inspectors: []string{"XZ-001", "XZ-002"}, Recorded: true, RecordedBy: "XZ-001", Signed: []string{"XZ-001", "XZ-002"},
				Manner: "on_site", StartedAt: "2026-05-18T01:00:00Z", EndedAt: "2026-05-18T02:00:00Z", Findings: finding,
				Outcomes: []*viewv1.CodedLabel{{Code: "no_problem", Label: "未发现问题"}}, CompletedOn: "2026-05-20", OutcomeTable: "2026-1",
				RecordedAt: "2026-05-18T01:00:01Z", Visit: &viewv1.InspectionVisit{
					Place: "八一路1号", Present: certificate, Met: []*viewv1.InspectionPerson{{Name: "扎西", Role: "店长"}}, Statement: "无异议",
					Signature: "refused", SignatureLabel: "拒绝签名", UnsignedReason: "不认可", Witness: "社区李某",
				}},
			{Name: rescue, AuthorityId: fire, Inspectors: []string{"XZ-003"}, Recorded: true, RecordedBy: "XZ-003", Signed: []string{"XZ-003"},
				Manner: "on_site", StartedAt: "2026-05-18T01:00:00Z", EndedAt: "2026-05-18T02:00:00Z", Outcomes: pending, CompletedOn: "2026-05-20",
				Findings:   []*viewv1.InspectionFinding{{Item: "1", Line: "1.1", Result: "not_applicable", Note: "无"}},
				RecordedAt: "2026-05-18T01:00:02Z", OutcomeTable: "2027-1"},
		},
		CompletedOn: "2026-05-20", Outcomes: pending,
		Corrections: []*viewv1.InspectionCorrection{{Department: rescue, Outcomes: pending, Reason: "录错", By: "XZ-003", At: "2026-05-18T01:00:04Z",
			Former: []*viewv1.CodedLabel{{Code: "info_false", Label: "公示信息隐瞒真实情况、弄虚作假"}}, On: "2026-05-20", FormerFindings: finding}},
		Rectification: order, Rectifications: []*viewv1.InspectionRectification{order},
		HandedOver: []*viewv1.InspectionHandOver{{To: "case_filing", Reason: "涉嫌违法", On: "2026-05-20",
			Result: "filed", ResultLabel: "已立案", Reference: "立3号", Note: "另案", ClosedOn: "2026-05-21"}},
		Notices: []*viewv1.InspectionNotice{{
			No: "1号", Manner: "on_site", VisitFrom: "2026-05-20", VisitTo: "2026-05-21", Place: "八一路1号", Materials: []string{"账簿"}, Contact: "办公室",
			Inspectors: certificate, IssuedOn: "2026-05-20", ServedOn: "2026-05-20", How: "left", HowLabel: "留置送达",
			ServedTo: &viewv1.InspectionPerson{Name: "扎西", Role: "店长"}, ServiceNote: "拒收", ServedBy: "XZ-001",
		}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestInspectionsAreFoundNewestFirst(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for n := range 5 {
		a := assigned()
		a.Inspection, a.Subject = fmt.Sprintf("xz-2026-t1-1:ext:r:%d", n), domain.SubjectID(fmt.Sprintf("ext:r:%d", n))
		l.add("inspection", a.Inspection, a)
	}
	l.add("inspection", "old:9", inspection.TakenOver{
		Inspection: "old:9", Source: "old", RecordNo: "9", Subject: "ext:r:1", SubjectName: "旧", Authority: fire, Item: "食品", Manner: inspection.Written,
		CompletedOn: done, Outcomes: []inspection.Outcome{inspection.NoProblem}, Note: "n",
	})
	l.add("inspection", "xz-2026-t1-1:ext:r:3", recorded("XZ-001", market, inspection.NoProblem))
	r := l.live()
	cases := map[string]worklist.InspectionFilter{
		"9 4 3 2 1 0": {},
		"4 3 2 1 0":   {Authority: bureau},
		"9":           {State: "taken_over"},
		"4 2 1 0":     {Authority: bureau, State: "assigned"},
		"3":           {Task: "xz-2026-t1", State: "recorded"},
		"4 3 2 1 0 ":  {Task: "xz-2026-t1"},
		"9 1":         {Subject: "ext:r:1"},
		"1":           {Subject: "ext:r:1", State: "assigned"},
		"4 3 2 1 0  ": {Inspector: "XZ-003"},
		"3 ":          {Inspector: "XZ-003", State: "recorded"},
		"":            {Inspector: "XZ-009"},
	}
	for want, f := range cases {
		got := ""
		for f.PageSize = 2; ; {
			list, token, err := worklist.Inspections(t.Context(), r, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				got += v.GetId()[len(v.GetId())-1:] + " "
			}
			if f.PageToken = token; token == "" {
				break
			}
		}
		if trim(got) != trim(want) {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	if v, err := worklist.Inspection(t.Context(), r, "old:9"); err != nil || v.GetStateLabel() != "历史记录" || v.GetItem() != "食品" || v.GetManner() != "written" {
		t.Errorf("taken over: %v, %v", v, err)
	}
	if _, err := worklist.Inspection(t.Context(), r, "none"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("none: %v", err)
	}
}

func trim(s string) string {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}
