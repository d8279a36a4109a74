package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// licenceAccess: clerks enter what was decided.
func licenceAccess() Access {
	const service = "/mingjian.v1.LicenceService/"
	return Access{
		service + "GrantLicence":   {domain.Clerk},
		service + "AmendLicence":   {domain.Clerk},
		service + "RenewLicence":   {domain.Clerk},
		service + "SuspendLicence": {domain.Clerk},
		service + "ResumeLicence":  {domain.Clerk},
		service + "RevokeLicence":  {domain.Clerk},
		service + "CancelLicence":  {domain.Clerk},
		service + "ExpireLicence":  {domain.Clerk},
		service + "TakeOverTerms":  {domain.Clerk, domain.Admin},
		service + "GetLicence":     staff(),
		service + "ListLicences":   staff(),
	}
}
