package main

import (
	"context"
	"crypto/tls"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
)

// dial calls a server with a token.
func dial(server, token string, do func(grpc.ClientConnInterface) error) error {
	addr, secure, err := target(server)
	if err != nil {
		return err
	}
	creds := insecure.NewCredentials()
	if secure {
		creds = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	}
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(creds))
	if err != nil {
		return err
	}
	return errors.Join(do(bearerConn(conn, token)), conn.Close())
}

// bearer sends a token with every call.
type bearer struct {
	grpc.ClientConnInterface
	token string
}

func bearerConn(conn grpc.ClientConnInterface, token string) grpc.ClientConnInterface {
	return bearer{conn, token}
}

func (b bearer) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	return b.ClientConnInterface.Invoke(b.with(ctx), method, args, reply, opts...)
}

func (b bearer) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return b.ClientConnInterface.NewStream(b.with(ctx), desc, method, opts...)
}

func (b bearer) with(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, grpcapi.KeyAuthorization, "Bearer "+b.token)
}
