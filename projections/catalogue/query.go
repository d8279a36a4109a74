package catalogue

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/catalogue"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a version that is or was public, with its items; nil without error if there is none.
func Get(ctx context.Context, r projections.Reader, id string, version int) (*viewv1.Catalogue, error) {
	return get(ctx, r, Table, key(id, version))
}

// Draft returns a draft with its items, for staff; nil without error if there is none.
func Draft(ctx context.Context, r projections.Reader, id string, version int) (*viewv1.Catalogue, error) {
	return get(ctx, r, DraftTable, key(id, version))
}

// Shows tells whether a view has the title and the items of a version as it stands.
func Shows(v *viewv1.Catalogue, of catalogue.Version) bool {
	return v.GetTitle() == of.Title && slices.EqualFunc(v.GetItems(), items(of.Items), func(a, b *viewv1.CatalogueItem) bool { return proto.Equal(a, b) })
}

func get(ctx context.Context, r projections.Reader, table, k string) (*viewv1.Catalogue, error) {
	if row, err := r.Get(ctx, table, k); err != nil || row == nil {
		return nil, err
	}
	v, err := document.Find(ctx, r, contentTable, k, &viewv1.Catalogue{})
	if err != nil || v == nil {
		return nil, err
	}
	if table == DraftTable && v.GetDraftedBy() == "" {
		return nil, nil // published between the two look-ups
	}
	return v, nil
}

// Filter narrows a list. Empty fields ask for all.
type Filter struct {
	Authority string
	Catalogue string // excludes Authority
	Status    string // published or withdrawn; not for drafts
	Year      int    // of publication; of drafting for drafts
	PageSize  int    // 1 to projections.MaxLimit
	PageToken string
}

// List returns versions that are or were public, newest first and without items, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Catalogue, string, error) {
	q, err := f.query(Table)
	if err != nil {
		return nil, "", err
	}
	if f.Status != "" {
		q.Where[colStatus] = f.Status
	}
	return list(ctx, r, q)
}

// Drafts returns drafts, newest first and without items, for staff.
func Drafts(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Catalogue, string, error) {
	q, err := f.query(DraftTable)
	if err != nil {
		return nil, "", err
	}
	return list(ctx, r, q)
}

func (f Filter) query(table string) (projections.Query, error) {
	q := projections.Query{
		Table: table, Where: map[string]string{}, OrderBy: colPlace, Desc: true, Limit: f.PageSize, After: f.PageToken,
	}
	switch {
	case f.Authority != "" && f.Catalogue != "":
		return q, domain.Refuse(domain.Invalid, "catalogue.filter", "authority_id",
			"按清单查询时不能再按机关筛选", "a list of one catalogue takes no authority")
	case f.Authority != "":
		q.Where[colAuthority] = f.Authority
	case f.Catalogue != "":
		q.Where[colCatalogue] = f.Catalogue
	}
	if f.Year > 0 {
		q.From, q.To = fmt.Sprintf("%04d/", f.Year), fmt.Sprintf("%04d0", f.Year) // "0" comes after "/"
	}
	return q, nil
}

func list(ctx context.Context, r projections.Reader, q projections.Query) ([]*viewv1.Catalogue, string, error) {
	return document.List(ctx, r, q, func() *viewv1.Catalogue { return &viewv1.Catalogue{} })
}
