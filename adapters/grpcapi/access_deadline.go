package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// deadlineAccess: staff see their periods, administrators record notices of holidays, and everybody sees who is in time.
func deadlineAccess() Access {
	const service = "/mingjian.v1.PublicDutyService/"
	return Access{
		"/mingjian.v1.DeadlineService/ListDeadlines":      staff(),
		"/mingjian.v1.HolidayService/RecordHolidayNotice": {domain.Admin},
		service + "GetPunctuality":                        {Public},
		service + "ListPublicDeadlines":                   {Public},
		service + "GetDisclosureCatalogue":                {Public},
		service + "ListHolidayNotices":                    {Public},
	}
}
