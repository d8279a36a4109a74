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
	v, err := document.Find(ctx, r, Table, id, &viewv1.Draw{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "draw.missing", "draw_id", "没有该抽取", "there is no such draw")
	}
	return v, err
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
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Draw, string, error) {
	q := projections.Query{Table: Table, Where: map[string]string{}, OrderBy: colAt, Desc: true, After: f.PageToken, Limit: f.PageSize}
	switch {
	case f.Task != "":
		q.Where[colTask] = f.Task
	case f.Plan != "":
		q.Where[colPlan] = f.Plan
	case f.Authority != "":
		q.Where[colAuthority] = f.Authority
	}
	return document.List(ctx, r, q, func() *viewv1.Draw { return &viewv1.Draw{} })
}

// Subjects returns the drawn subjects of a draw by id, those that were replaced too, and the token of the next page.
func Subjects(ctx context.Context, r projections.Reader, draw string, pageSize int, pageToken string) ([]*viewv1.DrawnSubject, string, error) {
	q := projections.Query{Table: SubjectTable, Where: map[string]string{colDraw: draw}, OrderBy: colSubject, After: pageToken, Limit: pageSize}
	return document.List(ctx, r, q, func() *viewv1.DrawnSubject { return &viewv1.DrawnSubject{} })
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
