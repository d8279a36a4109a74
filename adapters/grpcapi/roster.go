package grpcapi

import (
	"cmp"
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	rosterview "github.com/mingjian-ledger/mingjian/projections/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// RosterServer keeps the two rosters.
type RosterServer struct {
	mingjianv1.UnimplementedRosterServiceServer
	Base
}

// effective is the day from which something holds: today unless another is given.
func (s RosterServer) effective(text string) (calendar.Date, error) {
	on, fault := civilDate("effective_on", cmp.Or(text, s.Today().String()))
	if fault != nil {
		return on, fault
	}
	return on, nil
}

func (s RosterServer) onSubject(ctx context.Context, req interface {
	proto.Message
	GetSubjectId() string
}, cmd roster.SubjectCommand) (*mingjianv1.Receipt, error) {
	id, err := subjectStream(req.GetSubjectId())
	if err != nil {
		return nil, err
	}
	return write(ctx, s.Base, roster.Subjects, string(id), req, cmd)
}

func (s RosterServer) onInspector(ctx context.Context, req interface {
	proto.Message
	GetInspectorId() string
}, cmd roster.InspectorCommand) (*mingjianv1.Receipt, error) {
	return write(ctx, s.Base, roster.Inspectors, req.GetInspectorId(), req, cmd)
}

// GetSubject returns one subject of the own authority.
func (s RosterServer) GetSubject(ctx context.Context, req *mingjianv1.GetSubjectRequest) (*mingjianv1.GetSubjectResponse, error) {
	id, err := subjectStream(req.GetSubjectId())
	if err != nil {
		return nil, err
	}
	view, err := rosterview.GetSubject(ctx, s.Views, id)
	if err == nil && view == nil {
		view, err = rosterview.SubjectOfCode(ctx, s.Views, string(id))
	}
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, domain.Refuse(domain.NotFound, "roster.subject.missing", "subject_id", "名录库中没有该检查对象", "the subject is not on the roster")
	}
	if err := mayRead(ctx, view.GetAuthorityId()); err != nil {
		return nil, err
	}
	return &mingjianv1.GetSubjectResponse{Subject: view}, nil
}

// ListSubjects returns subjects of the own authority.
func (s RosterServer) ListSubjects(ctx context.Context, req *mingjianv1.ListSubjectsRequest) (*mingjianv1.ListSubjectsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := rosterview.ListSubjects(ctx, s.Views, rosterview.SubjectFilter{
		Authority: own, Districts: given(req.GetDistrict()), Kinds: given(req.GetKind()), Statuses: given(req.GetStatus()),
		Classes: given(req.GetRiskClass()), Industries: nil,
	}, rosterview.Page{Size: pageSize(req.GetPageSize()), Token: req.GetPageToken()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListSubjectsResponse{Subjects: list, NextPageToken: next}, nil
}

// given is a filter's list of one word, or of none.
func given(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}

// GetInspector returns one inspector of the own authority.
func (s RosterServer) GetInspector(ctx context.Context, req *mingjianv1.GetInspectorRequest) (*mingjianv1.GetInspectorResponse, error) {
	view, err := rosterview.GetInspector(ctx, s.Views, domain.InspectorID(req.GetInspectorId()))
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, domain.Refuse(domain.NotFound, "roster.inspector.missing", "inspector_id", "名录库中没有该检查人员", "the inspector is not on the roster")
	}
	if err := mayRead(ctx, view.GetAuthorityId()); err != nil {
		return nil, err
	}
	return &mingjianv1.GetInspectorResponse{Inspector: view}, nil
}

// ListInspectors returns inspectors of the own authority.
func (s RosterServer) ListInspectors(ctx context.Context, req *mingjianv1.ListInspectorsRequest) (*mingjianv1.ListInspectorsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := rosterview.ListInspectors(ctx, s.Views, own, req.GetDepartment(),
		rosterview.Page{Size: pageSize(req.GetPageSize()), Token: req.GetPageToken()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListInspectorsResponse{Inspectors: list, NextPageToken: next}, nil
}

// ListConflicts returns conflicts of the own authority's inspectors.
func (s RosterServer) ListConflicts(ctx context.Context, req *mingjianv1.ListConflictsRequest) (*mingjianv1.ListConflictsResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, err := rosterview.ListConflicts(ctx, s.Views, own, domain.InspectorID(req.GetInspectorId()),
		rosterview.Page{Size: pageSize(req.GetPageSize()), Token: req.GetPageToken()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListConflictsResponse{Conflicts: list, NextPageToken: next}, nil
}
