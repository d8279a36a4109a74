package grpcapi

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
)

// inProcess is the in-process channel with streams that behave like those of a connection.
type inProcess struct{ grpc.ClientConnInterface }

// NewStream begins a stream.
func (c inProcess) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := c.ClientConnInterface.NewStream(ctx, desc, method, opts...)
	if err != nil || desc.ClientStreams {
		return stream, err
	}
	return oneRequest{stream}, nil
}

// oneRequest is a stream whose caller sends one message. A service may refuse before that message comes; grpc.ClientStream
// promises such a caller no io.EOF then, since the refusal itself comes with the next RecvMsg, and generated code counts on
// it. grpchan's channel answers io.EOF, in the place of the refusal.
type oneRequest struct{ grpc.ClientStream }

func (s oneRequest) SendMsg(m any) error {
	if err := s.ClientStream.SendMsg(m); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
