package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// evidenceAccess: who handles a case keeps its pictures. What they show of persons is seen by staff of the authority; the
// originals are PersonalService's.
func evidenceAccess() Access {
	const service, open = "/mingjian.v1.EvidenceService/", "/mingjian.v1.PublicEvidenceService/"
	return Access{
		service + "AttachEvidence":  {domain.Inspector, domain.Clerk},
		service + "RemoveEvidence":  {domain.Inspector, domain.Clerk},
		service + "ListEvidence":    staff(),
		service + "GetEvidence":     staff(),
		open + "ListPublicEvidence": {Public},
		open + "GetPublicEvidence":  {Public},
	}
}
