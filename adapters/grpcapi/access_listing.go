package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// listingAccess: clerks and inspectors record what was found, approvers decide. That they are different persons is the
// domain's rule.
func listingAccess() Access {
	const service = "/mingjian.v1.ListingService/"
	return Access{
		service + "RecordFinding":   {domain.Clerk, domain.Inspector},
		service + "DismissFinding":  {domain.Approver},
		service + "NotifyFinding":   {domain.Clerk},
		service + "EnterListing":    {domain.Approver},
		service + "ApplyForRemoval": {domain.Clerk},
		service + "RefuseRemoval":   {domain.Approver},
		service + "RemoveListing":   {domain.Approver},
		service + "RescindEntry":    {domain.Approver},
		service + "TransferListing": {domain.Approver},
		service + "GetListing":      staff(),
		service + "ListListings":    staff(),

		"/mingjian.v1.PublicListingService/ListPublicListings": {Public},
	}
}
