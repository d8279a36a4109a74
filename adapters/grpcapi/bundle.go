package grpcapi

import (
	"bytes"
	"fmt"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// bundleChunk bounds one message of a bundle in bytes.
const bundleChunk = 256 << 10

// GetDrawBundle streams the bundle as it is written, from the aggregate itself and the blobs that it names.
func (s PublicServer) GetDrawBundle(req *mingjianv1.GetDrawBundleRequest, stream grpc.ServerStreamingServer[mingjianv1.GetDrawBundleResponse]) error {
	ctx := stream.Context()
	res, err := es.Load(ctx, s.Store, draw.Decider, req.GetId())
	if err != nil {
		return fmt.Errorf("grpcapi: bundle: %w", err)
	}
	if !res.Exists {
		return domain.Refuse(domain.NotFound, "draw.missing", "id", "没有该抽取", "there is no such draw")
	}
	return draw.WriteBundle(ctx, chunks{stream}, s.Blobs, res.State)
}

// chunks sends what is written, in messages of bounded size.
type chunks struct {
	stream grpc.ServerStreamingServer[mingjianv1.GetDrawBundleResponse]
}

// Write copies: the writer uses its buffer again, while in process a message may be read after Send has returned.
func (c chunks) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), bundleChunk)
		if err := c.stream.Send(&mingjianv1.GetDrawBundleResponse{Chunk: bytes.Clone(rest[:n])}); err != nil {
			return len(p) - len(rest), err
		}
		rest = rest[n:]
	}
	return len(p), nil
}
