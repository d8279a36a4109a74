package grpcapi

import (
	"context"

	samplingview "github.com/mingjian-ledger/mingjian/projections/sampling"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// GetSampling is one campaign of the own authority, with its drafts.
func (s SamplingServer) GetSampling(ctx context.Context, req *mingjianv1.GetSamplingRequest) (*mingjianv1.GetSamplingResponse, error) {
	v, err := samplingview.Desk(ctx, s.Views, req.GetSamplingId())
	if err == nil {
		err = mayRead(ctx, v.GetSampling().GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetSamplingResponse{Sampling: v}, nil
}

// ListSamplings is a page of campaigns.
func (s SamplingServer) ListSamplings(ctx context.Context, req *mingjianv1.ListSamplingsRequest) (*mingjianv1.ListSamplingsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := samplingview.Desks(ctx, s.Views, samplingview.Filter{
		Authority: own, Year: int(req.GetYear()), Incomplete: false, PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListSamplingsResponse{Samplings: list, NextPageToken: next}, nil
}

// GetSamplingResult is one result of the own authority.
func (s SamplingServer) GetSamplingResult(ctx context.Context, req *mingjianv1.GetSamplingResultRequest) (*mingjianv1.GetSamplingResultResponse, error) {
	v, err := samplingview.Result(ctx, s.Views, req.GetResultId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetSamplingResultResponse{Result: v}, nil
}

// ListSamplingResults is a page of results, of one campaign or of an authority.
func (s SamplingServer) ListSamplingResults(ctx context.Context, req *mingjianv1.ListSamplingResultsRequest) (*mingjianv1.ListSamplingResultsResponse, error) {
	f := samplingview.ResultFilter{
		Sampling: req.GetSamplingId(), Authority: req.GetAuthorityId(), Kind: "", Failing: req.GetFailing(), Open: false, From: "", To: "",
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	if f.Sampling == "" {
		own, err := ownAuthority(ctx, f.Authority)
		if err != nil {
			return nil, err
		}
		f.Authority = own
	} else {
		c, err := samplingview.Desk(ctx, s.Views, f.Sampling)
		if err == nil {
			err = mayRead(ctx, c.GetSampling().GetAuthorityId())
		}
		if err != nil {
			return nil, err
		}
	}
	list, next, err := samplingview.Results(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListSamplingResultsResponse{Results: list, NextPageToken: next}, nil
}

// ListOpenHandlings is a page of failing products that are still to be dealt with.
func (s SamplingServer) ListOpenHandlings(ctx context.Context, req *mingjianv1.ListOpenHandlingsRequest) (*mingjianv1.ListOpenHandlingsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := samplingview.OpenHandlings(ctx, s.Views, own, pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListOpenHandlingsResponse{Results: list, NextPageToken: next}, nil
}
