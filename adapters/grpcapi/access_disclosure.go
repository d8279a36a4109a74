package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// disclosureAccess: whoever keeps records submits them, reviewers review, approvers approve, publish and withdraw. That
// they are different persons is the domain's rule.
func disclosureAccess() Access {
	const service = "/mingjian.v1.DisclosureService/"
	return Access{
		service + "SubmitDisclosure":   {domain.Clerk, domain.Inspector, domain.Planner},
		service + "ReturnDisclosure":   {domain.Reviewer},
		service + "ReviewDisclosure":   {domain.Reviewer},
		service + "ApproveDisclosure":  {domain.Approver},
		service + "PublishDisclosure":  {domain.Approver},
		service + "WithdrawDisclosure": {domain.Approver},
		service + "AdoptDisclosures":   {domain.Admin},
		service + "GetDisclosure":      staff(),
		service + "ListDisclosures":    staff(),
	}
}
