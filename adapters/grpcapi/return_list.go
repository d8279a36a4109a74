package grpcapi

import (
	"cmp"
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/returns"
	returnsview "github.com/mingjian-ledger/mingjian/projections/returns"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// States of a return.
const (
	returnDue       = "due"
	returnOverdue   = "overdue"
	returnSubmitted = "submitted"
)

// maxDueYears bounds what is asked for at once.
const maxDueYears = 10

// ListReturns says which returns fall due within some days, and how they stand.
func (s ReturnServer) ListReturns(ctx context.Context, req *mingjianv1.ListReturnsRequest) (*mingjianv1.ListReturnsResponse, error) {
	authority := ownOr(ctx, req.GetAuthorityId())
	if err := mayRead(ctx, authority); err != nil {
		return nil, err
	}
	from, badFrom := civilDate("due_from", cmp.Or(req.GetDueFrom(), s.Today().AddMonths(-3).String()))
	to, badTo := civilDate("due_to", cmp.Or(req.GetDueTo(), s.Today().AddMonths(1).String()))
	if err := domain.Require(badFrom, badTo); err != nil {
		return nil, err
	}
	if to.After(from.AddYears(maxDueYears)) || to.Before(from) {
		return nil, domain.Refuse(domain.Invalid, "return.due.span", "due_to", "查询时段应在十年以内", "ask for at most ten years, the first day first")
	}
	out := &mingjianv1.ListReturnsResponse{Returns: nil}
	for _, row := range returns.Annex() {
		list, err := s.dueOf(ctx, row, authority, from, to)
		if err != nil {
			return nil, err
		}
		out.Returns = append(out.Returns, list...)
	}
	if req.GetState() != "" {
		out.Returns = slices.DeleteFunc(out.GetReturns(), func(d *viewv1.DueReturn) bool { return d.GetState() != req.GetState() })
	}
	slices.SortStableFunc(out.GetReturns(), func(a, b *viewv1.DueReturn) int {
		return cmp.Compare(a.GetDelivery().GetDueOn(), b.GetDelivery().GetDueOn())
	})
	return out, nil
}

// dueOf are the returns of one row. A schedule in the place of the table's may have other periods, so those of each length are
// gone through.
func (s ReturnServer) dueOf(ctx context.Context, row returns.Row, authority string, from, to calendar.Date) ([]*viewv1.DueReturn, error) {
	id := returns.ID(row.No, domain.AuthorityID(authority))
	res, err := es.Load(ctx, s.Store, returns.Decider, id)
	if err != nil {
		return nil, err
	}
	state, err := returnsview.State(ctx, s.Views, id)
	if err != nil {
		return nil, err
	}
	var out []*viewv1.DueReturn
	for _, every := range []returns.Every{returns.Month, returns.Quarter, returns.Year} {
		// A return falls due at most a year after its period, which is at most a year long.
		for p := returns.PeriodOf(every, from.AddMonths(-25)); !p.First().After(to.AddMonths(1)); p = p.Next(1) {
			plan := res.State.PlanOf(row, p.First())
			due := plan.Due(p, calendar.Embedded())
			if plan.Every == every && !due.Date.Before(from) && !due.Date.After(to) {
				out = append(out, s.dueReturn(row, p, plan, due, state))
			}
		}
	}
	return out, nil
}

func (s ReturnServer) dueReturn(row returns.Row, p returns.Period, plan returns.Plan, due calendar.Deadline, state *viewv1.ReturnState) *viewv1.DueReturn {
	begin, end := plan.Span(p)
	out := &viewv1.DueReturn{
		Row: row.No, Lead: row.Lead, Title: row.Title, Period: p.String(), State: returnDue, StateLabel: "待报送", Late: false,
		OverrideBy: plan.OverrideBy, Printed: row.Printed, Delivery: &viewv1.ReturnDelivery{
			Period: p.String(), From: begin.String(), To: end.String(), DueOn: due.Date.String(), Provisional: due.Provisional,
			CalendarVersion: due.CalendarVersion, SubmittedOn: "", SubmittedBy: "", File: nil, CopyTo: plan.CopyTo, Amendments: nil,
		},
	}
	for _, d := range state.GetDelivered() {
		if d.GetPeriod() == p.String() {
			out.State, out.StateLabel, out.Delivery = returnSubmitted, "已报送", d
			out.Late = d.GetSubmittedOn() > d.GetDueOn()
			return out
		}
	}
	if s.Today().After(due.Date) {
		out.State, out.StateLabel = returnOverdue, "逾期未报"
	}
	return out
}
