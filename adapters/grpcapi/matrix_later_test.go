package grpcapi_test

import (
	"maps"
	"testing"

	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// later is what may happen between a request and its retry: by then the request itself might be refused.
func later() map[string]func(*matrixWorld) {
	do := func(by caller, req proto.Message) func(*matrixWorld) { return func(w *matrixWorld) { w.do(by, req) } }
	abort := func(w *matrixWorld) {
		w.do(planner, &mingjianv1.AbortRequest{DrawId: drawID(1), Reason: "名录有误"})
	}
	again := func(w *matrixWorld) { w.do(planner, &mingjianv1.FreezeRequest{PlanId: matrixPlan, TaskId: taskID(1)}) }
	return map[string]func(*matrixWorld){
		"CatalogueService/DraftVersion": do(approver, &mingjianv1.PublishVersionRequest{CatalogueId: matrixList, Version: 1, DocumentNo: "1号"}),
		"PlanService/DraftPlan":         do(approver, &mingjianv1.WithdrawVersionRequest{CatalogueId: matrixList, Version: 1, Reason: "修订"}),
		"PlanService/OpenTask":          do(planner, &mingjianv1.CancelTaskRequest{TaskId: taskID(1), Reason: "取消"}),
		"PlanService/CancelTask":        do(planner, &mingjianv1.CancelPlanRequest{PlanId: matrixPlan, Reason: "取消"}),
		"DrawService/Freeze":            settings(abort, again),
		"DrawService/FixTerms":          abort,
		"DrawService/Commit":            abort,
		"DrawService/Replace": func(w *matrixWorld) {
			w.do(planner, &mingjianv1.ReplaceRequest{DrawId: drawID(1), SubjectOut: w.bundle(drawID(1)).Selected[1].Subject, Reason: "closed"})
		},
		"RosterService/RecordSubjects": do(clerk, &mingjianv1.RenameSubjectRequest{SubjectId: newSubject(3).GetId(), Name: "新名"}),
		"RosterService/EnrolInspector": do(planner, &mingjianv1.SuspendInspectorRequest{InspectorId: "XZ-009", Reason: "培训"}),
		"PenaltyService/DecidePenalty": func(w *matrixWorld) {
			w.do(clerk, &mingjianv1.RevokePenaltyRequest{PenaltyId: w.ids["receipt"], Ground: "void", Reason: "无效", On: "2026-11-01"})
		},
		"LicenceService/GrantLicence": func(w *matrixWorld) {
			w.do(clerk, &mingjianv1.CancelLicenceRequest{LicenceId: w.ids["receipt"], Reason: "申请注销", On: "2026-11-15"})
		},
		"DisclosureService/SubmitDisclosure": func(w *matrixWorld) {
			w.do(clerk, &mingjianv1.RevokePenaltyRequest{PenaltyId: w.ids["penalty"], Ground: "void", Reason: "无效", On: "2026-11-01"})
		},
		"DisclosureService/PublishDisclosure": func(w *matrixWorld) {
			w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: w.ids["disclosure"], Ground: "error", Reason: "有误"})
		},
	}
}

// TestARetryGetsItsFirstAnswerWhateverCameBetween holds that an answer which was lost can be had again.
func TestARetryGetsItsFirstAnswerWhateverCameBetween(t *testing.T) {
	t.Parallel()
	cases := writeCases()
	all := later()
	maps.Copy(all, samplingLater())
	maps.Copy(all, listingLater())
	for name, meanwhile := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, by, req := cases["/mingjian.v1."+name].world(t)
			first, err := w.send(by, "k", req)
			if err != nil {
				t.Fatal(err)
			}
			w.ids["receipt"] = receipt(first).GetId()
			w.follow()
			meanwhile(w)
			n := len(w.store.All())
			again, err := w.send(by, "k", req)
			receipt(first).Duplicate = true
			if err != nil || !proto.Equal(receipt(first), receipt(again)) || len(w.store.All()) != n {
				t.Errorf("answered %v, %v, %d events more; at first %v", again, err, len(w.store.All())-n, first)
			}
		})
	}
}
