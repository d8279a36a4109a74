package grpcapi_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/plan"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// What the settings below make, each on top of those that it calls.
const (
	matrixList = "xz-list"
	matrixPlan = "xz-2026"
	soundCode  = "91540321MA6TCRT16N"
)

// settings makes one out of several.
func settings(of ...func(*matrixWorld)) func(*matrixWorld) {
	return func(w *matrixWorld) {
		for _, s := range of {
			s(w)
		}
	}
}

func nothing(*matrixWorld) {}

func newAuthority(id domain.AuthorityID) *mingjianv1.RegisterAuthorityRequest {
	return &mingjianv1.RegisterAuthorityRequest{
		Id: string(id), Name: string(id) + "市场监督管理局", Code: "11540900MB9X00015L", District: "540100", Level: "city", Departments: []string{"信用科", "法规科"},
	}
}

func authorities(w *matrixWorld) {
	w.do(rootOf, newAuthority(ownBureau))
	w.do(rootOf, newAuthority(otherBureau))
}

func newVersion(list string) *mingjianv1.DraftVersionRequest {
	often := listItem("1", "registration") // eight subjects are few
	often.RatioPpmMax = 500_000
	req := &mingjianv1.DraftVersionRequest{
		CatalogueId: list, Version: 1, Title: "抽查事项清单", Items: []*mingjianv1.CatalogueItem{often, listItem("2", "food")},
	}
	for _, i := range req.GetItems() {
		i.CheckList = []*mingjianv1.CheckListLine{
			{No: i.GetNo() + ".1", Content: "营业执照是否置于醒目位置", Basis: "条例第三十六条"}, {No: i.GetNo() + ".2", Content: "是否伪造、涂改营业执照", Basis: "条例第三十七条"},
		}
	}
	return req
}

// listDigest names the content of the item list's first version.
func (w *matrixWorld) listDigest() string {
	w.Helper()
	list, err := es.Load(w.Context(), w.store, catalogue.Decider, matrixList)
	if err != nil {
		w.Fatal(err)
	}
	v, _ := list.State.Version(1)
	return list.State.Digest(v)
}

// planDigest names the content of the plan.
func (w *matrixWorld) planDigest() string {
	w.Helper()
	p, err := es.Load(w.Context(), w.store, plan.Decider, matrixPlan)
	if err != nil {
		w.Fatal(err)
	}
	return p.State.Content().Digest()
}

func draftedList(w *matrixWorld) { w.do(planner, newVersion(matrixList)) }

func publishedList(w *matrixWorld) {
	draftedList(w)
	w.do(approver, &mingjianv1.PublishVersionRequest{CatalogueId: matrixList, Version: 1, DocumentNo: "藏市监〔2026〕1号", PublishedOn: "2026-01-05"})
}

func newPlan(id string) *mingjianv1.DraftPlanRequest {
	return &mingjianv1.DraftPlanRequest{PlanId: id, Year: 2026, Title: "2026年度抽查计划", CatalogueId: matrixList, CatalogueVersion: 1, Joint: true}
}

func draftedPlan(w *matrixWorld) {
	publishedList(w)
	w.do(planner, newPlan(matrixPlan))
}

func approvedPlan(w *matrixWorld) {
	draftedPlan(w)
	w.do(approver, &mingjianv1.ApprovePlanRequest{PlanId: matrixPlan})
}

func publishedPlan(w *matrixWorld) {
	approvedPlan(w)
	w.do(planner, &mingjianv1.PublishPlanRequest{PlanId: matrixPlan, DocumentNo: "藏市监〔2026〕2号", PublishedOn: "2026-01-06"})
}

// jointTask is the n-th task of the plan: a joint check of the own bureau and the other.
func jointTask(n int) *mingjianv1.OpenTaskRequest {
	return &mingjianv1.OpenTaskRequest{
		PlanId: matrixPlan, TaskId: fmt.Sprintf("%s-%02d", matrixPlan, n), Number: uint32(n), Title: "登记事项抽查", Kind: "untargeted", //nolint:gosec // small
		Items: []string{"1"}, Line: "registration", Scope: &mingjianv1.TaskScope{Statuses: []string{"active"}},
		Strata: []*mingjianv1.TaskStratum{{Name: "none", Count: 3}},
		Departments: []*mingjianv1.TaskDepartment{
			{Name: "市场监管", AuthorityId: string(ownBureau), TeamSize: 2, Lead: true}, {Name: "消防", AuthorityId: string(otherBureau), TeamSize: 1},
		},
		WindowStart: "2026-11-01", WindowEnd: "2026-12-31", WorkloadCap: 20,
	}
}

func openedTask(w *matrixWorld) {
	publishedPlan(w)
	w.do(planner, jointTask(1))
}

func newInspector(id, department string) *mingjianv1.InspectorRow {
	return &mingjianv1.InspectorRow{
		Id: id, Name: "检查员" + id, Department: department, LicenceNo: "ZF-" + id, LicenceValidUntil: "2027-12-31", Lines: []string{"registration"},
		Districts: []string{"540000"}, Group: "一组", Expert: true,
	}
}

func newSubject(no int) *mingjianv1.SubjectRow {
	return &mingjianv1.SubjectRow{
		Id: fmt.Sprintf("reg:54030000%07d", no), Name: fmt.Sprintf("第%d商店", no), Kind: "enterprise", District: "540102", Status: "active",
		RegisteredOn: "2019-03-04", Address: "八一路1号", Scope: "零售", Industry: "F52", RegistrationAuthority: "市监局", Line: uint32(no + 1), //nolint:gosec // small
	}
}

// rosters are eight subjects of the own bureau, three inspectors of it and two of the other.
func rosters(w *matrixWorld) {
	subjects := &mingjianv1.RecordSubjectsRequest{}
	for n := range 8 {
		subjects.Rows = append(subjects.Rows, newSubject(n+1))
	}
	w.do(clerk, subjects)
	w.do(planner, &mingjianv1.EnrolInspectorsRequest{Rows: []*mingjianv1.InspectorRow{
		newInspector("XZ-001", "市场监管"), newInspector("XZ-002", "市场监管"), newInspector("XZ-003", "市场监管"),
	}})
	w.do(at(otherBureau, domain.Planner, "ma"), &mingjianv1.EnrolInspectorsRequest{Rows: []*mingjianv1.InspectorRow{
		newInspector("NX-001", "消防"), newInspector("NX-002", "消防"),
	}})
}

var poolAndTask = settings(authorities, rosters, openedTask)

// drawID is the first draw of the plan's n-th task.
func drawID(n int) string { return fmt.Sprintf("%s-%02d-1", matrixPlan, n) }

func taskID(n int) string { return fmt.Sprintf("%s-%02d", matrixPlan, n) }

func frozenDraw(w *matrixWorld) {
	poolAndTask(w)
	w.do(planner, &mingjianv1.FreezeRequest{PlanId: matrixPlan, TaskId: taskID(1)})
}

var parties = []*mingjianv1.PartyChoice{
	{Name: "市场监管局", Account: "zhao", AuthorityId: string(ownBureau)}, {Name: "纪检监察室", Account: "qian", AuthorityId: string(otherBureau)},
}

// discipline acts for the second party, from another authority.
var discipline = at(otherBureau, domain.Reviewer, "qian")

func beaconTerms(id string) *mingjianv1.FixTermsRequest {
	return &mingjianv1.FixTermsRequest{
		DrawId: id, Beacon: &mingjianv1.BeaconChoice{Name: "hash-beacon", Round: "1", NotBefore: "2026-11-20T08:01:00Z"},
	}
}

// partyTerms bind a draw to the source and to both parties.
func partyTerms(id string) *mingjianv1.FixTermsRequest {
	req := beaconTerms(id)
	req.Parties = parties
	return req
}

func fixedDraw(w *matrixWorld) {
	frozenDraw(w)
	w.do(planner, partyTerms(drawID(1)))
}

func (w *matrixWorld) commitment(party string, nonce byte) *mingjianv1.CommitRequest {
	w.Helper()
	sealed := sortition.Seal(w.draw(drawID(1)).Fixed.Terms, party, sortition.Nonce{nonce})
	return &mingjianv1.CommitRequest{DrawId: drawID(1), Party: party, Commitment: sealed.String()}
}

// sealedDraw is one that both parties committed to and whose source has spoken.
func sealedDraw(w *matrixWorld) {
	fixedDraw(w)
	w.do(planner, w.commitment("市场监管局", 1))
	w.do(discipline, w.commitment("纪检监察室", 2))
	w.sourceSpeaks()
}

func (w *matrixWorld) sourceSpeaks() { w.now = time.Date(2026, 11, 20, 8, 1, 0, 0, time.UTC) }

func beaconValueOf(id string) *mingjianv1.RecordBeaconRequest {
	return &mingjianv1.RecordBeaconRequest{DrawId: id, Value: beaconValue(), Signature: hex.EncodeToString(signature)}
}

// readyDraw is one that is bound to the source alone and can be run.
func readyDraw(w *matrixWorld) {
	frozenDraw(w)
	w.do(planner, beaconTerms(drawID(1)))
	w.sourceSpeaks()
	w.do(planner, beaconValueOf(drawID(1)))
}

// drawnInspection is the first drawn subject's inspection; "one" and "two" are the own bureau's inspectors, "fire" is the other's.
func drawnInspection(w *matrixWorld) {
	readyDraw(w)
	w.do(planner, &mingjianv1.RunRequest{DrawId: drawID(1)})
	first := w.bundle(drawID(1)).Selected[0]
	w.ids["inspection"], w.ids["subject"] = drawID(1)+":"+first.Subject, first.Subject
	for _, team := range first.Teams {
		if team.Department == "消防" {
			w.ids["fire"] = team.Inspectors[0]
		} else {
			w.ids["one"], w.ids["two"] = team.Inspectors[0], team.Inspectors[1]
		}
	}
}

func (w *matrixWorld) result(department, outcome string) *mingjianv1.RecordResultRequest {
	req := recordRequest(w.ids["inspection"], department)
	req.Outcomes, req.Findings = []string{outcome}, append(req.Findings, &mingjianv1.Finding{
		Item: "1", Line: "1.2", Basis: "条例第十条", Result: "not_applicable", Note: "未开业"})
	req.Visit = &mingjianv1.Visit{
		Place: "八一路1号", Present: []string{w.ids["one"], w.ids["two"]}, Met: []*mingjianv1.MetPerson{{Name: "扎西顿珠", Role: "店长"}, {Name: "白玛央金", Role: "会计"}},
		Statement: "第二条有异议", Signature: "refused", UnsignedReason: "不认可", Witness: "社区工作人员李某",
	}
	if department == "消防" {
		req.Visit.Present = []string{w.ids["fire"]}
	}
	return req
}

func recordedInspection(w *matrixWorld) {
	drawnInspection(w)
	w.do(inspectorOf(ownBureau, w.ids["one"]), w.result("市场监管", "info_false"))
}

func concludedInspection(w *matrixWorld) {
	recordedInspection(w)
	w.do(inspectorOf(otherBureau, w.ids["fire"]), w.result("消防", "no_problem"))
}

func handedOverInspection(w *matrixWorld) {
	concludedInspection(w)
	w.do(clerk, &mingjianv1.HandOverRequest{InspectionId: w.ids["inspection"], To: "case_filing", Reason: "涉嫌违法"})
}

func newNotice(w *matrixWorld) *mingjianv1.IssueNoticeRequest {
	return &mingjianv1.IssueNoticeRequest{
		InspectionId: w.ids["inspection"], No: "藏市监抽通〔2026〕7号", Manner: "on_site", VisitFrom: "2026-11-23", VisitTo: "2026-11-25", Place: "八一路1号",
		Materials: []string{"营业执照", "账簿"}, Contact: "信用监管处 0891-6323456",
	}
}

func issuedNotice(w *matrixWorld) {
	drawnInspection(w)
	w.do(clerk, newNotice(w))
}

func orderedInspection(w *matrixWorld) {
	concludedInspection(w)
	w.do(inspectorOf(ownBureau, w.ids["one"]), &mingjianv1.OrderRectificationRequest{InspectionId: w.ids["inspection"], Demand: "改正", DueOn: "2026-12-01"})
}

func decidedPenalty(w *matrixWorld) {
	authorities(w)
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()}, "penalty")
}

func servedPenalty(w *matrixWorld) {
	decidedPenalty(w)
	w.do(clerk, &mingjianv1.ServePenaltyRequest{PenaltyId: w.ids["penalty"], On: "2026-01-17"})
}

func pushedPenalty(w *matrixWorld) {
	decidedPenalty(w)
	w.do(clerk, &mingjianv1.PushPenaltyRequest{PenaltyId: w.ids["penalty"], Province: "32", Authority: "某省市场监督管理局", On: "2026-01-18"})
}

func receivedPush(w *matrixWorld) {
	pushedPenalty(w)
	w.do(clerk, &mingjianv1.ReceivePushRequest{PenaltyId: w.ids["penalty"], ReceiptNo: "回执1", On: "2026-01-19"})
}

func newLicence(validTo string) *mingjianv1.GrantLicenceRequest {
	req := licenceGrant()
	req.DecidedOn, req.ValidFrom, req.ValidTo = "2026-11-01", "2026-11-02", validTo
	return req
}

func grantedLicence(w *matrixWorld) {
	authorities(w)
	w.do(clerk, newLicence("2027-11-01"), "licence")
}

func suspendedLicence(w *matrixWorld) {
	grantedLicence(w)
	w.do(clerk, &mingjianv1.SuspendLicenceRequest{LicenceId: w.ids["licence"], Reason: "违法", On: "2026-11-10", Until: "2027-01-10"})
}

func lapsedLicence(w *matrixWorld) {
	authorities(w)
	w.do(clerk, newLicence("2026-11-18"), "licence")
	w.now = w.now.AddDate(0, 0, 7)
}

// submittedDisclosure is the penalty's, which the policy submitted.
func submittedDisclosure(w *matrixWorld) {
	decidedPenalty(w)
	w.draft()
}

// draft remembers the disclosure of the penalty, and the digest of what is under way.
func (w *matrixWorld) draft() {
	w.Helper()
	w.ids["disclosure"] = "penalty." + w.ids["penalty"]
	res, err := es.Load(w.Context(), w.store, disclosure.Decider, w.ids["disclosure"])
	if err != nil || res.State.Draft.Stage != disclosure.Awaiting {
		w.Fatalf("setting: the policy did not submit: %+v, %v", res.State.Draft, err)
	}
	w.ids["digest"] = res.State.Draft.Digest
}

func reviewedDisclosure(w *matrixWorld) {
	submittedDisclosure(w)
	w.do(reviewer, &mingjianv1.ReviewDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"], SecrecyClear: true})
}

func approvedDisclosure(w *matrixWorld) {
	reviewedDisclosure(w)
	w.do(approver, &mingjianv1.ApproveDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
	w.do(clerk, &mingjianv1.ServePenaltyRequest{PenaltyId: w.ids["penalty"], On: "2026-01-18", PublicationNotice: true})
}

func publishedDisclosure(w *matrixWorld) {
	approvedDisclosure(w)
	w.do(approver, &mingjianv1.PublishDisclosureRequest{DisclosureId: w.ids["disclosure"], Digest: w.ids["digest"]})
}

func takenOverInspections(w *matrixWorld) {
	authorities(w)
	w.do(clerk, takeOverRows())
}

func takeOverRows() *mingjianv1.TakeOverInspectionsRequest {
	req := takeOverRequest(oldRow("1", keepRow), oldRow("2", keepRow), oldRow("3", keepRow))
	req.FileDigest = fileDigest
	return proto.CloneOf(req)
}

func (w *matrixWorld) draw(id string) draw.State {
	w.Helper()
	res, err := es.Load(w.Context(), w.store, draw.Decider, id)
	if err != nil {
		w.Fatal(err)
	}
	return res.State
}

// bundle is what is published of a draw.
func (w *matrixWorld) bundle(id string) sortition.Bundle {
	w.Helper()
	var out bytes.Buffer
	if err := draw.WriteBundle(w.Context(), &out, w.blobs, w.draw(id)); err != nil {
		w.Fatal(err)
	}
	b, err := sortition.DecodeBundle(out.Bytes())
	if err != nil {
		w.Fatal(err)
	}
	return b
}
