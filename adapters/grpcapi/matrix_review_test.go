package grpcapi_test

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// ofDisclosure fills in the disclosure and the digest of the document under way.
func ofDisclosure[M proto.Message](m M) func(*matrixWorld) proto.Message {
	return of(func(w *matrixWorld, m M) {
		fields := m.ProtoReflect().Descriptor().Fields()
		for name, field := range map[string]string{"disclosure": "disclosure_id", "digest": "digest", "repair": "repair_id"} {
			if fd := fields.ByName(protoreflect.Name(field)); fd != nil {
				m.ProtoReflect().Set(fd, protoreflect.ValueOfString(w.ids[name]))
			}
		}
	}, m)
}

func reviewLayers() []*viewv1.ReviewLayer {
	return []*viewv1.ReviewLayer{
		{Id: "desk", Name: "承办科室", Role: "clerk"}, {Id: "secrecy", Name: "保密办", Role: "reviewer", Secrecy: true},
		{Id: "head", Name: "分管领导", Role: "approver"},
	}
}

func layeredDisclosure(w *matrixWorld) {
	authorities(w)
	w.do(rootOf, &mingjianv1.ArrangeReviewRequest{AuthorityId: string(ownBureau), Layers: reviewLayers(), Reason: "层层审批"})
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()}, "penalty")
	w.draft()
}

// foundDisclosure is reviewed, and the review found something.
func foundDisclosure(w *matrixWorld) {
	submittedDisclosure(w)
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{
		DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], NegativeListHits: []string{"商业秘密"}, Opinion: "含配方",
	})
}

func withheldDisclosure(w *matrixWorld) {
	foundDisclosure(w)
	w.do(approver, &mingjianv1.WithholdDisclosureRequest{
		DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], Publicity: "not_public", Ground: "commercial_secret", Reason: "含配方",
	})
}

func maskedDisclosure(w *matrixWorld) {
	publishedDisclosure(w)
	w.do(approver, &mingjianv1.MaskDisclosureRequest{DisclosureId: w.ids["disclosure"], Reason: "重整", DocumentNo: "破1号"})
}

func repairApplication() *mingjianv1.ApplyRepairRequest {
	return &mingjianv1.ApplyRepairRequest{
		Outlets: []string{"portal"}, Applicant: "party", Statement: "已整改", ReceivedOn: "2026-11-17",
		Materials: []*viewv1.RepairMaterial{
			{Title: "缴款凭证", Digest: strings.Repeat("ab", 32)}, {Title: "整改照片", Digest: strings.Repeat("cd", 32)},
		},
		Commitment: &viewv1.RepairMaterial{Title: "信用承诺书", Digest: strings.Repeat("ef", 32)},
	}
}

func appliedRepair(w *matrixWorld) {
	publishedDisclosure(w)
	req := repairApplication()
	req.DisclosureId = w.ids["disclosure"]
	resp, err := w.send(clerk, "", req)
	if err != nil {
		w.Fatalf("setting: apply for a repair: %v", err)
	}
	w.ids["repair"] = resp.(*mingjianv1.ApplyRepairResponse).GetRepairId()
	w.follow()
}

func checkedRepair(w *matrixWorld) {
	appliedRepair(w)
	w.do(reviewer, &mingjianv1.CheckRepairRequest{DisclosureId: w.ids["disclosure"], RepairId: w.ids["repair"], Attested: "照片"})
}

func reviewCases() map[string]writeCase {
	const foreign = "disclosure.authority.foreign"
	return map[string]writeCase{
		"ArrangeReview": {by: rootOf, given: authorities, open: "administrators keep the authorities of the whole instance",
			req:   fixed(&mingjianv1.ArrangeReviewRequest{AuthorityId: string(ownBureau), Layers: reviewLayers(), Reason: "层层审批"}),
			alter: map[string]string{"authority_id": string(otherBureau), "layers.role": "planner", "layers.id": "office"}},
		"PassLayer": {by: home(domain.Clerk, "jin"), given: layeredDisclosure, foreign: foreign, alter: map[string]string{"layer": "secrecy"},
			req: ofDisclosure(&mingjianv1.PassLayerRequest{Layer: "desk", Opinion: "同意"})},
		"WithholdDisclosure": {by: approver, given: foundDisclosure, foreign: foreign,
			alter: map[string]string{"publicity": "on_request", "ground": "internal", "parts": "penalty.basis"},
			req: ofDisclosure(&mingjianv1.WithholdDisclosureRequest{
				Publicity: "not_public", Ground: "process", Parts: []string{"penalty.facts"}, Reason: "过程性信息"})},
		"ReviewWithholding": {by: home(domain.Reviewer, "jin"), given: withheldDisclosure, foreign: foreign,
			req: ofDisclosure(&mingjianv1.ReviewWithholdingRequest{Number: 1, Kept: true, Reason: "理由仍在"})},
		"LiftWithholding": {by: approver, given: withheldDisclosure, foreign: foreign,
			req: ofDisclosure(&mingjianv1.LiftWithholdingRequest{Number: 1, Reason: "权利人同意公开"})},
	}
}

func outletCases() map[string]writeCase {
	const foreign = "disclosure.authority.foreign"
	return map[string]writeCase{
		"MaskDisclosure": {by: approver, given: publishedDisclosure, foreign: foreign, alter: map[string]string{"outlets": "gsxt"},
			req: ofDisclosure(&mingjianv1.MaskDisclosureRequest{Outlets: []string{"portal"}, Reason: "法院裁定重整", DocumentNo: "（2026）某01破1号"})},
		"UnmaskDisclosure": {by: approver, given: maskedDisclosure, foreign: foreign, alter: map[string]string{"outlets": "gsxt"},
			req: ofDisclosure(&mingjianv1.UnmaskDisclosureRequest{Outlets: []string{"portal"}, Reason: "重整终止", DocumentNo: "（2026）某01破1号之二"})},
	}
}

func repairCases() map[string]writeCase {
	const foreign = "disclosure.authority.foreign"
	return map[string]writeCase{
		"ApplyRepair": {by: clerk, given: publishedDisclosure, foreign: foreign, req: ofDisclosure(repairApplication()),
			alter: map[string]string{"outlets": "gsxt", "applicant": "agent", "received_on": "2026-11-16"}},
		"CheckRepair": {by: reviewer, given: appliedRepair, foreign: foreign,
			req: ofDisclosure(&mingjianv1.CheckRepairRequest{Attested: "整改照片"})},
		"DecideRepair": {by: approver, given: checkedRepair, foreign: foreign,
			req: ofDisclosure(&mingjianv1.DecideRepairRequest{Reason: "罚款未缴清"})},
	}
}

func reviewReads() map[string]readCase {
	return map[string]readCase{
		"ReviewService/GetNegativeList": {open: "which grounds there are is the law's"},
		"ReviewService/ListWithheld": {given: withheldDisclosure, shows: made("disclosure"), reqs: asks(
			&mingjianv1.ListWithheldRequest{}, &mingjianv1.ListWithheldRequest{AuthorityId: string(ownBureau)},
			&mingjianv1.ListWithheldRequest{SelfCheck: 2026}, &mingjianv1.ListWithheldRequest{State: "open"})},
		"RepairService/ListRepairs": {given: appliedRepair, shows: made("repair"), reqs: asks(
			&mingjianv1.ListRepairsRequest{}, &mingjianv1.ListRepairsRequest{AuthorityId: string(ownBureau)},
			&mingjianv1.ListRepairsRequest{State: "applied"})},
	}
}
