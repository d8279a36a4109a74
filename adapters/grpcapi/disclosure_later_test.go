package grpcapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// fined is a penalty of one firm that was told of it and of its publication.
func (w *matrixWorld) fined(number, violation, on string, name ...string) {
	w.Helper()
	d := penaltyDecision()
	d.Parties = []*mingjianv1.DecidedParty{{Kind: "legal", Name: "甲公司", SubjectId: "91320105780688132K"}}
	d.DecisionNo, d.Violation, d.DecidedOn, d.EffectiveUntil, d.InspectionId, d.FiledOn = number, violation, on, "", "", ""
	d.Kinds, d.ConfiscatedFen, d.LicenceAffected = []string{"fine"}, 0, ""
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: d}, append(name, "last")...)
	w.do(clerk, &mingjianv1.ServePenaltyRequest{PenaltyId: w.ids["last"], On: on, PublicationNotice: true})
}

// toApproval reviews and approves what is under way.
func (w *matrixWorld) toApproval() {
	w.Helper()
	w.draft()
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], SecrecyClear: true})
	w.do(approver, &mingjianv1.ApproveDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
}

func (w *matrixWorld) seen() *viewv1.Disclosure {
	w.Helper()
	resp, err := w.send(clerk, "", &mingjianv1.GetDisclosureRequest{DisclosureId: w.ids["disclosure"]})
	if err != nil {
		w.Fatal(err)
	}
	return resp.(*mingjianv1.GetDisclosureResponse).GetDisclosure()
}

func (w *matrixWorld) standing() string {
	w.Helper()
	var out []string
	for _, o := range w.seen().GetOutlets() {
		state := map[bool]string{true: "masked"}[o.GetMasked()] + o.GetEnded()
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", o.GetOutlet(), o.GetUntil(), state)))
	}
	return strings.Join(out, ", ")
}

func (w *matrixWorld) refused(by caller, req proto.Message, code string) {
	w.Helper()
	if _, err := w.send(by, "", req); faultOf(err) != code {
		w.Errorf("%s: %v (%s), want %s", methodOf(req).Name(), err, faultOf(err), code)
	}
}

// TestOutletsHaveTermsOfTheirOwn: one penalty has two outlets with two ends, by the rules of the day on which it is published.
func TestOutletsHaveTermsOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t) // 2026-11-18 in Shanghai
	authorities(w)
	w.fined("45号", "加价出售", "2026-11-16", "penalty")
	w.toApproval()
	publish := &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], Outlets: []string{"portal"}}
	w.do(approver, publish)
	if got := w.standing(); got != "portal 2029-11-18" {
		t.Errorf("on the portal first: %s", got)
	}
	w.now = w.now.AddDate(0, 0, 2)
	publish.Outlets = []string{"credit_china", "gsxt"}
	w.do(approver, publish)
	// The portal and GSXT count from publication, 信用中国 from the decision.
	if got := w.standing(); got != "portal 2029-11-18, gsxt 2029-11-20, credit_china 2027-11-16" {
		t.Errorf("on all: %s", got)
	}
	v := w.seen()
	if v.GetRelease().GetNumber() != 2 || v.GetOutlets()[2].GetRule() != "ndrc-36-ordinary" || v.GetOutlets()[2].GetVersion() == "" ||
		v.GetOutlets()[2].GetEarliest() != "2027-02-17" {
		t.Errorf("release %v, outlets %v", v.GetRelease(), v.GetOutlets())
	}
	// A penalty whose longest term is over is not shown there; elsewhere it is.
	w.fined("46号", "无证经营", "2025-10-01", "penalty")
	w.toApproval()
	publish = &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], Outlets: []string{"credit_china"}}
	w.refused(approver, publish, "disclosure.outlet.over")
	publish.Outlets = nil
	w.do(approver, publish)
	if got := w.standing(); got != "portal 2029-11-20, gsxt 2029-11-20" {
		t.Errorf("on those that show it: %s", got)
	}
}

// repairWorld has a penalty that is public, and an application for its repair that was checked.
func repairWorld(t *testing.T) (*matrixWorld, func() *viewv1.Repair) {
	t.Helper()
	w := newMatrixWorld(t)
	authorities(w)
	w.fined("45号", "加价出售", "2026-11-16", "penalty")
	w.toApproval()
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
	w.now = w.now.AddDate(0, 4, 0) // 2027-03-18
	w.do(clerk, &mingjianv1.RecordPerformanceRequest{PenaltyId: w.ids["penalty"], Kind: "paid", AmountFen: 100000, On: "2026-11-20"})
	req := repairApplication()
	req.DisclosureId, req.Outlets, req.ReceivedOn = w.ids["disclosure"], []string{"credit_china"}, ""
	resp, err := w.send(clerk, "", req)
	if err != nil {
		t.Fatal(err)
	}
	w.ids["repair"] = resp.(*mingjianv1.ApplyRepairResponse).GetRepairId()
	w.follow()
	return w, func() *viewv1.Repair {
		t.Helper()
		return w.seen().GetRepairs()[0]
	}
}

func unmet(r *viewv1.Repair) string {
	var out []string
	for _, c := range r.GetConditions() {
		if c.GetVerdict() == "unmet" {
			out = append(out, c.GetCode())
		}
	}
	return strings.Join(out, " ")
}

func TestARepairRestsOnOtherRecords(t *testing.T) {
	t.Parallel()
	w, repair := repairWorld(t)
	check := &mingjianv1.CheckRepairRequest{DisclosureId: w.ids["disclosure"], RepairId: w.ids["repair"], Attested: "整改照片"}
	grant := &mingjianv1.DecideRepairRequest{DisclosureId: w.ids["disclosure"], RepairId: w.ids["repair"], Granted: true, Reason: "符合条件"}
	if r := repair(); r.GetReceivedOn() != "2027-03-18" || r.GetDueOn() == "" || r.GetDueRule() != "repair-decision-10" {
		t.Errorf("application %v", r)
	}
	w.do(reviewer, check)
	if got := unmet(repair()); got != "performed" {
		t.Errorf("half paid: %q of %v", got, repair().GetConditions())
	}
	w.refused(approver, grant, "disclosure.repair.unmet")
	w.do(clerk, &mingjianv1.RecordPerformanceRequest{PenaltyId: w.ids["penalty"], Kind: "paid", AmountFen: 100000, On: "2026-11-21"})

	w.fined("99号", "加价出售", "2027-03-01")
	again := w.ids["last"]
	w.do(reviewer, check)
	if got := unmet(repair()); got != "no_second_penalty" {
		t.Errorf("again: %q of %v", got, repair().GetConditions())
	}
	w.do(clerk, &mingjianv1.RevokePenaltyRequest{PenaltyId: again, Ground: "revoked", Reason: "复议撤销", On: "2027-03-10"})
	w.fined("98号", "无证经营", "2027-03-01")
	w.do(reviewer, check)
	r := repair()
	if i := slices.IndexFunc(r.GetConditions(), func(c *viewv1.RepairCondition) bool { return c.GetCode() == "no_second_penalty" }); unmet(r) != "" ||
		!strings.Contains(r.GetConditions()[i].GetRests(), "98号") {
		t.Errorf("another kind: %v", r.GetConditions())
	}
	w.refused(caller{role: domain.Approver, account: "li", authority: ownBureau}, grant, "disclosure.decider.same")
	w.do(approver, grant)
	if got := w.standing(); got != "portal 2029-11-18, gsxt 2029-11-18, credit_china 2027-11-16 repaired" {
		t.Errorf("after the repair: %s", got)
	}
	if r := repair(); r.GetState() != "granted" || w.seen().GetRelease().GetCause() != "repaired" {
		t.Errorf("repair %v", r)
	}
}

func TestWhoIsListedIsNotRepaired(t *testing.T) {
	t.Parallel()
	w, repair := repairWorld(t)
	w.enter("91320105780688132K")
	w.do(reviewer, &mingjianv1.CheckRepairRequest{DisclosureId: w.ids["disclosure"], RepairId: w.ids["repair"]})
	if got := unmet(repair()); got != "performed not_listed harm_ended" {
		t.Errorf("listed: %q of %v", got, repair().GetConditions())
	}
	refuse := &mingjianv1.DecideRepairRequest{DisclosureId: w.ids["disclosure"], RepairId: w.ids["repair"], Reason: "罚款未缴清，现列于经营异常名录"}
	w.do(approver, refuse)
	if r := repair(); r.GetState() != "refused" || r.GetReason() != refuse.GetReason() {
		t.Errorf("repair %v", r)
	}
	if got := w.standing(); strings.Contains(got, "repaired") {
		t.Errorf("refused, and ended: %s", got)
	}
}

// enter puts a subject on the list of abnormal operations, as its aggregate's events tell it.
func (w *matrixWorld) enter(subject domain.SubjectID) {
	w.Helper()
	id := listing.ID(listing.Abnormal, subject)
	events := []listing.Event{
		listing.Found{
			Listing: id, List: listing.Abnormal, Finding: 1, Subject: listing.Subject{ID: subject, Name: "甲公司"}, Authority: ownBureau,
			On: calendar.MustParse("2027-03-01"),
		},
		listing.Entered{Entry: 1, Findings: []int{1}, Decision: listing.Decision{AuthorityName: "某局", DocumentNo: "1号", On: calendar.MustParse("2027-03-02"), By: "sun"}},
	}
	proposed, err := es.Propose(es.Metadata{Command: es.DeriveID("", "enter"), Authority: string(ownBureau)}, events...)
	if err == nil {
		_, err = w.store.Append(w.Context(), es.Stream{Category: listing.Decider.Category, ID: id}, es.NoStream{}, proposed...)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// TestTheArrangedLayersHoldForWhatPoliciesSubmit also holds that a document under way keeps the layers of its day.
func TestTheArrangedLayersHoldForWhatPoliciesSubmit(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	arrange := &mingjianv1.ArrangeReviewRequest{AuthorityId: string(ownBureau), Layers: reviewLayers(), Reason: "层层审批"}
	w.do(rootOf, arrange)
	w.fined("45号", "加价出售", "2026-11-16", "penalty")
	w.draft()
	w.do(rootOf, &mingjianv1.ArrangeReviewRequest{AuthorityId: string(ownBureau), Reason: "从简"})
	pass := func(layer string) *mingjianv1.PassLayerRequest {
		return &mingjianv1.PassLayerRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], Layer: layer}
	}
	approve := &mingjianv1.ApproveDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]}
	w.refused(clerk, pass("desk"), "disclosure.reviewer.same") // who made the record
	w.do(home(domain.Clerk, "jin"), pass("desk"))
	w.refused(approver, approve, "disclosure.stage")
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], SecrecyClear: true})
	w.do(home(domain.Approver, "he"), pass("head"))
	w.refused(home(domain.Approver, "he"), approve, "disclosure.approver.same")
	w.do(approver, approve)
	if v := w.seen(); len(v.GetDraft().GetPassed()) != 3 || v.GetStatus() != "approved" {
		t.Errorf("draft %v", v.GetDraft())
	}
	w.fined("46号", "无证经营", "2026-11-16", "penalty")
	w.draft()
	if v := w.seen(); len(v.GetDraft().GetLayers()) != 0 {
		t.Errorf("submitted under the former arrangement: %v", v.GetDraft())
	}
}

// TestAPartIsWithheldFromEveryDocumentOfTheRecord goes to the public with the part left out, and back.
func TestAPartIsWithheldFromEveryDocumentOfTheRecord(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	authorities(w)
	w.fined("45号", "加价出售", "2026-11-16", "penalty")
	w.draft()
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{
		DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], SecrecyClear: true, NegativeListHits: []string{"商业秘密"}, Opinion: "事实部分含配方",
	})
	w.do(approver, &mingjianv1.WithholdDisclosureRequest{
		DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], Publicity: "not_public", Ground: "commercial_secret",
		Parts: []string{"penalty.facts"}, Reason: "事实部分含配方",
	})
	w.toApproval()
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
	doc := w.seen().GetRelease().GetDocument()
	if strings.Contains(doc, `"facts"`) || !strings.Contains(doc, `"omitted":[{"basis":"《政府信息公开条例》第十五条"`) {
		t.Errorf("published %s", doc)
	}
	list, err := w.send(clerk, "", &mingjianv1.ListWithheldRequest{SelfCheck: 2026})
	if err != nil || len(list.(*mingjianv1.ListWithheldResponse).GetWithholdings()) != 1 {
		t.Errorf("self-check %v, %v", list, err)
	}
	w.refused(clerk, &mingjianv1.ListWithheldRequest{SelfCheck: 2026, State: "lifted"}, "disclosure.withheld.filter")
	w.do(home(domain.Reviewer, "jin"), &mingjianv1.ReviewWithholdingRequest{DisclosureId: w.ids["disclosure"], Number: 1, Reason: "权利人同意公开"})
	w.draft()
	v := w.seen()
	if v.GetStatus() != "submitted" || !strings.Contains(v.GetDraft().GetDocument(), `"facts"`) || v.GetDraft().GetSubmittedBy() != "jin" {
		t.Errorf("after the lifting: %v", v.GetDraft())
	}
	w.toApproval()
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
	if r := w.seen().GetRelease(); r.GetNumber() != 2 || r.GetReason() != "权利人同意公开" || !strings.Contains(r.GetDocument(), `"facts"`) {
		t.Errorf("disclosed after all: %v", r)
	}
}

func TestNegativeListOfADay(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	for on, want := range map[string]string{"": "2019-05-15", "2018-01-01": "2008-05-01"} {
		resp, err := w.send(clerk, "", &mingjianv1.GetNegativeListRequest{On: on})
		if err != nil || resp.(*mingjianv1.GetNegativeListResponse).GetVersion() != want {
			t.Errorf("on %q: %v, %v", on, resp, err)
		}
	}
	w.refused(clerk, &mingjianv1.GetNegativeListRequest{On: "2000-01-01"}, "disclosure.negative_list.missing")
	w.refused(clerk, &mingjianv1.GetNegativeListRequest{On: "1.1.2000"}, "date.form")
}
