package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// planAccess: a planner plans, an approver agrees; either publishes and cancels.
func planAccess() Access {
	const service = "/mingjian.v1.PlanService/"
	return Access{
		service + "DraftPlan":   {domain.Planner},
		service + "ApprovePlan": {domain.Approver},
		service + "PublishPlan": {domain.Approver, domain.Planner},
		service + "AmendPlan":   {domain.Planner},
		service + "CancelPlan":  {domain.Approver, domain.Planner},
		service + "OpenTask":    {domain.Planner},
		service + "CancelTask":  {domain.Planner},
		service + "GetPlan":     staff(),
		service + "ListPlans":   staff(),
		service + "GetTask":     staff(),
		service + "ListTasks":   staff(),
	}
}
