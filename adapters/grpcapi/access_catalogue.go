package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// catalogueAccess: a planner drafts, an approver answers for what the public sees.
func catalogueAccess() Access {
	const service = "/mingjian.v1.CatalogueService/"
	return Access{
		service + "DraftVersion":    {domain.Planner},
		service + "PublishVersion":  {domain.Approver},
		service + "WithdrawVersion": {domain.Approver},
		service + "GetCatalogue":    staff(),
		service + "ListCatalogues":  staff(),
	}
}
