package grpcapi_test

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	deliveryview "github.com/mingjian-ledger/mingjian/projections/delivery"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const matrixPlatform = "credit_china"

func matrixPlatforms() policy.Platforms {
	return policy.Platforms{Names: []string{matrixPlatform}, Profiles: profile.Embedded()}
}

// Held is policy.HeldDeliveries.
func (w *matrixWorld) Held(ctx context.Context, authority domain.AuthorityID, page string) (ids []string, next string, err error) {
	list, next, err := deliveryview.List(ctx, w.views, deliveryview.Filter{Authority: string(authority), Status: "held", PageSize: 100, PageToken: page})
	for _, v := range list {
		ids = append(ids, v.GetId())
	}
	return ids, next, err
}

var carrier = home(domain.Integrator, "carrier")

var penaltySequence = deliveryview.Sequence{Platform: matrixPlatform, Kind: delivery.Penalty}

// preparedDelivery is what is published, with its row.
func preparedDelivery(w *matrixWorld) {
	w.platforms = matrixPlatforms()
	publishedDisclosure(w)
	w.ids["delivery"] = delivery.ID(matrixPlatform, w.ids["disclosure"])
	row, err := deliveryview.Row(w.Context(), w.views, penaltySequence, 1)
	if err != nil {
		v, _ := deliveryview.Get(w.Context(), w.views, w.ids["delivery"])
		w.Fatalf("%v: %v", err, v)
	}
	w.ids["row"] = row.GetRow().GetDigest()
}

func submittedDelivery(w *matrixWorld) {
	preparedDelivery(w)
	w.do(rootOf, &mingjianv1.SubmitDeliveryRowsRequest{
		Platform: matrixPlatform, Kind: "penalty", Batch: "b1", Channel: "folder", Rows: []*mingjianv1.SubmittedDeliveryRow{{Number: 1, Digest: w.ids["row"]}},
	})
}

func rejectedDelivery(w *matrixWorld) {
	submittedDelivery(w)
	w.do(rootOf, &mingjianv1.RecordReceiptsRequest{
		Platform: matrixPlatform, Kind: "penalty", Receipt: strings.Repeat("a", 64),
		Lines: []*mingjianv1.DeliveryReceiptLine{{Number: 1, Verdict: "rejected", Code: "1001", Text: "未查询到主体"}},
	})
}

// twoRows are that of the publication and, since it was masked, that of the deletion.
func twoRows(w *matrixWorld) {
	preparedDelivery(w)
	w.do(approver, &mingjianv1.MaskDisclosureRequest{DisclosureId: w.ids["disclosure"], Reason: "重整", DocumentNo: "破1号"})
	row, err := deliveryview.Row(w.Context(), w.views, penaltySequence, 2)
	if err != nil {
		w.Fatal(err)
	}
	w.ids["second"] = row.GetRow().GetDigest()
}

func submittedRows(w *matrixWorld) {
	twoRows(w)
	w.do(rootOf, &mingjianv1.SubmitDeliveryRowsRequest{
		Platform: matrixPlatform, Kind: "penalty", Batch: "b1", Channel: "folder",
		Rows: []*mingjianv1.SubmittedDeliveryRow{{Number: 1, Digest: w.ids["row"]}, {Number: 2, Digest: w.ids["second"]}},
	})
}

func ofDelivery[M proto.Message](m M) func(*matrixWorld) proto.Message {
	return of(func(w *matrixWorld, m M) {
		switch r := proto.Message(m).(type) {
		case *mingjianv1.PrepareDeliveryRequest:
			r.DisclosureId = w.ids["disclosure"]
		case *mingjianv1.ChooseDeliveryNameRequest:
			r.DeliveryId = w.ids["delivery"]
		case *mingjianv1.RecordDeliveryRepresentativeRequest:
			r.DeliveryId = w.ids["delivery"]
		case *mingjianv1.ResendDeliveryRequest:
			r.DeliveryId = w.ids["delivery"]
		case *mingjianv1.GiveUpDeliveryRequest:
			r.DeliveryId = w.ids["delivery"]
		case *mingjianv1.SubmitDeliveryRowsRequest:
			r.Rows[0].Digest, r.Rows[1].Digest = w.ids["row"], w.ids["second"]
		case *mingjianv1.RecordReceiptsRequest:
			r.Lines[0].Digest = w.ids["row"]
		}
	}, m)
}

func reportingCases() map[string]writeCase {
	return map[string]writeCase{
		"ArrangeReporting": {by: rootOf, given: authorities, open: "administrators keep the authorities of the whole instance",
			alter: map[string]string{"authority_id": string(otherBureau), "code": "11540900MB9X00023F", "source_code": "11540900MB9X00023F"},
			req: fixed(&mingjianv1.ArrangeReportingRequest{
				AuthorityId: string(ownBureau), Code: "11540900MB9X00015L", SourceName: "市局", SourceCode: "11540900MB9X00015L", Reason: "由市局报送"})},
	}
}

func deliveryCases() map[string]writeCase {
	const foreign, carried = "delivery.authority.foreign", "whoever carries rows takes those of all authorities"
	hex := strings.Repeat("e", 64)
	return map[string]writeCase{
		"PrepareDelivery": {by: clerk, given: publishedDisclosure, foreign: foreign, alter: map[string]string{"platform": "provincial"},
			req: ofDelivery(&mingjianv1.PrepareDeliveryRequest{Platform: matrixPlatform, Reason: "平台启用前已公示"})},
		"ChooseDeliveryName": {by: clerk, given: rejectedDelivery, foreign: foreign, alter: map[string]string{"as_of": "2026-11-16"},
			req: ofDelivery(&mingjianv1.ChooseDeliveryNameRequest{Name: "甲商贸公司", AsOf: "2026-11-17", Reason: "平台基础库为更名前名称"})},
		"RecordDeliveryRepresentative": {by: clerk, given: rejectedDelivery, foreign: foreign,
			req: ofDelivery(&mingjianv1.RecordDeliveryRepresentativeRequest{Name: "王某", Reason: "按登记机关记载"})},
		"ResendDelivery": {by: clerk, given: rejectedDelivery, foreign: foreign, alter: map[string]string{"as": "modify"},
			req: ofDelivery(&mingjianv1.ResendDeliveryRequest{As: "add", Reason: "平台已建主体"})},
		"GiveUpDelivery": {by: approver, given: rejectedDelivery, foreign: foreign, req: ofDelivery(&mingjianv1.GiveUpDeliveryRequest{Reason: "平台已停用"})},
		"SubmitDeliveryRows": {by: rootOf, given: twoRows, open: carried,
			alter: map[string]string{"platform": "provincial", "kind": "licence", "rows.digest": hex},
			req: ofDelivery(&mingjianv1.SubmitDeliveryRowsRequest{Platform: matrixPlatform, Kind: "penalty", Batch: "b1", Channel: "folder",
				Rows: []*mingjianv1.SubmittedDeliveryRow{{Number: 1}, {Number: 2}}})},
		"RecordReceipts": {by: clerk, given: submittedRows, foreign: foreign, rows: true,
			alter: map[string]string{"platform": "provincial", "kind": "licence", "receipt": hex, "lines.digest": hex, "lines.decided_on": "2026-01-15",
				"lines.verdict": "accepted"},
			req: ofDelivery(&mingjianv1.RecordReceiptsRequest{Platform: matrixPlatform, Kind: "penalty", Receipt: strings.Repeat("a", 64),
				Lines: []*mingjianv1.DeliveryReceiptLine{{
					Number: 1, DocumentNo: penaltyDecision().GetDecisionNo(), Party: "甲公司", DecidedOn: "2026-01-16", Verdict: "rejected", Code: "1001", Text: "未查询到主体",
				}, {Number: 2, Verdict: "accepted"}}})},
	}
}

func deliveryReads() map[string]readCase {
	const carried = "whoever carries rows takes those of all authorities"
	return map[string]readCase{
		"DeliveryService/ListDeliveryRows": {open: carried},
		"DeliveryService/GetDelivery": {given: preparedDelivery, shows: made("delivery"), reqs: []func(*matrixWorld) proto.Message{
			of(func(w *matrixWorld, m *mingjianv1.GetDeliveryRequest) { m.DeliveryId = w.ids["delivery"] }, &mingjianv1.GetDeliveryRequest{})}},
		"DeliveryService/ListDeliveries": {given: preparedDelivery, shows: made("delivery"), reqs: asks(
			&mingjianv1.ListDeliveriesRequest{AuthorityId: string(ownBureau)}, &mingjianv1.ListDeliveriesRequest{AuthorityId: string(ownBureau), Status: "prepared"})},
	}
}
