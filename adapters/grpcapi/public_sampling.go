package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sampling"
	samplingview "github.com/mingjian-ledger/mingjian/projections/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// ListPublicSamplings lists campaigns with what they still owe, newest first.
func (s PublicServer) ListPublicSamplings(ctx context.Context, req *mingjianv1.ListPublicSamplingsRequest) (*mingjianv1.ListPublicSamplingsResponse, error) {
	list, next, err := samplingview.List(ctx, s.Views, samplingview.Filter{
		Authority: req.GetAuthorityId(), Year: int(req.GetYear()), Incomplete: req.GetIncomplete(),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicSamplingsResponse{Samplings: list, NextPageToken: next}, nil
}

// GetPublicSampling is one campaign with all that it published.
func (s PublicServer) GetPublicSampling(ctx context.Context, req *mingjianv1.GetPublicSamplingRequest) (*mingjianv1.GetPublicSamplingResponse, error) {
	v, err := samplingview.Get(ctx, s.Views, req.GetId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPublicSamplingResponse{Sampling: v}, nil
}

// ListPublicSamplingResults lists published results, newest report first.
func (s PublicServer) ListPublicSamplingResults(ctx context.Context, req *mingjianv1.ListPublicSamplingResultsRequest) (*mingjianv1.ListPublicSamplingResultsResponse, error) {
	list, next, err := samplingview.ShownResults(ctx, s.Views, samplingview.ResultFilter{
		Sampling: req.GetSamplingId(), Authority: req.GetAuthorityId(), Kind: req.GetKind(), Failing: req.GetFailing(), Open: req.GetOpen(),
		From: req.GetDateFrom(), To: req.GetDateTo(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicSamplingResultsResponse{Results: list, NextPageToken: next}, nil
}

// GetPublicSamplingResult is the published result of one sampled product.
func (s PublicServer) GetPublicSamplingResult(ctx context.Context, req *mingjianv1.GetPublicSamplingResultRequest) (*mingjianv1.GetPublicSamplingResultResponse, error) {
	v, err := samplingview.Shown(ctx, s.Views, req.GetId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPublicSamplingResultResponse{Result: v}, nil
}

// GetPublicSamplingList streams a published list, also one that a later version has replaced. A list whose bytes don't have
// their digest breaks off.
func (s PublicServer) GetPublicSamplingList(req *mingjianv1.GetPublicSamplingListRequest, stream grpc.ServerStreamingServer[mingjianv1.GetPublicSamplingListResponse]) error {
	ctx := stream.Context()
	c, err := es.Load(ctx, s.Store, sampling.Campaigns, req.GetId())
	if err != nil {
		return fmt.Errorf("grpcapi: list of results: %w", err)
	}
	version := int(req.GetVersion())
	if version < 1 || version > len(c.State.Results) {
		return domain.Refuse(domain.NotFound, "sampling.version.missing", "version", "没有公布过该版本的抽查结果", "no such version of the results was published")
	}
	list, err := s.Blobs.Open(ctx, c.State.Results[version-1].Body.List.Digest)
	if err != nil {
		return fmt.Errorf("grpcapi: list of results: %w", err)
	}
	defer func() { _ = list.Close() }() // read only
	for {
		piece := make([]byte, bundleChunk) // in process a message may be read after Send has returned
		n, err := io.ReadFull(list, piece)
		if n > 0 {
			if err := stream.Send(&mingjianv1.GetPublicSamplingListResponse{Chunk: piece[:n]}); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("grpcapi: list of results: %w", err)
		}
	}
}
