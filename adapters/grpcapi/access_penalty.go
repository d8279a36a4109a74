package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// penaltyAccess: clerks enter what was decided (谁办案、谁录入、谁负责, Order 45 art. 16); an approver may end a decision too.
func penaltyAccess() Access {
	const service = "/mingjian.v1.PenaltyService/"
	return Access{
		service + "DecidePenalty":     {domain.Clerk},
		service + "ServePenalty":      {domain.Clerk},
		service + "RecordPerformance": {domain.Clerk},
		service + "AmendPenalty":      {domain.Clerk},
		service + "RevokePenalty":     {domain.Clerk, domain.Approver},
		service + "TakeOverPenalties": {domain.Clerk, domain.Admin},
		service + "GetPenalty":        staff(),
		service + "ListPenalties":     staff(),
	}
}
