package grpcapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"google.golang.org/genproto/googleapis/api/httpbody"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// ProfileServer hands out the field profiles that rows are made by.
type ProfileServer struct {
	mingjianv1.UnimplementedProfileServiceServer
	Base
	Profiles profile.Profiles
}

// ListProfiles lists them all.
func (s ProfileServer) ListProfiles(context.Context, *mingjianv1.ListProfilesRequest) (*mingjianv1.ListProfilesResponse, error) {
	answer := &mingjianv1.ListProfilesResponse{Profiles: nil}
	for _, p := range s.Profiles.All() {
		now, holds := s.Profiles.At(p.Platform, p.Kind, s.Today())
		answer.Profiles = append(answer.Profiles, &mingjianv1.FieldProfile{
			Platform: p.Platform, Kind: string(p.Kind), Version: p.Version, Label: p.Label, LabelEn: p.LabelEN,
			From: p.From.String(), Until: p.Until.String(), Source: p.Source, Current: holds && now.Version == p.Version,
			Unconfirmed: int32(p.Doubts()), //nolint:gosec // a profile has some dozens of columns
		})
	}
	return answer, nil
}

// GetProfile gives one as data.
func (s ProfileServer) GetProfile(_ context.Context, req *mingjianv1.GetProfileRequest) (*mingjianv1.GetProfileResponse, error) {
	p, err := s.find(req.GetPlatform(), req.GetKind(), req.GetVersion())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return nil, fmt.Errorf("encode a profile: %w", err)
	}
	return &mingjianv1.GetProfileResponse{Profile: &httpbody.HttpBody{ContentType: "application/json", Data: out.Bytes()}}, nil
}

// GetProfileSchema gives the schema of one's rows.
func (s ProfileServer) GetProfileSchema(_ context.Context, req *mingjianv1.GetProfileSchemaRequest) (*mingjianv1.GetProfileSchemaResponse, error) {
	p, err := s.find(req.GetPlatform(), req.GetKind(), req.GetVersion())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetProfileSchemaResponse{Schema: &httpbody.HttpBody{ContentType: "application/schema+json", Data: p.Schema()}}, nil
}

// find is a version of a profile, or the one that holds today.
func (s ProfileServer) find(platform, kind, version string) (p profile.Profile, err error) {
	found := false
	if version == "" {
		p, found = s.Profiles.At(platform, profile.Kind(kind), s.Today())
	} else {
		p, found = s.Profiles.Get(platform, profile.Kind(kind), version)
	}
	if !found {
		return p, domain.Refuse(domain.NotFound, "profile.missing", "platform", "没有该接收平台的这一字段表", "there is no such profile of a receiving platform")
	}
	return p, nil
}
