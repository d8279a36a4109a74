package grpcapi_test

import (
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// of fills in what the setting made.
func of[M proto.Message](fill func(w *matrixWorld, m M), m M) func(*matrixWorld) proto.Message {
	return func(w *matrixWorld) proto.Message {
		copied := proto.CloneOf(m)
		fill(w, copied)
		return copied
	}
}

// asInspector gives the case's caller: one whom the draw chose.
func asInspector(authority domain.AuthorityID, name string) caller {
	return caller{role: domain.Inspector, account: "drawn", authority: authority, inspector: domain.InspectorID(name)}
}

func inspectionCases() map[string]writeCase {
	const foreign = "inspection.assignment.foreign"
	one, two := asInspector(ownBureau, "one"), asInspector(ownBureau, "two")
	return map[string]writeCase{
		"RecordResult": {by: one, given: drawnInspection, foreign: foreign,
			req:   func(w *matrixWorld) proto.Message { return w.result("市场监管", "no_problem") },
			alter: map[string]string{"manner": "written", "outcomes": "rectified_on_order", "visit.signature": "absent"}},
		"ConfirmResult": {by: two, given: recordedInspection, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ConfirmResultRequest) { m.InspectionId = w.ids["inspection"] },
				&mingjianv1.ConfirmResultRequest{Department: "市场监管"})},
		"CorrectResult": {by: one, given: concludedInspection, foreign: foreign, alter: map[string]string{"outcomes": "unreachable"},
			req: of(func(w *matrixWorld, m *mingjianv1.CorrectResultRequest) { m.InspectionId = w.ids["inspection"] },
				&mingjianv1.CorrectResultRequest{Department: "市场监管", Outcomes: []string{"problem_pending"}, Reason: "录错", Findings: []*mingjianv1.Finding{
					{Item: "1", Line: "1.1", Basis: "b", Result: "compliant", Note: "n"}, {Item: "1", Line: "1.2", Basis: "b", Result: "compliant", Note: "n"}}})},
		"OrderRectification": {by: one, given: concludedInspection, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.OrderRectificationRequest) { m.InspectionId = w.ids["inspection"] },
				&mingjianv1.OrderRectificationRequest{Demand: "改正", DueOn: "2026-12-01"})},
		"RecordRecheck": {by: one, given: orderedInspection, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.RecordRecheckRequest) { m.InspectionId = w.ids["inspection"] },
				&mingjianv1.RecordRecheckRequest{Passed: true, On: "2026-11-20", Note: "已改正", Department: "市场监管"})},
		"IssueNotice": {by: clerk, given: drawnInspection, foreign: "inspection.authority.foreign", alter: map[string]string{"manner": "written"},
			req: func(w *matrixWorld) proto.Message { return newNotice(w) }},
		"ServeNotice": {by: one, given: issuedNotice, foreign: foreign, alter: map[string]string{"how": "left"},
			req: of(func(w *matrixWorld, m *mingjianv1.ServeNoticeRequest) { m.InspectionId = w.ids["inspection"] }, &mingjianv1.ServeNoticeRequest{
				No: "藏市监抽通〔2026〕7号", How: "direct", On: "2026-11-20", To: &mingjianv1.MetPerson{Name: "扎西顿珠", Role: "店长"}, Note: "当面送达"})},
		"CloseFollowUp": {by: clerk, given: handedOverInspection, foreign: "inspection.authority.foreign",
			alter: map[string]string{"to": "abnormal_list", "result": "not_filed"},
			req: of(func(w *matrixWorld, m *mingjianv1.CloseFollowUpRequest) { m.InspectionId = w.ids["inspection"] }, &mingjianv1.CloseFollowUpRequest{
				To: "case_filing", Result: "filed", Reference: "藏市监立〔2026〕3号", Note: "另案处理", On: "2026-11-20"})},
		"HandOver": {by: clerk, given: concludedInspection, foreign: "inspection.authority.foreign", alter: map[string]string{"to": "abnormal_list"},
			req: of(func(w *matrixWorld, m *mingjianv1.HandOverRequest) { m.InspectionId = w.ids["inspection"] },
				&mingjianv1.HandOverRequest{To: "case_filing", Reason: "涉嫌违法"})},
		// The id of an older system's record is that of its register, so that another authority's is another content.
		"TakeOverInspections": {by: clerk, given: authorities, creates: true, foreign: "inspection.taken_over.differs", rows: true,
			req: fixed(takeOverRows()), alter: map[string]string{"rows.manner": "written", "rows.outcomes": "closed"}},
	}
}

func penaltyCases() map[string]writeCase {
	const foreign, own = "penalty.authority.foreign", "the id of a decision holds its authority, so that another's is another decision"
	decision := map[string]string{
		"procedure": "summary", "parties.kind": "individual_business", "parties.subject_id": soundCode, "kinds": "criticism",
		"parties.province": "64", "parties.province_source": "registration_authority", "parties.sentence.kinds": "warning",
	}
	id, second := func(w *matrixWorld) string { return w.ids["penalty"] }, penaltyDecision()
	second.DecisionNo = "宁市监处罚[2026]46号"
	return map[string]writeCase{
		"DecidePenalty": {by: clerk, given: authorities, open: own, alter: prefixed("decision.", decision),
			req: fixed(&mingjianv1.DecidePenaltyRequest{Decision: jointDecision()})},
		"ServePenalty": {by: clerk, given: decidedPenalty, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ServePenaltyRequest) { m.PenaltyId = id(w) },
				&mingjianv1.ServePenaltyRequest{On: "2026-01-18", PublicationNotice: true, PayBy: "2026-02-28"})},
		"RecordPerformance": {by: clerk, given: decidedPenalty, foreign: foreign, alter: map[string]string{"kind": "confiscated"},
			req: of(func(w *matrixWorld, m *mingjianv1.RecordPerformanceRequest) { m.PenaltyId = id(w) },
				&mingjianv1.RecordPerformanceRequest{Kind: "paid", AmountFen: 1000, On: "2026-01-18", ReceiptNo: "票1"})},
		"AmendPenalty": {by: clerk, given: decidedPenalty, foreign: foreign, alter: map[string]string{"kinds": "warning"},
			req: of(func(w *matrixWorld, m *mingjianv1.AmendPenaltyRequest) { m.PenaltyId = id(w) }, &mingjianv1.AmendPenaltyRequest{
				Reason: "复议变更", Kinds: []string{"fine", "confiscation_goods"}, Content: "罚款1000元", FineFen: 100000, ConfiscatedFen: 5, On: "2026-01-19"})},
		"RevokePenalty": {by: clerk, given: decidedPenalty, foreign: foreign, alter: map[string]string{"ground": "illegal"},
			req: of(func(w *matrixWorld, m *mingjianv1.RevokePenaltyRequest) { m.PenaltyId = id(w) },
				&mingjianv1.RevokePenaltyRequest{Ground: "void", Reason: "确认无效", On: "2026-01-20"})},
		"TakeOverPenalties": {by: clerk, given: authorities, open: own, alter: prefixed("rows.decision.", decision),
			req: fixed(&mingjianv1.TakeOverPenaltiesRequest{FileDigest: fileDigest, Rows: []*mingjianv1.TakenOverPenalty{
				{Line: 2, Decision: jointDecision(), Doubts: []*mingjianv1.ImportDoubt{
					{Code: "fine", Field: "fine_fen", Note: "两处金额"}, {Code: "basis", Field: "basis", Note: "依据不全"}}},
				{Line: 3, Decision: second},
			}})},
	}
}

func prefixed(prefix string, values map[string]string) map[string]string {
	out := map[string]string{}
	for path, v := range values {
		out[prefix+path] = v
	}
	return out
}

func licenceCases() map[string]writeCase {
	const foreign = "licence.authority.foreign"
	id := func(w *matrixWorld) string { return w.ids["licence"] }
	holder := map[string]string{"holder.kind": "natural", "holder.subject_id": soundCode}
	return map[string]writeCase{
		"GrantLicence": {by: clerk, given: authorities, open: "the id of a licence holds its authority, so that another's is another licence",
			req: fixed(newLicence("2027-11-01")), alter: map[string]string{"holder.kind": "natural", "holder.subject_id": soundCode, "category": "ordinary"}},
		"AmendLicence": {by: clerk, given: grantedLicence, foreign: foreign, alter: holder,
			req: of(func(w *matrixWorld, m *mingjianv1.AmendLicenceRequest) { m.LicenceId = id(w) }, &mingjianv1.AmendLicenceRequest{
				DocumentTitle: "准予变更决定书", DocumentNo: "8号", DecidedOn: "2026-11-11", Reason: "更名",
				Holder: &mingjianv1.Holder{Kind: "legal", Name: "甲集团", SubjectId: "91320105780688132K"}, CertificateName: "新证", Content: "批发"})},
		"RenewLicence": {by: clerk, given: grantedLicence, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.RenewLicenceRequest) { m.LicenceId = id(w) },
				&mingjianv1.RenewLicenceRequest{DocumentNo: "9号", DecidedOn: "2026-11-12", ValidFrom: "2027-11-02", ValidTo: "2029-11-01"})},
		"SuspendLicence": {by: clerk, given: grantedLicence, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.SuspendLicenceRequest) { m.LicenceId = id(w) },
				&mingjianv1.SuspendLicenceRequest{DocumentNo: "10号", Reason: "违法", On: "2026-11-10", Until: "2027-01-10"})},
		"ResumeLicence": {by: clerk, given: suspendedLicence, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ResumeLicenceRequest) { m.LicenceId = id(w) },
				&mingjianv1.ResumeLicenceRequest{DocumentNo: "11号", Reason: "改正", On: "2026-11-15"})},
		"RevokeLicence": {by: clerk, given: grantedLicence, foreign: foreign, alter: map[string]string{"ground": "annulled"},
			req: of(func(w *matrixWorld, m *mingjianv1.RevokeLicenceRequest) { m.LicenceId = id(w) },
				&mingjianv1.RevokeLicenceRequest{DocumentNo: "12号", Reason: "欺骗", On: "2026-11-15", Ground: "punished"})},
		"CancelLicence": {by: clerk, given: grantedLicence, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.CancelLicenceRequest) { m.LicenceId = id(w) },
				&mingjianv1.CancelLicenceRequest{DocumentNo: "13号", Reason: "申请注销", On: "2026-11-15"})},
		"ExpireLicence": {by: clerk, given: lapsedLicence, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ExpireLicenceRequest) { m.LicenceId = id(w) },
				&mingjianv1.ExpireLicenceRequest{On: "2026-11-20"})},
		"TakeOverTerms": {by: clerk, given: authorities, creates: true, foreign: foreign, rows: true,
			req: fixed(oldTerms()), alter: map[string]string{"rows.action": "granted", "rows.status": "revoked", "rows.holder.kind": "natural"}},
	}
}

func oldTerms() *mingjianv1.TakeOverTermsRequest {
	row := oldTerm(2, "30790", "30790-2013", "2013-04-16", "2015-04-15", "in_force")
	row.Holder.Kind = "legal"
	return &mingjianv1.TakeOverTermsRequest{
		Register: "chi", FileDigest: strings.Repeat("ab", 32), AuthorityName: "City", Rows: []*mingjianv1.TakenOverTerm{
			row, oldTerm(3, "30791", "30791-2013", "2013-04-16", "2015-04-15", "in_force"),
		},
	}
}

func disclosureCases() map[string]writeCase {
	const foreign = "disclosure.authority.foreign"
	unsubmitted := settings(authorities, func(w *matrixWorld) { // the policy does not follow before the request
		resp, err := w.send(clerk, "", &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()})
		if err != nil {
			w.Fatal(err)
		}
		w.ids["penalty"] = resp.(*mingjianv1.DecidePenaltyResponse).GetReceipt().GetId()
	})
	return map[string]writeCase{
		"SubmitDisclosure": {by: clerk, given: unsubmitted, foreign: foreign, alter: map[string]string{"record_kind": "inspection"},
			req: of(func(w *matrixWorld, m *mingjianv1.SubmitDisclosureRequest) { m.RecordId = w.ids["penalty"] },
				&mingjianv1.SubmitDisclosureRequest{RecordKind: "penalty", Reason: "首次公示"})},
		"ReturnDisclosure": {by: reviewer, given: submittedDisclosure, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ReturnDisclosureRequest) {
				m.DisclosureId, m.Digest = w.ids["disclosure"], w.ids["digest"]
			},
				&mingjianv1.ReturnDisclosureRequest{Reason: "错字"})},
		"ReviewDisclosure": {by: reviewer, given: submittedDisclosure, foreign: foreign,
			req: of(func(w *matrixWorld, m *mingjianv1.ReviewDisclosureRequest) {
				m.DisclosureId, m.Digest = w.ids["disclosure"], w.ids["digest"]
			},
				&mingjianv1.ReviewDisclosureRequest{SecrecyClear: true, NegativeListHits: []string{"个人隐私"}, Opinion: "已处理"})},
		"ApproveDisclosure": {by: approver, given: reviewedDisclosure, foreign: foreign, alter: map[string]string{"outlets": "gsxt"},
			req: of(func(w *matrixWorld, m *mingjianv1.ApproveDisclosureRequest) {
				m.DisclosureId, m.Digest = w.ids["disclosure"], w.ids["digest"]
			},
				&mingjianv1.ApproveDisclosureRequest{Opinion: "措辞妥当", Outlets: []string{"portal"}, NotBefore: "2026-11-18"})},
		"PublishDisclosure": {by: approver, given: approvedDisclosure, foreign: foreign, alter: map[string]string{"outlets": "gsxt"},
			req: of(func(w *matrixWorld, m *mingjianv1.PublishDisclosureRequest) {
				m.DisclosureId, m.Digest = w.ids["disclosure"], w.ids["digest"]
			},
				&mingjianv1.PublishDisclosureRequest{Outlets: []string{"portal"}})},
		"WithdrawDisclosure": {by: approver, given: publishedDisclosure, foreign: foreign, alter: map[string]string{"ground": "error"},
			req: of(func(w *matrixWorld, m *mingjianv1.WithdrawDisclosureRequest) {
				m.DisclosureId, m.Digest = w.ids["disclosure"], w.ids["digest"]
			},
				&mingjianv1.WithdrawDisclosureRequest{Ground: "void", Reason: "确认无效"})},
		"AdoptDisclosures": {by: rootOf, given: takenOverInspections, foreign: foreign, rows: true,
			alter: map[string]string{"rows.record_kind": "penalty", "rows.record_id": "old:3"},
			req: fixed(&mingjianv1.AdoptDisclosuresRequest{Source: "原公示平台", Rows: []*mingjianv1.AdoptedRecord{
				{RecordKind: "inspection", RecordId: "old:1", PublishedOn: "2012-01-05"},
				{RecordKind: "inspection", RecordId: "old:2", PublishedOn: "2012-01-05"}}})},
	}
}
