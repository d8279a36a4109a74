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
		disputeAccess(),
		drawAccess(),
		feedAccess(),
		historyAccess(),
		inspectionAccess(),
		licenceAccess(),
		listingAccess(),
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
		workAccess(),
		authorityAccess(), catalogueAccess(), disclosureAccess(), drawAccess(), feedAccess(), inspectionAccess(),
		licenceAccess(), penaltyAccess(), planAccess(), publicAccess(), rosterAccess(), samplingAccess(), workAccess(),
		penaltyFollowAccess(), certificateAccess(), publicLicenceAccess(),
	} {
		maps.Copy(all, service)
	}
	return all
}
