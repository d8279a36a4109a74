package grpcapi_test

import (
	"strings"

	"google.golang.org/protobuf/proto"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// writeCase is a valid request of one method that writes.
type writeCase struct {
	by    caller
	given func(*matrixWorld)               // the world in which the request is valid
	req   func(*matrixWorld) proto.Message // with every field filled that can be

	// By path of a field (elements of lists without their place): another value that has the right form, where the general
	// way of changing one finds none; and why no event shows the field.
	alter, apart map[string]string

	// How somebody of the same role in another authority is refused, who sends the request when the record is there.
	foreign string // code of the fault
	rows    bool   // the fault is that of every row of a batch, not of the call
	creates bool   // the record is there only after the request
	open    string // why another authority is not refused, if it isn't
}

func fixed(m proto.Message) func(*matrixWorld) proto.Message {
	return func(*matrixWorld) proto.Message { return proto.Clone(m) }
}

// writeCases are all cases by the full name of the method.
func writeCases() map[string]writeCase {
	all := map[string]writeCase{}
	for service, cases := range map[string]map[string]writeCase{
		"AuthorityService":          authorityCases(),
		"AuthorityReportingService": reportingCases(),
		"DeliveryService":           deliveryCases(),
		"CatalogueService":          catalogueCases(),
		"CertificateService":        certificateCases(),
		"ConfirmationService":       confirmationCases(),
		"DisclosureService":         disclosureCases(),
		"DisputeService":            disputeCases(),
		"DrawService":               drawCases(),
		"EvidenceService":           evidenceCases(),
		"HolidayService":            holidayCases(),
		"InspectionService":         inspectionCases(),
		"LicenceService":            licenceCases(),
		"ListingService":            listingCases(),
		"OutletService":             outletCases(),
		"PenaltyFollowService":      penaltyFollowCases(),
		"PenaltyService":            penaltyCases(),
		"PersonalService":           personalCases(),
		"PlanService":               planCases(),
		"RedactionService":          redactionCases(),
		"RepairService":             repairCases(),
		"ReturnService":             returnCases(),
		"ReviewService":             reviewCases(),
		"RosterService":             rosterCases(),
		"SamplingService":           samplingCases(),
	} {
		for method, c := range cases {
			all["/mingjian.v1."+service+"/"+method] = c
		}
	}
	return all
}

func authorityCases() map[string]writeCase {
	const everywhere = "administrators keep the authorities of the whole instance"
	id := map[string]string{"authority_id": string(otherBureau)}
	return map[string]writeCase{
		"RegisterAuthority": {by: rootOf, given: nothing, req: fixed(newAuthority(ownBureau)), open: everywhere,
			alter: map[string]string{"code": "11540900MB9X00023F", "level": "county"}},
		"RenameAuthority": {by: rootOf, given: authorities, open: everywhere, alter: id, req: fixed(&mingjianv1.RenameAuthorityRequest{
			AuthorityId: string(ownBureau), Name: "新名", Reason: "机构改革", EffectiveOn: "2026-11-01"})},
		"OpenDepartment": {by: rootOf, given: authorities, open: everywhere, alter: id, req: fixed(&mingjianv1.OpenDepartmentRequest{
			AuthorityId: string(ownBureau), Name: "执法队"})},
		"CloseDepartment": {by: rootOf, given: authorities, open: everywhere, alter: map[string]string{"authority_id": string(otherBureau), "name": "法规科"},
			req: fixed(&mingjianv1.CloseDepartmentRequest{AuthorityId: string(ownBureau), Name: "信用科", Reason: "撤并"})},
		"SucceedAuthority": {by: rootOf, open: everywhere,
			given: settings(authorities, func(w *matrixWorld) { w.do(rootOf, newAuthority("third-bureau")) }),
			alter: map[string]string{"authority_id": "third-bureau", "successor_id": "third-bureau"},
			req: fixed(&mingjianv1.SucceedAuthorityRequest{
				AuthorityId: string(ownBureau), SuccessorId: string(otherBureau), Reason: "机构改革", EffectiveOn: "2026-11-01",
				DocumentNo: "藏政发〔2026〕1号"})},
	}
}

func catalogueCases() map[string]writeCase {
	const foreign = "catalogue.authority.foreign"
	return map[string]writeCase{
		"DraftVersion": {by: planner, given: nothing, req: fixed(newVersion(matrixList)), creates: true, foreign: foreign,
			alter: map[string]string{"items.level": "key"}},
		"PublishVersion": {by: approver, given: draftedList, foreign: foreign, req: func(w *matrixWorld) proto.Message {
			return &mingjianv1.PublishVersionRequest{
				CatalogueId: matrixList, Version: 1, DocumentNo: "藏市监〔2026〕1号", PublishedOn: "2026-01-05", ExpectedDigest: w.listDigest()}
		}},
		"WithdrawVersion": {by: approver, given: publishedList, foreign: foreign, req: fixed(&mingjianv1.WithdrawVersionRequest{
			CatalogueId: matrixList, Version: 1, Reason: "修订", WithdrawnOn: "2026-11-01"})},
	}
}

func planCases() map[string]writeCase {
	const foreign = "plan.authority.foreign"
	secondPlan := func(w *matrixWorld) {
		draftedPlan(w)
		w.do(planner, newPlan("xz-2027"))
	}
	targeted := jointTask(1)
	targeted.Kind, targeted.AdHoc, targeted.ExcludeCheckedWithinMonths = "targeted", true, 6
	targeted.Scope = &mingjianv1.TaskScope{
		Kinds: []string{"enterprise"}, Districts: []string{"540100"}, Statuses: []string{"active"}, Classes: []string{"A", "B"}, Industries: []string{"F52"},
		LineClasses: []string{"A", "B"}, KeyUnits: true, Licensed: true,
	}
	targeted.Comprehensive, targeted.StrataOf = true, "risk_class"
	targeted.Strata = []*mingjianv1.TaskStratum{{Name: "A", RatioPpm: 50_000}, {Name: "B", Count: 3}}
	return map[string]writeCase{
		"DraftPlan": {by: planner, given: publishedList, req: fixed(newPlan(matrixPlan)), creates: true, foreign: foreign},
		"ApprovePlan": {by: approver, given: secondPlan, foreign: foreign, req: func(w *matrixWorld) proto.Message {
			return &mingjianv1.ApprovePlanRequest{PlanId: matrixPlan, ExpectedDigest: w.planDigest()}
		}, alter: map[string]string{"plan_id": "xz-2027"}},
		"PublishPlan": {by: planner, given: approvedPlan, foreign: foreign, req: fixed(&mingjianv1.PublishPlanRequest{
			PlanId: matrixPlan, DocumentNo: "藏市监〔2026〕2号", AttachmentDigest: fileDigest, PublishedOn: "2026-01-06"})},
		"AmendPlan": {by: planner, given: publishedPlan, foreign: foreign, req: fixed(&mingjianv1.AmendPlanRequest{
			PlanId: matrixPlan, Title: "新题", Reason: "调整"})},
		"CancelPlan": {by: planner, given: publishedPlan, foreign: foreign, req: fixed(&mingjianv1.CancelPlanRequest{PlanId: matrixPlan, Reason: "取消"})},
		"OpenTask": {by: planner, given: publishedPlan, foreign: foreign, req: fixed(targeted),
			alter: map[string]string{
				"kind": "untargeted", "departments.authority_id": string(otherBureau), "strata_of": "line_class"}},
		"CancelTask": {by: planner, given: openedTask, foreign: foreign, req: fixed(&mingjianv1.CancelTaskRequest{TaskId: taskID(1), Reason: "取消"})},
	}
}

func drawCases() map[string]writeCase {
	const foreign, stranger = "draw.authority.foreign", "draw.party.foreign"
	twoReady := func(w *matrixWorld) {
		poolAndTask(w)
		w.do(planner, jointTask(2))
		for n := 1; n <= 2; n++ {
			w.do(planner, &mingjianv1.FreezeRequest{PlanId: matrixPlan, TaskId: taskID(n)})
			w.do(planner, beaconTerms(drawID(n)))
		}
		w.sourceSpeaks()
		for n := 1; n <= 2; n++ {
			w.do(planner, beaconValueOf(drawID(n)))
		}
	}
	return map[string]writeCase{
		"Freeze": {by: planner, foreign: foreign, alter: map[string]string{"task_id": taskID(2), "after": "1"},
			given: settings(poolAndTask, func(w *matrixWorld) { w.do(planner, jointTask(2)) }),
			req:   fixed(&mingjianv1.FreezeRequest{PlanId: matrixPlan, TaskId: taskID(1)}),
			apart: map[string]string{"after": "it is waited for before the rosters are read"}},
		"FixTerms": {by: planner, given: frozenDraw, foreign: foreign, req: fixed(partyTerms(drawID(1))),
			alter: map[string]string{"beacon.round": "2", "beacon.not_before": "2026-11-20T08:02:00Z"}},
		"Commit": {by: planner, given: fixedDraw, foreign: stranger,
			req: func(w *matrixWorld) proto.Message { return w.commitment("市场监管局", 1) }},
		"Reveal": {by: planner, given: sealedDraw, foreign: stranger, req: fixed(&mingjianv1.RevealRequest{
			DrawId: drawID(1), Party: "市场监管局", Nonce: "01" + strings.Repeat("00", 31)})},
		"RecordBeacon": {by: clerk, foreign: foreign, req: fixed(beaconValueOf(drawID(1))),
			given: settings(fixedDraw, (*matrixWorld).sourceSpeaks)},
		"WitnessBeacon": {by: discipline, given: settings(fixedDraw, (*matrixWorld).sourceSpeaks), foreign: stranger,
			req: func(*matrixWorld) proto.Message {
				said := beaconValueOf(drawID(1))
				return &mingjianv1.WitnessBeaconRequest{DrawId: drawID(1), Party: "纪检监察室", Value: said.GetValue(), Signature: said.GetSignature()}
			}},
		"Run": {by: planner, given: twoReady, foreign: foreign, alter: map[string]string{"draw_id": drawID(2)},
			req: fixed(&mingjianv1.RunRequest{DrawId: drawID(1)})},
		"Replace": {by: planner, given: drawnInspection, foreign: foreign, alter: map[string]string{"reason": "merged"},
			req: func(w *matrixWorld) proto.Message {
				return &mingjianv1.ReplaceRequest{DrawId: drawID(1), SubjectOut: w.ids["subject"], Reason: "closed"}
			}},
		"Abort": {by: planner, given: fixedDraw, foreign: foreign, req: fixed(&mingjianv1.AbortRequest{
			DrawId: drawID(1), Reason: "一方不到场", Party: "纪检监察室"})},
	}
}
