package roster

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// maxLook is how many rows one page of a list looks at, so that a filter that matches little costs no more than a page.
const maxLook = 5 * projections.MaxLimit

// Page says which page of a list is asked for.
type Page struct {
	Size  int // 1 to projections.MaxLimit
	Token string
}

// GetSubject returns a subject, nil without error if there is none.
func GetSubject(ctx context.Context, r projections.Reader, id domain.SubjectID) (*viewv1.RosterSubject, error) {
	return document.Find(ctx, r, SubjectTable, string(id), &viewv1.RosterSubject{})
}

// GetInspector returns an inspector, nil without error if there is none.
func GetInspector(ctx context.Context, r projections.Reader, id domain.InspectorID) (*viewv1.RosterInspector, error) {
	return document.Find(ctx, r, InspectorTable, string(id), &viewv1.RosterInspector{})
}

// ListSubjects returns subjects by id, and the token of the next page. A page looks at a bounded number of rows: it may
// hold fewer than asked for, also none, and still lead on.
func ListSubjects(ctx context.Context, r projections.Reader, f SubjectFilter, p Page) ([]*viewv1.RosterSubject, string, error) {
	queries := f.queries()
	if len(queries) > 1 {
		queries[0].Where = map[string]string{colAuthority: f.Authority}
	}
	return list(ctx, r, queries[0], p, f.admits, func() *viewv1.RosterSubject { return &viewv1.RosterSubject{} })
}

// ListInspectors returns the inspectors of an authority, or of all, by id; with a department, which needs an authority, those
// of it.
func ListInspectors(ctx context.Context, r projections.Reader, authority, department string, p Page) ([]*viewv1.RosterInspector, string, error) {
	q := projections.Query{Table: InspectorTable, Where: map[string]string{}}
	if department != "" && authority == "" {
		return nil, "", domain.Refuse(domain.Invalid, "roster.filter", "authority_id",
			"按部门查询时须指定机关", "a list of one department names its authority")
	}
	if authority != "" {
		q.Where[colAuthority] = authority
	}
	if department != "" {
		q.Where[colDepartment] = projections.Clip(department)
	}
	return list(ctx, r, q, p, everything, func() *viewv1.RosterInspector { return &viewv1.RosterInspector{} })
}

// ListConflicts returns the conflicts of an authority's inspectors, or of all, by inspector and subject; with an inspector
// those of him or her.
func ListConflicts(ctx context.Context, r projections.Reader, authority string, inspector domain.InspectorID, p Page) ([]*viewv1.RosterConflict, string, error) {
	q := projections.Query{Table: ConflictTable, Where: map[string]string{}}
	if authority != "" {
		q.Where[colAuthority] = authority
	}
	if inspector != "" {
		q.From, q.To = conflictKey(string(inspector), ""), string(inspector)+"!" // "!" comes after the blank
	}
	return list(ctx, r, q, p, everything, func() *viewv1.RosterConflict { return &viewv1.RosterConflict{} })
}

func everything(projections.Row) bool { return true }

func list[M proto.Message](
	ctx context.Context, r projections.Reader, q projections.Query, p Page, admits func(projections.Row) bool, blank func() M,
) (out []M, next string, err error) {
	q.After, q.Limit = p.Token, p.Size
	for looked := 0; looked < maxLook; looked += q.Limit {
		page, err := r.List(ctx, q)
		if err != nil {
			return nil, "", fmt.Errorf("roster: list %s: %w", q.Table, err)
		}
		for i, row := range page.Rows {
			if !admits(row) {
				continue
			}
			view := blank()
			if err := document.Decode(&row, view); err != nil {
				return nil, "", err
			}
			if out = append(out, view); len(out) == p.Size && i < len(page.Rows)-1 {
				return out, q.Next(projections.Place{Key: row.Key}), nil
			}
		}
		if q.After = page.Next; q.After == "" || len(out) == p.Size {
			break
		}
		q.Limit = projections.MaxLimit // few match: look at more at once
	}
	return out, q.After, nil
}
