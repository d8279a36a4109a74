package domain

import "slices"

// Role is what an account may do within its authority.
type Role string

// The roles.
const (
	Planner    Role = "planner"    // plans, tasks, item lists, rosters, draws
	Inspector  Role = "inspector"  // records results of own assignments
	Reviewer   Role = "reviewer"   // reviews disclosures
	Approver   Role = "approver"   // approves plans and disclosures
	Clerk      Role = "clerk"      // enters penalties and licences, imports files
	Integrator Role = "integrator" // consumes feeds
	Auditor    Role = "auditor"    // reads everything, writes nothing
	Admin      Role = "admin"      // accounts, authorities, operations
)

// Roles lists all roles.
func Roles() []Role {
	return []Role{Planner, Inspector, Reviewer, Approver, Clerk, Integrator, Auditor, Admin}
}

// ParseRole refuses names that are not in Roles.
func ParseRole(s string) (Role, error) {
	for _, r := range Roles() {
		if string(r) == s {
			return r, nil
		}
	}
	return "", Refuse(Invalid, "role.unknown", "role", "未知角色："+s, "unknown role: "+s)
}

// Actor is who acts: an account with one role within one authority. The name is an account name, never personal data.
// An inspector's account carries the inspector's roster id as well.
type Actor struct {
	Account   string
	Role      Role
	Authority AuthorityID
	Inspector InspectorID
	// Succeeded are the authorities whose tasks the actor's own holds today (职责承继), nearest first: whoever lets the actor in
	// looks them up. Nothing else makes an authority's records another's.
	Succeeded []AuthorityID
}

// Holds tells whether the actor's authority answers for the records of that one: it is the same, or it succeeded it. What is
// begun anew is begun in the actor's own name, and no matter of Holds.
func (a Actor) Holds(authority AuthorityID) bool {
	return a.Authority == authority || slices.Contains(a.Succeeded, authority)
}
