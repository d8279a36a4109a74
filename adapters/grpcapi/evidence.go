package grpcapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"

	"google.golang.org/genproto/googleapis/api/httpbody"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/evidence"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// Pictures makes cleaned copies of pictures. A copy MUST decode to the pixels of its original and hold nothing else of it but
// which side is up; the same original MUST give the same copy. What is no picture, or none that can be cleaned, is a
// domain.Invalid fault, one that is too large a domain.TooLarge one.
type Pictures interface {
	Clean(original []byte) (clean []byte, media string, width, height int, err error)
}

// EvidenceServer keeps the pictures of inspections and penalties.
type EvidenceServer struct {
	mingjianv1.UnimplementedEvidenceServiceServer
	Base
	Vault    Vault
	Blobs    draw.Blobs
	Pictures Pictures
}

// record finds the record that a disclosure is about, and its authority. Inspectors have to do with their own inspections only.
func (s EvidenceServer) record(ctx context.Context, id string) (r evidence.Record, authority domain.AuthorityID, err error) {
	missing := domain.Refuse(domain.NotFound, "evidence.record.missing", "disclosure_id", "没有该检查或者处罚记录", "there is no such inspection or penalty")
	r, ok := evidence.ParseRecord(id)
	switch {
	case !ok:
		return r, "", missing
	case r.Kind == evidence.Inspection:
		res, err := es.Load(ctx, s.Store, inspection.Decider, r.ID)
		if err != nil {
			return r, "", err
		}
		if by := CallOf(ctx).Actor; by.Role == domain.Inspector && !inTeam(res.State, by.Inspector) {
			return r, "", notOwn()
		}
		authority = res.State.Authority()
	default:
		res, err := es.Load(ctx, s.Store, penalty.Decider, r.ID)
		if err != nil {
			return r, "", err
		}
		authority = res.State.Decision.Authority
	}
	if authority == "" {
		return r, "", missing
	}
	return r, authority, nil
}

func inTeam(s inspection.State, id domain.InspectorID) bool {
	return id != "" && s.Assigned != nil && slices.ContainsFunc(s.Assigned.Teams, func(t inspection.Team) bool {
		return slices.Contains(t.Inspectors, id)
	})
}

// AttachEvidence cleans the picture, seals the original, keeps the copy and records both.
func (s EvidenceServer) AttachEvidence(ctx context.Context, req *mingjianv1.AttachEvidenceRequest) (*mingjianv1.AttachEvidenceResponse, error) {
	record, authority, err := s.record(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	clean, media, width, height, err := s.Pictures.Clean(req.GetContent())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(clean)
	command := CallOf(ctx).Command
	a := evidence.Attached{
		Evidence: string(es.DeriveID(command, "evidence")), Record: record, Authority: authority, Caption: req.GetCaption(),
		Copy:     evidence.Copy{Media: media, Digest: hex.EncodeToString(sum[:]), Size: int64(len(clean)), Width: width, Height: height},
		Original: domain.Sealed{Item: string(es.DeriveID(command, "original")), Persons: nil, Commitment: ""}, Publish: req.GetPublish(), By: "",
	}
	// What the log commits to of the request is the copy: a digest of the original has no place there but under its salt.
	asked := &mingjianv1.AttachEvidenceRequest{DisclosureId: req.GetDisclosureId(), Content: clean, Caption: req.GetCaption(), Publish: req.GetPublish()}
	receipt, err := s.attach(ctx, asked, req.GetContent(), a)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AttachEvidenceResponse{Receipt: receipt, EvidenceId: a.Evidence, Digest: a.Copy.Digest}, nil
}

// attach keeps nothing of what is refused, and all of it before it is recorded.
func (s EvidenceServer) attach(ctx context.Context, asked *mingjianv1.AttachEvidenceRequest, original []byte, a evidence.Attached) (*mingjianv1.Receipt, error) {
	id, by := a.Record.Stream(), CallOf(ctx).Actor
	meta, err := s.metadata(ctx, asked)
	if err != nil {
		return nil, err
	}
	res, _, err := decided(ctx, s.checking(true), evidence.Decider, id, meta, evidence.Command(evidence.Attach{By: by, Attached: a}))
	if err != nil {
		return nil, err
	}
	if res.Duplicate {
		return receiptOf(id, res), nil
	}
	if a.Original, err = s.seal(ctx, a.Original.Item, original); err != nil {
		return nil, err
	}
	if _, _, err := s.Blobs.Put(ctx, bytes.NewReader(asked.GetContent())); err != nil {
		return nil, err
	}
	return write(ctx, s.Base, evidence.Decider, id, asked, evidence.Command(evidence.Attach{By: by, Attached: a}))
}

// seal keeps an original under a key of its own: whom it shows nobody says.
func (s EvidenceServer) seal(ctx context.Context, item string, original []byte) (none domain.Sealed, err error) {
	if s.Vault == nil {
		return none, domain.Refuse(domain.Unavailable, "evidence.vault", "", "未配置个人信息保险库，不能录入照片", "no vault is configured, so pictures can't be taken in")
	}
	key, err := s.Vault.Person(ctx, "record "+item)
	if err != nil {
		return none, err
	}
	sealed, err := s.Vault.Seal(ctx, item, []string{key}, original)
	if domain.KindOf(err) == domain.Conflict { // another original with the same copy: the key stood for another request
		err = &es.ReusedError{ID: CallOf(ctx).Command}
	}
	return sealed, err
}

// RemoveEvidence takes a picture off a record.
func (s EvidenceServer) RemoveEvidence(ctx context.Context, req *mingjianv1.RemoveEvidenceRequest) (*mingjianv1.RemoveEvidenceResponse, error) {
	record, _, err := s.record(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, evidence.Decider, record.Stream(), req, evidence.Command(evidence.Remove{
		By: CallOf(ctx).Actor, Evidence: req.GetEvidenceId(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RemoveEvidenceResponse{Receipt: receipt}, nil
}

// pictures are those of a record that the caller may read.
func (s EvidenceServer) pictures(ctx context.Context, id string) (evidence.State, error) {
	record, authority, err := s.record(ctx, id)
	if err == nil {
		err = mayRead(ctx, string(authority))
	}
	if err != nil {
		return evidence.State{Pictures: nil}, err
	}
	res, err := es.Load(ctx, s.Store, evidence.Decider, record.Stream())
	return res.State, err
}

// ListEvidence lists the pictures of a record.
func (s EvidenceServer) ListEvidence(ctx context.Context, req *mingjianv1.ListEvidenceRequest) (*mingjianv1.ListEvidenceResponse, error) {
	state, err := s.pictures(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	out := &mingjianv1.ListEvidenceResponse{Evidence: nil}
	for _, p := range state.Pictures {
		v := &mingjianv1.Evidence{
			Picture: publicPicture(p.Attached), AuthorityId: string(p.Attached.Authority), AttachedBy: p.Attached.By, Publish: p.Attached.Publish,
			OriginalItem: p.Attached.Original.Item, RemovedReason: "", RemovedBy: "",
		}
		if p.Removed != nil {
			v.RemovedReason, v.RemovedBy = p.Removed.Reason, p.Removed.By
		}
		out.Evidence = append(out.Evidence, v)
	}
	return out, nil
}

// GetEvidence returns the copy of a picture that stands.
func (s EvidenceServer) GetEvidence(ctx context.Context, req *mingjianv1.GetEvidenceRequest) (*mingjianv1.GetEvidenceResponse, error) {
	state, err := s.pictures(ctx, req.GetDisclosureId())
	if err != nil {
		return nil, err
	}
	a, ok := state.Find(req.GetEvidenceId())
	if !ok {
		return nil, noPicture()
	}
	body, err := copyOf(ctx, s.Blobs, a)
	return &mingjianv1.GetEvidenceResponse{Picture: body}, err
}

func noPicture() error {
	return domain.Refuse(domain.NotFound, "evidence.missing", "evidence_id", "没有该照片", "there is no such picture")
}

func publicPicture(a evidence.Attached) *mingjianv1.PublicPicture {
	return &mingjianv1.PublicPicture{
		EvidenceId: a.Evidence, Caption: a.Caption, Media: a.Copy.Media, Digest: a.Copy.Digest, Size: a.Copy.Size,
		Width: int32(a.Copy.Width), Height: int32(a.Copy.Height), Commitment: a.Original.Commitment, //nolint:gosec // pixels of a picture's side
	}
}

// copyOf reads a cleaned copy, whole and against its digest.
func copyOf(ctx context.Context, blobs draw.Blobs, a evidence.Attached) (*httpbody.HttpBody, error) {
	r, err := blobs.Open(ctx, a.Copy.Digest)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return &httpbody.HttpBody{ContentType: a.Copy.Media, Data: data, Extensions: nil}, nil
}
