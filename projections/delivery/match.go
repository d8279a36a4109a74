package delivery

import (
	"context"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Named is how a receipt names a row that it gives no number of, and what it says of it.
type Named struct {
	delivery.Match        // the day may be left out
	From, To       uint64 // numbers of the batch that it answers; 0 where it does not tell
	Verdict        delivery.Verdict
	Code           string
}

// maxNamed bounds the rows of one decision and party that are looked at.
const maxNamed = 500

// Match is the row that a receipt names by decision and party: of several rows of the record the one that waits for an answer, or
// the last that went out. The fault is of kind NotFound if there is none, and of kind Conflict if it can't be told which one is meant; it
// names the decision, and not the party, who may be a natural person.
func Match(ctx context.Context, r projections.Reader, s Sequence, n Named) (*viewv1.KeptDeliveryRow, error) {
	q := projections.Query{
		Table: RowTable, Where: map[string]string{colDecision: decisionOf(s.key(), n.Match)}, OrderBy: colNumber, Desc: true, Limit: maxNamed,
	}
	if !n.DecidedOn.IsZero() {
		q.Where[colDecided] = n.DecidedOn.String()
	}
	list, more, err := document.List(ctx, r, q, blankRow)
	if err != nil {
		return nil, err
	}
	if n.To > 0 {
		list = slices.DeleteFunc(list, func(row *viewv1.KeptDeliveryRow) bool {
			return row.GetRow().GetNumber() < n.From || row.GetRow().GetNumber() > n.To
		})
	}
	switch {
	case more != "":
		return nil, n.ambiguous()
	case len(list) == 0:
		return nil, delivery.NotARow(n.decision())
	}
	return n.of(list)
}

// of is the row among those of the decision and party, the last first.
func (n Named) of(list []*viewv1.KeptDeliveryRow) (row *viewv1.KeptDeliveryRow, err error) {
	repeated := false
	for _, one := range list {
		switch r := one.GetRow(); {
		case r.GetDeliveryId() != list[0].GetRow().GetDeliveryId():
			return nil, n.ambiguous()
		case r.GetStatus() != string(delivery.WasSubmitted):
			repeated = repeated || n.Verdict == delivery.Refused && r.GetStatus() == string(delivery.Refused) && r.GetCode() == n.Code
		case row != nil:
			return nil, n.ambiguous()
		default:
			row = one
		}
	}
	if row != nil && repeated { // an old receipt, or the same answer once more
		return nil, n.ambiguous()
	}
	if row != nil {
		return row, nil
	}
	if i := slices.IndexFunc(list, func(one *viewv1.KeptDeliveryRow) bool { return len(one.GetRow().GetBatches()) > 0 }); i >= 0 {
		return list[i], nil
	}
	return list[0], nil
}

func (n Named) decision() string { return strings.TrimSpace(n.DocumentNo + " " + n.DecidedOn.String()) }

func (n Named) ambiguous() error { return delivery.Ambiguous(n.decision()) }
