package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// reviewAccess: the administrator arranges the layers, whoever may be asked by one passes it; approvers decide what is withheld,
// reviewers and approvers look at it again.
func reviewAccess() Access {
	const service = "/mingjian.v1.ReviewService/"
	return Access{
		service + "ArrangeReview":      {domain.Admin},
		service + "PassLayer":          {domain.Clerk, domain.Planner, domain.Reviewer, domain.Approver},
		service + "WithholdDisclosure": {domain.Approver},
		service + "ReviewWithholding":  {domain.Reviewer, domain.Approver},
		service + "LiftWithholding":    {domain.Approver},
		service + "ListWithheld":       staff(),
		service + "GetNegativeList":    staff(),
	}
}

// outletAccess: what a court ruled is carried out by approvers.
func outletAccess() Access {
	const service = "/mingjian.v1.OutletService/"
	return Access{
		service + "MaskDisclosure":   {domain.Approver},
		service + "UnmaskDisclosure": {domain.Approver},
	}
}

// repairAccess: clerks receive applications, reviewers check them, approvers decide.
func repairAccess() Access {
	const service = "/mingjian.v1.RepairService/"
	return Access{
		service + "ApplyRepair":  {domain.Clerk},
		service + "CheckRepair":  {domain.Reviewer},
		service + "DecideRepair": {domain.Approver},
		service + "ListRepairs":  staff(),
	}
}
