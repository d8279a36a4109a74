package grpcapi_test

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// otherApprover is one who had no hand in what the settings publish.
var otherApprover = home(domain.Approver, "qin")

func newFinding(list, ground string) *mingjianv1.RecordFindingRequest {
	return &mingjianv1.RecordFindingRequest{
		List: list, SubjectId: newSubject(1).GetId(), Ground: ground, Facts: "两次邮寄均退回", Evidence: []string{fileDigest}, InspectionId: "i1", On: "2026-11-02",
	}
}

// found has a penalty and a finding that rests on it.
func found(list, ground string) func(*matrixWorld) {
	return func(w *matrixWorld) {
		authorities(w)
		rosters(w)
		w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()}, "penalty")
		req := newFinding(list, ground)
		req.PenaltyId = w.ids["penalty"]
		w.do(clerk, req, "listing")
	}
}

func foundUnreachable(w *matrixWorld) { found("abnormal", "unreachable")(w) }

func enteredListing(w *matrixWorld) {
	foundUnreachable(w)
	w.do(approver, &mingjianv1.EnterListingRequest{ListingId: w.ids["listing"], Finding: 1, DocumentNo: "异1号", On: "2026-11-05"})
}

func appliedForRemoval(w *matrixWorld) {
	enteredListing(w)
	w.do(clerk, &mingjianv1.ApplyForRemovalRequest{ListingId: w.ids["listing"], Statement: "已变更住所", ReceivedOn: "2026-11-10"})
}

// about puts the id of what a setting made into a field.
func about(field, name string, m proto.Message) func(*matrixWorld) proto.Message {
	return of(func(w *matrixWorld, m proto.Message) {
		m.ProtoReflect().Set(m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field)), protoreflect.ValueOfString(w.ids[name]))
	}, m)
}

func listingCases() map[string]writeCase {
	const foreign, name = "listing.authority.foreign", "宁安市市场监督管理局"
	act := func(m proto.Message) func(*matrixWorld) proto.Message { return about("listing_id", "listing", m) }
	withPenalty := func(w *matrixWorld) {
		rosters(w)
		w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()}, "penalty")
	}
	return map[string]writeCase{
		"RecordFinding": {by: clerk, given: withPenalty, creates: true, foreign: foreign, alter: map[string]string{"ground": "false_info", "list": "serious"},
			req: about("penalty_id", "penalty", newFinding("abnormal", "unreachable"))},
		"DismissFinding": {by: approver, given: foundUnreachable, foreign: foreign,
			req: act(&mingjianv1.DismissFindingRequest{Finding: 1, Reason: "已取得联系", On: "2026-11-05"})},
		"NotifyFinding": {by: clerk, given: found("serious", "food_safety"), foreign: foreign,
			req: act(&mingjianv1.NotifyFindingRequest{Finding: 1, DocumentNo: "告1号", On: "2026-11-05"})},
		"EnterListing": {by: approver, given: foundUnreachable, foreign: foreign, alter: map[string]string{"ground": "no_annual_report"},
			req: act(&mingjianv1.EnterListingRequest{Finding: 1, Ground: "false_info", ConsentNo: "函1号", DocumentNo: "异1号", On: "2026-11-05", AuthorityName: name})},
		"ApplyForRemoval": {by: clerk, given: enteredListing, foreign: foreign,
			req: act(&mingjianv1.ApplyForRemovalRequest{Statement: "已变更住所", Evidence: []string{fileDigest}, ReceivedOn: "2026-11-10"})},
		"RefuseRemoval": {by: approver, given: appliedForRemoval, foreign: foreign,
			req: act(&mingjianv1.RefuseRemovalRequest{Reason: "仍无法联系", DocumentNo: "不移1号", On: "2026-11-12", AuthorityName: name})},
		"RemoveListing": {by: approver, given: appliedForRemoval, foreign: foreign, alter: map[string]string{"remedies": "deregistered"},
			req: act(&mingjianv1.RemoveListingRequest{Remedies: []string{"reached"}, DocumentNo: "移1号", On: "2026-11-12", AuthorityName: name})},
		"RescindEntry": {by: approver, given: enteredListing, foreign: foreign,
			req: act(&mingjianv1.RescindEntryRequest{Entry: 1, Reason: "送达有误", DocumentNo: "撤1号", On: "2026-11-12", AuthorityName: name})},
		"TransferListing": {by: approver, given: enteredListing, foreign: foreign,
			req: act(&mingjianv1.TransferListingRequest{To: string(otherBureau), Reason: "住所迁出", On: "2026-11-12"})},
	}
}

func registeredRequest(w *matrixWorld) {
	publishedDisclosure(w)
	w.do(clerk, &mingjianv1.RegisterCorrectionRequestRequest{
		DisclosureId: w.ids["disclosure"], Requester: "party", Points: []string{"amount"}, Statement: "金额有误", Channel: "window", ReceivedOn: "2026-11-10",
	}, "request")
}

func verifiedRequest(w *matrixWorld) {
	registeredRequest(w)
	w.do(reviewer, &mingjianv1.VerifyCorrectionRequestRequest{RequestId: w.ids["request"], Findings: "录入有误", On: "2026-11-11"})
}

// grantedRequest was decided on, and the record withdrawn since.
func grantedRequest(w *matrixWorld) {
	verifiedRequest(w)
	w.do(otherApprover, &mingjianv1.DecideCorrectionRequestRequest{RequestId: w.ids["request"], Outcome: "corrected", Reason: "属实", On: "2026-11-12"})
	w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: w.ids["disclosure"], Ground: "error", Reason: "有误"})
}

func repliedDisclosure(w *matrixWorld) {
	publishedDisclosure(w)
	w.do(clerk, newReply(w))
}

func newReply(w *matrixWorld) *mingjianv1.ReceiveReplyRequest {
	return &mingjianv1.ReceiveReplyRequest{
		DisclosureId: w.ids["disclosure"], SubjectId: penaltyDecision().GetParties()[0].GetSubjectId(), Party: "随意", Text: "已整改", Channel: "post", On: "2026-11-12",
		Evidence: []string{fileDigest},
	}
}

func disputeCases() map[string]writeCase {
	const foreign = "dispute.authority.foreign"
	act := func(m proto.Message) func(*matrixWorld) proto.Message { return about("request_id", "request", m) }
	return map[string]writeCase{
		"RegisterCorrectionRequest": {by: clerk, given: publishedDisclosure, foreign: foreign,
			alter: map[string]string{"requester": "citizen", "points": "date", "channel": "post"},
			req: about("disclosure_id", "disclosure", &mingjianv1.RegisterCorrectionRequestRequest{
				Requester: "party", Points: []string{"amount", "content"}, Statement: "金额有误", Evidence: []string{fileDigest}, Channel: "window", ReceivedOn: "2026-11-10"})},
		"VerifyCorrectionRequest": {by: reviewer, given: registeredRequest, foreign: foreign,
			req: act(&mingjianv1.VerifyCorrectionRequestRequest{Findings: "录入有误", On: "2026-11-11"})},
		"DecideCorrectionRequest": {by: otherApprover, given: verifiedRequest, foreign: foreign, alter: map[string]string{"outcome": "partly"},
			req: act(&mingjianv1.DecideCorrectionRequestRequest{Outcome: "refused", Reason: "与决定书一致", On: "2026-11-12"})},
		"LinkCorrectionRequest": {by: clerk, given: grantedRequest, foreign: foreign, req: act(&mingjianv1.LinkCorrectionRequestRequest{Release: 2})},
		"DropCorrectionRequest": {by: clerk, given: registeredRequest, foreign: foreign,
			req: act(&mingjianv1.DropCorrectionRequestRequest{Reason: "已知悉", On: "2026-11-12"})},
		"ReceiveReply": {by: clerk, given: publishedDisclosure, foreign: foreign, alter: map[string]string{"channel": "window", "subject_id": soundCode},
			apart: map[string]string{"party": "the record names the party that has the id"},
			req:   func(w *matrixWorld) proto.Message { return newReply(w) }},
		"TakeReplyBack": {by: clerk, given: repliedDisclosure, foreign: foreign,
			req: about("disclosure_id", "disclosure", &mingjianv1.TakeReplyBackRequest{Reply: 1, ByParty: true, Reason: "已无必要", On: "2026-11-13"})},
	}
}

func listingReads() map[string]readCase {
	own := string(ownBureau)
	one := func(field, name string, m proto.Message) []func(*matrixWorld) proto.Message {
		return []func(*matrixWorld) proto.Message{about(field, name, m)}
	}
	return map[string]readCase{
		"ListingService/GetListing": {given: foundUnreachable, shows: made("listing"), reqs: one("listing_id", "listing", &mingjianv1.GetListingRequest{})},
		"ListingService/ListListings": {given: foundUnreachable, shows: made("listing"), reqs: asks(&mingjianv1.ListListingsRequest{},
			&mingjianv1.ListListingsRequest{AuthorityId: own}, &mingjianv1.ListListingsRequest{List: "abnormal"}, &mingjianv1.ListListingsRequest{State: "found"},
			&mingjianv1.ListListingsRequest{List: "abnormal", State: "found"}, &mingjianv1.ListListingsRequest{SubjectId: newSubject(1).GetId()})},
		"DisputeService/GetCorrectionRequest": {given: registeredRequest, shows: made("request"),
			reqs: one("request_id", "request", &mingjianv1.GetCorrectionRequestRequest{})},
		"DisputeService/ListCorrectionRequests": {given: registeredRequest, shows: made("request"), reqs: append(
			asks(&mingjianv1.ListCorrectionRequestsRequest{}, &mingjianv1.ListCorrectionRequestsRequest{AuthorityId: own}, &mingjianv1.ListCorrectionRequestsRequest{Stage: "received"}),
			about("disclosure_id", "disclosure", &mingjianv1.ListCorrectionRequestsRequest{}))},
		"DisputeService/GetReplies": {given: repliedDisclosure, shows: always("已整改"), reqs: one("disclosure_id", "disclosure", &mingjianv1.GetRepliesRequest{})},
	}
}

// listingLater is what may come between a request and its retry.
func listingLater() map[string]func(*matrixWorld) {
	withdraw := func(w *matrixWorld) {
		w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: w.ids["disclosure"], Ground: "error", Reason: "有误"})
	}
	return map[string]func(*matrixWorld){
		"DisputeService/RegisterCorrectionRequest": withdraw, "DisputeService/ReceiveReply": withdraw,
		"ListingService/RecordFinding": func(w *matrixWorld) {
			w.do(approver, &mingjianv1.DismissFindingRequest{ListingId: w.ids["receipt"], Finding: 1, Reason: "已联系", On: "2026-11-05"})
		},
		"ListingService/EnterListing": func(w *matrixWorld) {
			w.do(approver, &mingjianv1.RescindEntryRequest{ListingId: w.ids["listing"], Entry: 1, Reason: "有误", DocumentNo: "撤1号", On: "2026-11-12"})
		},
	}
}
