package draw

import (
	"context"
	"fmt"
	"iter"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a draw; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Draw, error) {
	row, err := r.Get(ctx, Table, id)
	if err != nil {
		return nil, fmt.Errorf("draw: get %s: %w", id, err)
	}
	if row == nil {
		return nil, domain.Refuse(domain.NotFound, "draw.missing", "draw_id", "没有该抽取", "there is no such draw")
	}
	v := &viewv1.Draw{}
	return v, document.Decode(row, v)
}

// Filter asks for draws by at most one of task, plan and authority; the first that is set counts.
type Filter struct {
	Task      string
	Plan      string
	Authority string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns draws, newest first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) (list []*viewv1.Draw, next string, err error) {
	q := projections.Query{Table: Table, Where: map[string]string{}, OrderBy: colAt, Desc: true, After: f.PageToken, Limit: f.PageSize}
	switch {
	case f.Task != "":
		q.Where[colTask] = f.Task
	case f.Plan != "":
		q.Where[colPlan] = f.Plan
	case f.Authority != "":
		q.Where[colAuthority] = f.Authority
	}
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("draw: list: %w", err)
	}
	for _, row := range page.Rows {
		v := &viewv1.Draw{}
		if err := document.Decode(&row, v); err != nil {
			return nil, "", err
		}
		list = append(list, v)
	}
	return list, page.Next, nil
}

// Subjects returns the drawn subjects of a draw by id, those that were replaced too, and the token of the next page.
func Subjects(ctx context.Context, r projections.Reader, draw string, pageSize int, pageToken string) (list []*viewv1.DrawnSubject, next string, err error) {
	page, err := r.List(ctx, projections.Query{
		Table: SubjectTable, Where: map[string]string{colDraw: draw}, OrderBy: colSubject, After: pageToken, Limit: pageSize,
	})
	if err != nil {
		return nil, "", fmt.Errorf("draw: list drawn subjects of %s: %w", draw, err)
	}
	for _, row := range page.Rows {
		v := &viewv1.DrawnSubject{}
		if err := document.Decode(&row, v); err != nil {
			return nil, "", err
		}
		list = append(list, v)
	}
	return list, page.Next, nil
}

// Check is when a subject was last inspected.
type Check struct {
	Subject string
	On      calendar.Date
}

// LastChecks yields the last inspections of all subjects ascending by id, a page at a time. An error is yielded once, last.
func LastChecks(ctx context.Context, r projections.Reader) iter.Seq2[Check, error] {
	return func(yield func(Check, error) bool) {
		for q := (projections.Query{Table: CheckedTable, Limit: projections.MaxLimit}); ; {
			page, err := r.List(ctx, q)
			if err != nil {
				yield(Check{}, fmt.Errorf("draw: list last inspections: %w", err))
				return
			}
			for _, row := range page.Rows {
				on, err := calendar.Parse(string(row.Doc))
				if err != nil {
					err = fmt.Errorf("draw: last inspection of %s: %w", row.Key, err)
				}
				if !yield(Check{Subject: row.Key, On: on}, err) || err != nil {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}
