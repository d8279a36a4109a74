package grpcapi

import (
	"cmp"
	"context"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// FixTerms binds the draw to randomness. Where the source's rounds have known times, the time of the round is filled in; where a
// party's authority is left out, it is the caller's.
func (s DrawServer) FixTerms(ctx context.Context, req *mingjianv1.FixTermsRequest) (*mingjianv1.FixTermsResponse, error) {
	cmd := draw.FixTerms{By: CallOf(ctx).Actor, At: s.Clock(), Beacon: nil, RoundAt: time.Time{}, Unproved: false, Parties: nil}
	if b := req.GetBeacon(); b != nil {
		var err error
		source := sortition.SourceOf(s.Sources, b.GetName())
		cmd.Unproved = source == nil || !source.Signs()
		if cmd.Beacon, cmd.RoundAt, err = choice(source, b); err != nil {
			return nil, err
		}
	}
	for _, p := range req.GetParties() {
		cmd.Parties = append(cmd.Parties, draw.Party{
			Name: p.GetName(), Account: p.GetAccount(), Authority: cmp.Or(domain.AuthorityID(p.GetAuthorityId()), cmd.By.Authority),
		})
	}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.FixTermsResponse{Receipt: receipt}, err
}

// choice reads the named source and round; the instant gets the one form in which the terms are hashed.
func choice(source sortition.Source, b *mingjianv1.BeaconChoice) (*sortition.BeaconTerms, time.Time, error) {
	terms := &sortition.BeaconTerms{Name: b.GetName(), Round: b.GetRound(), NotBefore: b.GetNotBefore()}
	if at, err := time.Parse(time.RFC3339Nano, b.GetNotBefore()); err == nil {
		terms.NotBefore = at.UTC().Format(time.RFC3339Nano)
	}
	if source == nil {
		return terms, time.Time{}, nil
	}
	at, err := source.PublishedAt(*terms)
	if err != nil {
		f := domain.Refuse(domain.Invalid, "draw.beacon.round", "beacon.round", "该随机源没有这一轮次："+b.GetRound(), "the source has no such round: "+b.GetRound())
		f.Err = err
		return nil, at, f
	}
	if terms.NotBefore == "" && !at.IsZero() {
		terms.NotBefore = at.UTC().Format(time.RFC3339Nano)
	}
	return terms, at, nil
}

// RecordBeacon records what the source said, proved if the source signs.
func (s DrawServer) RecordBeacon(ctx context.Context, req *mingjianv1.RecordBeaconRequest) (*mingjianv1.RecordBeaconResponse, error) {
	cmd, err := s.said(ctx, req.GetDrawId(), req.GetValue(), req.GetSignature())
	if err != nil {
		return nil, err
	}
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.RecordBeaconResponse{Receipt: receipt}, err
}

// WitnessBeacon is RecordBeacon for a party.
func (s DrawServer) WitnessBeacon(ctx context.Context, req *mingjianv1.WitnessBeaconRequest) (*mingjianv1.WitnessBeaconResponse, error) {
	cmd, err := s.said(ctx, req.GetDrawId(), req.GetValue(), req.GetSignature())
	if err != nil {
		return nil, err
	}
	cmd.Party = req.GetParty()
	receipt, err := write[draw.State, draw.Command](ctx, s.Base, draw.Decider, req.GetDrawId(), req, cmd)
	return &mingjianv1.WitnessBeaconResponse{Receipt: receipt}, err
}

// said is the command to record a value, with what the source of the draw has against it.
func (s DrawServer) said(ctx context.Context, id, value, signature string) (draw.RecordBeacon, error) {
	cmd := draw.RecordBeacon{By: CallOf(ctx).Actor, At: s.Clock(), Party: "", Value: nil, Signature: nil, Disproved: nil}
	state, err := s.state(ctx, id)
	if err != nil {
		return cmd, err
	}
	if err := cmd.Value.UnmarshalText([]byte(value)); err != nil {
		return cmd, hexFault("value", err)
	}
	if signature != "" {
		if err := cmd.Signature.UnmarshalText([]byte(signature)); err != nil {
			return cmd, hexFault("signature", err)
		}
	}
	if state.Fixed == nil || state.Fixed.Beacon == nil {
		return cmd, nil
	}
	// What a source signs was settled when the terms were fixed; the sources at hand may have changed since.
	source := sortition.SourceOf(s.Sources, state.Fixed.Beacon.Name)
	switch signed := !state.Fixed.Unproved; {
	case signed && (source == nil || !source.Signs()):
		return cmd, domain.Refuse(domain.Unavailable, "draw.beacon.source", "", "本服务器未配置该随机源，无法验证其结果："+state.Fixed.Beacon.Name,
			"this server was not given the source, so that its value can't be proved here: "+state.Fixed.Beacon.Name)
	case source != nil && source.Signs() == signed:
		cmd.Disproved = source.Verify(*state.Fixed.Beacon, cmd.Value, cmd.Signature)
	}
	return cmd, nil
}
