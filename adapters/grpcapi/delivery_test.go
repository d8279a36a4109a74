package grpcapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func platformReceipt(lines ...*mingjianv1.DeliveryReceiptLine) *mingjianv1.RecordReceiptsRequest {
	return &mingjianv1.RecordReceiptsRequest{Platform: matrixPlatform, Kind: "penalty", Receipt: strings.Repeat("a", 64), Lines: lines}
}

func (w *matrixWorld) statusOf(id string) string {
	w.Helper()
	return asked[*mingjianv1.GetDeliveryResponse](w, clerk, &mingjianv1.GetDeliveryRequest{DeliveryId: id}).GetDelivery().GetStatus()
}

// Each line of a receipt has its own answer: what names no row, or one that was never sent, is refused and named; the rest counts.
func TestEachLineOfAReceiptIsAnswered(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	preparedDelivery(w)
	resp := asked[*mingjianv1.RecordReceiptsResponse](w, clerk, platformReceipt(&mingjianv1.DeliveryReceiptLine{Number: 1, Verdict: "accepted"}))
	if r := resp.GetResults()[0]; r.GetStatus() != mingjianv1.RowStatus_ROW_STATUS_REFUSED || r.GetRefusals()[0].GetCode() != "delivery.receipt.unsent" ||
		!strings.Contains(r.GetRefusals()[0].GetMessageZh(), "第1行") {
		t.Errorf("%v", r)
	}
	w.do(rootOf, &mingjianv1.SubmitDeliveryRowsRequest{
		Platform: matrixPlatform, Kind: "penalty", Batch: "b1", Channel: "folder", Rows: []*mingjianv1.SubmittedDeliveryRow{{Number: 1, Digest: w.ids["row"]}},
	})
	if got := w.statusOf(w.ids["delivery"]); got != "submitted" {
		t.Errorf("%s", got)
	}
	lines := platformReceipt(
		&mingjianv1.DeliveryReceiptLine{Number: 9, Verdict: "accepted"},
		&mingjianv1.DeliveryReceiptLine{Number: 1, Digest: strings.Repeat("0", 64), Verdict: "accepted"},
		&mingjianv1.DeliveryReceiptLine{Verdict: "accepted"},
		&mingjianv1.DeliveryReceiptLine{DocumentNo: "宁市监处罚〔2026〕45号", Party: "甲公司", DecidedOn: "2026-01-16", Verdict: "duplicate"},
		&mingjianv1.DeliveryReceiptLine{DocumentNo: "宁市监处罚〔2026〕45号", Verdict: "accepted"},
		&mingjianv1.DeliveryReceiptLine{Number: 1, DocumentNo: "宁市监处罚〔2026〕45号", Party: "乙公司", Verdict: "accepted"},
	)
	var codes []string
	for _, r := range asked[*mingjianv1.RecordReceiptsResponse](w, clerk, lines).GetResults() {
		code := r.GetStatus().String()
		for _, refusal := range r.GetRefusals() {
			code = refusal.GetCode()
		}
		codes = append(codes, code)
	}
	if got := strings.Join(codes, " "); got != "delivery.row.missing delivery.row.content delivery.receipt.unnamed ROW_STATUS_ACCEPTED delivery.receipt.unnamed delivery.row.content" {
		t.Errorf("%s", got)
	}
	w.follow()
	if got := w.statusOf(w.ids["delivery"]); got != "accepted" { // a duplicate is a success
		t.Errorf("%s", got)
	}
	again := asked[*mingjianv1.RecordReceiptsResponse](w, clerk, lines).GetResults()[3]
	if again.GetStatus() != mingjianv1.RowStatus_ROW_STATUS_UNCHANGED {
		t.Errorf("read again: %v", again)
	}
}

// A rename, as it is resolved: rejected, on the work list, a name chosen, sent under another number, accepted.
func TestARenameIsResolvedOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	rejectedDelivery(w)
	items := asked[*mingjianv1.ListWorkResponse](w, clerk, &mingjianv1.ListWorkRequest{}).GetItems()
	found := false
	for _, i := range items {
		found = found || i.GetKind() == "resolve_rejection" && i.GetRecordId() == w.ids["delivery"] && strings.Contains(i.GetTitle(), "1001")
	}
	if !found {
		t.Errorf("nothing waits: %v", items)
	}
	w.do(clerk, &mingjianv1.ChooseDeliveryNameRequest{DeliveryId: w.ids["delivery"], Name: "甲商贸公司", AsOf: "2026-11-17", Reason: "平台基础库为更名前名称"})
	rows := asked[*mingjianv1.ListDeliveryRowsResponse](w, carrier, &mingjianv1.ListDeliveryRowsRequest{Platform: matrixPlatform, Kind: "penalty"})
	if len(rows.GetRows()) != 2 || !strings.Contains(rows.GetRows()[1].GetItem(), "甲商贸公司") || !strings.Contains(rows.GetRows()[0].GetItem(), "甲公司") {
		t.Fatalf("%v", rows)
	}
	running := chain.Chain{}
	for _, r := range rows.GetRows() {
		sum := sha256.Sum256([]byte(r.GetItem()))
		if running = running.Next([]byte(r.GetItem())); hex.EncodeToString(sum[:]) != r.GetDigest() || running.String() != r.GetChain() {
			t.Errorf("%v", r)
		}
	}
	if rows.GetHead().GetNumber() != 2 || rows.GetHead().GetChain() != running.String() {
		t.Errorf("%v", rows.GetHead())
	}
	v := asked[*mingjianv1.GetDeliveryResponse](w, clerk, &mingjianv1.GetDeliveryRequest{DeliveryId: w.ids["delivery"]}).GetDelivery()
	if v.GetStatus() != "prepared" || v.GetNames()[0].GetFormer() != "甲公司" || v.GetNames()[0].GetKnown() || len(v.GetRows()) != 2 {
		t.Errorf("%v", v)
	}
	rest := asked[*mingjianv1.ListDeliveryRowsResponse](w, carrier, &mingjianv1.ListDeliveryRowsRequest{Platform: matrixPlatform, Kind: "penalty", AfterNumber: 1})
	if len(rest.GetRows()) != 1 || rest.GetRows()[0].GetNumber() != 2 {
		t.Errorf("%v", rest)
	}
}
