package deadline

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/deadline"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Filter asks for periods by their last day: those of one record, or of an authority (of all if it is empty), there perhaps by
// one rule or of one month.
type Filter struct {
	Record    deadline.Record
	Authority string
	Rule      string        // with Authority
	State     string        // with Authority or alone
	Month     string        // yyyy-mm, with Authority; leaves State out of account
	From, To  calendar.Date // of the last day; none for no limit
	PageSize  int           // 1 to projections.MaxLimit
	PageToken string
}

// List returns periods by their last day, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Deadline, string, error) {
	return document.List(ctx, r, f.query(), func() *viewv1.Deadline { return &viewv1.Deadline{} })
}

func (f Filter) query() projections.Query {
	q := projections.Query{
		Table: Table, Where: map[string]string{}, OrderBy: colDue, From: f.From.String(), To: f.To.String(), After: f.PageToken, Limit: f.PageSize,
	}
	if f.Record != (deadline.Record{}) {
		q.Where[colRecord] = recordColumn(string(f.Record.Kind), f.Record.ID)
		return q
	}
	for column, value := range map[string]string{colAuthority: f.Authority, colRule: f.Rule, colMonth: f.Month} {
		if value != "" {
			q.Where[column] = value
		}
	}
	if f.Month == "" {
		q.Where[colState] = f.State
	}
	return q
}

// Months says which counts: of an authority, from one month to another (yyyy-mm; empty for no limit), perhaps of one rule.
type Months struct {
	Authority, From, To, Rule string
	Today                     calendar.Date // what is overdue is told of it
}

// Punctuality returns the counts by month and rule.
func Punctuality(ctx context.Context, r projections.Reader, m Months) ([]*viewv1.Punctuality, error) {
	const last = "~" // after every month and divider
	q := projections.Query{
		Table: CountTable, From: m.Authority + divider + m.From, To: m.Authority + divider + m.To + last, Limit: projections.MaxLimit,
	}
	var out []*viewv1.Punctuality
	for {
		page, next, err := document.List(ctx, r, q, func() *viewv1.Punctuality { return &viewv1.Punctuality{} })
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			if m.Rule != "" && p.GetRule() != m.Rule {
				continue
			}
			p.Overdue = overdue(p, m.Today.String())
			out = append(out, p)
		}
		if q.After = next; next == "" {
			return out, nil
		}
	}
}

// OpenFrom lists the streams of records with an open period whose last day is on or after a day; one may come more than once.
// The page is as large as pages get; next is empty at the end.
func OpenFrom(ctx context.Context, r projections.Reader, from calendar.Date, token string) (ids []string, next string, err error) {
	list, next, err := List(ctx, r, Filter{State: Open, From: from, PageSize: projections.MaxLimit, PageToken: token})
	if err != nil {
		return nil, "", fmt.Errorf("deadline: list what is open: %w", err)
	}
	for _, v := range list {
		id := deadline.Record{Kind: rule.Record(v.GetRecordKind()), ID: v.GetRecordId()}.Stream()
		if len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}
	return ids, next, nil
}
