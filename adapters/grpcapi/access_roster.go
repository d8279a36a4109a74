package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// rosterAccess: planners and clerks keep the rosters, inspectors declare conflicts of their own.
func rosterAccess() Access {
	const service = "/mingjian.v1.RosterService/"
	keepers := []domain.Role{domain.Planner, domain.Clerk}
	return Access{
		service + "RecordSubject":       keepers,
		service + "RecordSubjects":      append(keepers, domain.Admin), // imports are an operator's work too
		service + "RenameSubject":       keepers,
		service + "MoveSubject":         keepers,
		service + "RecordSubjectStatus": keepers,
		service + "SucceedSubject":      keepers,
		service + "RevokeSuccession":    keepers,
		service + "ReclassifySubjects":  append(keepers, domain.Admin), // imports are an operator's work too
		service + "ProfileSubjects":     append(keepers, domain.Admin), // imports are an operator's work too
		service + "EnrolInspector":      keepers,
		service + "EnrolInspectors":     append(keepers, domain.Admin), // imports are an operator's work too
		service + "RelicenseInspector":  keepers,
		service + "ReassignInspector":   keepers,
		service + "SuspendInspector":    keepers,
		service + "ReinstateInspector":  keepers,
		service + "DeclareConflict":     {domain.Planner, domain.Clerk, domain.Inspector},
		service + "EndConflict":         {domain.Planner},
		service + "GetSubject":          staff(),
		service + "ListSubjects":        staff(),
		service + "GetInspector":        staff(),
		service + "ListInspectors":      staff(),
		service + "ListConflicts":       staff(),
	}
}
