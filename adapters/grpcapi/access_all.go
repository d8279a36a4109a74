package grpcapi

import "maps"

// AllAccess is the whole table, one row for each method of each service.
func AllAccess() Access {
	all := Access{}
	for _, service := range []Access{
		authorityAccess(), catalogueAccess(), deadlineAccess(), disclosureAccess(), drawAccess(), feedAccess(), inspectionAccess(),
		licenceAccess(), penaltyAccess(), planAccess(), publicAccess(), rosterAccess(), samplingAccess(), workAccess(),
		authorityAccess(), catalogueAccess(), disclosureAccess(), disputeAccess(), drawAccess(), feedAccess(), inspectionAccess(),
		licenceAccess(), listingAccess(), penaltyAccess(), planAccess(), publicAccess(), rosterAccess(), samplingAccess(), workAccess(),
	} {
		maps.Copy(all, service)
	}
	return all
}
