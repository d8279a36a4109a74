package grpcapi

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/projections/personal"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// PersonalServer opens personal data and has them destroyed.
type PersonalServer struct {
	mingjianv1.UnimplementedPersonalServiceServer
	Base
	Vault Vault
}

// ListPersonal is a page of references. Of a person they are those of all authorities, of which the caller gets what it may
// read of its page.
func (s PersonalServer) ListPersonal(ctx context.Context, req *mingjianv1.ListPersonalRequest) (*mingjianv1.ListPersonalResponse, error) {
	list, next, err := personal.List(ctx, s.Views, personal.Filter{
		Record: req.GetRecordId(), Person: req.GetPerson(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.PersonalItem) string { return v.GetAuthorityId() })
	return &mingjianv1.ListPersonalResponse{Items: list, NextPageToken: next}, nil
}

// OpenPersonal opens a text of the caller's authority.
func (s PersonalServer) OpenPersonal(ctx context.Context, req *mingjianv1.OpenPersonalRequest) (*mingjianv1.OpenPersonalResponse, error) {
	v, err := personal.Get(ctx, s.Views, req.GetItem())
	if err == nil {
		err = mayRead(ctx, v.GetAuthorityId())
	}
	if err != nil {
		return nil, err
	}
	plain, err := s.Vault.Open(ctx, domain.Sealed{Item: v.GetItem(), Persons: v.GetPersons(), Commitment: v.GetCommitment()})
	if err != nil {
		return nil, err
	}
	d, ok := person.ParseIdentity(plain)
	switch {
	case !ok && !utf8.Valid(plain): // the original of a picture, whose first bytes are no text
		return &mingjianv1.OpenPersonalResponse{Item: v, Identity: nil, Text: "", Content: plain}, nil
	case !ok:
		return &mingjianv1.OpenPersonalResponse{Item: v, Identity: nil, Text: string(plain), Content: nil}, nil
	}
	return &mingjianv1.OpenPersonalResponse{Item: v, Content: nil, Identity: &mingjianv1.PersonalIdentity{
		IdKind: string(d.Kind), IdNumber: d.Number, Phone: d.Phone, Address: d.Address,
	}, Text: ""}, nil
}

// keeps tells whether the caller's authority, or one that it succeeded, recorded a text of the person. It looks at all of
// them, page by page, until it finds one.
func (s PersonalServer) keeps(ctx context.Context, by domain.Actor, name string) (bool, error) {
	f := personal.Filter{Record: "", Person: name, PageSize: 100, PageToken: ""}
	for {
		list, next, err := personal.List(ctx, s.Views, f)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(list, func(v *viewv1.PersonalItem) bool { return by.Holds(domain.AuthorityID(v.GetAuthorityId())) }) {
			return true, nil
		}
		if f.PageToken = next; next == "" {
			return false, nil
		}
	}
}

// RequestShredding records a request.
func (s PersonalServer) RequestShredding(ctx context.Context, req *mingjianv1.RequestShreddingRequest) (*mingjianv1.RequestShreddingResponse, error) {
	by := CallOf(ctx).Actor
	known, err := s.keeps(ctx, by, req.GetPerson())
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, person.Decider, req.GetPerson(), req, person.Command(person.RequestShredding{
		By: by, Person: req.GetPerson(), Known: known, Ground: person.Ground(req.GetGround()), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RequestShreddingResponse{Receipt: receipt}, nil
}

// DropShredding refuses a request.
func (s PersonalServer) DropShredding(ctx context.Context, req *mingjianv1.DropShreddingRequest) (*mingjianv1.DropShreddingResponse, error) {
	receipt, err := write(ctx, s.Base, person.Decider, req.GetPerson(), req, person.Command(person.DropShredding{
		By: CallOf(ctx).Actor, Person: req.GetPerson(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DropShreddingResponse{Receipt: receipt}, nil
}

// ConfirmShredding records the decision and then destroys the key. If the process ends between the two, the next start does
// the second; if the second fails, so does the call, and a retry does it.
func (s PersonalServer) ConfirmShredding(ctx context.Context, req *mingjianv1.ConfirmShreddingRequest) (*mingjianv1.ConfirmShreddingResponse, error) {
	receipt, err := write(ctx, s.Base, person.Decider, req.GetPerson(), req, person.Command(person.ConfirmShredding{
		By: CallOf(ctx).Actor, Person: req.GetPerson(), Ground: person.Ground(req.GetGround()),
	}))
	if err == nil { // it is decided now, or was before: whatever becomes of the caller, it is carried out
		err = s.Vault.Shred(context.WithoutCancel(ctx), req.GetPerson())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ConfirmShreddingResponse{Receipt: receipt}, nil
}

// ListShreddings is a page of requests; those who don't see all see their own authority's.
func (s PersonalServer) ListShreddings(ctx context.Context, req *mingjianv1.ListShreddingsRequest) (*mingjianv1.ListShreddingsResponse, error) {
	list, next, err := personal.Shreddings(ctx, s.Views, req.GetState(), pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	list = readable(ctx, list, func(v *viewv1.Shredding) string { return v.GetAuthorityId() })
	return &mingjianv1.ListShreddingsResponse{Shreddings: list, NextPageToken: next}, nil
}
