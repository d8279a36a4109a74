package grpcapi

import (
	"cmp"
	"context"
	"errors"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/domain/es"
	catalogueview "github.com/mingjian-ledger/mingjian/projections/catalogue"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// CatalogueServer keeps the item lists.
type CatalogueServer struct {
	mingjianv1.UnimplementedCatalogueServiceServer
	Base
}

// DraftVersion drafts the next version.
func (s CatalogueServer) DraftVersion(ctx context.Context, req *mingjianv1.DraftVersionRequest) (*mingjianv1.DraftVersionResponse, error) {
	receipt, err := write(ctx, s.Base, catalogue.Decider, req.GetCatalogueId(), req, catalogue.Command(catalogue.DraftVersion{
		By: CallOf(ctx).Actor, Catalogue: req.GetCatalogueId(), Version: int(req.GetVersion()), Title: req.GetTitle(),
		Items: catalogueItems(req.GetItems()),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DraftVersionResponse{Receipt: receipt}, nil
}

func catalogueItems(list []*mingjianv1.CatalogueItem) []catalogue.Item {
	out := make([]catalogue.Item, len(list))
	for n, i := range list {
		out[n] = catalogue.Item{
			No: i.GetNo(), Field: i.GetField(), Matter: i.GetMatter(), SubjectKind: i.GetSubjectKind(), Level: catalogue.Level(i.GetLevel()),
			Manners: nil, Line: i.GetLine(), Departments: i.GetDepartments(), Basis: i.GetBasis(), Content: i.GetContent(),
			RatioPPMMax: i.GetRatioPpmMax(), MaxPerYear: int(i.GetMaxPerYear()), CheckList: nil, Tiers: nil, Lead: i.GetLead(),
		}
		for _, l := range i.GetCheckList() {
			out[n].CheckList = append(out[n].CheckList, catalogue.CheckLine{No: l.GetNo(), Content: l.GetContent(), Basis: l.GetBasis()})
		}
		for _, t := range i.GetTiers() {
			out[n].Tiers = append(out[n].Tiers, catalogue.Tier(t))
		}
		for _, m := range i.GetManners() {
			out[n].Manners = append(out[n].Manners, catalogue.Manner(m))
		}
	}
	return out
}

// PublishVersion makes a draft public, today unless another day is given.
func (s CatalogueServer) PublishVersion(ctx context.Context, req *mingjianv1.PublishVersionRequest) (*mingjianv1.PublishVersionResponse, error) {
	on, fault := civilDate("published_on", cmp.Or(req.GetPublishedOn(), s.Today().String()))
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, catalogue.Decider, req.GetCatalogueId(), req, catalogue.Command(catalogue.PublishVersion{
		By: CallOf(ctx).Actor, Today: s.Today(), Version: int(req.GetVersion()), DocumentNo: req.GetDocumentNo(), PublishedOn: on,
		Expected: req.GetExpectedDigest(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.PublishVersionResponse{Receipt: receipt}, nil
}

// WithdrawVersion ends a published version.
func (s CatalogueServer) WithdrawVersion(ctx context.Context, req *mingjianv1.WithdrawVersionRequest) (*mingjianv1.WithdrawVersionResponse, error) {
	on, fault := civilDate("withdrawn_on", cmp.Or(req.GetWithdrawnOn(), s.Today().String()))
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, catalogue.Decider, req.GetCatalogueId(), req, catalogue.Command(catalogue.WithdrawVersion{
		By: CallOf(ctx).Actor, Today: s.Today(), Version: int(req.GetVersion()), Reason: req.GetReason(), WithdrawnOn: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.WithdrawVersionResponse{Receipt: receipt}, nil
}

// GetCatalogue returns one version; a draft to its own authority.
func (s CatalogueServer) GetCatalogue(ctx context.Context, req *mingjianv1.GetCatalogueRequest) (*mingjianv1.GetCatalogueResponse, error) {
	view, err := catalogueview.Get(ctx, s.Views, req.GetCatalogueId(), int(req.GetVersion()))
	if err == nil && view == nil {
		view, err = catalogueview.Draft(ctx, s.Views, req.GetCatalogueId(), int(req.GetVersion()))
		if err == nil && view != nil {
			err = errors.Join(mayRead(ctx, view.GetAuthorityId()), s.digest(ctx, view))
		}
	}
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, domain.Refuse(domain.NotFound, "catalogue.version.missing", "version", "没有该清单版本", "there is no such version")
	}
	return &mingjianv1.GetCatalogueResponse{Catalogue: view}, nil
}

// digest names what the draft holds, unless another one took its place since the view was read.
func (s CatalogueServer) digest(ctx context.Context, view *viewv1.Catalogue) error {
	list, err := es.Load(ctx, s.Store, catalogue.Decider, view.GetCatalogueId())
	if err != nil {
		return err
	}
	v, _ := list.State.Version(int(view.GetVersion()))
	if catalogueview.Shows(view, v) {
		view.ContentDigest = list.State.Digest(v)
	}
	return nil
}

// ListCatalogues returns versions, newest first; drafts of the own authority only.
func (s CatalogueServer) ListCatalogues(ctx context.Context, req *mingjianv1.ListCataloguesRequest) (*mingjianv1.ListCataloguesResponse, error) {
	f := catalogueview.Filter{
		Authority: req.GetAuthorityId(), Catalogue: req.GetCatalogueId(), Status: req.GetStatus(), Year: int(req.GetYear()),
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	read := catalogueview.List
	if req.GetDrafts() {
		own, err := ownAuthority(ctx, f.Authority)
		if err != nil {
			return nil, err
		}
		read = catalogueview.Drafts
		if f.Catalogue == "" {
			f.Authority = own
		}
	}
	list, next, err := read(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	if req.GetDrafts() && f.Catalogue != "" {
		list = readable(ctx, list, func(v *viewv1.Catalogue) string { return v.GetAuthorityId() })
	}
	return &mingjianv1.ListCataloguesResponse{Catalogues: list, NextPageToken: next}, nil
}
