package grpcapi

// profileAccess opens the profiles to everybody: whoever takes rows has to know how they are made.
func profileAccess() Access {
	const service = "/mingjian.v1.ProfileService/"
	return Access{
		service + "ListProfiles":     {Public},
		service + "GetProfile":       {Public},
		service + "GetProfileSchema": {Public},
	}
}
