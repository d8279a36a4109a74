package grpcapi

// reportingAccess: staff read how their authority reported, auditors and administrators how all did. The public is told the
// punctuality of each authority by the last days of its periods (PublicDutyService).
func reportingAccess() Access {
	const service = "/mingjian.v1.ReportingService/"
	return Access{
		service + "GetReportingFigures":   staff(),
		service + "ExportReportingProof":  staff(),
		service + "ExportReportingReport": staff(),
	}
}
