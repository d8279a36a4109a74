package grpcapi

// historyAccess: the versions of a record are public as far as its content is; what is to be shown no more is read by staff of
// its authority, and by those who see all.
func historyAccess() Access {
	const service = "/mingjian.v1.HistoryService/"
	return Access{
		service + "ListPublicVersions": {Public},
		service + "GetRecordAsOf":      staff(),
		service + "ListRecordsAsOf":    staff(),
		service + "ListVersions":       staff(),
		service + "GetEnterpriseAsOf":  staff(),
	}
}
