package grpcapi

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	deliveryview "github.com/mingjian-ledger/mingjian/projections/delivery"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// SubmitDeliveryRows records that rows went out.
func (s DeliveryServer) SubmitDeliveryRows(ctx context.Context, req *mingjianv1.SubmitDeliveryRowsRequest) (*mingjianv1.SubmitDeliveryRowsResponse, error) {
	of, by := sequence(req), CallOf(ctx).Actor
	found := namedRows[*mingjianv1.SubmittedDeliveryRow]{of: func(line *mingjianv1.SubmittedDeliveryRow) (*viewv1.KeptDeliveryRow, error) {
		return s.numbered(ctx, of, line.GetNumber(), line.GetDigest())
	}, known: map[*mingjianv1.SubmittedDeliveryRow]*viewv1.KeptDeliveryRow{}}
	rows := batch[*mingjianv1.SubmittedDeliveryRow]{
		base: s.Base, kind: "delivery_row", with: req.GetPlatform() + "\n" + req.GetKind() + "\n" + req.GetBatch() + "\n" + req.GetChannel(), id: found.id,
		run: func(ctx context.Context, m es.Metadata, _ string, line *mingjianv1.SubmittedDeliveryRow) (recorded, error) {
			row := found.known[line]
			return s.tell(ctx, m, row, delivery.Submit{
				By: by, Today: s.Today(), Row: int(row.GetPlace()), Number: row.GetRow().GetNumber(), Content: row.GetContent(),
				Digest: row.GetRow().GetDigest(), Batch: req.GetBatch(), Channel: req.GetChannel(),
			})
		},
	}
	if err := found.all(req.GetRows()); err != nil {
		return nil, err
	}
	results, receipt, err := rows.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SubmitDeliveryRowsResponse{Receipt: receipt, Results: results}, nil
}

// RecordReceipts records what the platform said of rows.
func (s DeliveryServer) RecordReceipts(ctx context.Context, req *mingjianv1.RecordReceiptsRequest) (*mingjianv1.RecordReceiptsResponse, error) {
	of, by := sequence(req), CallOf(ctx).Actor
	found := namedRows[*mingjianv1.DeliveryReceiptLine]{of: func(line *mingjianv1.DeliveryReceiptLine) (*viewv1.KeptDeliveryRow, error) {
		return s.answered(ctx, of, line)
	}, known: map[*mingjianv1.DeliveryReceiptLine]*viewv1.KeptDeliveryRow{}}
	rows := batch[*mingjianv1.DeliveryReceiptLine]{
		base: s.Base, kind: "delivery_receipt", with: req.GetPlatform() + "\n" + req.GetKind() + "\n" + req.GetReceipt(), id: found.id,
		run: func(ctx context.Context, m es.Metadata, _ string, line *mingjianv1.DeliveryReceiptLine) (recorded, error) {
			row := found.known[line]
			return s.tell(ctx, m, row, delivery.Receive{
				By: by, Today: s.Today(), Row: int(row.GetPlace()), Number: row.GetRow().GetNumber(), Digest: line.GetDigest(),
				Verdict: delivery.Verdict(line.GetVerdict()), Code: line.GetCode(), Text: line.GetText(), Receipt: req.GetReceipt(),
			})
		},
	}
	if err := found.all(req.GetLines()); err != nil {
		return nil, err
	}
	results, receipt, err := rows.record(ctx, req, req.GetLines())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordReceiptsResponse{Receipt: receipt, Results: results}, nil
}

// namedRows are the rows that lines name, each looked up once: the lines of a batch are asked for their ids again while they run.
type namedRows[L interface {
	proto.Message
	comparable
}] struct {
	of    func(L) (*viewv1.KeptDeliveryRow, error)
	known map[L]*viewv1.KeptDeliveryRow
}

// all looks up what the lines name before they run at the same time. A line that names no row is refused by its id.
func (n namedRows[L]) all(lines []L) error {
	for _, line := range lines {
		row, err := n.of(line)
		switch {
		case err == nil:
			n.known[line] = row
		case !refuses(err):
			return err
		}
	}
	return nil
}

// id is the delivery and the place of the row in it.
func (n namedRows[L]) id(line L) (string, error) {
	row, found := n.known[line]
	if !found {
		_, err := n.of(line)
		return "", err
	}
	return fmt.Sprintf("%s#%d", row.GetRow().GetDeliveryId(), row.GetPlace()), nil
}

// tell runs a command about a row.
func (s DeliveryServer) tell(ctx context.Context, m es.Metadata, row *viewv1.KeptDeliveryRow, cmd delivery.Command) (recorded, error) {
	res, changed, err := decided(ctx, s.Base, delivery.Decider, row.GetRow().GetDeliveryId(), m, cmd)
	return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, err
}

// numbered is the row of a number, which has the digest if one is given.
func (s DeliveryServer) numbered(ctx context.Context, of deliveryview.Sequence, number uint64, digest string) (*viewv1.KeptDeliveryRow, error) {
	row, err := deliveryview.Row(ctx, s.Views, of, number)
	if err == nil && digest != "" && row.GetRow().GetDigest() != digest {
		return nil, delivery.OtherContent(number)
	}
	return row, err
}

// answered is the row that a line of a receipt names. All that it names has to be of one row.
func (s DeliveryServer) answered(ctx context.Context, of deliveryview.Sequence, line *mingjianv1.DeliveryReceiptLine) (row *viewv1.KeptDeliveryRow, err error) {
	switch {
	case line.GetNumber() > 0:
		row, err = s.numbered(ctx, of, line.GetNumber(), line.GetDigest())
	case line.GetDigest() != "":
		row, err = deliveryview.Find(ctx, s.Views, of, line.GetDigest())
	}
	named := line.GetDocumentNo() != "" || line.GetParty() != "" || line.GetDecidedOn() != ""
	if err != nil || row != nil && !named {
		return row, err
	}
	if !named || row == nil && (line.GetDocumentNo() == "" || line.GetParty() == "") {
		return nil, domain.Refuse(domain.Invalid, "delivery.receipt.unnamed", "lines", "回执应注明行号、摘要，或文号和名称",
			"a receipt names a row by number, digest, or the decision's number and party")
	}
	by := deliveryview.Named{
		Match: delivery.Match{DocumentNo: line.GetDocumentNo(), Party: line.GetParty(), DecidedOn: calendar.Date{}}, Verdict: delivery.Verdict(line.GetVerdict()), Code: line.GetCode(),
	}
	if day := line.GetDecidedOn(); day != "" {
		on, fault := civilDate("decided_on", day)
		if fault != nil {
			return nil, fault
		}
		by.DecidedOn = on
	}
	if row == nil {
		return deliveryview.Match(ctx, s.Views, of, by)
	}
	number := row.GetRow().GetNumber()
	by.From, by.To = number, number
	if _, err := deliveryview.Match(ctx, s.Views, of, by); domain.KindOf(err) == domain.NotFound {
		return nil, delivery.OtherContent(number)
	} else if err != nil {
		return nil, err
	}
	return row, nil
}
