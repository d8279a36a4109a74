package disclosure

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a disclosure with its documents; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Disclosure, error) {
	row, err := r.Get(ctx, Table, id)
	if err != nil {
		return nil, fmt.Errorf("disclosure: get %s: %w", id, err)
	}
	if row == nil {
		return nil, domain.Refuse(domain.NotFound, "disclosure.missing", "disclosure_id", "没有该公示事项", "there is no such disclosure")
	}
	v := &viewv1.Disclosure{}
	return v, document.Decode(row, v)
}

// Filter narrows a list. Empty fields ask for all.
type Filter struct {
	Authority string
	Status    string
	Kind      string // of the record
	PageSize  int    // 1 to projections.MaxLimit
	PageToken string
}

// List returns disclosures without their documents, what was submitted last first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) (list []*viewv1.Disclosure, next string, err error) {
	q := projections.Query{Table: Table, Where: map[string]string{}, OrderBy: colPlace, Desc: true, After: f.PageToken, Limit: f.PageSize}
	for column, value := range map[string]string{colAuthority: f.Authority, colStatus: f.Status, colKind: f.Kind} {
		if value != "" {
			q.Where[column] = value
		}
	}
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("disclosure: list: %w", err)
	}
	for _, row := range page.Rows {
		v := &viewv1.Disclosure{}
		if err := document.Decode(&row, v); err != nil {
			return nil, "", err
		}
		if v.GetDraft() != nil {
			v.Draft.Document = ""
		}
		if v.GetRelease() != nil {
			v.Release.Document = ""
		}
		list = append(list, v)
	}
	return list, page.Next, nil
}
