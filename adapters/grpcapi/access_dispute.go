package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// disputeAccess: clerks receive, clerks and reviewers verify, approvers decide. That whoever stands behind the record doesn't
// is the domain's rule.
func disputeAccess() Access {
	const service, open = "/mingjian.v1.DisputeService/", "/mingjian.v1.PublicDisputeService/"
	return Access{
		service + "RegisterCorrectionRequest": {domain.Clerk},
		service + "VerifyCorrectionRequest":   {domain.Clerk, domain.Reviewer},
		service + "DecideCorrectionRequest":   {domain.Approver},
		service + "LinkCorrectionRequest":     {domain.Clerk},
		service + "DropCorrectionRequest":     {domain.Clerk},
		service + "GetCorrectionRequest":      staff(),
		service + "ListCorrectionRequests":    staff(),
		service + "ReceiveReply":              {domain.Clerk},
		service + "TakeReplyBack":             {domain.Clerk},
		service + "GetReplies":                staff(),
		open + "RequestCorrection":            {Public},
		open + "GetPublicCorrectionRequest":   {Public},
	}
}
