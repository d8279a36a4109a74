package grpcapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/reporting"
	deliveryview "github.com/mingjian-ledger/mingjian/projections/delivery"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func reportingReads() map[string]readCase {
	return map[string]readCase{
		"ReportingService/GetReportingFigures": {given: preparedDelivery, shows: always("市场监督管理局"), reqs: asks(
			&mingjianv1.GetReportingFiguresRequest{Month: "2026-01", AuthorityId: string(ownBureau)},
			&mingjianv1.GetReportingFiguresRequest{Month: "2026-01", AuthorityId: string(ownBureau), Platform: matrixPlatform})},
	}
}

// lateDelivery was decided in January and taken in November, after a rejection.
func lateDelivery(w *matrixWorld) {
	rejectedDelivery(w)
	w.do(clerk, &mingjianv1.ResendDeliveryRequest{DeliveryId: w.ids["delivery"], Reason: "平台已建主体"})
	row, err := deliveryview.Row(w.Context(), w.views, penaltySequence, 2)
	if err != nil {
		w.Fatal(err)
	}
	w.do(rootOf, &mingjianv1.SubmitDeliveryRowsRequest{
		Platform: matrixPlatform, Kind: "penalty", Batch: "b2", Channel: "folder", Rows: []*mingjianv1.SubmittedDeliveryRow{{Number: 2, Digest: row.GetRow().GetDigest()}},
	})
	w.do(rootOf, &mingjianv1.RecordReceiptsRequest{
		Platform: matrixPlatform, Kind: "penalty", Receipt: strings.Repeat("b", 64), Lines: []*mingjianv1.DeliveryReceiptLine{{Number: 2, Verdict: "accepted"}},
	})
}

func (w *matrixWorld) figures(by caller, req *mingjianv1.GetReportingFiguresRequest) *mingjianv1.GetReportingFiguresResponse {
	w.Helper()
	out, err := w.send(by, "", req)
	if err != nil {
		w.Fatal(err)
	}
	return out.(*mingjianv1.GetReportingFiguresResponse)
}

// TestTheFiguresOfAMonth follow a decision from its row to its receipt.
func TestTheFiguresOfAMonth(t *testing.T) {
	t.Parallel()
	january := &mingjianv1.GetReportingFiguresRequest{Month: "2026-01"}
	for name, test := range map[string]struct {
		given      func(*matrixWorld)
		want       []int64 // due, in time, late, waiting, omitted, rejected
		compliance string
		lateness   string
		omission   string
	}{
		"decided":   {decidedPenalty, []int64{1, 0, 0, 0, 1, 0}, "—", "—", "100.00%"},
		"prepared":  {preparedDelivery, []int64{1, 0, 0, 0, 1, 0}, "—", "—", "100.00%"},
		"submitted": {submittedDelivery, []int64{1, 0, 0, 1, 0, 0}, "—", "—", "0.00%"},
		"rejected":  {rejectedDelivery, []int64{1, 0, 0, 0, 1, 1}, "0.00%", "—", "100.00%"},
		"late":      {lateDelivery, []int64{1, 0, 1, 0, 0, 1}, "0.00%", "100.00%", "0.00%"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newMatrixWorld(t)
			test.given(w)
			got := w.figures(clerk, january)
			f := got.GetTotal()
			counts := []int64{f.GetDue(), f.GetInTime(), f.GetLate(), f.GetWaiting(), f.GetOmitted(), f.GetRejected()}
			if !slices.Equal(counts, test.want) || f.GetCompliance().GetText() != test.compliance || f.GetLateness().GetText() != test.lateness ||
				f.GetOmission().GetText() != test.omission || got.GetProof().GetNumber() != 1 || got.GetPlatform() != matrixPlatform {
				t.Errorf("%v", got)
			}
			if of := got.GetFigures(); len(of) != 1 || of[0].GetAuthorityId() != string(ownBureau) || of[0].GetKind() != "penalty" || of[0].GetDue() != f.GetDue() {
				t.Errorf("%v", of)
			}
			if all := w.figures(rootOf, january); all.GetTotal().GetDue() != f.GetDue() || all.GetProof().GetChain() == got.GetProof().GetChain() {
				t.Errorf("of all authorities: %v", all)
			}
			if other := w.figures(clerk, &mingjianv1.GetReportingFiguresRequest{Month: "2026-02"}); other.GetTotal().GetDecisions() != 0 {
				t.Errorf("of another month: %v", other)
			}
		})
	}
}

// TestTheProofOfAMonth is checked by what an auditor has: the rows and the receipts.
func TestTheProofOfAMonth(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	lateDelivery(w)
	file, err := w.exported(clerk, &mingjianv1.ExportReportingProofRequest{Month: "2026-01"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := reporting.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := deliveryview.Rows(t.Context(), w.views, penaltySequence, 0, 10)
	if err != nil || len(kept) != 2 {
		t.Fatalf("%v, %v", kept, err)
	}
	var items []reporting.Item
	for _, k := range kept {
		sum := sha256.Sum256([]byte(k.GetRow().GetItem()))
		items = append(items, reporting.Item{Digest: hex.EncodeToString(sum[:]), Plain: []byte(k.GetRow().GetItem())})
	}
	found := list.Verify(calendar.Embedded())
	running, more := list.AgainstRows("penalty", items)
	found = append(append(found, more...), list.AgainstReceipts(map[string]bool{strings.Repeat("a", 64): true, strings.Repeat("b", 64): true})...)
	if found != nil || running.String() != kept[1].GetRow().GetChain() || len(list.Lines) != 1 || list.Lines[0].Pair != 2 {
		t.Errorf("%v, %s, %+v", found, running, list)
	}
	if chain := w.figures(clerk, &mingjianv1.GetReportingFiguresRequest{Month: "2026-01"}).GetProof().GetChain(); chain != list.Tail.Chain.String() {
		t.Errorf("the figures tell of the proof %s, which is %s", chain, list.Tail.Chain)
	}
	for _, name := range []string{"甲公司", "张三", "91320105780688132K"} {
		if bytes.Contains(file, []byte(name)) {
			t.Errorf("the proof holds %s", name)
		}
	}
}

// TestTheReportOfAMonth is read back by the reader of tables.
func TestTheReportOfAMonth(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	lateDelivery(w)
	got := map[string][][]string{}
	for _, format := range []string{"xlsx", "csv"} {
		file, err := w.exported(clerk, &mingjianv1.ExportReportingReportRequest{Month: "2026-01", Format: format})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "report."+format)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		for row, err := range (sheet.Books{}).Read(t.Context(), format, path) {
			if err != nil {
				t.Fatal(err)
			}
			for len(row) > 0 && row[len(row)-1] == "" { // a table of a file with several is as wide as the widest
				row = row[:len(row)-1]
			}
			got[format] = append(got[format], row)
		}
	}
	figures := []string{"市局", string(ownBureau), "行政处罚", "1", "0", "0", "1", "0", "1", "0", "0", "0", "1", "0", "0.00%", "100.00%", "0.00%"}
	if !slices.ContainsFunc(got["xlsx"], func(row []string) bool { return slices.Equal(row[min(1, len(row)):], figures[1:]) }) {
		t.Errorf("the workbook's first table is %q", got["xlsx"])
	}
	var late, chain bool
	for _, row := range got["csv"] {
		late = late || len(row) == 12 && row[2] == "宁市监处罚[2026]45号" && slices.Equal(row[4:], []string{"2026-01-16", "2026-01-27", "迟报", "已入库", "2026-11-18", "2026-11-18", "2", "1001"})
		chain = chain || len(row) == 2 && row[0] == "清单链式摘要" && row[1] == w.figures(clerk, &mingjianv1.GetReportingFiguresRequest{Month: "2026-01"}).GetProof().GetChain()
	}
	if !late || !chain {
		t.Errorf("late %v, proof %v: %q", late, chain, got["csv"])
	}
}

// TestAnothersReportingIsNotRead, over any of the three ways, and a platform is one that is set up.
func TestAnothersReportingIsNotRead(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	preparedDelivery(w)
	foreign := at(otherBureau, domain.Clerk, "ma")
	for _, req := range []proto.Message{
		&mingjianv1.ExportReportingProofRequest{Month: "2026-01", AuthorityId: string(ownBureau)},
		&mingjianv1.ExportReportingReportRequest{Month: "2026-01", AuthorityId: string(ownBureau)},
	} {
		if _, err := w.exported(foreign, req); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%T: %v", req, err)
		}
	}
	if file, err := w.exported(foreign, &mingjianv1.ExportReportingProofRequest{Month: "2026-01"}); err != nil || bytes.Contains(file, []byte("penalty.")) {
		t.Errorf("its own holds %s, %v", file, err)
	}
	for _, req := range []*mingjianv1.GetReportingFiguresRequest{{Month: "2026-01", Platform: "provincial"}, {Month: "2026-13"}, {}} {
		if _, err := w.send(clerk, "", req); err == nil {
			t.Errorf("%v is answered", req)
		}
	}
}

// TestASuccessorReadsWhatItTookOver, each decision under the authority that keeps it.
func TestASuccessorReadsWhatItTookOver(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	lateDelivery(w)
	january := &mingjianv1.GetReportingFiguresRequest{Month: "2026-01"}
	w.reformed("2026-11-01")
	heir := at(heirBureau, domain.Clerk, "ma")
	got := w.figures(heir, january)
	if f := got.GetFigures(); len(f) != 1 || f[0].GetAuthorityId() != string(ownBureau) || f[0].GetLate() != 1 || got.GetTotal().GetLate() != 1 {
		t.Errorf("after: %v", got)
	}
}
