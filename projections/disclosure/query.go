package disclosure

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a disclosure with its documents; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Disclosure, error) {
	v, err := document.Find(ctx, r, Table, id, &viewv1.Disclosure{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "disclosure.missing", "disclosure_id", "没有该公示事项", "there is no such disclosure")
	}
	return v, err
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
	list, next, err = document.List(ctx, r, q, func() *viewv1.Disclosure { return &viewv1.Disclosure{} })
	for _, v := range list {
		if v.GetDraft() != nil {
			v.Draft.Document = ""
		}
		if v.GetRelease() != nil {
			v.Release.Document, v.Release.Tombstone = "", ""
		}
	}
	return list, next, err
}
