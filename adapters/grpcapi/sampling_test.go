package grpcapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func (w *samplingWorld) owes(want ...string) {
	w.Helper()
	resp, err := w.public.GetPublicSampling(w.Context(), &mingjianv1.GetPublicSamplingRequest{Id: matrixSampling})
	if err != nil {
		w.Fatal(err)
	}
	var missing []string
	for _, act := range resp.GetSampling().GetMissing() {
		missing = append(missing, act.GetAct())
	}
	if !slices.Equal(missing, want) {
		w.Errorf("the campaign owes %v, want %v", missing, want)
	}
}

// TestACampaignFromItsPlanToTheLastHandling walks the whole way over real stores.
func TestACampaignFromItsPlanToTheLastHandling(t *testing.T) {
	t.Parallel()
	w := newSamplingWorld(t)
	w.prepare()
	w.owes("results")
	failing := newSample("SP-1", 1)
	recorded, err := w.sampling.RecordSamplingResults(w.clerk(), &mingjianv1.RecordSamplingResultsRequest{
		SamplingId: matrixSampling, Rows: []*mingjianv1.SampleRow{failing, newSample("SP-2", 0)},
	})
	id := done(w, recorded, err).GetResults()[0].GetId()
	open, err := w.sampling.ListOpenHandlings(w.clerk(), &mingjianv1.ListOpenHandlingsRequest{})
	if err != nil || len(open.GetResults()) != 1 || open.GetResults()[0].GetId() != id || open.GetResults()[0].GetHandlings()[0].GetDueOn() != "2026-04-09" {
		t.Fatalf("open handlings: %v, %v", open, err)
	}
	shown, err := w.public.ListPublicSamplingResults(t.Context(), &mingjianv1.ListPublicSamplingResultsRequest{})
	if err != nil || len(shown.GetResults()) != 0 {
		t.Errorf("unpublished results are public: %v, %v", shown, err)
	}
	w.publishList("")
	w.owes()
	first, err := w.list(1)
	campaign, err2 := w.public.GetPublicSampling(t.Context(), &mingjianv1.GetPublicSamplingRequest{Id: matrixSampling})
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	sum := sha256.Sum256([]byte(first))
	if r := campaign.GetSampling().GetResults()[0]; r.GetListDigest() != hex.EncodeToString(sum[:]) || r.GetBatchesDrawn() != 18 || r.GetBatchesFailing() != 1 || r.GetFailing() != 1 {
		t.Errorf("%v", r)
	}
	for _, line := range strings.Split(strings.TrimSuffix(first, "\n"), "\n") {
		d, err := sampling.ParseDocument([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.public.GetPublicSamplingResult(t.Context(), &mingjianv1.GetPublicSamplingResultRequest{Id: d.ID})
		if sum := sha256.Sum256([]byte(line)); err != nil || r.GetResult().GetDigest() != hex.EncodeToString(sum[:]) || r.GetResult().GetSample().GetReportNo() != d.Sample.ReportNo {
			t.Errorf("%v, %v", r, err)
		}
	}
	w.objectInVain(id)
	w.handle(id)
	if again, err := w.list(1); again != first || err != nil {
		t.Error("the list of the first version has changed")
	}
	desk, err := w.sampling.GetSampling(w.clerk(), &mingjianv1.GetSamplingRequest{SamplingId: matrixSampling})
	if err != nil || desk.GetSampling().GetHandlingsOpen() != 0 || desk.GetSampling().GetStale() != 0 || desk.GetSampling().GetResults() != 2 {
		t.Errorf("%v, %v", desk, err)
	}
}

// objectInVain has the failing product tested again; it fails again, and that is published.
func (w *samplingWorld) objectInVain(id string) {
	w.Helper()
	notified, err := w.sampling.NotifySampledParty(w.clerk(), &mingjianv1.NotifySampledPartyRequest{ResultId: id, Role: "producer", On: "2026-03-02"})
	done(w, notified, err)
	objection := &mingjianv1.LodgeObjectionRequest{ResultId: id, Role: "producer", Matter: "result", Ground: "自检合格", LodgedOn: "2026-03-12"}
	_, err = w.sampling.LodgeObjection(w.clerk(), objection)
	w.refused(domain.Precondition, "sampling.objection.late", err)
	objection.LodgedOn = "2026-03-11"
	lodged, err := w.sampling.LodgeObjection(w.clerk(), objection)
	done(w, lodged, err)
	order := &mingjianv1.OrderRetestRequest{ResultId: id, Number: 1, Laboratory: &mingjianv1.TestingLaboratory{Name: "甲检验院"}, On: "2026-03-12"}
	_, err = w.sampling.OrderRetest(w.clerk(), order)
	w.refused(domain.Precondition, "sampling.retest.same_laboratory", err)
	order.Laboratory.Name = "丙检验院"
	ordered, err := w.sampling.OrderRetest(w.clerk(), order)
	done(w, ordered, err)
	retested, err := w.sampling.RecordRetest(w.clerk(), &mingjianv1.RecordRetestRequest{
		ResultId: id, Number: 1, BatchesFailing: 2, Failures: newFailures(), ReportNo: "FJ-1", ReportedOn: "2026-03-18",
	})
	done(w, retested, err)
	r, err := w.public.GetPublicSamplingResult(w.Context(), &mingjianv1.GetPublicSamplingResultRequest{Id: id})
	if err != nil || !r.GetResult().GetUnderRevision() || r.GetResult().GetBatchesFailing() != 1 || r.GetResult().GetRetest() != nil {
		w.Errorf("before it is published: %v, %v", r, err)
	}
	w.publishList("复检结论")
	r, err = w.public.GetPublicSamplingResult(w.Context(), &mingjianv1.GetPublicSamplingResultRequest{Id: id})
	if err != nil || r.GetResult().GetUnderRevision() || r.GetResult().GetBatchesFailing() != 2 || r.GetResult().GetVersion() != 2 ||
		r.GetResult().GetObjections()[0].GetState() != "dismissed" || r.GetResult().GetRetest().GetLaboratory().GetName() != "丙检验院" {
		w.Errorf("%v, %v", r, err)
	}
}

// handle deals with the failing product to the end.
func (w *samplingWorld) handle(id string) {
	w.Helper()
	_, err := w.sampling.TakeHandlingStep(w.clerk(), &mingjianv1.TakeHandlingStepRequest{ResultId: id, Kind: "penalised", On: "2026-03-18", PenaltyId: "none"})
	w.refused(domain.Precondition, "sampling.penalty.missing", err)
	for _, kind := range []string{"off_shelf", "recalled", "rechecked"} {
		taken, err := w.sampling.TakeHandlingStep(w.clerk(), &mingjianv1.TakeHandlingStepRequest{ResultId: id, Kind: kind, On: "2026-03-18", Note: "内部"})
		done(w, taken, err)
	}
	end := &mingjianv1.CloseHandlingRequest{ResultId: id, Outcome: "rectified", On: "2026-03-19", Note: "结案"}
	_, err = w.sampling.CloseHandling(w.clerk(), end)
	w.refused(domain.Forbidden, "sampling.same_person", err)
	closed, err := w.sampling.CloseHandling(w.as(domain.Clerk, "qian"), end)
	done(w, closed, err)
	open, err := w.public.ListPublicSamplingResults(w.Context(), &mingjianv1.ListPublicSamplingResultsRequest{Open: true})
	if err != nil || len(open.GetResults()) != 0 {
		w.Errorf("%v, %v", open, err)
	}
	r, err := w.public.ListPublicSamplingResults(w.Context(), &mingjianv1.ListPublicSamplingResultsRequest{Failing: true})
	if err != nil || len(r.GetResults()) != 1 || r.GetResults()[0].GetHandling().GetOutcomeLabel() != "整改复查合格" || len(r.GetResults()[0].GetHandling().GetSteps()) != 3 {
		w.Errorf("%v, %v", r, err)
	}
	if text := protojson.Format(r); strings.Contains(text, "内部") || strings.Contains(text, "结案") || strings.Contains(text, "wang") {
		w.Errorf("what nobody approved is public: %s", text)
	}
}

// TestABatchOfReports records, passes over, refuses and warns, row by row.
func TestABatchOfReports(t *testing.T) {
	t.Parallel()
	w := newSamplingWorld(t)
	w.prepare()
	more := newSample("SP-3", 1)
	more.BatchesFailing = 10
	dates := newSample("SP-4", 0)
	dates.SampledOn, dates.ReportedOn = "x", "y"
	unlisted := newSample("SP-5", 0)
	unlisted.Product = "糕点"
	other := newSample("SP-1", 1)
	other.Trademark = "别的"
	rows := []*mingjianv1.SampleRow{newSample("SP-1", 1), newSample("SP-2", 0), more, dates, unlisted, newSample("SP-1", 1), other}
	want := [][]string{
		{"ACCEPTED"}, {"ACCEPTED"}, {"REFUSED", "sampling.batches_failing.range@batches_failing"},
		{"REFUSED", "date.form@sampled_on", "date.form@reported_on"}, {"ACCEPTED", "sampling.scheme.unlisted@product"}, {"UNCHANGED"}, {"REFUSED", "row.twice@id"},
	}
	req := &mingjianv1.RecordSamplingResultsRequest{SamplingId: matrixSampling, Rows: rows}
	check := proto.CloneOf(req)
	check.CheckOnly = true
	before, _ := w.store.Head(t.Context())
	checked, err := w.sampling.RecordSamplingResults(w.clerk(), check)
	if diff := cmp.Diff(want, came(checked.GetResults())); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
	if head, err := w.store.Head(t.Context()); err != nil || head != before {
		t.Errorf("checking recorded something: %v, %v", head, err)
	}
	key := func() *mingjianv1.RecordSamplingResultsResponse {
		resp, err := w.sampling.RecordSamplingResults(grpcapi.WithCall(t.Context(), grpcapi.Call{
			Actor: domain.Actor{Account: "wang", Role: domain.Clerk, Authority: ownBureau}, Command: es.DeriveID("", "one"), Keyed: true,
		}), req)
		return done(w, resp, err)
	}
	first := key()
	if diff := cmp.Diff(want, came(first.GetResults())); diff != "" {
		t.Fatal(diff)
	}
	head, _ := w.store.Head(t.Context())
	again := key()
	if !again.GetReceipt().GetDuplicate() || !slices.EqualFunc(first.GetResults(), again.GetResults(), func(a, b *mingjianv1.RowResult) bool { return proto.Equal(a, b) }) {
		t.Errorf("again: %v", again)
	}
	unchanged, err := w.sampling.RecordSamplingResults(w.clerk(), req)
	want[0], want[1], want[4] = []string{"UNCHANGED"}, []string{"UNCHANGED"}, []string{"UNCHANGED", "sampling.scheme.unlisted@product"}
	if diff := cmp.Diff(want, came(unchanged.GetResults())); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if now, err := w.store.Head(t.Context()); err != nil || now != head {
		t.Errorf("known rows led to events: %v, %v", now, err)
	}
	differ := proto.CloneOf(req)
	differ.Rows = []*mingjianv1.SampleRow{other}
	refused, err := w.sampling.RecordSamplingResults(w.clerk(), differ)
	if diff := cmp.Diff([][]string{{"REFUSED", "sampling.result.exists@trademark"}}, came(refused.GetResults())); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestAFullBatchIsPublished puts 500 rows through, and holds the list to all of them.
func TestAFullBatchIsPublished(t *testing.T) {
	t.Parallel()
	w := newSamplingWorld(t)
	w.prepare()
	req := &mingjianv1.RecordSamplingResultsRequest{SamplingId: matrixSampling}
	for n := range 500 {
		req.Rows = append(req.Rows, newSample(fmt.Sprint("SP-", n), int32(n%10/9)))
	}
	recorded, err := w.sampling.RecordSamplingResults(w.clerk(), req)
	done(w, recorded, err)
	list, err := w.sampling.GetSamplingList(w.reader(), &mingjianv1.GetSamplingListRequest{SamplingId: matrixSampling})
	if r := list.GetResults(); err != nil || r.GetCount() != 500 || r.GetFailing() != 50 || r.GetBatchesDrawn() != 4500 || !slices.Equal(list.GetRecorders(), []string{"wang"}) {
		t.Fatalf("%v, %v", list, err)
	}
	publish := &mingjianv1.PublishSamplingResultsRequest{SamplingId: matrixSampling, ListDigest: list.GetResults().GetListDigest(), DocumentNo: "9号"}
	_, err = w.sampling.PublishSamplingResults(w.as(domain.Approver, "wang"), publish)
	w.refused(domain.Forbidden, "sampling.same_person", err)
	stale := proto.CloneOf(publish)
	stale.ListDigest = strings.Repeat("0", 64)
	_, err = w.sampling.PublishSamplingResults(w.as(domain.Approver, "sun"), stale)
	w.refused(domain.Precondition, "sampling.results.changed", err)
	w.publishList("")
	count, token := 0, ""
	for {
		page, err := w.public.ListPublicSamplingResults(t.Context(), &mingjianv1.ListPublicSamplingResultsRequest{SamplingId: matrixSampling, PageSize: 200, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		if count += len(page.GetResults()); page.GetNextPageToken() == "" {
			break
		}
		token = page.GetNextPageToken()
	}
	if count != 500 {
		t.Errorf("%d of 500 results are public", count)
	}
	_, err = w.list(2)
	w.refused(domain.NotFound, "sampling.version.missing", err)
	_, err = w.list(0)
	w.refused(domain.NotFound, "sampling.version.missing", err)
}

func TestSamplingRefusals(t *testing.T) {
	t.Parallel()
	w := newSamplingWorld(t)
	for code, err := range map[string]error{
		"sampling.missing": second(w.sampling.GetSamplingList(w.reader(), &mingjianv1.GetSamplingListRequest{SamplingId: "none"})),
		"sampling.result.missing": second(w.sampling.CorrectSamplingResult(w.clerk(), &mingjianv1.CorrectSamplingResultRequest{
			ResultId: "none", Sample: newSample("x", 0), Reason: "x",
		})),
	} {
		w.refused(domain.NotFound, code, err)
	}
	_, err := w.sampling.RecordSamplingResults(w.clerk(), &mingjianv1.RecordSamplingResultsRequest{SamplingId: "none", Rows: []*mingjianv1.SampleRow{newSample("x", 0)}})
	if err != nil {
		t.Error("a batch is answered row by row:", err)
	}
	for _, err := range []error{
		second(w.sampling.DraftSamplingPlan(w.clerk(), &mingjianv1.DraftSamplingPlanRequest{From: "x", To: "y"})),
		second(w.sampling.PublishSampling(w.clerk(), &mingjianv1.PublishSamplingRequest{PublishedOn: "x"})),
		second(w.sampling.PublishSamplingResults(w.clerk(), &mingjianv1.PublishSamplingResultsRequest{PublishedOn: "x"})),
		second(w.sampling.CorrectSamplingResult(w.clerk(), &mingjianv1.CorrectSamplingResultRequest{Sample: &mingjianv1.SampleRow{SampledOn: "x"}})),
		second(w.sampling.NotifySampledParty(w.clerk(), &mingjianv1.NotifySampledPartyRequest{On: "x"})),
		second(w.sampling.LodgeObjection(w.clerk(), &mingjianv1.LodgeObjectionRequest{LodgedOn: "x"})),
		second(w.sampling.WithdrawObjection(w.clerk(), &mingjianv1.WithdrawObjectionRequest{On: "x"})),
		second(w.sampling.RefuseObjection(w.clerk(), &mingjianv1.RefuseObjectionRequest{On: "x"})),
		second(w.sampling.OrderRetest(w.clerk(), &mingjianv1.OrderRetestRequest{On: "x"})),
		second(w.sampling.RecordRetest(w.clerk(), &mingjianv1.RecordRetestRequest{ReportedOn: "x"})),
		second(w.sampling.TakeHandlingStep(w.clerk(), &mingjianv1.TakeHandlingStepRequest{On: "x"})),
		second(w.sampling.CloseHandling(w.clerk(), &mingjianv1.CloseHandlingRequest{On: "x"})),
	} {
		w.refused(domain.Invalid, "date.form", err)
	}
}
