package grpcapi

// publicAuthorityAccess: who held which tasks is for everybody.
func publicAuthorityAccess() Access {
	return Access{"/mingjian.v1.PublicAuthorityService/GetPublicAuthority": {Public}}
}
