package grpcapi

import (
	"context"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	drawview "github.com/mingjian-ledger/mingjian/projections/draw"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// DrawServer freezes, seals and runs draws. Beacons prove the values of sources that sign.
type DrawServer struct {
	mingjianv1.UnimplementedDrawServiceServer
	Base
	Blobs   draw.Blobs
	Beacons []sortition.BeaconVerifier
}

// state loads a draw; one that isn't is a NotFound fault.
func (s DrawServer) state(ctx context.Context, id string) (draw.State, error) {
	res, err := es.Load(ctx, s.Store, draw.Decider, id)
	if err == nil && !res.Exists {
		err = domain.Refuse(domain.NotFound, "draw.missing", "draw_id", "没有该抽取", "there is no such draw")
	}
	return res.State, err
}

// beacon is the verifier of a source, nil if it can't be proved here.
func (s DrawServer) beacon(name string) sortition.BeaconVerifier {
	for _, b := range s.Beacons {
		if b.Name() == name {
			return b
		}
	}
	return nil
}

// FixTerms binds the draw to randomness. Where the source's rounds have known times, the time of the round is filled in.
func (s DrawServer) FixTerms(ctx context.Context, req *mingjianv1.FixTermsRequest) (*mingjianv1.FixTermsResponse, error) {
	cmd := draw.FixTerms{By: CallOf(ctx).Actor, At: s.Clock(), Beacon: nil, RoundAt: time.Time{}, Unproved: false, Parties: nil}
	if b := req.GetBeacon(); b != nil {
		var err error
		cmd.Unproved = s.beacon(b.GetName()) == nil
		if cmd.Beacon, cmd.RoundAt, err = s.choice(b); err != nil {
			return nil, err
		}
	}
	for _, p := range req.GetParties() {
		cmd.Parties = append(cmd.Parties, draw.Party{Name: p.GetName(), Account: p.GetAccount()})
	}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.FixTermsResponse{Receipt: receipt}, err
}

// choice reads the named source and round; the instant gets the one form in which the terms are hashed.
func (s DrawServer) choice(b *mingjianv1.BeaconChoice) (*sortition.BeaconTerms, time.Time, error) {
	terms := &sortition.BeaconTerms{Name: b.GetName(), Round: b.GetRound(), NotBefore: b.GetNotBefore()}
	if at, err := time.Parse(time.RFC3339Nano, b.GetNotBefore()); err == nil {
		terms.NotBefore = at.UTC().Format(time.RFC3339Nano)
	}
	verifier := s.beacon(b.GetName())
	if verifier == nil {
		return terms, time.Time{}, nil
	}
	at, err := verifier.PublishedAt(b.GetRound())
	if err != nil {
		f := domain.Refuse(domain.Invalid, "draw.beacon.round", "beacon.round", "该随机源没有这一轮次："+b.GetRound(), "the source has no such round: "+b.GetRound())
		f.Err = err
		return nil, at, f
	}
	if terms.NotBefore == "" {
		terms.NotBefore = at.UTC().Format(time.RFC3339Nano)
	}
	return terms, at, nil
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

// RecordBeacon records what the source said, proved if the source signs.
func (s DrawServer) RecordBeacon(ctx context.Context, req *mingjianv1.RecordBeaconRequest) (*mingjianv1.RecordBeaconResponse, error) {
	state, err := s.state(ctx, req.GetDrawId())
	if err != nil {
		return nil, err
	}
	cmd := draw.RecordBeacon{By: CallOf(ctx).Actor, At: s.Clock(), Value: nil, Signature: nil, Disproved: nil}
	if err := cmd.Value.UnmarshalText([]byte(req.GetValue())); err != nil {
		return nil, hexFault("value", err)
	}
	if req.GetSignature() != "" {
		if err := cmd.Signature.UnmarshalText([]byte(req.GetSignature())); err != nil {
			return nil, hexFault("signature", err)
		}
	}
	if state.Fixed != nil && state.Fixed.Beacon != nil {
		if verifier := s.beacon(state.Fixed.Beacon.Name); verifier != nil {
			cmd.Disproved = verifier.Verify(state.Fixed.Beacon.Round, cmd.Value, cmd.Signature)
		}
	}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.RecordBeaconResponse{Receipt: receipt}, err
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
