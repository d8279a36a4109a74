package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// Public is the mark of a method that needs no identity.
const Public domain.Role = "public"

// Access says which roles may call a method, by its full name. A method without a row may be called by nobody, and a test
// over all registered services demands a row for each.
type Access map[string][]domain.Role

// staff is everybody who works within an authority, and the auditor who reads.
func staff() []domain.Role {
	return []domain.Role{domain.Planner, domain.Inspector, domain.Reviewer, domain.Approver, domain.Clerk, domain.Auditor, domain.Admin}
}
