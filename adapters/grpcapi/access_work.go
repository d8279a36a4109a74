package grpcapi

func workAccess() Access {
	return Access{"/mingjian.v1.WorkService/ListWork": staff()}
}
