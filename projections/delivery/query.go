package delivery

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Sequence names the rows of a platform and kind.
type Sequence struct {
	Platform string
	Kind     delivery.Kind
}

func (s Sequence) key() string { return s.Platform + divider + string(s.Kind) }

func (s Sequence) rowKey(number uint64) string { return s.key() + divider + projections.Num(number) }

// Rows returns the rows after a number, at most limit (1 to projections.MaxLimit), with consecutive numbers.
func Rows(ctx context.Context, r projections.Reader, s Sequence, after uint64, limit int) ([]*viewv1.KeptDeliveryRow, error) {
	list, _, err := document.List(ctx, r, projections.Query{
		Table: RowTable, From: s.rowKey(after + 1), To: s.rowKey(^uint64(0)), Limit: limit,
	}, blankRow)
	return list, err
}

func blankRow() *viewv1.KeptDeliveryRow { return &viewv1.KeptDeliveryRow{} }

// Head is the end of the rows; number 0 and the zero chain before the first.
func Head(ctx context.Context, r projections.Reader, s Sequence) (*viewv1.DeliveryHead, error) {
	head, err := document.Find(ctx, r, headTable, s.key(), &viewv1.DeliveryHead{})
	if err == nil && head == nil {
		head = &viewv1.DeliveryHead{Number: 0, Chain: chain.Chain{}.String()}
	}
	return head, err
}

// Row is the row of a number; the fault is of kind NotFound and names it if there is none.
func Row(ctx context.Context, r projections.Reader, s Sequence, number uint64) (*viewv1.KeptDeliveryRow, error) {
	row, err := document.Find(ctx, r, RowTable, s.rowKey(number), blankRow())
	if err == nil && row == nil {
		return nil, delivery.NotARow(fmt.Sprintf("%s/%s #%d", s.Platform, s.Kind, number))
	}
	return row, err
}

// Chain is the running digest after the row of a number; the zero chain after 0.
func Chain(ctx context.Context, r projections.Reader, s Sequence, number uint64) (chain.Chain, error) {
	if number == 0 {
		return chain.Chain{}, nil
	}
	row, err := Row(ctx, r, s, number)
	if err != nil {
		return chain.Chain{}, err
	}
	return chain.Parse(row.GetRow().GetChain())
}

// Waiting is the number of the first row that was neither submitted nor set aside; 0 if there is none.
func Waiting(ctx context.Context, r projections.Reader, s Sequence) (uint64, error) {
	list, _, err := document.List(ctx, r, projections.Query{
		Table: RowTable, Where: map[string]string{colWaits: s.key()}, OrderBy: colNumber, Limit: 1,
	}, blankRow)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].GetRow().GetNumber(), nil
}

// Find is the row that a receipt names by its digest; the fault is of kind NotFound and names it if there is none.
func Find(ctx context.Context, r projections.Reader, s Sequence, digest string) (*viewv1.KeptDeliveryRow, error) {
	list, _, err := document.List(ctx, r, projections.Query{Table: RowTable, Where: map[string]string{colDigest: digest}, Limit: 1}, blankRow)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].GetRow().GetPlatform() != s.Platform || list[0].GetRow().GetKind() != string(s.Kind) {
		return nil, delivery.NotARow(digest)
	}
	return list[0], nil
}

// Batch returns the numbers of the rows that were submitted in a batch, in their order.
func Batch(ctx context.Context, r projections.Reader, s Sequence, batch string) (numbers []uint64, err error) {
	q := projections.Query{
		Table: batchTable, Where: map[string]string{colBatch: s.key() + divider + batch}, OrderBy: colNumber, Limit: projections.MaxLimit,
	}
	for {
		page, err := r.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("delivery: batch: %w", err)
		}
		for _, row := range page.Rows {
			var n uint64
			if _, err := fmt.Sscanf(row.Columns[1], "%d", &n); err != nil {
				return nil, fmt.Errorf("delivery: batch: %w", err)
			}
			numbers = append(numbers, n)
		}
		if q.After = page.Next; q.After == "" {
			return numbers, nil
		}
	}
}

// Get returns a delivery; the fault is of kind NotFound if there is none.
func Get(ctx context.Context, r projections.Reader, id string) (*viewv1.Delivery, error) {
	v, err := document.Find(ctx, r, Table, id, &viewv1.Delivery{})
	if err == nil && v == nil {
		err = domain.Refuse(domain.NotFound, "delivery.missing", "delivery_id", "没有该报送记录", "there is no such delivery")
	}
	return v, err
}

// Filter asks for the deliveries of an authority, perhaps of one status.
type Filter struct {
	Authority string
	Status    string
	PageSize  int // 1 to projections.MaxLimit
	PageToken string
}

// List returns deliveries in the order in which they began, and the token of the next page.
func List(ctx context.Context, r projections.Reader, f Filter) ([]*viewv1.Delivery, string, error) {
	q := projections.Query{Table: Table, Where: map[string]string{colAuthority: f.Authority}, OrderBy: colAt, After: f.PageToken, Limit: f.PageSize}
	if f.Status != "" {
		q.Where[colStatus] = f.Status
	}
	return document.List(ctx, r, q, func() *viewv1.Delivery { return &viewv1.Delivery{} })
}

// Held returns a page of what is held for any authority, and the token of the next.
func Held(ctx context.Context, r projections.Reader, limit int, token string) ([]*viewv1.Delivery, string, error) {
	return document.List(ctx, r, projections.Query{
		Table: Table, Where: map[string]string{colStatus: string(delivery.WasHeld)}, OrderBy: colAnswerBy, Limit: limit, After: token,
	}, func() *viewv1.Delivery { return &viewv1.Delivery{} })
}

// Late returns a page of the deliveries whose answer was due before a day, and the token of the next.
func Late(ctx context.Context, r projections.Reader, day calendar.Date, limit int, token string) ([]*viewv1.Delivery, string, error) {
	return document.List(ctx, r, projections.Query{
		Table: Table, Where: map[string]string{colStatus: string(delivery.WasSubmitted)}, OrderBy: colAnswerBy, To: day.AddDays(-1).String(),
		Limit: limit, After: token,
	}, func() *viewv1.Delivery { return &viewv1.Delivery{} })
}
