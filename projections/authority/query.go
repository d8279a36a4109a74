package authority

import (
	"context"

	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns an authority, nil without error if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Authority, error) {
	return document.Find(ctx, r, Table, id, &viewv1.Authority{})
}

// Filter asks for a page of all authorities.
type Filter struct {
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns authorities by id, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Authority, string, error) {
	q := projections.Query{Table: Table, Limit: f.PageSize, After: f.PageToken}
	return document.List(ctx, r, q, func() *viewv1.Authority { return &viewv1.Authority{} })
}
