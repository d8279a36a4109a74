package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// redactionAccess: those who work on a document see what was taken out of it. Whoever changes that can't review it any more, so
// approvers, who are there for the last word, don't. Clerks settle what an import of theirs left open.
func redactionAccess() Access {
	return Access{
		"/mingjian.v1.RedactionService/GetRedaction":      {domain.Clerk, domain.Reviewer, domain.Approver, domain.Auditor},
		"/mingjian.v1.RedactionService/RedactDisclosure":  {domain.Clerk, domain.Reviewer},
		"/mingjian.v1.ConfirmationService/ConfirmAmounts": {domain.Clerk},
	}
}
