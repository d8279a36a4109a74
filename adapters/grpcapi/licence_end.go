package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/licence"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// SuspendLicence records a suspension.
func (s LicenceServer) SuspendLicence(ctx context.Context, req *mingjianv1.SuspendLicenceRequest) (*mingjianv1.SuspendLicenceResponse, error) {
	on, badOn := civilDate("on", req.GetOn())
	until, badUntil := civilDate("until", req.GetUntil())
	receipt, err := s.act(ctx, req, licence.Suspend{By: CallOf(ctx).Actor, Today: s.Today(), Suspension: licence.Suspended{
		DocumentNo: req.GetDocumentNo(), Reason: req.GetReason(), On: on, Until: until,
	}}, badOn, badUntil)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SuspendLicenceResponse{Receipt: receipt}, nil
}

// ResumeLicence records the end of a suspension.
func (s LicenceServer) ResumeLicence(ctx context.Context, req *mingjianv1.ResumeLicenceRequest) (*mingjianv1.ResumeLicenceResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.act(ctx, req, licence.Resume{By: CallOf(ctx).Actor, Today: s.Today(), Resumption: licence.Resumed{
		DocumentNo: req.GetDocumentNo(), On: on, Reason: req.GetReason(),
	}}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ResumeLicenceResponse{Receipt: receipt}, nil
}

// RevokeLicence takes a licence away.
func (s LicenceServer) RevokeLicence(ctx context.Context, req *mingjianv1.RevokeLicenceRequest) (*mingjianv1.RevokeLicenceResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.act(ctx, req, licence.Revoke{By: CallOf(ctx).Actor, Today: s.Today(), Revocation: licence.Revoked{
		DocumentNo: req.GetDocumentNo(), Reason: req.GetReason(), On: on, Ground: licence.Ground(req.GetGround()),
	}}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RevokeLicenceResponse{Receipt: receipt}, nil
}

// CancelLicence strikes a licence off.
func (s LicenceServer) CancelLicence(ctx context.Context, req *mingjianv1.CancelLicenceRequest) (*mingjianv1.CancelLicenceResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.act(ctx, req, licence.Cancel{By: CallOf(ctx).Actor, Today: s.Today(), Cancellation: licence.Cancelled{
		DocumentNo: req.GetDocumentNo(), Reason: req.GetReason(), On: on,
	}}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.CancelLicenceResponse{Receipt: receipt}, nil
}

// ExpireLicence marks a licence as over.
func (s LicenceServer) ExpireLicence(ctx context.Context, req *mingjianv1.ExpireLicenceRequest) (*mingjianv1.ExpireLicenceResponse, error) {
	on, fault := civilDate("on", req.GetOn())
	receipt, err := s.act(ctx, req, licence.Expire{By: CallOf(ctx).Actor, Today: s.Today(), On: on}, fault)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ExpireLicenceResponse{Receipt: receipt}, nil
}
