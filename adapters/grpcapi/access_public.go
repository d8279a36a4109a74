package grpcapi

func publicAccess() Access {
	const service = "/mingjian.v1.PublicService/"
	access := Access{}
	for _, method := range []string{
		"GetEnterprise", "SearchEnterprises", "ListPublicCatalogues", "GetPublicCatalogue", "ListPublicPlans", "ListPublicTasks",
		"ListPublicDraws", "GetPublicDraw", "ListPublicDrawnSubjects", "GetDrawBundle", "ListPublicInspections",
		"ListPublicPenalties", "ListPublicLicences", "GetReleased", "GetStatistics", "GetFairness", "ListFairnessUnits",
		"ListPublicSamplings", "GetPublicSampling", "GetPublicSamplingList", "ListPublicSamplingResults", "GetPublicSamplingResult",
	} {
		access[service+method] = append(access[service+method], Public)
	}
	return access
}
