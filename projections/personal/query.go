package personal

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a reference; the fault is of kind NotFound if no event holds it.
func Get(ctx context.Context, r projections.Reader, item string) (*viewv1.PersonalItem, error) {
	v, err := document.Find(ctx, r, Table, item, &viewv1.PersonalItem{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "personal.missing", "item", "没有该个人信息", "there is no such personal text")
	}
	return v, err
}

// Filter asks for the references of one record or of one person.
type Filter struct {
	Record    string
	Person    string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns references, the latest first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.PersonalItem, string, error) {
	q := projections.Query{OrderBy: colAt, Desc: true, After: f.PageToken, Limit: f.PageSize}
	switch {
	case (f.Record == "") == (f.Person == ""):
		return nil, "", domain.Refuse(domain.Invalid, "personal.query", "record_id", "应填写记录编号或自然人标识之一", "ask for one record or one person")
	case f.Record != "":
		q.Table, q.Where = recordTable, map[string]string{colRecord: projections.Clip(f.Record)}
	default:
		q.Table, q.Where = personTable, map[string]string{colPerson: f.Person}
	}
	return document.List(ctx, r, q, func() *viewv1.PersonalItem { return &viewv1.PersonalItem{} })
}

// Shreddings returns requests, the latest first, in one state or in any, and the token of the next page.
func Shreddings(ctx context.Context, r projections.Reader, state string, size int, token string) ([]*viewv1.Shredding, string, error) {
	q := projections.Query{Table: ShreddingTable, Where: map[string]string{}, OrderBy: colAt, Desc: true, After: token, Limit: size}
	if state != "" {
		q.Where[colState] = state
	}
	return document.List(ctx, r, q, func() *viewv1.Shredding { return &viewv1.Shredding{} })
}
