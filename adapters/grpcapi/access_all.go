package grpcapi

import "maps"

// AllAccess is the whole table, one row for each method of each service.
func AllAccess() Access {
	all := Access{}
	for _, service := range []Access{
		auditAccess(),
		authorityAccess(),
		catalogueAccess(),
		deadlineAccess(),
		disclosureAccess(),
		drawAccess(),
		feedAccess(),
		historyAccess(),
		inspectionAccess(),
		licenceAccess(),
		outletAccess(),
		penaltyAccess(),
		personalAccess(),
		planAccess(),
		publicAccess(),
		publicAuthorityAccess(),
		redactionAccess(),
		repairAccess(),
		returnAccess(),
		reviewAccess(),
		rosterAccess(),
		samplingAccess(),
		disputeAccess(),
		listingAccess(),
		workAccess(),
	} {
		maps.Copy(all, service)
	}
	return all
}
