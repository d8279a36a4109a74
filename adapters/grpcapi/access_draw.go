package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// drawAccess: who commits, reveals and bears witness is told by the parties of the draw, whatever role they have.
func drawAccess() Access {
	const service = "/mingjian.v1.DrawService/"
	return Access{
		service + "Freeze":            {domain.Planner},
		service + "FixTerms":          {domain.Planner},
		service + "Commit":            staff(),
		service + "Reveal":            staff(),
		service + "RecordBeacon":      {domain.Planner, domain.Clerk},
		service + "WitnessBeacon":     staff(),
		service + "Run":               {domain.Planner},
		service + "Replace":           {domain.Planner, domain.Approver},
		service + "Abort":             {domain.Planner, domain.Approver},
		service + "GetDraw":           staff(),
		service + "ListDraws":         staff(),
		service + "ListDrawnSubjects": staff(),
	}
}
