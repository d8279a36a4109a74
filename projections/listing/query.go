package listing

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a case; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Listing, error) {
	v, err := document.Find(ctx, r, Table, id, &viewv1.Listing{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "listing.missing", "listing_id", "没有该名录事项", "there is no such case")
	}
	return v, err
}

// Filter narrows a list. Empty fields ask for all; a subject takes no other condition.
type Filter struct {
	Authority string
	List      string
	State     string
	Subject   string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns cases, what changed last first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Listing, string, error) {
	q := projections.Query{Table: Table, OrderBy: colChanged, Desc: true, After: f.PageToken, Limit: f.PageSize, Where: map[string]string{}}
	columns := map[string]string{colAuthority: f.Authority, colList: f.List, colState: f.State}
	if f.Subject != "" {
		columns = map[string]string{colSubject: f.Subject}
	}
	for column, value := range columns {
		if value != "" {
			q.Where[column] = value
		}
	}
	return document.List(ctx, r, q, func() *viewv1.Listing { return &viewv1.Listing{} })
}
