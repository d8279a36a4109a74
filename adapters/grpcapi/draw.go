package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// DrawServer freezes, seals and runs draws. Sources judge what public sources of randomness said.
type DrawServer struct {
	mingjianv1.UnimplementedDrawServiceServer
	Base
	Blobs   draw.Blobs
	Sources []sortition.Source
}

// state loads a draw; one that isn't is a NotFound fault.
func (s DrawServer) state(ctx context.Context, id string) (draw.State, error) {
	res, err := es.Load(ctx, s.Store, draw.Decider, id)
	if err == nil && !res.Exists {
		err = domain.Refuse(domain.NotFound, "draw.missing", "draw_id", "没有该抽取", "there is no such draw")
	}
	return res.State, err
}

// Commit seals a nonce.
func (s DrawServer) Commit(ctx context.Context, req *mingjianv1.CommitRequest) (*mingjianv1.CommitResponse, error) {
	cmd := draw.Commit{By: CallOf(ctx).Actor, At: s.Clock(), Party: req.GetParty(), Commitment: sortition.Digest{}}
	if err := cmd.Commitment.UnmarshalText([]byte(req.GetCommitment())); err != nil {
		return nil, hexFault("commitment", err)
	}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.CommitResponse{Receipt: receipt}, err
}

// Reveal opens it.
func (s DrawServer) Reveal(ctx context.Context, req *mingjianv1.RevealRequest) (*mingjianv1.RevealResponse, error) {
	cmd := draw.Reveal{By: CallOf(ctx).Actor, At: s.Clock(), Party: req.GetParty(), Nonce: sortition.Nonce{}}
	if err := cmd.Nonce.UnmarshalText([]byte(req.GetNonce())); err != nil {
		return nil, hexFault("nonce", err)
	}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.RevealResponse{Receipt: receipt}, err
}

func hexFault(field string, err error) error {
	f := domain.Refuse(domain.Invalid, "draw.hex", field, field+"：应为小写十六进制", field+": "+err.Error())
	f.Err = err
	return f
}

// Abort ends a draw without a result.
func (s DrawServer) Abort(ctx context.Context, req *mingjianv1.AbortRequest) (*mingjianv1.AbortResponse, error) {
	cmd := draw.Abort{By: CallOf(ctx).Actor, At: s.Clock(), Reason: req.GetReason(), Party: req.GetParty()}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.AbortResponse{Receipt: receipt}, err
}

// GetDraw is one draw.
func (s DrawServer) GetDraw(ctx context.Context, req *mingjianv1.GetDrawRequest) (*mingjianv1.GetDrawResponse, error) {
	v, err := drawview.Get(ctx, s.Views, req.GetDrawId())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetDrawResponse{Draw: v}, nil
}

// ListDraws is a page of draws, newest first.
func (s DrawServer) ListDraws(ctx context.Context, req *mingjianv1.ListDrawsRequest) (*mingjianv1.ListDrawsResponse, error) {
	list, next, err := drawview.List(ctx, s.Views, drawview.Filter{
		Task: req.GetTaskId(), Plan: req.GetPlanId(), Authority: "", PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListDrawsResponse{Draws: list, NextPageToken: next}, nil
}

// ListDrawnSubjects is a page of the subjects that a draw selected.
func (s DrawServer) ListDrawnSubjects(ctx context.Context, req *mingjianv1.ListDrawnSubjectsRequest) (*mingjianv1.ListDrawnSubjectsResponse, error) {
	list, next, err := drawview.Subjects(ctx, s.Views, req.GetDrawId(), pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListDrawnSubjectsResponse{Subjects: list, NextPageToken: next}, nil
}
