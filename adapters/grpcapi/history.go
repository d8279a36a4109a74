package grpcapi

import (
	"context"
	"time"

	"github.com/mingjian-ledger/mingjian/projections/enterprise"
	"github.com/mingjian-ledger/mingjian/projections/history"
	"github.com/mingjian-ledger/mingjian/projections/release"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// HistoryServer tells what was public at a moment, and to those who may read them also the contents that are to be shown no
// more.
type HistoryServer struct {
	mingjianv1.UnimplementedHistoryServiceServer
	Base
}

// sees tells of which authorities' records a caller sees everything; nil is of none.
type sees func(authority string) bool

// callerSees is what staff see: their own authority's records, or all.
func callerSees(ctx context.Context) sees {
	return func(authority string) bool { return mayRead(ctx, authority) == nil }
}

// past answers for the moment that a caller names.
func (b Base) past(ctx context.Context, asOf string, by sees) (release.Past, error) {
	m, err := release.MomentOf(ctx, b.Views, asOf, b.Clock())
	return release.Past{Reader: b.Views, Moment: m, Today: b.Today(), Sees: by, Kin: b.predecessors}, err
}

func momentView(m history.Moment) *viewv1.Moment {
	at := ""
	if !m.Time.IsZero() {
		at = m.Time.UTC().Format(time.RFC3339Nano)
	}
	return &viewv1.Moment{Sequence: m.Sequence, Time: at, Day: m.Day().String()}
}

func (b Base) recordAsOf(ctx context.Context, id, asOf string, by sees) (*viewv1.Released, *viewv1.Moment, error) {
	p, err := b.past(ctx, asOf, by)
	if err != nil {
		return nil, nil, err
	}
	state, err := p.Get(ctx, id)
	return state, momentView(p.Moment), err
}

// listAsOf is a page of a list at a moment. The token of a page holds the moment that the first one found.
func (b Base) listAsOf(ctx context.Context, f release.Filter, by sees) ([]*viewv1.Released, string, *viewv1.Moment, error) {
	p := release.Past{Reader: b.Views, Today: b.Today(), Sees: by, Kin: b.predecessors}
	var err error
	if f.PageToken != "" {
		p.Moment, err = release.Resume(f)
	} else {
		p, err = b.past(ctx, f.AsOf, by)
	}
	if err != nil {
		return nil, "", nil, err
	}
	list, next, err := p.List(ctx, f)
	for _, r := range list {
		if err := b.stamped(ctx, r.GetRelease()); err != nil {
			return nil, "", nil, err
		}
	}
	return list, next, momentView(p.Moment), err
}

// record is the record of an enterprise at a moment, with counts if the caller is told how many there were.
func (b Base) record(ctx context.Context, id, asOf string, by sees) (*viewv1.Enterprise, *viewv1.Moment, error) {
	p, err := b.past(ctx, asOf, by)
	if err != nil {
		return nil, nil, err
	}
	e, err := enterprise.GetAsOf(ctx, b.Views, id, p.Moment)
	if err != nil {
		return nil, nil, err
	}
	list, err := p.Timeline(ctx, id, enterprise.MaxEntries)
	if err != nil {
		return nil, nil, err
	}
	for _, state := range list {
		entry, err := enterprise.EntryOf(state)
		if err != nil {
			return nil, nil, err
		}
		e.Entries = append(e.Entries, entry)
	}
	overdue, err := p.Overdue(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if enterprise.LeaveOut(e.GetCounts(), overdue); by == nil {
		e.Counts = nil // they would tell of what is left out
	}
	return e, momentView(p.Moment), nil
}

func (s PublicServer) enterpriseAsOf(ctx context.Context, req *mingjianv1.GetEnterpriseRequest) (*mingjianv1.GetEnterpriseResponse, error) {
	e, asOf, err := s.record(ctx, subjectID(req.GetId()), req.GetAsOf(), nil)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetEnterpriseResponse{Enterprise: e, AsOf: asOf}, nil
}

// ListPublicVersions lists the acts of a disclosure as far as they may be shown.
func (s HistoryServer) ListPublicVersions(ctx context.Context, req *mingjianv1.ListPublicVersionsRequest) (*mingjianv1.ListPublicVersionsResponse, error) {
	p := release.Past{Reader: s.Views, Today: s.Today()}
	list, removal, next, err := p.Versions(ctx, req.GetDisclosureId(), pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListPublicVersionsResponse{Versions: list, NextPageToken: next, Removal: removal}, nil
}

// ListVersions lists the acts of a disclosure of the caller's authority with their contents.
func (s HistoryServer) ListVersions(ctx context.Context, req *mingjianv1.ListVersionsRequest) (*mingjianv1.ListVersionsResponse, error) {
	p := release.Past{Reader: s.Views, Today: s.Today(), Sees: callerSees(ctx)}
	list, removal, next, err := p.Versions(ctx, req.GetDisclosureId(), pageSize(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		if err := mayRead(ctx, v.GetRelease().GetAuthority().GetId()); err != nil {
			return nil, err
		}
	}
	return &mingjianv1.ListVersionsResponse{Versions: list, NextPageToken: next, Removal: removal}, nil
}

// GetRecordAsOf is what the public saw of a disclosure of the caller's authority at a moment.
func (s HistoryServer) GetRecordAsOf(ctx context.Context, req *mingjianv1.GetRecordAsOfRequest) (*mingjianv1.GetRecordAsOfResponse, error) {
	state, asOf, err := s.recordAsOf(ctx, req.GetDisclosureId(), req.GetAsOf(), callerSees(ctx))
	if err == nil {
		err = mayRead(ctx, state.GetRelease().GetAuthority().GetId())
	}
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetRecordAsOfResponse{Released: state, AsOf: asOf}, nil
}

// ListRecordsAsOf lists what was public of the caller's authority at a moment; those who see all list any, or all.
func (s HistoryServer) ListRecordsAsOf(ctx context.Context, req *mingjianv1.ListRecordsAsOfRequest) (*mingjianv1.ListRecordsAsOfResponse, error) {
	authority, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	list, next, asOf, err := s.listAsOf(ctx, release.Filter{
		Kind: req.GetRecordKind(), Authority: authority, Subject: subjectID(req.GetEnterpriseId()),
		From: req.GetDateFrom(), To: req.GetDateTo(), AsOf: req.GetAsOf(), PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}, callerSees(ctx))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ListRecordsAsOfResponse{Records: list, NextPageToken: next, AsOf: asOf}, nil
}

// GetEnterpriseAsOf is the record of an enterprise at a moment. What another authority took away since is left out, or without
// its content, as before the public.
func (s HistoryServer) GetEnterpriseAsOf(ctx context.Context, req *mingjianv1.GetEnterpriseAsOfRequest) (*mingjianv1.GetEnterpriseAsOfResponse, error) {
	e, asOf, err := s.record(ctx, subjectID(req.GetId()), req.GetAsOf(), callerSees(ctx))
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetEnterpriseAsOfResponse{Enterprise: e, AsOf: asOf}, nil
}
