package dispute

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Get returns a request; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.CorrectionRequest, error) {
	v, err := document.Find(ctx, r, Table, id, &viewv1.CorrectionRequest{})
	if err == nil && v == nil {
		err = missing()
	}
	return v, err
}

// State returns what everybody sees of a request; the fault is of kind NotFound if there is none.
func State(ctx context.Context, r projections.Reader, id string) (*viewv1.CorrectionRequestState, error) {
	v, err := document.Find(ctx, r, stateTable, id, &viewv1.CorrectionRequestState{})
	if err == nil && v == nil {
		err = missing()
	}
	return v, err
}

func missing() error {
	return domain.Refuse(domain.NotFound, "dispute.missing", "request_id", "没有该更正申请", "there is no such request")
}

// Replies returns the replies to a disclosure; the fault is of kind NotFound if there never was one.
func Replies(ctx context.Context, r projections.Reader, disclosure string) (*viewv1.Replies, error) {
	v, err := document.Find(ctx, r, replyTable, disclosure, &viewv1.Replies{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "dispute.reply.missing", "disclosure_id", "没有该公示信息的陈述", "nobody replied to this disclosure")
	}
	return v, err
}

// Filter narrows a list. Empty fields ask for all; a disclosure takes no other condition.
type Filter struct {
	Authority  string
	Stage      string
	Disclosure string
	PageSize   int // 1 to projections.MaxLimit
	PageToken  string
}

// List returns requests, the latest received first, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.CorrectionRequest, string, error) {
	q := projections.Query{Table: Table, OrderBy: colReceived, Desc: true, After: f.PageToken, Limit: f.PageSize, Where: map[string]string{}}
	columns := map[string]string{colAuthority: f.Authority, colStage: f.Stage}
	if f.Disclosure != "" {
		columns = map[string]string{colDisclosure: f.Disclosure}
	}
	for column, value := range columns {
		if value != "" {
			q.Where[column] = value
		}
	}
	return document.List(ctx, r, q, func() *viewv1.CorrectionRequest { return &viewv1.CorrectionRequest{} })
}
