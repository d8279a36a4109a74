package grpcapi

import (
	"context"
	"time"

	"github.com/fullstorydev/grpchan/inprocgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
)

// MaxMessage bounds one request in bytes; lists come in batches below it.
const MaxMessage = 4 << 20

// Server is both doors over one set of services: the gRPC server, and the in-process channel that the gateway calls. Both
// pass the chain.
//
// The channel is grpchan's, which hands messages over as they are; a gRPC connection through memory (bufconn), which writes
// and reads them, was the other choice. A page of public records over REST, whole but for TCP, went 1.4 times as fast over
// the channel (BenchmarkChannel in cmd/mingjian).
type Server struct {
	GRPC      *grpc.Server
	InProcess grpc.ClientConnInterface
	health    *health.Server
}

// NewServer registers the services behind the chain, with health (grpc.health.v1) and reflection on the gRPC door. Health
// is NOT_SERVING until Serving says otherwise.
func NewServer(chain *Chain, register func(grpc.ServiceRegistrar)) *Server {
	channel := (&inprocgrpc.Channel{}).WithServerUnaryInterceptor(chain.Unary).WithServerStreamInterceptor(chain.Stream)
	s := &Server{
		GRPC: grpc.NewServer(
			grpc.UnaryInterceptor(chain.Unary), grpc.StreamInterceptor(chain.Stream), grpc.MaxRecvMsgSize(MaxMessage),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
			grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 15 * time.Minute, Time: 2 * time.Minute}),
		),
		InProcess: inProcess{channel},
		health:    health.NewServer(),
	}
	register(s.GRPC)
	register(channel)
	grpc_health_v1.RegisterHealthServer(s.GRPC, s.health)
	reflection.Register(s.GRPC)
	s.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	return s
}

// Serving sets the health of the whole server.
func (s *Server) Serving(yes bool) {
	state := grpc_health_v1.HealthCheckResponse_NOT_SERVING
	if yes {
		state = grpc_health_v1.HealthCheckResponse_SERVING
	}
	s.health.SetServingStatus("", state)
}

// Drain stops taking calls and waits for those under way; when ctx ends it cuts off what is left.
func (s *Server) Drain(ctx context.Context) {
	done := make(chan struct{})
	go func() { defer close(done); s.GRPC.GracefulStop() }()
	select {
	case <-done:
	case <-ctx.Done():
		s.GRPC.Stop()
		<-done
	}
}
