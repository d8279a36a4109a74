package grpcapi_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// view is the inspection as the own clerk reads it.
func (w *matrixWorld) view() *viewv1.Inspection {
	w.Helper()
	resp, err := w.send(clerk, "", &mingjianv1.GetInspectionRequest{InspectionId: w.ids["inspection"]})
	if err != nil {
		w.Fatal(err)
	}
	return resp.(*mingjianv1.GetInspectionResponse).GetInspection()
}

func TestARecordAnswersTheCheckListOfThePinnedVersion(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	drawnInspection(w)
	if v := w.view(); v.GetCatalogueId() != matrixList || v.GetCatalogueVersion() != 1 || v.GetOpensOn() != "2026-11-01" || v.GetDueOn() != "2026-12-31" {
		t.Errorf("assigned: %v", v)
	}
	by := inspectorOf(ownBureau, w.ids["one"])
	short := w.result("市场监管", "no_problem")
	short.Findings = short.GetFindings()[:1]
	if _, err := w.send(by, "", short); faultOf(err) != "inspection.findings.line_missing" {
		t.Errorf("without an answer to a line: %v", err)
	}
	strange := w.result("市场监管", "no_problem")
	strange.Findings[1].Line = "2.1"
	if _, err := w.send(by, "", strange); faultOf(err) != "inspection.findings.line_unknown" {
		t.Errorf("with a line of another matter: %v", err)
	}
	unlisted := w.result("市场监管", "no_problem")
	unlisted.Manner = "entrusted"
	if _, err := w.send(by, "", unlisted); faultOf(err) != "inspection.manner.unlisted" {
		t.Errorf("in a manner that the list does not name: %v", err)
	}
	whole := w.result("市场监管", "no_problem")
	whole.Findings[0].Basis = ""
	w.do(by, whole)
	d := department(w.view(), "市场监管")
	if d.GetFindings()[0].GetBasis() != "条例第三十六条" || d.GetFindings()[1].GetBasis() != "条例第十条" || d.GetOutcomeTable() != inspection.OutcomeTable {
		t.Errorf("recorded: %v", d)
	}
	// The other department has no matter of its own, so nothing is missing.
	none := w.result("消防", "no_problem")
	none.Findings = nil
	w.do(inspectorOf(otherBureau, w.ids["fire"]), none)
	if v := w.view(); v.GetState() != "concluded" || v.GetOutcomeTable() != inspection.OutcomeTable {
		t.Errorf("concluded: %v", v)
	}
}

func department(v *viewv1.Inspection, name string) *viewv1.InspectionDepartment {
	for _, d := range v.GetDepartments() {
		if d.GetName() == name {
			return d
		}
	}
	return nil
}

// TestAVisitRecordedOffLineKeepsBothTimes records weeks after the visit: when it was and when it was recorded both stand.
func TestAVisitRecordedOffLineKeepsBothTimes(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	drawnInspection(w)
	by := inspectorOf(ownBureau, w.ids["one"])
	early := w.result("市场监管", "no_problem")
	w.now = early.GetEndedAt().AsTime().Add(-time.Second)
	if _, err := w.send(by, "", early); faultOf(err) != "inspection.times.future" {
		t.Errorf("before it ended: %v", err)
	}
	w.now = early.GetEndedAt().AsTime().AddDate(0, 0, 30)
	w.do(by, early)
	want := &viewv1.InspectionVisit{
		Place: "八一路1号", Present: []*viewv1.InspectionCertificate{
			{InspectorId: w.ids["one"], Name: "检查员" + w.ids["one"], No: "ZF-" + w.ids["one"], ValidUntil: "2027-12-31"},
			{InspectorId: w.ids["two"], Name: "检查员" + w.ids["two"], No: "ZF-" + w.ids["two"], ValidUntil: "2027-12-31"},
		},
		Met:       []*viewv1.InspectionPerson{{Name: "扎西顿珠", Role: "店长"}, {Name: "白玛央金", Role: "会计"}},
		Statement: "第二条有异议", Signature: "refused", SignatureLabel: "拒绝签名", UnsignedReason: "不认可", Witness: "社区工作人员李某",
	}
	d := department(w.view(), "市场监管")
	if diff := cmp.Diff(want, d.GetVisit(), protocmp.Transform()); diff != "" || d.GetStartedAt() != "2026-11-20T01:00:00Z" || d.GetRecordedAt() != "2026-12-20T02:00:00Z" {
		t.Errorf("began %s, recorded %s\n%s", d.GetStartedAt(), d.GetRecordedAt(), diff)
	}
}

// TestWhoWasThereMustHaveBeenCertified suspends nobody but lets a certificate run out.
func TestWhoWasThereMustHaveBeenCertified(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	drawnInspection(w)
	w.do(planner, &mingjianv1.RelicenseInspectorRequest{InspectorId: w.ids["two"], LicenceNo: "ZF-9", ValidUntil: "2026-11-19"})
	by := inspectorOf(ownBureau, w.ids["one"])
	if _, err := w.send(by, "", w.result("市场监管", "no_problem")); faultOf(err) != "inspection.visit.uncertified" {
		t.Errorf("with a certificate that had run out: %v", err)
	}
	stranger := w.result("市场监管", "no_problem")
	stranger.Visit.Present[1] = "XZ-999"
	if _, err := w.send(by, "", stranger); faultOf(err) != "inspection.visit.present_unassigned" {
		t.Errorf("with somebody unknown: %v", err)
	}
}

// TestNamesOfPeopleMetStayWithin looks for them in every event that is not the inspection's own, all that becomes public
// among them.
func TestNamesOfPeopleMetStayWithin(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	issuedNotice(w)
	w.do(clerk, &mingjianv1.ServeNoticeRequest{
		InspectionId: w.ids["inspection"], No: "藏市监抽通〔2026〕7号", How: "direct", On: "2026-11-20", To: &mingjianv1.MetPerson{Name: "扎西顿珠", Role: "店长"},
	})
	w.do(inspectorOf(ownBureau, w.ids["one"]), w.result("市场监管", "info_false"))
	w.do(inspectorOf(otherBureau, w.ids["fire"]), w.result("消防", "no_problem"))
	w.ids["disclosure"] = "inspection." + w.ids["inspection"]
	res, err := es.Load(t.Context(), w.store, disclosure.Decider, w.ids["disclosure"])
	if err != nil {
		t.Fatal(err)
	}
	digest := res.State.Draft.Digest
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: digest, SecrecyClear: true})
	w.do(approver, &mingjianv1.ApproveDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: digest})
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: digest})
	held, published := 0, false
	for _, r := range w.store.All() {
		names := bytes.Contains(r.Data, []byte("扎西顿珠")) || bytes.Contains(r.Data, []byte("白玛央金")) || bytes.Contains(r.Data, []byte("李某"))
		switch {
		case names && r.Stream.Category == inspection.Category:
			held++
		case names:
			t.Errorf("%s of %s names them: %s", r.Type, r.Stream, r.Data)
		}
		published = published || strings.HasPrefix(r.Type, "mingjian.disclosure.published")
	}
	if held != 3 || !published {
		t.Errorf("held by %d events, published %t", held, published)
	}
}

// TestACorrectionShowsWhatStoodBefore to staff with the findings, and to the public by outcomes.
func TestACorrectionShowsWhatStoodBefore(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	concludedInspection(w)
	w.do(inspectorOf(ownBureau, w.ids["one"]), &mingjianv1.CorrectResultRequest{
		InspectionId: w.ids["inspection"], Department: "市场监管", Outcomes: []string{"no_problem"}, Reason: "看错营业执照",
		Findings: []*mingjianv1.Finding{{Item: "1", Line: "1.1", Result: "compliant"}, {Item: "1", Line: "1.2", Result: "compliant"}},
	})
	v := w.view()
	c := v.GetCorrections()[0]
	if c.GetFormer()[0].GetCode() != "info_false" || c.GetOutcomes()[0].GetCode() != "no_problem" || c.GetOn() != "2026-11-20" || c.GetAt() == "" ||
		c.GetFormerFindings()[1].GetNote() != "未开业" || department(v, "市场监管").GetFindings()[1].GetResult() != "compliant" {
		t.Errorf("%v", v)
	}
	resp, err := w.send(clerk, "", &mingjianv1.GetDisclosureRequest{DisclosureId: "inspection." + w.ids["inspection"]})
	if err != nil {
		t.Fatal(err)
	}
	const want = `"corrections":[{"department":"市场监管","former":[{"code":"info_false","label":"公示信息隐瞒真实情况、弄虚作假"}],"on":"2026-11-20",` +
		`"outcomes":[{"code":"no_problem","label":"未发现问题"}],"reason":"看错营业执照"}]`
	if got := resp.(*mingjianv1.GetDisclosureResponse).GetDisclosure().GetDraft().GetDocument(); !strings.Contains(got, want) {
		t.Errorf("the document is %s", got)
	}
}

func TestAFollowUpWaitsUntilItIsClosed(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	kinds := func() (out []string) {
		w.Helper()
		resp, err := w.send(clerk, "", &mingjianv1.ListWorkRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range resp.(*mingjianv1.ListWorkResponse).GetItems() {
			if i.GetRecordId() == w.ids["inspection"] && i.GetRole() == "clerk" {
				out = append(out, i.GetKind()+" "+i.GetDueOn())
			}
		}
		return out
	}
	concludedInspection(w)
	steps := []struct {
		req  proto.Message
		want string
	}{
		{&mingjianv1.HandOverRequest{InspectionId: w.ids["inspection"], To: "abnormal_list", Reason: "弄虚作假"}, "close_follow_up "},
		{&mingjianv1.CloseFollowUpRequest{InspectionId: w.ids["inspection"], To: "abnormal_list", Result: "listed", Reference: "1号", On: "2026-11-20"}, ""},
	}
	if got := strings.Join(kinds(), ", "); got != "hand_over " {
		t.Errorf("concluded: %q", got)
	}
	for _, s := range steps {
		w.do(clerk, s.req)
		if got := strings.Join(kinds(), ", "); got != s.want {
			t.Errorf("%T: %q, want %q", s.req, got, s.want)
		}
	}
	if h := w.view().GetHandedOver()[0]; h.GetOpen() || h.GetResultLabel() != "已列入经营异常名录" || h.GetClosedOn() != "2026-11-20" {
		t.Errorf("%v", h)
	}
	if res, err := es.Load(t.Context(), w.store, inspection.Decider, w.ids["inspection"]); err != nil || res.State.FollowUps[0].Closed == nil {
		t.Errorf("%v", err)
	}
}
