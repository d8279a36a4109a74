package licence

import (
	"context"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a licence; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Licence, error) {
	v, err := document.Find(ctx, r, Table, id, &viewv1.Licence{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "licence.missing", "licence_id", "没有找到相关的历史证书信息", "there is no such licence")
	}
	return v, err
}

// Filter narrows a list. Empty fields ask for all; a subject takes no other condition, nor does a search text.
type Filter struct {
	Authority string
	Status    string
	Subject   string // that holds the licence now
	Search    string // part of a holder's name or code, or of a licence number
	PageSize  int    // 1 to projections.MaxLimit
	PageToken string
}

// List returns licences, the latest decisions first (those of a search in the order of recording), and the token of the next
// page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Licence, string, error) {
	q, err := f.query()
	if err != nil {
		return nil, "", err
	}
	return document.List(ctx, r, q, func() *viewv1.Licence { return &viewv1.Licence{} })
}

func (f Filter) query() (projections.Query, error) {
	q := projections.Query{Table: Table, After: f.PageToken, Limit: f.PageSize}
	if f.Search == "" {
		q.OrderBy, q.Desc, q.Where = colLatest, true, map[string]string{}
		for column, value := range map[string]string{colAuthority: f.Authority, colStatus: f.Status, colSubject: f.Subject} {
			if value != "" {
				q.Where[column] = value
			}
		}
		if f.Subject != "" && len(q.Where) > 1 {
			return q, domain.Refuse(domain.Invalid, "licence.query", "subject_id",
				"按市场主体查询时不能与其他条件并用", "a list of one subject's licences takes no other condition")
		}
		return q, nil
	}
	q.Search = normal(f.Search)
	n := utf8.RuneCountInString(q.Search)
	if f.Authority != "" || f.Status != "" || f.Subject != "" || n < projections.MinSearch || n > projections.MaxSearchTerm {
		return q, domain.Refuse(domain.Invalid, "licence.query", "query",
			"查询词应为2至64个字，且不能与其他条件并用", "a query has 2 to 64 characters and takes no other condition")
	}
	return q, nil
}

// Lapsed returns licences whose term was over before a day and is not marked so, those that lapsed first before the others, and
// the token of the next page.
func Lapsed(ctx context.Context, r projections.Reader, before calendar.Date, limit int, after string) ([]*viewv1.Licence, string, error) {
	q := projections.Query{
		Table: Table, Where: map[string]string{colLapses: lapses}, OrderBy: colUntil, To: before.AddDays(-1).String(), Limit: limit, After: after,
	}
	return document.List(ctx, r, q, func() *viewv1.Licence { return &viewv1.Licence{} })
}
