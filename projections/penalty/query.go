package penalty

import (
	"context"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a penalty; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Penalty, error) {
	v, err := document.Find(ctx, r, Table, id, &viewv1.Penalty{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "penalty.missing", "penalty_id", "没有该处罚决定", "there is no such penalty")
	}
	return v, err
}

// Filter narrows a list. Empty fields ask for all; a search text takes no other condition.
type Filter struct {
	Authority string
	Status    string
	Search    string // part of a party's name or code, or of a number
	PageSize  int    // 1 to projections.MaxLimit
	PageToken string
}

// List returns penalties, the latest decisions first (those of a search in the order of recording), and the token of the
// next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Penalty, string, error) {
	q, err := f.query()
	if err != nil {
		return nil, "", err
	}
	return document.List(ctx, r, q, func() *viewv1.Penalty { return &viewv1.Penalty{} })
}

func (f Filter) query() (projections.Query, error) {
	q := projections.Query{Table: Table, After: f.PageToken, Limit: f.PageSize}
	if f.Search == "" {
		q.OrderBy, q.Desc, q.Where = colDecided, true, map[string]string{}
		for column, value := range map[string]string{colAuthority: f.Authority, colStatus: f.Status} {
			if value != "" {
				q.Where[column] = value
			}
		}
		return q, nil
	}
	q.Search = normal(f.Search)
	n := utf8.RuneCountInString(q.Search)
	if f.Authority != "" || f.Status != "" || n < projections.MinSearch || n > projections.MaxSearchTerm {
		return q, domain.Refuse(domain.Invalid, "penalty.query", "query",
			"查询词应为2至64个字，且不能与其他条件并用", "a query has 2 to 64 characters and takes no other condition")
	}
	return q, nil
}
