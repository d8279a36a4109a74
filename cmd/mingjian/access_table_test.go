package main

// Who may call a method, written down a second time: whoever opens a method to a role, or closes it, says so in two places.
const (
	everybody  = "everybody" // also without a token
	everyStaff = "planner inspector reviewer approver clerk auditor admin"
	keepers    = "planner clerk"
	importers  = "planner clerk admin"
)

func openTo() map[string]string {
	all := map[string]string{}
	for service, methods := range map[string]map[string]string{
		"AuditService": {"ListReads": "auditor"},
		"PersonalService": {
			"ListPersonal": "clerk reviewer approver auditor admin", "OpenPersonal": "clerk reviewer approver", "RequestShredding": "approver",
			"DropShredding": "admin", "ConfirmShredding": "admin", "ListShreddings": "clerk reviewer approver auditor admin",
		},
		"AuthorityService": {
			"RegisterAuthority": "admin", "RenameAuthority": "admin", "OpenDepartment": "admin", "CloseDepartment": "admin",
			"SucceedAuthority": "admin", "GetAuthority": everyStaff, "ListAuthorities": everyStaff,
		},
		"CatalogueService": {
			"DraftVersion": "planner", "PublishVersion": "approver", "WithdrawVersion": "approver",
			"GetCatalogue": everyStaff, "ListCatalogues": everyStaff,
		},
		"PlanService": {
			"DraftPlan": "planner", "ApprovePlan": "approver", "PublishPlan": "planner approver", "AmendPlan": "planner",
			"CancelPlan": "planner approver", "OpenTask": "planner", "CancelTask": "planner",
			"GetPlan": everyStaff, "ListPlans": everyStaff, "GetTask": everyStaff, "ListTasks": everyStaff,
		},
		"RosterService": {
			"RecordSubject": keepers, "RecordSubjects": importers, "RenameSubject": keepers, "MoveSubject": keepers,
			"RecordSubjectStatus": keepers, "SucceedSubject": keepers, "RevokeSuccession": keepers, "ReclassifySubjects": importers, "ProfileSubjects": importers, "EnrolInspector": keepers, "EnrolInspectors": importers,
			"RelicenseInspector": keepers, "ReassignInspector": keepers, "SuspendInspector": keepers, "ReinstateInspector": keepers,
			"DeclareConflict": "planner clerk inspector", "EndConflict": "planner", "GetSubject": everyStaff, "ListSubjects": everyStaff,
			"GetInspector": everyStaff, "ListInspectors": everyStaff, "ListConflicts": everyStaff,
		},
		"DrawService": {
			"Freeze": "planner", "FixTerms": "planner", "Commit": everyStaff, "Reveal": everyStaff, "RecordBeacon": "planner clerk",
			"WitnessBeacon": everyStaff,
			"Run":           "planner", "Replace": "planner approver", "Abort": "planner approver",
			"GetDraw": everyStaff, "ListDraws": everyStaff, "ListDrawnSubjects": everyStaff,
		},
		"InspectionService": {
			"RecordResult": "inspector", "ConfirmResult": "inspector", "CorrectResult": "inspector", "OrderRectification": "inspector",
			"RecordRecheck": "inspector", "HandOver": "inspector clerk", "TakeOverInspections": "clerk admin",
			"IssueNotice": "inspector clerk", "ServeNotice": "inspector clerk", "CloseFollowUp": "inspector clerk",
			"GetInspection": everyStaff, "ListInspections": everyStaff, "PrintNotice": everyStaff, "PrintSheet": everyStaff,
		},
		"PenaltyService": {
			"DecidePenalty": "clerk", "ServePenalty": "clerk", "RecordPerformance": "clerk", "AmendPenalty": "clerk",
			"RevokePenalty": "clerk approver", "TakeOverPenalties": "clerk admin", "GetPenalty": everyStaff, "ListPenalties": everyStaff,
		},
		"RedactionService": {
			"GetRedaction": "clerk reviewer approver auditor", "RedactDisclosure": "clerk reviewer",
		},
		"EvidenceService": {
			"AttachEvidence": "inspector clerk", "RemoveEvidence": "inspector clerk", "ListEvidence": everyStaff, "GetEvidence": everyStaff,
		},
		"PublicEvidenceService": {"ListPublicEvidence": everybody, "GetPublicEvidence": everybody},
		"ConfirmationService":   {"ConfirmAmounts": "clerk"},
		"LicenceService": {
			"GrantLicence": "clerk", "AmendLicence": "clerk", "RenewLicence": "clerk", "SuspendLicence": "clerk", "ResumeLicence": "clerk",
			"RevokeLicence": "clerk", "CancelLicence": "clerk", "ExpireLicence": "clerk", "TakeOverTerms": "clerk admin",
			"GetLicence": everyStaff, "ListLicences": everyStaff,
		},
		"PenaltyFollowService": {
			"NotifyPublication": "clerk", "GrantInstalments": "clerk", "ChallengePenalty": "clerk", "PushPenalty": "clerk",
			"ReceivePush": "clerk", "PublishPush": "clerk",
		},
		"CertificateService":   {"ReissueLicence": "clerk", "PrintCertificate": everyStaff},
		"PublicLicenceService": {"GetPublicLicence": everybody, "GetPublicLicenceValidity": everybody},
		"DisclosureService": {
			"SubmitDisclosure": "clerk inspector planner", "ReturnDisclosure": "reviewer", "ReviewDisclosure": "reviewer",
			"ApproveDisclosure": "approver", "PublishDisclosure": "approver", "WithdrawDisclosure": "approver", "AdoptDisclosures": "admin",
			"GetDisclosure": everyStaff, "ListDisclosures": everyStaff,
		},
		"OutletService": {"MaskDisclosure": "approver", "UnmaskDisclosure": "approver"},
		"ReviewService": {
			"ArrangeReview": "admin", "PassLayer": "clerk planner reviewer approver", "WithholdDisclosure": "approver",
			"ReviewWithholding": "reviewer approver", "LiftWithholding": "approver", "ListWithheld": everyStaff, "GetNegativeList": everyStaff,
		},
		"RepairService": {"ApplyRepair": "clerk", "CheckRepair": "reviewer", "DecideRepair": "approver", "ListRepairs": everyStaff},
		"SamplingService": {
			"OpenSampling": "planner", "DraftSamplingPlan": "planner", "DraftSamplingScheme": "planner", "DraftSamplingLaboratories": "planner",
			"PublishSampling": "approver", "PublishSamplingResults": "approver", "CancelSampling": "approver planner",
			"RecordSamplingResults": "clerk", "CorrectSamplingResult": "clerk", "AnnulSamplingResult": "clerk", "NotifySampledParty": "clerk",
			"LodgeObjection": "clerk", "WithdrawObjection": "clerk", "RefuseObjection": "clerk", "OrderRetest": "clerk", "RecordRetest": "clerk",
			"TakeHandlingStep": "clerk", "CloseHandling": "clerk", "GetSampling": everyStaff, "ListSamplings": everyStaff,
			"GetSamplingList": everyStaff, "GetSamplingResult": everyStaff, "ListSamplingResults": everyStaff, "ListOpenHandlings": everyStaff,
		},
		"DeadlineService": {"ListDeadlines": everyStaff},
		"DeliveryService": {
			"ListDeliveries": everyStaff, "GetDelivery": everyStaff, "PrepareDelivery": "clerk", "ChooseDeliveryName": "clerk approver",
			"ResendDelivery": "clerk approver", "RecordDeliveryRepresentative": "clerk approver", "GiveUpDelivery": "approver", "ListDeliveryRows": "integrator auditor admin",
			"SubmitDeliveryRows": "admin", "RecordReceipts": "clerk admin",
		},
		"AuthorityReportingService": {"ArrangeReporting": "admin"},
		"HolidayService":            {"RecordHolidayNotice": "admin"},
		"LedgerService":             {"GetLedger": everybody, "ListApprovedRebuilds": "auditor admin"},
		"PublicDutyService": {
			"GetPunctuality": everybody, "ListPublicDeadlines": everybody, "GetDisclosureCatalogue": everybody, "ListHolidayNotices": everybody,
		},
		"ListingService": {
			"RecordFinding": "clerk inspector", "DismissFinding": "approver", "NotifyFinding": "clerk", "EnterListing": "approver",
			"ApplyForRemoval": "clerk", "RefuseRemoval": "approver", "RemoveListing": "approver", "RescindEntry": "approver",
			"TransferListing": "approver", "GetListing": everyStaff, "ListListings": everyStaff,
		},
		"DisputeService": {
			"RegisterCorrectionRequest": "clerk", "VerifyCorrectionRequest": "clerk reviewer", "DecideCorrectionRequest": "approver",
			"LinkCorrectionRequest": "clerk", "DropCorrectionRequest": "clerk", "GetCorrectionRequest": everyStaff,
			"ListCorrectionRequests": everyStaff, "ReceiveReply": "clerk", "TakeReplyBack": "clerk", "GetReplies": everyStaff,
		},
		"PublicListingService": {"ListPublicListings": everybody},
		"PublicDisputeService": {"RequestCorrection": everybody, "GetPublicCorrectionRequest": everybody},
		"WebhookService": {
			"CreateEndpoint": "integrator admin", "ListEndpoints": "integrator admin auditor", "GetEndpoint": "integrator admin auditor",
			"RotateEndpoint": "integrator admin", "PauseEndpoint": "integrator admin", "ResumeEndpoint": "integrator admin",
			"ReplayEndpoint": "integrator admin", "TestEndpoint": "integrator admin", "DeleteEndpoint": "integrator admin",
		},
		"WorkService": {"ListWork": everyStaff},
		"HistoryService": {
			"ListPublicVersions": everybody, "GetRecordAsOf": everyStaff, "ListRecordsAsOf": everyStaff, "ListVersions": everyStaff,
			"GetEnterpriseAsOf": everyStaff,
		},
		"FeedService":    {"ListReleases": everybody, "FollowReleases": everybody, "GetFeedHead": everybody, "GetFeedAtom": everybody},
		"ProfileService": {"ListProfiles": everybody, "GetProfile": everybody, "GetProfileSchema": everybody},
		"ReturnService": {
			"OverrideReturnSchedule": "planner", "SubmitReturn": keepers, "AmendReturn": keepers, "ListReturns": everyStaff,
			"GetReturnState": everyStaff, "ExportReturn": everyStaff, "DownloadReturn": everyStaff, "GetAnnualReport": everyStaff,
			"ExportAnnualReport": everyStaff,
		},
		"ReportingService":       {"GetReportingFigures": everyStaff, "ExportReportingProof": everyStaff, "ExportReportingReport": everyStaff},
		"PublicAuthorityService": {"GetPublicAuthority": everybody},
		"PublicService": {
			"GetEnterprise": everybody, "SearchEnterprises": everybody, "ListPublicCatalogues": everybody, "GetPublicCatalogue": everybody,
			"ListPublicPlans": everybody, "ListPublicTasks": everybody, "ListPublicDraws": everybody, "GetPublicDraw": everybody,
			"ListPublicDrawnSubjects": everybody, "GetDrawBundle": everybody, "ListPublicInspections": everybody,
			"ListPublicPenalties": everybody, "ListPublicLicences": everybody, "GetReleased": everybody, "GetStatistics": everybody,
			"GetFairness": everybody, "ListFairnessUnits": everybody,
			"ListPublicSamplings": everybody, "GetPublicSampling": everybody, "GetPublicSamplingList": everybody,
			"ListPublicSamplingResults": everybody, "GetPublicSamplingResult": everybody,
		},
	} {
		for method, roles := range methods {
			all["mingjian.v1."+service+"/"+method] = roles
		}
	}
	return all
}

// overGRPCAlone are the methods without a path.
func overGRPCAlone() map[string]string {
	return map[string]string{"mingjian.v1.FeedService/FollowReleases": "a stream without an end; over REST the feed is read page by page"}
}
