package gateway

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
)

// register adds one service's REST paths.
type register func(context.Context, *runtime.ServeMux, grpc.ClientConnInterface) error

// services are all services with REST paths.
var services = []register{}
