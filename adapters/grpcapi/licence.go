package grpcapi

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	licenceview "github.com/mingjian-ledger/mingjian/projections/licence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// LicenceServer keeps licences.
type LicenceServer struct {
	mingjianv1.UnimplementedLicenceServiceServer
	Base
}

func holderOf(ctx context.Context, h *mingjianv1.Holder) (licence.Holder, error) {
	who, identity, err := identityOf(ctx, h.GetIdentity())
	return licence.Holder{
		Kind: licence.HolderKind(h.GetKind()), Name: h.GetName(), Subject: domain.SubjectID(subjectID(h.GetSubjectId())),
		Person: who, Identity: identity,
	}, err
}

// GrantLicence records a licence.
func (s LicenceServer) GrantLicence(ctx context.Context, req *mingjianv1.GrantLicenceRequest) (*mingjianv1.GrantLicenceResponse, error) {
	by := CallOf(ctx).Actor
	name, err := s.authorityName(ctx, req.GetAuthorityName())
	if err != nil {
		return nil, err
	}
	holder, err := holderOf(ctx, req.GetHolder())
	if err != nil {
		return nil, err
	}
	decidedOn, badDecided := civilDate("decided_on", req.GetDecidedOn())
	from, badFrom := civilDate("valid_from", req.GetValidFrom())
	to, badTo := civilDate("valid_to", req.GetValidTo())
	if err := domain.Require(badDecided, badFrom, badTo); err != nil {
		return nil, err
	}
	id := licence.ID(by.Authority, req.GetLicenceNo(), req.GetDocumentNo())
	receipt, err := write(ctx, s.Base, licence.Decider, id, req, licence.Command(licence.Grant{By: by, Today: s.Today(), Grant: licence.Granted{
		Licence: id, Authority: by.Authority, AuthorityName: name, Holder: holder,
		DocumentTitle: req.GetDocumentTitle(), DocumentNo: req.GetDocumentNo(), Category: licence.Category(req.GetCategory()),
		CategoryName: req.GetCategoryName(), CertificateName: req.GetCertificateName(), LicenceNo: req.GetLicenceNo(), Content: req.GetContent(),
		DecidedOn: decidedOn, ValidFrom: from, ValidTo: to,
	}}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GrantLicenceResponse{Receipt: receipt}, nil
}

// licenceAct is a request about one licence.
type licenceAct interface {
	proto.Message
	GetLicenceId() string
}

func (s LicenceServer) act(ctx context.Context, req licenceAct, cmd licence.Command, faults ...*domain.Fault) (*mingjianv1.Receipt, error) {
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return write(ctx, s.Base, licence.Decider, req.GetLicenceId(), req, cmd)
}

// AmendLicence records changed particulars.
func (s LicenceServer) AmendLicence(ctx context.Context, req *mingjianv1.AmendLicenceRequest) (*mingjianv1.AmendLicenceResponse, error) {
	on, fault := civilDate("decided_on", req.GetDecidedOn())
	a := licence.Amended{
		DocumentTitle: req.GetDocumentTitle(), DocumentNo: req.GetDocumentNo(), DecidedOn: on, Reason: req.GetReason(), Holder: nil,
		CertificateName: req.GetCertificateName(), Content: req.GetContent(),
	}
	if req.GetHolder() != nil {
		h, err := holderOf(ctx, req.GetHolder())
		if err != nil {
			return nil, err
		}
		a.Holder = &h
	}
	receipt, err := s.act(ctx, req, licence.Amend{By: CallOf(ctx).Actor, Today: s.Today(), Amendment: a}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.AmendLicenceResponse{Receipt: receipt}, nil
}

// RenewLicence records a further term.
func (s LicenceServer) RenewLicence(ctx context.Context, req *mingjianv1.RenewLicenceRequest) (*mingjianv1.RenewLicenceResponse, error) {
	decidedOn, badDecided := civilDate("decided_on", req.GetDecidedOn())
	from, badFrom := civilDate("valid_from", req.GetValidFrom())
	to, badTo := civilDate("valid_to", req.GetValidTo())
	receipt, err := s.act(ctx, req, licence.Renew{By: CallOf(ctx).Actor, Today: s.Today(), Renewal: licence.Renewed{
		DocumentNo: req.GetDocumentNo(), DecidedOn: decidedOn, ValidFrom: from, ValidTo: to,
	}}, badDecided, badFrom, badTo)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RenewLicenceResponse{Receipt: receipt}, nil
}

// GetLicence is one licence, with its validity on a day.
func (s LicenceServer) GetLicence(ctx context.Context, req *mingjianv1.GetLicenceRequest) (*mingjianv1.GetLicenceResponse, error) {
	day, fault := civilDate("valid_on", req.GetValidOn())
	if fault != nil {
		return nil, fault
	}
	if day.IsZero() {
		day = s.Today()
	}
	v, err := licenceview.Get(ctx, s.Views, req.GetLicenceId())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	l, err := es.Load(ctx, s.Store, licence.Decider, req.GetLicenceId())
	if err != nil {
		return nil, err
	}
	validity := validityOf(req.GetLicenceId(), day, l.State.Decisions)
	return &mingjianv1.GetLicenceResponse{Licence: v, ValidOn: day.String(), Valid: validity.GetValid(), Validity: validity}, nil
}

// validityOf tells whether a licence was good on a day by the decisions.
func validityOf(id string, day calendar.Date, decisions []licence.Decision) *viewv1.LicenceValidity {
	why := licence.Validity(decisions, day)
	return &viewv1.LicenceValidity{
		LicenceId: id, On: day.String(), Valid: why == licence.WhyValid, Reason: string(why), ReasonLabel: why.Label(),
	}
}

// ListLicences is a page of licences. Lists by subject and query run over all authorities and give what the caller may read
// of their page.
func (s LicenceServer) ListLicences(ctx context.Context, req *mingjianv1.ListLicencesRequest) (*mingjianv1.ListLicencesResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	f := licenceview.Filter{
		Authority: own, Status: req.GetStatus(), Subject: subjectID(req.GetSubjectId()), Search: req.GetQuery(),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	if cmp.Or(f.Subject, f.Search) != "" {
		f.Authority = req.GetAuthorityId()
	}
	list, next, err := licenceview.List(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.Licence) string { return v.GetAuthorityId() })
	return &mingjianv1.ListLicencesResponse{Licences: list, NextPageToken: next}, nil
}
