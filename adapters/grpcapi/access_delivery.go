package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// deliveryAccess: clerks put right what platforms did not take, approvers end it or begin anew; whoever carries rows sees those of
// all authorities, since a sequence has no gap. Integrators read, and write nothing here as elsewhere.
func deliveryAccess() Access {
	const service = "/mingjian.v1.DeliveryService/"
	return Access{
		service + "ListDeliveries":               staff(),
		service + "GetDelivery":                  staff(),
		service + "PrepareDelivery":              {domain.Clerk},
		service + "ChooseDeliveryName":           {domain.Clerk, domain.Approver},
		service + "ResendDelivery":               {domain.Clerk, domain.Approver},
		service + "RecordDeliveryRepresentative": {domain.Clerk, domain.Approver},
		service + "GiveUpDelivery":               {domain.Approver},
		service + "ListDeliveryRows":             {domain.Integrator, domain.Auditor, domain.Admin},
		service + "SubmitDeliveryRows":           {domain.Admin},
		service + "RecordReceipts":               {domain.Clerk, domain.Admin},

		"/mingjian.v1.AuthorityReportingService/ArrangeReporting": {domain.Admin},
	}
}
