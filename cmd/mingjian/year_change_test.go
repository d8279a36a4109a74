package main

import (
	"context"
	"slices"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// changeRosters is what befalls the rosters before a month's draw.
func (y *year) changeRosters(month string) {
	y.Helper()
	if month != "2023-01" {
		y.newClasses(month)
	}
	y.changeFirms(month)
	y.changeInspectors(month)
}

// changeFirms strikes off, revokes and moves a few firms.
func (y *year) changeFirms(month string) {
	y.Helper()
	ends := []string{"deregistered", "revoked", "moved_out", "suspended"}
	gone := slices.DeleteFunc(y.byID(), func(f *yearFirm) bool { return f.status != "active" || lot(400, "status", month, f.id) != 0 })
	together(y, gone, func(ctx context.Context, f *yearFirm) error {
		return y.endFirm(ctx, f, ends[lot(4, "end", f.id)])
	})
	moved := slices.DeleteFunc(y.byID(), func(f *yearFirm) bool { return f.district == "540100" || lot(300, "move", month, f.id) != 0 })
	together(y, moved, func(ctx context.Context, f *yearFirm) error {
		f.district = "540100"
		req := &mingjianv1.MoveSubjectRequest{SubjectId: f.id, District: f.district}
		return y.clerk.post(ctx, "/v1/subjects/"+f.id+":move", req, &mingjianv1.MoveSubjectResponse{})
	})
}

func (y *year) endFirm(ctx context.Context, f *yearFirm, status string) error {
	f.status = status
	req := &mingjianv1.RecordSubjectStatusRequest{SubjectId: f.id, Status: status, Reason: "登记机关告知"}
	return y.clerk.post(ctx, "/v1/subjects/"+f.id+":recordStatus", req, &mingjianv1.RecordSubjectStatusResponse{})
}

// changeInspectors: one is suspended from May to October, two licences are prolonged in time and one too late, and a conflict
// ends.
func (y *year) changeInspectors(month string) {
	y.Helper()
	const away, back = "XZ-SCJG-007", "XZ-SCJG-005"
	switch month {
	case "2023-03":
		y.relicense("XZ-SCJG-004", "2026-03-20")
	case "2023-05":
		y.post(y.planner, "/v1/inspectors/"+away+":suspend", &mingjianv1.SuspendInspectorRequest{InspectorId: away, Reason: "借调"}, &mingjianv1.SuspendInspectorResponse{})
		y.officers[away].suspended = true
	case "2023-06":
		firm := ""
		for f := range y.officers[back].conflicts {
			firm = max(firm, f)
		}
		delete(y.officers[back].conflicts, firm)
		req := &mingjianv1.EndConflictRequest{InspectorId: back, SubjectId: firm, Reason: "利害关系已消除"}
		y.post(y.planner, "/v1/inspectors/"+back+":endConflict", req, &mingjianv1.EndConflictResponse{})
	case "2023-08":
		y.relicense("XZ-SCJG-008", "2026-06-30") // ended in June
	case "2023-10":
		y.post(y.planner, "/v1/inspectors/"+away+":reinstate", &mingjianv1.ReinstateInspectorRequest{InspectorId: away, Reason: "借调期满"}, &mingjianv1.ReinstateInspectorResponse{})
		y.officers[away].suspended = false
	case "2023-11":
		y.relicense("XZ-SCJG-016", "2026-11-10")
	}
}

func (y *year) relicense(id, until string) {
	y.Helper()
	req := &mingjianv1.RelicenseInspectorRequest{InspectorId: id, LicenceNo: "Z" + id, ValidUntil: until}
	y.post(y.planner, "/v1/inspectors/"+id+":relicense", req, &mingjianv1.RelicenseInspectorResponse{})
	y.officers[id].until = until
}
