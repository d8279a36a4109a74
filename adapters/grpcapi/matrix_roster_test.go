package grpcapi_test

import (
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// firm is a row of the subjects' roster with every field filled.
func firm() *mingjianv1.SubjectRow {
	row := newSubject(99)
	row.Code, row.RiskClass, row.ClassSource, row.ClassMonth = soundCode, "B", "通用型系统", "2026-10"
	return row
}

// otherRow are other values of a subject's row that have the right form.
func otherRow(prefix string) map[string]string {
	return prefixed(prefix, map[string]string{
		"id": "reg:540300000000098", "code": "91320105780688132K", "kind": "cooperative", "status": "suspended",
	})
}

func rosterCases() map[string]writeCase {
	all := subjectCases()
	for method, c := range inspectorCases() {
		all[method] = c
	}
	return all
}

func subjectCases() map[string]writeCase {
	const foreign = "roster.authority.foreign"
	first, second := newSubject(1).GetId(), newSubject(2).GetId()
	id := map[string]string{"subject_id": second}
	rows := otherRow("rows.")
	return map[string]writeCase{
		"RecordSubject": {by: clerk, given: nothing, creates: true, foreign: foreign, req: fixed(&mingjianv1.RecordSubjectRequest{Subject: firm()}),
			alter: otherRow("subject.")},
		"RecordSubjects": {by: clerk, given: nothing, creates: true, foreign: foreign, rows: true, alter: rows,
			req: fixed(&mingjianv1.RecordSubjectsRequest{FileDigest: fileDigest, Rows: []*mingjianv1.SubjectRow{firm(), newSubject(3)}})},
		"RenameSubject": {by: clerk, given: rosters, foreign: foreign, alter: id, req: fixed(&mingjianv1.RenameSubjectRequest{
			SubjectId: first, Name: "新名", EffectiveOn: "2026-11-01"})},
		"MoveSubject": {by: clerk, given: rosters, foreign: foreign, alter: id, req: fixed(&mingjianv1.MoveSubjectRequest{
			SubjectId: first, District: "540103", Address: "二号"})},
		"RecordSubjectStatus": {by: clerk, given: rosters, foreign: foreign, alter: map[string]string{"subject_id": second, "status": "revoked"},
			req: fixed(&mingjianv1.RecordSubjectStatusRequest{SubjectId: first, Status: "suspended", Reason: "停业", EffectiveOn: "2026-11-01"})},
		"SucceedSubject": {by: clerk, given: rosters, foreign: foreign,
			alter: map[string]string{"subject_id": newSubject(3).GetId(), "successor_id": newSubject(3).GetId(), "manner": "consolidated"},
			req: fixed(&mingjianv1.SucceedSubjectRequest{
				SubjectId: first, SuccessorId: second, Manner: "absorbed", Reason: "合并协议", EffectiveOn: "2026-11-01"})},
		"RevokeSuccession": {by: clerk, foreign: foreign, alter: id,
			given: settings(rosters, func(w *matrixWorld) {
				for _, subject := range []string{first, second} {
					w.do(clerk, &mingjianv1.SucceedSubjectRequest{SubjectId: subject, SuccessorId: newSubject(3).GetId(), Manner: "absorbed", Reason: "合并协议"})
				}
			}),
			req: fixed(&mingjianv1.RevokeSuccessionRequest{SubjectId: first, Reason: "登记有误"})},
		"ProfileSubjects": {by: clerk, given: rosters, foreign: foreign, rows: true,
			alter: map[string]string{"rows.subject_id": newSubject(3).GetId()}, apart: map[string]string{"rows.row": "it names the row in refusals"},
			req: fixed(&mingjianv1.ProfileSubjectsRequest{Source: "食品条线", Month: "2026-10", Rows: []*mingjianv1.ProfileRow{
				{SubjectId: first, Line: "food", LineClass: "C", KeyUnit: true, Licences: []string{"JY1", "JY2"}, Row: 2},
				{SubjectId: second, Line: "food", LineClass: "A", KeyUnit: true, Licences: []string{"JY3"}, Row: 3}}})},
		"ReclassifySubjects": {by: clerk, given: rosters, foreign: foreign, rows: true, alter: map[string]string{"rows.subject_id": newSubject(3).GetId()},
			apart: map[string]string{"rows.line": "it names the row in refusals"},
			req: fixed(&mingjianv1.ReclassifySubjectsRequest{Source: "通用型系统", Month: "2026-10", Rows: []*mingjianv1.ClassRow{
				{SubjectId: first, RiskClass: "C", Line: 2}, {SubjectId: second, RiskClass: "A", Line: 3}}})},
	}
}

func inspectorCases() map[string]writeCase {
	const foreign = "roster.authority.foreign"
	id := map[string]string{"inspector_id": "XZ-002"}
	conflicted := settings(rosters, func(w *matrixWorld) {
		for _, subject := range []int{1, 2} {
			w.do(planner, &mingjianv1.DeclareConflictRequest{InspectorId: "XZ-001", SubjectId: newSubject(subject).GetId(), Ground: "kinship"})
		}
	})
	suspended := settings(rosters, func(w *matrixWorld) {
		for _, inspector := range []string{"XZ-001", "XZ-002"} {
			w.do(planner, &mingjianv1.SuspendInspectorRequest{InspectorId: inspector, Reason: "培训"})
		}
	})
	other := newSubject(2).GetId()
	return map[string]writeCase{
		"EnrolInspector": {by: planner, given: nothing, creates: true, foreign: foreign,
			req: fixed(&mingjianv1.EnrolInspectorRequest{Inspector: newInspector("XZ-009", "市场监管")})},
		"EnrolInspectors": {by: planner, given: nothing, creates: true, foreign: foreign, rows: true,
			req: fixed(&mingjianv1.EnrolInspectorsRequest{Rows: []*mingjianv1.InspectorRow{newInspector("XZ-009", "市场监管"), newInspector("XZ-008", "市场监管")}})},
		"RelicenseInspector": {by: planner, given: rosters, foreign: foreign, alter: id, req: fixed(&mingjianv1.RelicenseInspectorRequest{
			InspectorId: "XZ-001", LicenceNo: "ZF-新", ValidUntil: "2029-12-31"})},
		"ReassignInspector": {by: planner, given: rosters, foreign: foreign, alter: id, req: fixed(&mingjianv1.ReassignInspectorRequest{
			InspectorId: "XZ-001", Department: "法规科", Lines: []string{"food"}, Districts: []string{"540100"}, Group: "二组", Expert: false})},
		"SuspendInspector": {by: planner, given: rosters, foreign: foreign, alter: id, req: fixed(&mingjianv1.SuspendInspectorRequest{
			InspectorId: "XZ-001", Reason: "培训"})},
		"ReinstateInspector": {by: planner, given: suspended, foreign: foreign, alter: id, req: fixed(&mingjianv1.ReinstateInspectorRequest{
			InspectorId: "XZ-001", Reason: "期满"})},
		"DeclareConflict": {by: planner, given: rosters, foreign: foreign, alter: map[string]string{"inspector_id": "XZ-002", "subject_id": other, "ground": "interest"},
			req: fixed(&mingjianv1.DeclareConflictRequest{InspectorId: "XZ-001", SubjectId: newSubject(1).GetId(), Ground: "kinship", EvidenceDigest: fileDigest})},
		"EndConflict": {by: planner, given: conflicted, foreign: foreign, alter: map[string]string{"subject_id": other},
			req: fixed(&mingjianv1.EndConflictRequest{InspectorId: "XZ-001", SubjectId: newSubject(1).GetId(), Reason: "离职"})},
	}
}
