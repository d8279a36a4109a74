package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/es"
	authorityview "github.com/mingjian-ledger/mingjian/projections/authority"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// AuthorityServer keeps the authorities of the instance.
type AuthorityServer struct {
	mingjianv1.UnimplementedAuthorityServiceServer
	Base
}

// RegisterAuthority makes an authority known.
func (s AuthorityServer) RegisterAuthority(ctx context.Context, req *mingjianv1.RegisterAuthorityRequest) (*mingjianv1.RegisterAuthorityResponse, error) {
	id, err := domain.ParseAuthorityID(req.GetId())
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, authority.Decider, string(id), req, authority.Command(authority.Register{
		By: CallOf(ctx).Actor, ID: id, Name: req.GetName(), Code: req.GetCode(), District: req.GetDistrict(),
		Level: authority.Level(req.GetLevel()), Departments: req.GetDepartments(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RegisterAuthorityResponse{Receipt: receipt}, nil
}

// RenameAuthority gives another name.
func (s AuthorityServer) RenameAuthority(ctx context.Context, req *mingjianv1.RenameAuthorityRequest) (*mingjianv1.RenameAuthorityResponse, error) {
	on, fault := civilDate("effective_on", req.GetEffectiveOn())
	if fault != nil {
		return nil, fault
	}
	receipt, err := write(ctx, s.Base, authority.Decider, req.GetAuthorityId(), req, authority.Command(authority.Rename{
		By: CallOf(ctx).Actor, Name: req.GetName(), Reason: req.GetReason(), EffectiveOn: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RenameAuthorityResponse{Receipt: receipt}, nil
}

// OpenDepartment adds a department.
func (s AuthorityServer) OpenDepartment(ctx context.Context, req *mingjianv1.OpenDepartmentRequest) (*mingjianv1.OpenDepartmentResponse, error) {
	receipt, err := write(ctx, s.Base, authority.Decider, req.GetAuthorityId(), req, authority.Command(authority.OpenDepartment{
		By: CallOf(ctx).Actor, Name: req.GetName(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.OpenDepartmentResponse{Receipt: receipt}, nil
}

// CloseDepartment takes a department away.
func (s AuthorityServer) CloseDepartment(ctx context.Context, req *mingjianv1.CloseDepartmentRequest) (*mingjianv1.CloseDepartmentResponse, error) {
	receipt, err := write(ctx, s.Base, authority.Decider, req.GetAuthorityId(), req, authority.Command(authority.CloseDepartment{
		By: CallOf(ctx).Actor, Name: req.GetName(), Reason: req.GetReason(),
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CloseDepartmentResponse{Receipt: receipt}, nil
}

// SucceedAuthority hands all tasks to another authority, which it looks up first.
func (s AuthorityServer) SucceedAuthority(ctx context.Context, req *mingjianv1.SucceedAuthorityRequest) (*mingjianv1.SucceedAuthorityResponse, error) {
	on, fault := civilDate("effective_on", req.GetEffectiveOn())
	if fault != nil {
		return nil, fault
	}
	successor, err := es.Load(ctx, s.Store, authority.Decider, req.GetSuccessorId())
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, authority.Decider, req.GetAuthorityId(), req, authority.Command(authority.Succeed{
		By: CallOf(ctx).Actor, Successor: domain.AuthorityID(req.GetSuccessorId()), SuccessorStands: successor.State.Stands(),
		Reason: req.GetReason(), DocumentNo: req.GetDocumentNo(), EffectiveOn: on,
	}))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SucceedAuthorityResponse{Receipt: receipt}, nil
}

// GetAuthority returns one authority.
func (s AuthorityServer) GetAuthority(ctx context.Context, req *mingjianv1.GetAuthorityRequest) (*mingjianv1.GetAuthorityResponse, error) {
	view, err := authorityview.Get(ctx, s.Views, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, domain.Refuse(domain.NotFound, "authority.missing", "authority_id", "没有该机关", "there is no such authority")
	}
	return &mingjianv1.GetAuthorityResponse{Authority: view}, nil
}

// ListAuthorities returns the authorities by id.
func (s AuthorityServer) ListAuthorities(ctx context.Context, req *mingjianv1.ListAuthoritiesRequest) (*mingjianv1.ListAuthoritiesResponse, error) {
	list, next, err := authorityview.List(ctx, s.Views, authorityview.Filter{
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListAuthoritiesResponse{Authorities: list, NextPageToken: next}, nil
}
