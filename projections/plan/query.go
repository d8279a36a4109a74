package plan

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a plan that is or was public, nil without error if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Plan, error) {
	return document.Find(ctx, r, Table, id, &viewv1.Plan{})
}

// Draft returns a plan that was not published, for staff; nil without error if there is none.
func Draft(ctx context.Context, r projections.Reader, id string) (*viewv1.Plan, error) {
	return document.Find(ctx, r, DraftTable, id, &viewv1.Plan{})
}

// GetTask returns a task, nil without error if there is none.
func GetTask(ctx context.Context, r projections.Reader, id string) (*viewv1.Task, error) {
	return document.Find(ctx, r, TaskTable, id, &viewv1.Task{})
}

// Filter narrows a list. Empty fields ask for all.
type Filter struct {
	Authority string
	Plan      string // of tasks; excludes Authority
	Status    string
	Year      int // of the plan
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns plans that are or were public (published or cancelled), newest first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Plan, string, error) {
	return list(ctx, r, Table, f, func() *viewv1.Plan { return &viewv1.Plan{} })
}

// Drafts returns plans that were not published (draft, approved or cancelled), newest first, for staff.
func Drafts(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Plan, string, error) {
	return list(ctx, r, DraftTable, f, func() *viewv1.Plan { return &viewv1.Plan{} })
}

// Tasks returns tasks (open or cancelled), newest first, and the token of the next page.
func Tasks(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Task, string, error) {
	return list(ctx, r, TaskTable, f, func() *viewv1.Task { return &viewv1.Task{} })
}

func (f Filter) query(table string) (projections.Query, error) {
	q := projections.Query{
		Table: table, Where: map[string]string{}, OrderBy: colPlace, Desc: true, Limit: f.PageSize, After: f.PageToken,
	}
	if f.Authority != "" && f.Plan != "" {
		return q, domain.Refuse(domain.Invalid, "plan.filter", "authority_id",
			"按计划查询时不能再按机关筛选", "a list of one plan's tasks takes no authority")
	}
	for column, value := range map[string]string{colAuthority: f.Authority, colPlan: f.Plan, colStatus: f.Status} {
		if value != "" {
			q.Where[column] = value
		}
	}
	if f.Year > 0 {
		q.From, q.To = fmt.Sprintf("%04d/", f.Year), fmt.Sprintf("%04d0", f.Year) // "0" comes after "/"
	}
	return q, nil
}

func list[M proto.Message](ctx context.Context, r projections.Reader, table string, f Filter, blank func() M) (out []M, next string, err error) {
	q, err := f.query(table)
	if err != nil {
		return nil, "", err
	}
	return document.List(ctx, r, q, blank)
}
