package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// returnAccess: staff make forms of what their authority may read anyhow; planners and clerks deliver them.
func returnAccess() Access {
	const service = "/mingjian.v1.ReturnService/"
	return Access{
		service + "OverrideReturnSchedule": {domain.Planner},
		service + "SubmitReturn":           {domain.Planner, domain.Clerk},
		service + "AmendReturn":            {domain.Planner, domain.Clerk},
		service + "ListReturns":            staff(),
		service + "GetReturnState":         staff(),
		service + "ExportReturn":           staff(),
		service + "DownloadReturn":         staff(),
		service + "GetAnnualReport":        staff(),
		service + "ExportAnnualReport":     staff(),
	}
}
