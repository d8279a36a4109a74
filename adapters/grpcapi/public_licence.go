package grpcapi

import (
	"cmp"
	"context"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// PublicLicenceServer shows what is public of one licence. It reads nothing but releases.
type PublicLicenceServer struct {
	mingjianv1.UnimplementedPublicLicenceServiceServer
	Base
}

// released is what is public of a licence now, with what it tells of a day.
func (s PublicLicenceServer) released(ctx context.Context, id, on string) ([]*viewv1.Released, []disclosure.Document, calendar.Date, error) {
	day, fault := civilDate("on", on)
	if fault != nil {
		return nil, nil, day, fault
	}
	if day.IsZero() {
		day = s.Today()
	}
	list, err := release.OfLicence(ctx, s.Views, id, s.Today())
	if err != nil {
		return nil, nil, day, err
	}
	docs := make([]disclosure.Document, len(list))
	for i, r := range list {
		if docs[i], err = disclosure.ParseDocument([]byte(r.GetRelease().GetDocument())); err != nil {
			return nil, nil, day, err
		}
	}
	return list, docs, day, nil
}

func decisionsOf(docs []disclosure.Document) []licence.Decision {
	out := make([]licence.Decision, len(docs))
	for i, doc := range docs {
		out[i] = policy.ReleasedDecision(doc)
	}
	return out
}

// GetPublicLicence is the public record of a licence.
func (s PublicLicenceServer) GetPublicLicence(ctx context.Context, req *mingjianv1.GetPublicLicenceRequest) (*mingjianv1.GetPublicLicenceResponse, error) {
	list, docs, day, err := s.released(ctx, req.GetLicenceId(), req.GetOn())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPublicLicenceResponse{
		Decisions: list, Certificate: certificateOf(docs), Validity: validityOf(req.GetLicenceId(), day, decisionsOf(docs)),
	}, nil
}

// GetPublicLicenceValidity tells whether a licence was good on a day.
func (s PublicLicenceServer) GetPublicLicenceValidity(ctx context.Context, req *mingjianv1.GetPublicLicenceValidityRequest) (*mingjianv1.GetPublicLicenceValidityResponse, error) {
	list, docs, day, err := s.released(ctx, req.GetLicenceId(), req.GetOn())
	if err != nil {
		return nil, err
	}
	resp := &mingjianv1.GetPublicLicenceValidityResponse{
		Validity: validityOf(req.GetLicenceId(), day, decisionsOf(docs)), DisclosureIds: nil,
	}
	for _, r := range list {
		resp.DisclosureIds = append(resp.DisclosureIds, r.GetRelease().GetDisclosureId())
	}
	return resp, nil
}

// certificateOf is what a licence says after what is public of its decisions.
func certificateOf(docs []disclosure.Document) *viewv1.LicenceCertificate {
	c := &viewv1.LicenceCertificate{} //nolint:exhaustruct_v5 // what nothing says stays empty
	for _, doc := range docs {
		d := policy.ReleasedDecision(doc)
		c.Name, c.No = cmp.Or(d.CertificateName, c.GetName(), d.DocumentTitle), cmp.Or(d.LicenceNo, c.GetNo(), d.DocumentNo)
		c.Holder = &viewv1.LicenceHolder{
			Kind: string(d.Holder.Kind), KindLabel: d.Holder.Kind.Label(), Name: d.Holder.Name, SubjectId: string(d.Holder.Subject),
		}
		c.Scope, c.ValidFrom, c.ValidTo, c.AuthorityName = d.Content, d.ValidFrom.String(), d.ValidTo.String(), doc.Authority.Name
		c.CategoryLabel = d.Category.Label()
		switch d.Action {
		case licence.ActGrant, licence.ActAmend, licence.ActRenew:
			c.IssuedOn, c.ReissuedOn = d.On.String(), ""
		case licence.ActReissue:
			c.IssuedOn, c.ReissuedOn = cmp.Or(c.GetIssuedOn(), d.On.String()), d.On.String()
		case licence.ActSuspend, licence.ActResume, licence.ActRevoke, licence.ActCancel, licence.ActExpire, licence.ActOther:
		}
	}
	return c
}
