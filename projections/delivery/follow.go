package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/chain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// setAside is the status of a row that can't be written.
const setAside = "held"

// follow changes the delivery, and the row that the event is about. The delivery stands as delivery.State says.
func (f fact) follow(rows *projections.Rows, v *viewv1.Delivery) error {
	switch e := f.event.(type) {
	case delivery.Prepared:
		f.about(v, e.About, e.Act)
		v.Status, v.Problems, v.AnswerBy, v.GivenUp, v.GivenUpReason = string(delivery.WasPrepared), nil, "", "", ""
		return f.lengthen(rows, v, e)
	case delivery.Held:
		f.about(v, e.About, e.Act)
		v.Status, v.Problems, v.AnswerBy, v.GivenUp, v.GivenUpReason = string(delivery.WasHeld), problems(e.Problems), "", "", ""
		if e.Number == 0 {
			return nil
		}
		return f.change(rows, v, e.Number, func(row *viewv1.KeptDeliveryRow) { row.Row.Status = setAside })
	case delivery.Dropped:
		v.Status, v.Problems, v.Act, v.AnswerBy, v.GivenUp, v.GivenUpReason = string(delivery.WasDropped), nil, number(e.Act), "", "", ""
	case delivery.Submitted:
		if err := f.batch(rows, e); err != nil {
			return err
		}
		first := f.stands(v, e.Number, delivery.WasSubmitted)
		if first && v.GetAnswerBy() == "" {
			v.AnswerBy = delivery.AnswerBy(e.On).String()
		}
		return f.change(rows, v, e.Number, func(row *viewv1.KeptDeliveryRow) {
			row.Row.Status, row.Row.Batches = string(delivery.WasSubmitted), append(row.GetRow().GetBatches(), e.Batch)
		})
	case delivery.Accepted:
		verdict := string(delivery.Taken)
		if e.Duplicate {
			verdict = string(delivery.Duplicate)
		}
		return f.answered(rows, v, e.Answer, verdict, delivery.WasAccepted)
	case delivery.Rejected:
		return f.answered(rows, v, e.Answer, string(delivery.Refused), delivery.WasRejected)
	case delivery.NameChosen:
		v.Names = append(v.GetNames(), &viewv1.DeliveryName{
			Name: e.Name, Former: e.Former, Known: e.Known, AsOf: e.AsOf.String(), Reason: e.Reason, On: e.On.String(), By: e.By,
		})
	case delivery.RepresentativeRecorded:
		v.Representative = e.Name
	case delivery.GivenUp:
		return f.givenUp(rows, v, e)
	}
	return nil
}

func (f fact) about(v *viewv1.Delivery, a delivery.About, act int) {
	v.Id, v.Platform, v.Kind, v.DisclosureId, v.RecordId = f.id, a.Platform, string(a.Kind), a.Disclosure, a.Record
	v.AuthorityId, v.Act, v.Party, v.DocumentNo, v.DecidedOn = string(a.Authority), number(act), a.Match.Party, a.Match.DocumentNo, a.Match.DecidedOn.String()
}

// stands changes how the delivery stands as its last row does, and tells whether it did.
func (f fact) stands(v *viewv1.Delivery, number uint64, now delivery.Status) bool {
	was := delivery.Status(v.GetStatus())
	if last(v).GetNumber() != number || was == delivery.WasHeld || was == delivery.WasDropped || now == delivery.WasSubmitted && was != delivery.WasPrepared {
		return false
	}
	v.Status = string(now)
	return true
}

func (f fact) answered(rows *projections.Rows, v *viewv1.Delivery, a delivery.Answer, verdict string, now delivery.Status) error {
	if f.stands(v, a.Number, now) {
		v.AnswerBy, v.GivenUp, v.GivenUpReason = "", "", ""
	}
	return f.change(rows, v, a.Number, func(row *viewv1.KeptDeliveryRow) {
		row.Row.Status, row.Row.Code, row.Row.Text = verdict, a.Code, a.Text
	})
}

// givenUp is about the last row where that waits for an answer.
func (f fact) givenUp(rows *projections.Rows, v *viewv1.Delivery, e delivery.GivenUp) error {
	held := v.GetStatus() == string(delivery.WasHeld)
	v.Status, v.Problems, v.AnswerBy, v.GivenUp, v.GivenUpReason = string(delivery.WasGivenUp), nil, "", string(e.Why), e.Reason
	ref := last(v)
	if held || ref == nil || ref.GetStatus() != string(delivery.WasPrepared) && ref.GetStatus() != string(delivery.WasSubmitted) {
		return nil
	}
	return f.change(rows, v, ref.GetNumber(), func(row *viewv1.KeptDeliveryRow) { row.Row.Status = string(delivery.WasGivenUp) })
}

// lengthen gives the row the next number of its sequence, and the sequence its next digest.
func (f fact) lengthen(rows *projections.Rows, v *viewv1.Delivery, e delivery.Prepared) error {
	head := &viewv1.DeliveryHead{}
	if _, err := document.Get(rows, headTable, f.sequence, head); err != nil {
		return err
	}
	running := chain.Chain{}
	if head.GetNumber() > 0 {
		var err error
		if running, err = chain.Parse(head.GetChain()); err != nil {
			return fmt.Errorf("delivery: rows of %s: %w", f.sequence, err)
		}
	}
	meta, err := f.rec.Metadata()
	if err != nil {
		return err
	}
	n := head.GetNumber() + 1
	item, err := itemOf(e, n).Canonical()
	if err != nil {
		return fmt.Errorf("delivery: row %d of %s: %w", n, f.sequence, err)
	}
	sum := sha256.Sum256(item)
	running = running.Next(item)
	row := &viewv1.KeptDeliveryRow{
		Row: &viewv1.DeliveryRow{
			Number: n, Item: string(item), Digest: hex.EncodeToString(sum[:]), Chain: running.String(), Personal: e.Personal, Platform: e.Platform,
			Kind: string(e.Kind), DeliveryId: f.id, AuthorityId: string(e.Authority), Status: string(delivery.WasPrepared),
			PreparedAt: meta.RecordedAt.UTC().Format(time.RFC3339Nano), Warnings: problems(e.Warnings), Version: e.Version,
		},
		Place: number(e.Row), Content: e.Digest,
	}
	if id := e.Identity; id != nil {
		row.IdentityItem, row.IdentityPersons, row.IdentityCommitment = id.Item, id.Persons, id.Commitment
	}
	v.Rows = append(v.GetRows(), &viewv1.DeliveryRowRef{
		Number: n, Action: string(e.Action), Act: number(e.Act), Status: string(delivery.WasPrepared), On: e.On.String(), Cause: string(e.Cause),
	})
	if err := document.Put(rows, headTable, projections.Row{Key: f.sequence}, &viewv1.DeliveryHead{Number: n, Chain: running.String()}); err != nil {
		return err
	}
	return f.put(rows, row, decisionOf(f.sequence, e.Match), e.Match.DecidedOn.String())
}

// itemOf is the row as both sides chain it.
func itemOf(e delivery.Prepared, n uint64) profile.Item {
	row := profile.Row{Platform: e.Platform, Kind: profile.Kind(e.Kind), Version: e.Version, Table: e.Table, Personal: e.Personal}
	for _, c := range e.Columns {
		row.Columns = append(row.Columns, profile.Column{Key: c.Key, Value: c.Value})
	}
	return profile.Item{Number: n, Action: profile.Action(e.Action), Record: e.Record, Disclosure: e.Disclosure, Act: e.Act, Row: row}
}

// change changes a row, and what its delivery tells of it.
func (f fact) change(rows *projections.Rows, v *viewv1.Delivery, number uint64, do func(*viewv1.KeptDeliveryRow)) error {
	old, err := rows.Get(RowTable, f.rowKey(number))
	if err != nil {
		return err
	}
	if old == nil { // a history that this ledger did not write itself
		return nil
	}
	row := &viewv1.KeptDeliveryRow{}
	if err := document.Decode(old, row); err != nil {
		return err
	}
	do(row)
	if i := slices.IndexFunc(v.GetRows(), func(r *viewv1.DeliveryRowRef) bool { return r.GetNumber() == number }); i >= 0 {
		ref := v.GetRows()[i]
		ref.Status, ref.Code, ref.Text = row.GetRow().GetStatus(), row.GetRow().GetCode(), row.GetRow().GetText()
	}
	return f.put(rows, row, old.Columns[1], old.Columns[2])
}

func (f fact) put(rows *projections.Rows, row *viewv1.KeptDeliveryRow, decision, decided string) error {
	waits, r := "", row.GetRow()
	if r.GetStatus() == string(delivery.WasPrepared) {
		waits = f.sequence
	}
	return document.Put(rows, RowTable, projections.Row{
		Key: f.rowKey(r.GetNumber()), Columns: []string{r.GetDigest(), decision, decided, waits, projections.Num(r.GetNumber())},
	}, row)
}

func (f fact) batch(rows *projections.Rows, e delivery.Submitted) error {
	batch := f.sequence + divider + e.Batch
	rows.Put(batchTable, projections.Row{
		Key: batch + divider + projections.Num(e.Number), Columns: []string{batch, projections.Num(e.Number)},
	})
	return nil
}

func problems(of []delivery.Problem) []*viewv1.DeliveryProblem {
	var out []*viewv1.DeliveryProblem
	for _, p := range of {
		out = append(out, &viewv1.DeliveryProblem{Field: p.Field, Rule: p.Rule, MessageZh: p.ZH, MessageEn: p.EN})
	}
	return out
}

func number(n int) int32 { return int32(min(n, 1<<30)) } //nolint:gosec // within
