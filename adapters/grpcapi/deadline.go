package grpcapi

import (
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	deadlineview "github.com/mingjian-ledger/mingjian/projections/deadline"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// DeadlineServer tells staff which statutory periods run.
type DeadlineServer struct {
	mingjianv1.UnimplementedDeadlineServiceServer
	Base
}

// soon is how many days from today on are soon, today included.
const soon = 7

// ListDeadlines is a page of periods.
func (s DeadlineServer) ListDeadlines(ctx context.Context, req *mingjianv1.ListDeadlinesRequest) (*mingjianv1.ListDeadlinesResponse, error) {
	own, err := ownAuthority(ctx, req.GetAuthorityId())
	if err != nil {
		return nil, err
	}
	if (req.GetRecordKind() == "") != (req.GetRecordId() == "") {
		return nil, domain.Refuse(domain.Invalid, "deadline.record", "record_id", "记录类别和编号应当同时给出", "a record is named by its kind and its id")
	}
	if req.GetRule() != "" && own == "" {
		return nil, domain.Refuse(domain.Invalid, "deadline.rule", "authority_id", "按规则查询应当指明机关", "a list by a rule is one of an authority")
	}
	today := s.Today()
	f := deadlineview.Filter{
		Record: deadline.Record{Kind: rule.Record(req.GetRecordKind()), ID: req.GetRecordId()}, Authority: own, Rule: req.GetRule(),
		State: deadlineview.Open, Month: "", From: calendar.Date{}, To: calendar.Date{},
		PageSize: pageSize(req.GetPageSize()), PageToken: req.GetPageToken(),
	}
	switch req.GetList() {
	case "", "overdue":
		f.To = today.AddDays(-1)
	case "due_soon":
		days := int(req.GetWithinDays())
		if days == 0 {
			days = soon
		}
		f.From, f.To = today, today.AddDays(days-1)
	case "open":
	default:
		f.State = req.GetList()
	}
	if req.GetRecordId() != "" {
		f.From, f.To = calendar.Date{}, calendar.Date{}
	}
	list, next, err := deadlineview.List(ctx, s.Views, f)
	if err != nil {
		return nil, err
	}
	if own := readable(ctx, slices.Clone(list), (*viewv1.Deadline).GetAuthorityId); req.GetRecordId() == "" || len(own) == 0 {
		list = own // else the record is the caller's, and what another province has to do with it is shown too
	}
	return &mingjianv1.ListDeadlinesResponse{
		Deadlines: list, NextPageToken: next, On: today.String(),
	}, nil
}
