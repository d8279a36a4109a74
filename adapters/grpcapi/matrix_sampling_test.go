package grpcapi_test

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const matrixSampling = "xz-2026-food"

var otherClerk = home(domain.Clerk, "qian")

func newPlanOfSampling() *mingjianv1.DraftSamplingPlanRequest {
	return &mingjianv1.DraftSamplingPlanRequest{
		SamplingId: matrixSampling, Title: "工作计划", Content: "抽检食用农产品", From: "2026-01-05", To: "2026-12-31", Batches: 120, AttachmentDigest: fileDigest,
	}
}

func newScheme() *mingjianv1.DraftSamplingSchemeRequest {
	product := func(name string) *mingjianv1.PlannedProduct {
		return &mingjianv1.PlannedProduct{Product: name, Batches: 20, Method: "随机", Items: []string{"腐霉利", "镉"}, Standards: []string{"GB 2763", "GB 2762"}}
	}
	return &mingjianv1.DraftSamplingSchemeRequest{
		SamplingId: matrixSampling, Title: "抽查方案", Content: "一季度", Products: []*mingjianv1.PlannedProduct{product("韭菜"), product("芹菜")}, AttachmentDigest: fileDigest,
	}
}

func newSelection() *mingjianv1.DraftSamplingLaboratoriesRequest {
	return &mingjianv1.DraftSamplingLaboratoriesRequest{
		SamplingId: matrixSampling, Content: "公开招标", AttachmentDigest: fileDigest, Laboratories: []*mingjianv1.SettledLaboratory{
			{Name: "甲检验院", Code: "91320105780688132K", AccreditationNo: "CMA 1", Manner: "tendered", TenderNo: "T1", Reason: "中标", Products: []string{"韭菜", "芹菜"}},
			{Name: "乙检验院", AccreditationNo: "CMA 2", Manner: "designated", Reason: "仅此一家"},
		},
	}
}

func newSample(report string, failing int32) *mingjianv1.SampleRow {
	row := &mingjianv1.SampleRow{
		Line: 2, Product: "韭菜", Trademark: "青山", Specification: "散装", Stage: "circulation", Batches: []string{"2026-01-04", "2026-01-05"}, BatchesDrawn: 9, BatchesFailing: failing,
		Laboratory:  &mingjianv1.TestingLaboratory{Name: "甲检验院", Code: "91320105780688132K"},
		SampledFrom: &mingjianv1.SampledParty{Name: "惠民超市", SubjectId: "91320105780688132K", Address: "人民路1号"},
		Producer:    &mingjianv1.SampledParty{Name: "青山农场", SubjectId: "ext:rx:7", Address: "青山镇"},
		SampledOn:   "2026-01-06", ReportNo: report, ReportedOn: "2026-01-09",
	}
	if failing > 0 {
		row.Failures = newFailures()
	}
	return row
}

func newFailures() []*mingjianv1.FailedItem {
	return []*mingjianv1.FailedItem{
		{Item: "腐霉利", Measured: "0.45", Limit: "0.2", Standard: "GB 2763", Batch: "2026-01-04"},
		{Item: "镉", Measured: "0.2", Limit: "0.05", Standard: "GB 2762", Batch: "2026-01-05"},
	}
}

func resultOf(row *mingjianv1.SampleRow) string {
	return sampling.ResultID(matrixSampling, sampling.Sample{
		Product: row.GetProduct(), Specification: row.GetSpecification(), ReportNo: row.GetReportNo(), Laboratory: sampling.Tester{Name: row.GetLaboratory().GetName()},
	})
}

func newSampling() *mingjianv1.OpenSamplingRequest {
	return &mingjianv1.OpenSamplingRequest{SamplingId: matrixSampling, Kind: "food", Year: 2026, Title: "食品抽检", AuthorityName: "西藏局"}
}

func openedSampling(w *matrixWorld) {
	authorities(w)
	w.do(planner, newSampling())
}

func draftedSampling(w *matrixWorld) {
	openedSampling(w)
	w.do(planner, newPlanOfSampling())
	w.do(planner, newScheme())
	w.do(planner, newSelection())
}

func publishedSampling(w *matrixWorld) {
	draftedSampling(w)
	for _, act := range []string{"plan", "scheme", "laboratories"} {
		w.do(approver, &mingjianv1.PublishSamplingRequest{SamplingId: matrixSampling, Act: act, Version: 1, DocumentNo: "1号", PublishedOn: "2026-01-05"})
	}
}

func sampledProducts(w *matrixWorld) {
	publishedSampling(w)
	failing := newSample("SP-1", 1)
	w.do(clerk, &mingjianv1.RecordSamplingResultsRequest{SamplingId: matrixSampling, Rows: []*mingjianv1.SampleRow{failing, newSample("SP-2", 0)}})
	w.ids["result"] = resultOf(failing)
}

// readList remembers the digest of the list that would be published.
func readList(w *matrixWorld) {
	sampledProducts(w)
	resp, err := w.send(approver, "", &mingjianv1.GetSamplingListRequest{SamplingId: matrixSampling})
	if err != nil {
		w.Fatal(err)
	}
	w.ids["list"] = resp.(*mingjianv1.GetSamplingListResponse).GetResults().GetListDigest()
}

func publishList(w *matrixWorld, m *mingjianv1.PublishSamplingResultsRequest) {
	m.ListDigest = w.ids["list"]
}

func lodgedObjection(w *matrixWorld) {
	sampledProducts(w)
	w.do(clerk, &mingjianv1.NotifySampledPartyRequest{ResultId: w.ids["result"], Role: "sampled_party", On: "2026-01-12"})
	w.do(clerk, &mingjianv1.LodgeObjectionRequest{ResultId: w.ids["result"], Role: "sampled_party", Matter: "result", Ground: "自检合格", LodgedOn: "2026-01-13"})
}

func orderedRetest(w *matrixWorld) {
	lodgedObjection(w)
	w.do(clerk, &mingjianv1.OrderRetestRequest{
		ResultId: w.ids["result"], Number: 1, Laboratory: &mingjianv1.TestingLaboratory{Name: "丙检验院"}, On: "2026-01-14",
	})
}

// handledProduct was dealt with in every way that an outcome may rest on.
func handledProduct(w *matrixWorld) {
	sampledProducts(w)
	for _, kind := range []string{"recalled", "rechecked"} {
		w.do(clerk, &mingjianv1.TakeHandlingStepRequest{ResultId: w.ids["result"], Kind: kind, On: "2026-01-12"})
	}
}

func notifiedParty(w *matrixWorld) {
	sampledProducts(w)
	w.do(clerk, &mingjianv1.NotifySampledPartyRequest{ResultId: w.ids["result"], Role: "sampled_party", On: "2026-01-12"})
}

// penalised has a penalty for the step that cites one.
func penalisedProduct(w *matrixWorld) {
	sampledProducts(w)
	w.do(clerk, &mingjianv1.DecidePenaltyRequest{Decision: penaltyDecision()}, "penalty")
}

func samplingCases() map[string]writeCase {
	const foreign = "sampling.authority.foreign"
	line := func(field string) map[string]string {
		return map[string]string{field: "where a row stood in a file is of no consequence"}
	}
	sampleValues := map[string]string{
		"stage": "catering", "laboratory.code": soundCode, "sampled_from.subject_id": soundCode, "batches": "2026-01-07", "failures.batch": "2026-01-05",
	}
	act := func(m proto.Message) func(*matrixWorld) proto.Message {
		return of(func(w *matrixWorld, m proto.Message) {
			m.ProtoReflect().Set(m.ProtoReflect().Descriptor().Fields().ByName("result_id"), protoreflect.ValueOfString(w.ids["result"]))
		}, m)
	}
	return map[string]writeCase{
		"OpenSampling":              {by: planner, given: authorities, req: fixed(newSampling()), creates: true, foreign: foreign, alter: map[string]string{"kind": "drug"}},
		"DraftSamplingPlan":         {by: planner, given: openedSampling, foreign: foreign, req: fixed(newPlanOfSampling())},
		"DraftSamplingScheme":       {by: planner, given: openedSampling, foreign: foreign, req: fixed(newScheme())},
		"DraftSamplingLaboratories": {by: planner, given: openedSampling, foreign: foreign, req: fixed(newSelection()), alter: map[string]string{"laboratories.code": soundCode, "laboratories.manner": "designated"}},
		"PublishSampling": {by: approver, given: draftedSampling, foreign: foreign, alter: map[string]string{"act": "scheme"},
			req: fixed(&mingjianv1.PublishSamplingRequest{SamplingId: matrixSampling, Act: "plan", Version: 1, DocumentNo: "1号", PublishedOn: "2026-01-05"})},
		"PublishSamplingResults": {by: approver, given: readList, foreign: foreign,
			req: of(publishList, &mingjianv1.PublishSamplingResultsRequest{SamplingId: matrixSampling, DocumentNo: "9号", PublishedOn: "2026-01-20"})},
		"CancelSampling": {by: approver, given: openedSampling, foreign: foreign, req: fixed(&mingjianv1.CancelSamplingRequest{SamplingId: matrixSampling, Reason: "调整"})},
		"RecordSamplingResults": {by: clerk, given: publishedSampling, foreign: foreign, rows: true, alter: prefixed("rows.", sampleValues), apart: line("rows.line"),
			req: fixed(&mingjianv1.RecordSamplingResultsRequest{SamplingId: matrixSampling, Rows: []*mingjianv1.SampleRow{newSample("SP-1", 1), newSample("SP-2", 0)}})},
		"CorrectSamplingResult": {by: clerk, given: sampledProducts, foreign: foreign, alter: prefixed("sample.", sampleValues), apart: line("sample.line"),
			req: act(&mingjianv1.CorrectSamplingResultRequest{Sample: newSample("SP-1", 2), Reason: "漏录"})},
		"AnnulSamplingResult": {by: clerk, given: sampledProducts, foreign: foreign, req: act(&mingjianv1.AnnulSamplingResultRequest{Reason: "程序违法"})},
		"NotifySampledParty": {by: clerk, given: sampledProducts, foreign: foreign, alter: map[string]string{"role": "producer"},
			req: act(&mingjianv1.NotifySampledPartyRequest{Role: "sampled_party", On: "2026-01-12", Reason: "回执"})},
		"LodgeObjection": {by: clerk, given: notifiedParty, foreign: foreign, alter: map[string]string{"role": "producer", "matter": "method"},
			req: act(&mingjianv1.LodgeObjectionRequest{Role: "sampled_party", Matter: "result", Ground: "自检合格", LodgedOn: "2026-01-13"})},
		"WithdrawObjection": {by: clerk, given: lodgedObjection, foreign: foreign, req: act(&mingjianv1.WithdrawObjectionRequest{Number: 1, On: "2026-01-15", Reason: "自愿"})},
		"RefuseObjection":   {by: clerk, given: lodgedObjection, foreign: foreign, req: act(&mingjianv1.RefuseObjectionRequest{Number: 1, On: "2026-01-15", Reason: "无据"})},
		"OrderRetest": {by: clerk, given: lodgedObjection, foreign: foreign, alter: map[string]string{"laboratory.code": soundCode},
			req: act(&mingjianv1.OrderRetestRequest{Number: 1, Laboratory: &mingjianv1.TestingLaboratory{Name: "丙检验院", Code: "ext:rx:8"}, On: "2026-01-14"})},
		"RecordRetest": {by: clerk, given: orderedRetest, foreign: foreign, alter: map[string]string{"failures.batch": "2026-01-05"},
			req: act(&mingjianv1.RecordRetestRequest{Number: 1, BatchesFailing: 1, Failures: newFailures(), ReportNo: "FJ-1", ReportedOn: "2026-01-18"})},
		"TakeHandlingStep": {by: clerk, given: penalisedProduct, foreign: foreign, alter: map[string]string{"kind": "recalled"},
			req: of(func(w *matrixWorld, m *mingjianv1.TakeHandlingStepRequest) {
				m.ResultId, m.PenaltyId = w.ids["result"], w.ids["penalty"]
			}, &mingjianv1.TakeHandlingStepRequest{Kind: "penalised", On: "2026-01-18", Quantity: "3 kg", CaseNo: "立1号", Note: "已送达"})},
		"CloseHandling": {by: otherClerk, given: handledProduct, foreign: foreign, alter: map[string]string{"outcome": "untraceable"},
			req: act(&mingjianv1.CloseHandlingRequest{Outcome: "rectified", On: "2026-01-20", Note: "复查合格"})},
	}
}

func samplingReads() map[string]readCase {
	list := []func(*matrixWorld) proto.Message{of(func(w *matrixWorld, m *mingjianv1.GetSamplingResultRequest) { m.ResultId = w.ids["result"] }, &mingjianv1.GetSamplingResultRequest{})}
	own := string(ownBureau)
	return map[string]readCase{
		"SamplingService/GetSamplingList": {given: sampledProducts, shows: always("wang"), reqs: asks(&mingjianv1.GetSamplingListRequest{SamplingId: matrixSampling})},
		"SamplingService/GetSampling":     {given: draftedSampling, shows: always("食品抽检"), reqs: asks(&mingjianv1.GetSamplingRequest{SamplingId: matrixSampling})},
		"SamplingService/ListSamplings": {given: draftedSampling, shows: always("食品抽检"), reqs: asks(
			&mingjianv1.ListSamplingsRequest{}, &mingjianv1.ListSamplingsRequest{AuthorityId: own}, &mingjianv1.ListSamplingsRequest{Year: 2026})},
		"SamplingService/GetSamplingResult": {given: sampledProducts, shows: made("result"), reqs: list},
		"SamplingService/ListSamplingResults": {given: sampledProducts, shows: made("result"), reqs: asks(
			&mingjianv1.ListSamplingResultsRequest{}, &mingjianv1.ListSamplingResultsRequest{AuthorityId: own},
			&mingjianv1.ListSamplingResultsRequest{SamplingId: matrixSampling}, &mingjianv1.ListSamplingResultsRequest{Failing: true})},
		"SamplingService/ListOpenHandlings": {given: sampledProducts, shows: made("result"), reqs: asks(
			&mingjianv1.ListOpenHandlingsRequest{}, &mingjianv1.ListOpenHandlingsRequest{AuthorityId: own})},
	}
}

// samplingLater is what may come between a request and its retry.
func samplingLater() map[string]func(*matrixWorld) {
	more := func(w *matrixWorld) {
		w.do(clerk, &mingjianv1.RecordSamplingResultsRequest{SamplingId: matrixSampling, Rows: []*mingjianv1.SampleRow{newSample("SP-3", 0)}})
	}
	annul := func(w *matrixWorld) {
		w.do(clerk, &mingjianv1.AnnulSamplingResultRequest{ResultId: w.ids["result"], Reason: "程序违法"})
	}
	cancel := func(w *matrixWorld) {
		w.do(planner, &mingjianv1.CancelSamplingRequest{SamplingId: matrixSampling, Reason: "调整"})
	}
	return map[string]func(*matrixWorld){
		"SamplingService/PublishSamplingResults": more, "SamplingService/CloseHandling": annul, "SamplingService/LodgeObjection": annul,
		"SamplingService/DraftSamplingPlan": cancel, "SamplingService/RecordSamplingResults": cancel,
	}
}
