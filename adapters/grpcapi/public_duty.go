package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	deadlineview "github.com/mingjian-ledger/mingjian/projections/deadline"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// PublicDutyServer tells everybody what is to be made public, by when, and whether that was done in time.
type PublicDutyServer struct {
	mingjianv1.UnimplementedPublicDutyServiceServer
	Base
}

// GetPunctuality counts an authority's periods.
func (s PublicDutyServer) GetPunctuality(ctx context.Context, req *mingjianv1.GetPunctualityRequest) (*mingjianv1.GetPunctualityResponse, error) {
	if _, err := domain.ParseAuthorityID(req.GetAuthorityId()); err != nil {
		return nil, err
	}
	today := s.Today()
	list, err := deadlineview.Punctuality(ctx, s.Views, deadlineview.Months{
		Authority: req.GetAuthorityId(), From: req.GetFromMonth(), To: req.GetToMonth(), Rule: req.GetRule(), Today: today,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.GetPunctualityResponse{Punctuality: list, On: today.String()}, nil
}

// ListPublicDeadlines is a page of the periods of a month. The record of a period that is not public must not be known by it:
// the id of a record derives from its party's name.
func (s PublicDutyServer) ListPublicDeadlines(ctx context.Context, req *mingjianv1.ListPublicDeadlinesRequest) (*mingjianv1.ListPublicDeadlinesResponse, error) {
	list, next, err := deadlineview.List(ctx, s.Views, deadlineview.Filter{
		Record: deadline.Record{Kind: "", ID: ""}, Authority: req.GetAuthorityId(), Rule: req.GetRule(), State: "", Month: req.GetMonth(),
		From: calendar.Date{}, To: calendar.Date{}, PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	})
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		v.RecordId = ""
	}
	return &mingjianv1.ListPublicDeadlinesResponse{Deadlines: list, NextPageToken: next}, nil
}

// GetDisclosureCatalogue renders the basic catalogue from the rules of a day.
func (s PublicDutyServer) GetDisclosureCatalogue(_ context.Context, req *mingjianv1.GetDisclosureCatalogueRequest) (*mingjianv1.GetDisclosureCatalogueResponse, error) {
	on := s.Today()
	if req.GetOn() != "" {
		var fault *domain.Fault
		if on, fault = civilDate("on", req.GetOn()); fault != nil {
			return nil, fault
		}
	}
	tables := s.Tables()
	answer := &mingjianv1.GetDisclosureCatalogueResponse{Entries: nil, On: on.String(), TableVersion: tables.Version()}
	for _, e := range tables.Catalogue(on, req.GetJurisdiction()) {
		answer.Entries = append(answer.Entries, &mingjianv1.DisclosureCatalogueEntry{
			Item: e.Item, Subject: e.Subject, Content: e.Content, Elements: e.Elements, TimeLimit: e.TimeLimit, Manner: e.Manner,
			Period: e.Period, Basis: e.Basis, Rules: e.Rules, Confirmed: e.Confirmed,
		})
	}
	return answer, nil
}

// ListHolidayNotices lists the notices by which periods are counted.
func (s PublicDutyServer) ListHolidayNotices(ctx context.Context, _ *mingjianv1.ListHolidayNoticesRequest) (*mingjianv1.ListHolidayNoticesResponse, error) {
	known, err := s.holidays(ctx)
	if err != nil {
		return nil, err
	}
	answer := &mingjianv1.ListHolidayNoticesResponse{Notices: nil, CalendarVersion: known.Calendar().Version()}
	for _, notice := range known.History() {
		a := notice.Arrangement()
		answer.Notices = append(answer.Notices, &mingjianv1.HolidayNotice{
			Year: int32(a.Year), Number: a.Source, IssuedOn: a.Issued.String(), Amends: a.Amends, //nolint:gosec // a year has four digits
			Off: texts(a.Off), Work: texts(a.Work), Plain: texts(a.Plain),
		})
	}
	return answer, nil
}
