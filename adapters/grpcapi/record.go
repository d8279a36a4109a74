package grpcapi

import (
	"context"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// subjectID takes a code in any width and case; ids of registers are taken as they stand.
func subjectID(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	return uscc.Normalise(s)
}

// GetEnterprise is the record of one enterprise.
func (s PublicServer) GetEnterprise(ctx context.Context, req *mingjianv1.GetEnterpriseRequest) (*mingjianv1.GetEnterpriseResponse, error) {
	if req.GetAsOf() != "" {
		return s.enterpriseAsOf(ctx, req)
	}
	e, err := enterprise.Get(ctx, s.Views, subjectID(req.GetId()), s.Today())
	if err != nil {
		return nil, err
	}
	for _, entry := range e.GetEntries() {
		if entry.PresentAuthority, err = s.holder(ctx, entry.GetAuthority().GetId()); err != nil {
			return nil, err
		}
	}
	return &mingjianv1.GetEnterpriseResponse{Enterprise: e, AsOf: nil}, nil
}

// SearchEnterprises finds enterprises by a part of a name or code.
func (s PublicServer) SearchEnterprises(ctx context.Context, req *mingjianv1.SearchEnterprisesRequest) (*mingjianv1.SearchEnterprisesResponse, error) {
	hits, next, err := enterprise.Search(ctx, s.Views, req.GetQuery(), s.Today(), pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SearchEnterprisesResponse{Enterprises: hits, NextPageToken: next}, nil
}

// listed is what the four lists of records are asked for.
type listed interface {
	GetPageSize() int32
	GetPageToken() string
	GetAuthorityId() string
	GetEnterpriseId() string
	GetDateFrom() string
	GetDateTo() string
	GetAsOf() string
}

func (b Base) records(ctx context.Context, kind disclosure.Kind, req listed) ([]*viewv1.Released, string, *viewv1.Moment, error) {
	f := release.Filter{
		Kind: string(kind), Authority: req.GetAuthorityId(), Subject: subjectID(req.GetEnterpriseId()),
		From: req.GetDateFrom(), To: req.GetDateTo(), Day: b.Today(), AsOf: req.GetAsOf(),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	if f.AsOf != "" {
		return b.listAsOf(ctx, f, nil)
	}
	list, next, err := release.List(ctx, b.Views, f)
	if err != nil {
		return nil, "", nil, err
	}
	for _, r := range list {
		if err := b.stamped(ctx, r.GetRelease()); err != nil {
			return nil, "", nil, err
		}
	}
	return list, next, nil, nil
}

// ListPublicInspections lists disclosed inspections.
func (s PublicServer) ListPublicInspections(ctx context.Context, req *mingjianv1.ListPublicInspectionsRequest) (*mingjianv1.ListPublicInspectionsResponse, error) {
	list, next, asOf, err := s.records(ctx, disclosure.Inspection, req)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicInspectionsResponse{Inspections: list, NextPageToken: next, AsOf: asOf}, nil
}

// ListPublicPenalties lists disclosed penalties.
func (s PublicServer) ListPublicPenalties(ctx context.Context, req *mingjianv1.ListPublicPenaltiesRequest) (*mingjianv1.ListPublicPenaltiesResponse, error) {
	list, next, asOf, err := s.records(ctx, disclosure.Penalty, req)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicPenaltiesResponse{Penalties: list, NextPageToken: next, AsOf: asOf}, nil
}

// ListPublicLicences lists disclosed decisions on licences.
func (s PublicServer) ListPublicLicences(ctx context.Context, req *mingjianv1.ListPublicLicencesRequest) (*mingjianv1.ListPublicLicencesResponse, error) {
	list, next, asOf, err := s.records(ctx, disclosure.Licence, req)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicLicencesResponse{Licences: list, NextPageToken: next, AsOf: asOf}, nil
}

// GetReleased is the present state of a disclosure; one that was taken away is gone, with its reason.
func (s PublicServer) GetReleased(ctx context.Context, req *mingjianv1.GetReleasedRequest) (*mingjianv1.GetReleasedResponse, error) {
	if req.GetAsOf() != "" {
		state, asOf, err := s.recordAsOf(ctx, req.GetDisclosureId(), req.GetAsOf(), nil)
		if err != nil {
			return nil, err
		}
		return &mingjianv1.GetReleasedResponse{Released: state, AsOf: asOf}, nil
	}
	state, err := release.Get(ctx, s.Views, req.GetDisclosureId(), s.Today())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetReleasedResponse{Released: state, AsOf: nil}, s.stamped(ctx, state.GetRelease())
}
