package grpcapi

import "maps"

// AllAccess is the whole table, one row for each method of each service.
func AllAccess() Access {
	all := Access{}
	for _, service := range []Access{
		auditAccess(),
		authorityAccess(),
		catalogueAccess(),
		certificateAccess(),
		deadlineAccess(),
		deliveryAccess(),
		disclosureAccess(),
		disputeAccess(),
		drawAccess(),
		evidenceAccess(),
		feedAccess(),
		historyAccess(),
		inspectionAccess(),
		ledgerAccess(),
		licenceAccess(),
		listingAccess(),
		outletAccess(),
		penaltyAccess(),
		penaltyFollowAccess(),
		personalAccess(),
		planAccess(),
		profileAccess(),
		publicAccess(),
		publicAuthorityAccess(),
		publicLicenceAccess(),
		redactionAccess(),
		repairAccess(),
		reportingAccess(),
		returnAccess(),
		reviewAccess(),
		rosterAccess(),
		samplingAccess(),
		webhookAccess(),
		workAccess(),
	} {
		maps.Copy(all, service)
	}
	return all
}
