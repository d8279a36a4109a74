package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

func inspectionAccess() Access {
	const service = "/mingjian.v1.InspectionService/"
	return Access{
		service + "RecordResult":        {domain.Inspector},
		service + "ConfirmResult":       {domain.Inspector},
		service + "CorrectResult":       {domain.Inspector},
		service + "OrderRectification":  {domain.Inspector},
		service + "RecordRecheck":       {domain.Inspector},
		service + "IssueNotice":         {domain.Inspector, domain.Clerk},
		service + "ServeNotice":         {domain.Inspector, domain.Clerk},
		service + "CloseFollowUp":       {domain.Inspector, domain.Clerk},
		service + "PrintNotice":         staff(),
		service + "PrintSheet":          staff(),
		service + "HandOver":            {domain.Inspector, domain.Clerk},
		service + "TakeOverInspections": {domain.Clerk, domain.Admin},
		service + "GetInspection":       staff(),
		service + "ListInspections":     staff(),
	}
}
