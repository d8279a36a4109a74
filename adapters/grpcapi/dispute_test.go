package grpcapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// ask sends what anybody may, by way of one proxy of the operator's own.
func (w *matrixWorld) ask(from, key string, req *mingjianv1.RequestCorrectionRequest) (*mingjianv1.RequestCorrectionResponse, error) {
	w.Helper()
	pairs := []string{"x-forwarded-for", from + ", 10.0.0.9"}
	if key != "" {
		pairs = append(pairs, "idempotency-key", key)
	}
	return mingjianv1.NewPublicDisputeServiceClient(w.conn).RequestCorrection(metadata.AppendToOutgoingContext(w.Context(), pairs...), req)
}

func (w *matrixWorld) doubt(statement string) *mingjianv1.RequestCorrectionRequest {
	return &mingjianv1.RequestCorrectionRequest{
		DisclosureId: w.ids["disclosure"], Requester: "citizen", Points: []string{"amount"}, Statement: statement, Evidence: []string{fileDigest},
	}
}

func TestAnybodyAsksForACorrection(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	publishedDisclosure(w)
	req := w.doubt("金额与决定书不符")
	got, err := w.ask("203.0.113.7", "k", req)
	if err != nil || got.GetReceivedOn() != "2026-11-18" || got.GetRequestId() == "" || got.GetPosition() == "" {
		t.Fatal(got, err)
	}
	n := len(w.store.All())
	for _, key := range []string{"k", "", "other"} { // a retry, and the same asked again
		again, err := w.ask("203.0.113.8", key, req)
		if err != nil || again.GetRequestId() != got.GetRequestId() || len(w.store.All()) != n {
			t.Errorf("again: %v, %v", again, err)
		}
	}
	w.follow()
	client := mingjianv1.NewPublicDisputeServiceClient(w.conn)
	state, err := client.GetPublicCorrectionRequest(t.Context(), &mingjianv1.GetPublicCorrectionRequestRequest{RequestId: got.GetRequestId()})
	if text := protojson.Format(state); err != nil || strings.Contains(text, "决定书") || state.GetRequest().GetStage() != "received" || state.GetRequest().GetRelease() != 1 {
		t.Errorf("%s, %v", text, err)
	}
	if r, err := es.Load(t.Context(), w.store, dispute.Decider, got.GetRequestId()); err != nil || r.State.Requested.By != "" || r.State.Requested.Record.Authority != ownBureau || r.State.Requested.Channel != dispute.Online {
		t.Errorf("%+v, %v", r.State, err)
	}
	if _, err := client.GetPublicCorrectionRequest(t.Context(), &mingjianv1.GetPublicCorrectionRequestRequest{RequestId: "none"}); status.Code(err) != codes.NotFound {
		t.Error(err)
	}
}

func TestWhatTheDoorForRequestsRefuses(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	publishedDisclosure(w)
	before := len(w.store.All())
	for code, change := range map[string]func(*mingjianv1.RequestCorrectionRequest){
		"dispute.record.missing":    func(m *mingjianv1.RequestCorrectionRequest) { m.DisclosureId = "penalty.none" },
		"dispute.contact":           func(m *mingjianv1.RequestCorrectionRequest) { m.Statement = "请致电13812345678" },
		"dispute.personal_data":     func(m *mingjianv1.RequestCorrectionRequest) { m.Statement = "11010519491231002X" },
		"dispute.points.unknown":    func(m *mingjianv1.RequestCorrectionRequest) { m.Points = []string{"all"} },
		"dispute.requester.unknown": func(m *mingjianv1.RequestCorrectionRequest) { m.Requester = "lawyer" },
		"request.string.max_len":    func(m *mingjianv1.RequestCorrectionRequest) { m.Statement = strings.Repeat("字", 1001) },
		"request.repeated.max_items": func(m *mingjianv1.RequestCorrectionRequest) {
			m.Evidence = strings.Split(strings.Repeat(fileDigest+" ", 11), " ")[:11]
		},
		"request.string.pattern":     func(m *mingjianv1.RequestCorrectionRequest) { m.Evidence = []string{"x"} },
		"request.repeated.min_items": func(m *mingjianv1.RequestCorrectionRequest) { m.Points = nil },
	} {
		w.now = w.now.Add(time.Hour) // each at its own time, so that there are not too many
		req := w.doubt("有误")
		change(req)
		if _, err := w.ask("203.0.113.7", "", req); faultOf(err) != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	w.do(approver, &mingjianv1.WithdrawDisclosureRequest{DisclosureId: w.ids["disclosure"], Ground: "error", Reason: "有误"})
	if _, err := w.ask("203.0.113.7", "", w.doubt("有误")); faultOf(err) != "dispute.record.missing" {
		t.Errorf("of what was withdrawn: %v", err)
	}
	if n := len(w.store.All()); n != before+1 { // the withdrawal
		t.Errorf("%d events more", n-before)
	}
}

// TestTheDoorForRequestsIsNarrow holds one address and all together to their limits.
func TestTheDoorForRequestsIsNarrow(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	publishedDisclosure(w)
	n := 0
	ask := func(from string) error {
		n++
		_, err := w.ask(from, "", w.doubt(fmt.Sprint("第", n, "处有误")))
		return err
	}
	for range 5 {
		if err := ask("203.0.113.7"); err != nil {
			t.Fatal(err)
		}
	}
	err := ask("203.0.113.7")
	if status.Code(err) != codes.ResourceExhausted || faultOf(err) != "public.rate" || !strings.Contains(err.Error(), "600 seconds") {
		t.Errorf("the sixth: %v", err)
	}
	// What a caller writes before the last hop is of no consequence, and an IPv6 network is one caller.
	if err := ask("198.51.100.1, 203.0.113.7"); faultOf(err) != "public.rate" {
		t.Errorf("another name for oneself: %v", err)
	}
	for i := range 6 {
		if err := ask(fmt.Sprintf("2001:db8:0:1::%d", i)); (err != nil) != (i == 5) {
			t.Errorf("address %d of a network: %v", i, err)
		}
	}
	w.now = w.now.Add(10 * time.Minute)
	if err := ask("203.0.113.7"); err != nil {
		t.Errorf("after the interval: %v", err)
	}
	if err := ask("203.0.113.7"); faultOf(err) != "public.rate" {
		t.Errorf("a second one in the interval: %v", err)
	}
	last := error(nil)
	for i := 0; i < 250 && last == nil; i++ {
		last = ask(fmt.Sprintf("192.0.2.%d", i))
	}
	if faultOf(last) != "public.rate" {
		t.Errorf("all together: %v", last)
	}
	taken := 0
	for _, rec := range w.store.All() {
		if rec.Stream.Category == dispute.Category {
			taken++
		}
	}
	if taken > 200+10*60/15 || taken < 200 {
		t.Errorf("%d requests were let in", taken)
	}
}

func TestWhoeverStandsBehindARecordDoesNotDecide(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	verifiedRequest(w)
	decide := &mingjianv1.DecideCorrectionRequestRequest{RequestId: w.ids["request"], Outcome: "corrected", Reason: "属实", On: "2026-11-12"}
	for _, by := range []caller{approver, home("approver", "wang"), home("approver", "li")} { // who published, made and reviewed it
		if _, err := w.send(by, "", decide); faultOf(err) != "dispute.same_person" {
			t.Errorf("%s: %v", by.account, err)
		}
	}
	w.do(otherApprover, decide)
	link := &mingjianv1.LinkCorrectionRequestRequest{RequestId: w.ids["request"], Release: 1}
	for _, release := range []uint32{1, 2} {
		link.Release = release
		if _, err := w.send(clerk, "", link); faultOf(err) != "dispute.release.none" {
			t.Errorf("release %d before there is another: %v", release, err)
		}
	}
	w.do(clerk, &mingjianv1.AmendPenaltyRequest{
		PenaltyId: w.ids["penalty"], Reason: "更正金额", Kinds: []string{"fine"}, Content: "罚款1000元", FineFen: 100000, On: "2026-11-13",
	})
	w.release(approver)
	w.do(clerk, link)
	r, err := es.Load(t.Context(), w.store, dispute.Decider, w.ids["request"])
	d, err2 := es.Load(t.Context(), w.store, disclosure.Decider, w.ids["disclosure"])
	if err != nil || err2 != nil || r.State.Stage() != dispute.Closed || r.State.Linked.Digest != d.State.Release.Digest || r.State.Linked.Release != 2 {
		t.Errorf("%+v, %v, %v", r.State.Linked, err, err2)
	}
}

// release takes what is under way of the disclosure to the public.
func (w *matrixWorld) release(by caller) {
	w.Helper()
	d, err := es.Load(w.Context(), w.store, disclosure.Decider, w.ids["disclosure"])
	if err != nil {
		w.Fatal(err)
	}
	id, digest := w.ids["disclosure"], d.State.Draft.Digest
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: id, Digest: digest, SecrecyClear: true})
	w.do(by, &mingjianv1.ApproveDisclosureRequest{DisclosureId: id, Digest: digest})
	w.do(by, &mingjianv1.PublishDisclosureRequest{DisclosureId: id, Digest: digest})
}

// published is the document that is public.
func (w *matrixWorld) published() disclosure.Document {
	w.Helper()
	d, err := es.Load(w.Context(), w.store, disclosure.Decider, w.ids["disclosure"])
	if err != nil || !d.State.Public() {
		w.Fatal("nothing is public", err)
	}
	doc, err := disclosure.ParseDocument(json.RawMessage(d.State.Showing.Document))
	if err != nil {
		w.Fatal(err)
	}
	return doc
}

func TestAReplyGoesToThePublicWithItsRecord(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	repliedDisclosure(w)
	if doc := w.published(); len(doc.Replies) != 0 {
		t.Errorf("a reply was public before it was reviewed: %+v", doc.Replies)
	}
	w.release(approver)
	if doc := w.published(); len(doc.Replies) != 1 || doc.Replies[0].Text != "已整改" || doc.Replies[0].Party != doc.Subjects[0].Name {
		t.Errorf("%+v", doc.Replies)
	}
	// A correction of the record keeps the reply, and one that is under way goes on with a later one: what was reviewed without it
	// can't be approved.
	w.do(clerk, &mingjianv1.AmendPenaltyRequest{
		PenaltyId: w.ids["penalty"], Reason: "复议变更", Kinds: []string{"fine"}, Content: "罚款1000元", FineFen: 100000, On: "2026-11-13",
	})
	draft := func() string {
		d, err := es.Load(t.Context(), w.store, disclosure.Decider, w.ids["disclosure"])
		if err != nil {
			t.Fatal(err)
		}
		return d.State.Draft.Digest
	}
	reviewed := draft()
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: reviewed, SecrecyClear: true})
	later := newReply(w)
	later.Text = "不服复议"
	w.do(clerk, later)
	if _, err := w.send(approver, "", &mingjianv1.ApproveDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: reviewed}); faultOf(err) != "disclosure.digest.other" {
		t.Errorf("what lacks the reply is approved: %v", err)
	}
	w.release(approver)
	if doc := w.published(); doc.Penalty.FineFen != 100000 || len(doc.Replies) != 1 || doc.Replies[0].Text != "不服复议" {
		t.Errorf("%+v", doc)
	}
	w.do(clerk, &mingjianv1.TakeReplyBackRequest{DisclosureId: w.ids["disclosure"], Reply: 2, ByParty: true, On: "2026-11-14"})
	w.release(approver)
	if doc := w.published(); len(doc.Replies) != 0 {
		t.Errorf("%+v", doc.Replies)
	}
	if _, err := w.send(clerk, "", &mingjianv1.ReceiveReplyRequest{
		DisclosureId: w.ids["disclosure"], Party: "路人", Text: "我也说", Channel: "post", On: "2026-11-14",
	}); faultOf(err) != "dispute.party.none" {
		t.Errorf("a stranger replies: %v", err)
	}
}

func TestAnEntryOnAListGoesToThePublic(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	enteredListing(w)
	w.ids["disclosure"] = "listing." + w.ids["listing"] + ".1"
	w.release(otherApprover)
	if doc := w.published(); doc.Listing.Status != "listed" || doc.Listing.Grounds[0].Code != "unreachable" || doc.Subjects[0].Name != "第1商店" {
		t.Errorf("%+v", doc)
	}
	w.do(approver, &mingjianv1.RemoveListingRequest{ListingId: w.ids["listing"], Remedies: []string{"reached"}, DocumentNo: "移1号", On: "2026-11-12"})
	w.release(otherApprover)
	if doc := w.published(); doc.Listing.Status != "removed" || doc.Listing.End.DocumentNo != "移1号" {
		t.Errorf("%+v", doc.Listing)
	}
}

// What was rescinded before anybody saw it is not published, whoever asks.
func TestAnEntryThatWasRescindedUnseenStaysUnseen(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	enteredListing(w)
	record := w.ids["listing"] + ".1"
	d, err := es.Load(t.Context(), w.store, disclosure.Decider, "listing."+record)
	if err != nil {
		t.Fatal(err)
	}
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: "listing." + record, Digest: d.State.Draft.Digest, SecrecyClear: true})
	w.do(approver, &mingjianv1.RescindEntryRequest{ListingId: w.ids["listing"], Entry: 1, Reason: "有误", DocumentNo: "撤1号", On: "2026-11-12"})
	if _, err := w.send(clerk, "", &mingjianv1.SubmitDisclosureRequest{RecordKind: "listing", RecordId: record}); faultOf(err) != "listing.publish.rescinded" {
		t.Error(err)
	}
	for code, id := range map[string]string{"listing.entry.missing": w.ids["listing"] + ".2", "listing.record_id.form": w.ids["listing"]} {
		if _, err := w.send(clerk, "", &mingjianv1.SubmitDisclosureRequest{RecordKind: "listing", RecordId: id}); faultOf(err) != code {
			t.Errorf("%s: %v", id, err)
		}
	}
	foreign := at(otherBureau, clerk.role, "ma")
	if _, err := w.send(foreign, "", &mingjianv1.SubmitDisclosureRequest{RecordKind: "listing", RecordId: record}); faultOf(err) != "disclosure.authority.foreign" {
		t.Error(err)
	}
	if _, err := w.send(clerk, "", newFindingOf("ext:r:nobody")); faultOf(err) != "listing.subject.missing" {
		t.Error(err)
	}
}

func newFindingOf(subject string) *mingjianv1.RecordFindingRequest {
	req := newFinding("abnormal", "unreachable")
	req.SubjectId = subject
	return req
}
