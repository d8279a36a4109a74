package grpcapi

import "github.com/mingjian-ledger/mingjian/domain"

// authorityAccess: authorities are the administrator's business; staff look them up.
func authorityAccess() Access {
	const service = "/mingjian.v1.AuthorityService/"
	return Access{
		service + "RegisterAuthority": {domain.Admin},
		service + "RenameAuthority":   {domain.Admin},
		service + "OpenDepartment":    {domain.Admin},
		service + "CloseDepartment":   {domain.Admin},
		service + "SucceedAuthority":  {domain.Admin},
		service + "GetAuthority":      staff(),
		service + "ListAuthorities":   staff(),
	}
}
