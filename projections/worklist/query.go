package worklist

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Filter asks for what waits for one inspector, or at one authority, there perhaps for one role.
type Filter struct {
	Inspector string
	Authority string
	Role      string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns what waits by last day, what has none last, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.WorkItem, string, error) {
	q := projections.Query{Table: Table, Where: map[string]string{}, OrderBy: colDue, After: f.PageToken, Limit: f.PageSize}
	if f.Inspector != "" {
		q.Where[colInspector] = f.Inspector
	} else {
		q.Where[colAuthority] = f.Authority
		if f.Role != "" {
			q.Where[colRole] = f.Role
		}
	}
	return document.List(ctx, r, q, func() *viewv1.WorkItem { return &viewv1.WorkItem{} })
}

// Inspection returns one; the fault is of kind NotFound if there is none.
func Inspection(ctx context.Context, r projections.Reader, id string) (*viewv1.Inspection, error) {
	v, err := document.Find(ctx, r, InspectionTable, id, &viewv1.Inspection{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "inspection.missing", "inspection_id", "没有该检查", "there is no such inspection")
	}
	return v, err
}

// InspectionFilter asks for inspections by at most one of inspector, task, subject and authority (the first that is set
// counts), and perhaps by state.
type InspectionFilter struct {
	Inspector string
	Task      string
	Subject   string
	Authority string
	State     string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// Inspections returns inspections, newest first, and the token of the next page.
func Inspections(ctx context.Context, r projections.Reader, f InspectionFilter) (list []*viewv1.Inspection, next string, err error) {
	q := projections.Query{
		Table: InspectionTable, Where: map[string]string{}, OrderBy: colAt, Desc: true, After: f.PageToken, Limit: f.PageSize,
	}
	switch {
	case f.Inspector != "":
		q.Table, q.Where[colInspector] = assignmentTable, f.Inspector
	case f.Task != "":
		q.Where[colTask] = f.Task
	case f.Subject != "":
		q.Where[colSubject] = f.Subject
	case f.Authority != "":
		q.Where[colAuthority] = f.Authority
	}
	if f.State != "" {
		q.Where[colState] = f.State
	}
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("worklist: list inspections: %w", err)
	}
	for _, row := range page.Rows {
		v, err := inspectionOf(ctx, r, q.Table, row)
		if err != nil {
			return nil, "", err
		}
		list = append(list, v)
	}
	return list, page.Next, nil
}

// inspectionOf reads the inspection of a row; an assignment's is looked up.
func inspectionOf(ctx context.Context, r projections.Reader, table string, row projections.Row) (*viewv1.Inspection, error) {
	if table == assignmentTable {
		_, id, _ := strings.Cut(row.Key, divider)
		return Inspection(ctx, r, id)
	}
	v := &viewv1.Inspection{}
	return v, document.Decode(&row, v)
}
