package audit

import (
	"context"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Name is the projection's name.
const Name = "audit.v1"

// Table is the view's table.
const Table = "audited_read"

// Columns.
const (
	colAuthority = "authority"
	colAccount   = "account"
	colRecord    = "record"
	colAt        = "at" // RFC 3339 in seconds, UTC
)

// Projection keeps the view.
func Projection() projections.Projection {
	return projections.Projection{
		Name: Name,
		Tables: []projections.Table{{
			Name: Table, Columns: []string{colAuthority, colAccount, colRecord, colAt},
			Indexes: [][]string{{colAt}, {colAuthority, colAt}, {colAccount, colAt}, {colRecord, colAt}},
		}},
		Project: project,
	}
}

func project(rec es.Record) (projections.Change, error) {
	if !audit.Codec().Knows(rec.Type) {
		return projections.Change{}, nil
	}
	event, err := audit.Codec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	key := string(rec.ID)
	v := &viewv1.AuditedRead{Id: key, At: meta.RecordedAt.UTC().Format(time.RFC3339)}
	switch e := event.(type) {
	case audit.Read:
		v.Account, v.Role, v.AuthorityId, v.Method = e.Account, string(e.Role), string(e.Authority), e.Method
		v.Class, v.ClassLabel, v.Record = string(e.Class), e.Class.Label(), e.Record
		v.Purpose, v.RequestId = e.Purpose, e.RequestID
	}
	return projections.Change{Keys: []projections.Key{{Table: Table, Key: key}}, Apply: func(rows *projections.Rows) error {
		columns := []string{v.GetAuthorityId(), v.GetAccount(), projections.Clip(v.GetRecord()), v.GetAt()}
		return document.Put(rows, Table, projections.Row{Key: key, Columns: columns}, v)
	}}, nil
}

// Filter narrows a list: of authority, account and record at most one, and days in Asia/Shanghai.
type Filter struct {
	Authority string
	Account   string
	Record    string
	From, To  calendar.Date // both inclusive; zero for none
	PageSize  int           // 1 to projections.MaxLimit
	PageToken string
}

// List returns entries, the latest first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.AuditedRead, string, error) {
	q := projections.Query{Table: Table, Where: map[string]string{}, OrderBy: colAt, Desc: true, After: f.PageToken, Limit: f.PageSize}
	for column, value := range map[string]string{colAuthority: f.Authority, colAccount: f.Account, colRecord: projections.Clip(f.Record)} {
		if value != "" {
			q.Where[column] = value
		}
	}
	if len(q.Where) > 1 {
		return nil, "", domain.Refuse(domain.Invalid, "audit.query", "", "机关、账户、记录只能选其一", "ask for one of authority, account and record")
	}
	if !f.From.IsZero() {
		q.From = f.From.StartsAt().UTC().Format(time.RFC3339)
	}
	if !f.To.IsZero() {
		q.To = f.To.AddDays(1).StartsAt().Add(-time.Second).UTC().Format(time.RFC3339)
	}
	return document.List(ctx, r, q, func() *viewv1.AuditedRead { return &viewv1.AuditedRead{} })
}
