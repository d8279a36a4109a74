package document

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/projections"
)

// Find reads the document of one row into msg and returns it; the zero M, without error, if there is no such row.
func Find[M proto.Message](ctx context.Context, r projections.Reader, table, key string, msg M) (none M, err error) {
	row, err := r.Get(ctx, table, key)
	if err != nil {
		return none, fmt.Errorf("document: get %s of %s: %w", key, table, err)
	}
	if row == nil {
		return none, nil
	}
	return msg, Decode(row, msg)
}

// List reads the documents of a page, and the token of the next. blank makes an empty message.
func List[M proto.Message](ctx context.Context, r projections.Reader, q projections.Query, blank func() M) (list []M, next string, err error) {
	page, err := r.List(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("document: list %s: %w", q.Table, err)
	}
	for _, row := range page.Rows {
		msg := blank()
		if err := Decode(&row, msg); err != nil {
			return nil, "", err
		}
		list = append(list, msg)
	}
	return list, page.Next, nil
}
