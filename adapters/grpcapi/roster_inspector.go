package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// EnrolInspector enrols an inspector, or records what differs.
func (s RosterServer) EnrolInspector(ctx context.Context, req *mingjianv1.EnrolInspectorRequest) (*mingjianv1.EnrolInspectorResponse, error) {
	id, err := domain.ParseInspectorID(req.GetInspector().GetId())
	if err != nil {
		return nil, err
	}
	cmd, err := enrolment(ctx, id, req.GetInspector())
	if err != nil {
		return nil, err
	}
	receipt, err := write(ctx, s.Base, roster.Inspectors, string(id), req, cmd)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.EnrolInspectorResponse{Receipt: receipt}, nil
}

// EnrolInspectors does so for many.
func (s RosterServer) EnrolInspectors(ctx context.Context, req *mingjianv1.EnrolInspectorsRequest) (*mingjianv1.EnrolInspectorsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	results, receipt, err := batch[*mingjianv1.InspectorRow]{
		base: s.Base, kind: "inspector", with: "",
		id: func(row *mingjianv1.InspectorRow) (string, error) {
			id, err := domain.ParseInspectorID(row.GetId())
			return string(id), err
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.InspectorRow) (recorded, error) {
			cmd, err := enrolment(ctx, domain.InspectorID(id), row)
			if err != nil {
				return recorded{}, err
			}
			res, changed, err := decided(ctx, s.Base, roster.Inspectors, id, m, cmd)
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, err
		},
	}.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.EnrolInspectorsResponse{Receipt: receipt, Results: results}, nil
}

func enrolment(ctx context.Context, id domain.InspectorID, row *mingjianv1.InspectorRow) (roster.InspectorCommand, error) {
	until, fault := civilDate("licence_valid_until", row.GetLicenceValidUntil())
	if fault != nil {
		return nil, fault
	}
	return roster.Enrol{
		By: CallOf(ctx).Actor, ID: id, Name: row.GetName(), Department: row.GetDepartment(), LicenceNo: row.GetLicenceNo(),
		LicenceValidUntil: until, Lines: row.GetLines(), Districts: row.GetDistricts(), Group: row.GetGroup(), Expert: row.GetExpert(),
	}, nil
}

// RelicenseInspector gives a new or prolonged licence.
func (s RosterServer) RelicenseInspector(ctx context.Context, req *mingjianv1.RelicenseInspectorRequest) (*mingjianv1.RelicenseInspectorResponse, error) {
	until, fault := civilDate("valid_until", req.GetValidUntil())
	if fault != nil {
		return nil, fault
	}
	receipt, err := s.onInspector(ctx, req, roster.Relicense{By: CallOf(ctx).Actor, LicenceNo: req.GetLicenceNo(), ValidUntil: until})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RelicenseInspectorResponse{Receipt: receipt}, nil
}

// ReassignInspector gives other duties.
func (s RosterServer) ReassignInspector(ctx context.Context, req *mingjianv1.ReassignInspectorRequest) (*mingjianv1.ReassignInspectorResponse, error) {
	receipt, err := s.onInspector(ctx, req, roster.Reassign{
		By: CallOf(ctx).Actor, Department: req.GetDepartment(), Lines: req.GetLines(), Districts: req.GetDistricts(),
		Group: req.GetGroup(), Expert: req.GetExpert(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReassignInspectorResponse{Receipt: receipt}, nil
}

// SuspendInspector takes an inspector out of draws.
func (s RosterServer) SuspendInspector(ctx context.Context, req *mingjianv1.SuspendInspectorRequest) (*mingjianv1.SuspendInspectorResponse, error) {
	receipt, err := s.onInspector(ctx, req, roster.Suspend{By: CallOf(ctx).Actor, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SuspendInspectorResponse{Receipt: receipt}, nil
}

// ReinstateInspector ends a suspension.
func (s RosterServer) ReinstateInspector(ctx context.Context, req *mingjianv1.ReinstateInspectorRequest) (*mingjianv1.ReinstateInspectorResponse, error) {
	receipt, err := s.onInspector(ctx, req, roster.Reinstate{By: CallOf(ctx).Actor, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReinstateInspectorResponse{Receipt: receipt}, nil
}

// DeclareConflict declares a conflict of interest.
func (s RosterServer) DeclareConflict(ctx context.Context, req *mingjianv1.DeclareConflictRequest) (*mingjianv1.DeclareConflictResponse, error) {
	subject, err := subjectStream(req.GetSubjectId())
	if err != nil {
		return nil, err
	}
	receipt, err := s.onInspector(ctx, req, roster.DeclareConflict{
		By: CallOf(ctx).Actor, Subject: subject, Ground: roster.Ground(req.GetGround()), EvidenceDigest: req.GetEvidenceDigest(),
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.DeclareConflictResponse{Receipt: receipt}, nil
}

// EndConflict ends a declared conflict.
func (s RosterServer) EndConflict(ctx context.Context, req *mingjianv1.EndConflictRequest) (*mingjianv1.EndConflictResponse, error) {
	subject, err := subjectStream(req.GetSubjectId())
	if err != nil {
		return nil, err
	}
	receipt, err := s.onInspector(ctx, req, roster.EndConflict{By: CallOf(ctx).Actor, Subject: subject, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.EndConflictResponse{Receipt: receipt}, nil
}
