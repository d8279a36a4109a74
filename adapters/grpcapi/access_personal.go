package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// personalAccess: who handles a case opens what it needs, for a purpose; who only oversees does not. One authority's approver
// asks for a destruction, the instance's administrator answers.
func personalAccess() Access {
	const service = "/mingjian.v1.PersonalService/"
	handlers := []domain.Role{domain.Clerk, domain.Reviewer, domain.Approver}
	return Access{
		service + "ListPersonal":     append(handlers, domain.Auditor, domain.Admin),
		service + "OpenPersonal":     handlers,
		service + "RequestShredding": {domain.Approver},
		service + "DropShredding":    {domain.Admin},
		service + "ConfirmShredding": {domain.Admin},
		service + "ListShreddings":   append(handlers, domain.Auditor, domain.Admin),
	}
}

// auditAccess: the trail is for auditors, also against the administrator.
func auditAccess() Access {
	return Access{"/mingjian.v1.AuditService/ListReads": {domain.Auditor}}
}
