package grpcapi_test

import (
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// A stream that is refused before its request was sent must end with the refusal, not with io.EOF.
func TestAStreamRefusedAtOnceTellsWhy(t *testing.T) {
	t.Parallel()
	chain, err := grpcapi.NewChain(grpcapi.Chain{
		Access: grpcapi.Access{}, Auth: &tokens{}, Waiter: views{}, Patient: time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	conn := grpcapi.NewServer(chain, func(r grpc.ServiceRegistrar) { mingjianv1.RegisterFeedServiceServer(r, &feed{}) }).InProcess
	stream, err := conn.NewStream(t.Context(), &mingjianv1.FeedService_ServiceDesc.Streams[0], "/mingjian.v1.FeedService/FollowReleases")
	if err != nil {
		t.Fatal(err)
	}
	// The header is known when the service has begun to answer or has ended: here it has ended.
	if _, err := stream.Header(); err != nil && status.Code(err) != codes.PermissionDenied {
		t.Fatal(err)
	}
	if err := errors.Join(stream.SendMsg(&mingjianv1.FollowReleasesRequest{}), stream.CloseSend()); err != nil {
		t.Fatalf("sending answers %v", err)
	}
	if err := stream.RecvMsg(&mingjianv1.FollowReleasesResponse{}); status.Code(err) != codes.PermissionDenied || errors.Is(err, io.EOF) {
		t.Errorf("the stream ends with %v", err)
	}
}
