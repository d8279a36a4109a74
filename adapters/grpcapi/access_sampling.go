package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// samplingAccess: a planner drafts, an approver publishes, clerks enter results and what becomes of them.
func samplingAccess() Access {
	const service = "/mingjian.v1.SamplingService/"
	return Access{
		service + "OpenSampling":              {domain.Planner},
		service + "DraftSamplingPlan":         {domain.Planner},
		service + "DraftSamplingScheme":       {domain.Planner},
		service + "DraftSamplingLaboratories": {domain.Planner},
		service + "PublishSampling":           {domain.Approver},
		service + "GetSamplingList":           staff(),
		service + "PublishSamplingResults":    {domain.Approver},
		service + "CancelSampling":            {domain.Approver, domain.Planner},
		service + "RecordSamplingResults":     {domain.Clerk},
		service + "CorrectSamplingResult":     {domain.Clerk},
		service + "AnnulSamplingResult":       {domain.Clerk},
		service + "NotifySampledParty":        {domain.Clerk},
		service + "LodgeObjection":            {domain.Clerk},
		service + "WithdrawObjection":         {domain.Clerk},
		service + "RefuseObjection":           {domain.Clerk},
		service + "OrderRetest":               {domain.Clerk},
		service + "RecordRetest":              {domain.Clerk},
		service + "TakeHandlingStep":          {domain.Clerk},
		service + "CloseHandling":             {domain.Clerk},
		service + "GetSampling":               staff(),
		service + "ListSamplings":             staff(),
		service + "GetSamplingResult":         staff(),
		service + "ListSamplingResults":       staff(),
		service + "ListOpenHandlings":         staff(),
	}
}
