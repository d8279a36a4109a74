package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// PublicEvidenceServer shows pictures to everybody.
type PublicEvidenceServer struct {
	mingjianv1.UnimplementedPublicEvidenceServiceServer
	Base
	Blobs draw.Blobs
}

// shown are the pictures for the public of a record that is public on the portal today.
func (s PublicEvidenceServer) shown(ctx context.Context, id string) ([]evidence.Attached, error) {
	if _, err := release.Get(ctx, s.Views, id, s.Today()); err != nil {
		return nil, err
	}
	res, err := es.Load(ctx, s.Store, evidence.Decider, id)
	return res.State.Public(), err
}

// ListPublicEvidence lists what there is to see of a public record.
func (s PublicEvidenceServer) ListPublicEvidence(ctx context.Context, req *mingjianv1.ListPublicEvidenceRequest) (*mingjianv1.ListPublicEvidenceResponse, error) {
	list, err := s.shown(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	out := &mingjianv1.ListPublicEvidenceResponse{Pictures: nil}
	for _, a := range list {
		out.Pictures = append(out.Pictures, publicPicture(a))
	}
	return out, nil
}

// GetPublicEvidence returns the copy of a picture.
func (s PublicEvidenceServer) GetPublicEvidence(ctx context.Context, req *mingjianv1.GetPublicEvidenceRequest) (*mingjianv1.GetPublicEvidenceResponse, error) {
	list, err := s.shown(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.Evidence == req.GetEvidenceId() {
			body, err := copyOf(ctx, s.Blobs, a)
			return &mingjianv1.GetPublicEvidenceResponse{Picture: body}, err
		}
	}
	return nil, noPicture()
}
