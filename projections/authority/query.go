package authority

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns an authority, nil without error if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Authority, error) {
	row, err := r.Get(ctx, Table, id)
	if err != nil || row == nil {
		return nil, err
	}
	view := &viewv1.Authority{}
	return view, document.Decode(row, view)
}

// Filter asks for a page of all authorities.
type Filter struct {
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns authorities by id, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) (list []*viewv1.Authority, next string, err error) {
	page, err := r.List(ctx, projections.Query{Table: Table, Limit: f.PageSize, After: f.PageToken})
	if err != nil {
		return nil, "", fmt.Errorf("authority: list: %w", err)
	}
	for _, row := range page.Rows {
		view := &viewv1.Authority{}
		if err := document.Decode(&row, view); err != nil {
			return nil, "", err
		}
		list = append(list, view)
	}
	return list, page.Next, nil
}
