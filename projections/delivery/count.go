package delivery

import (
	"cmp"
	"context"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/document"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// count moves the delivery from one status to another.
func (f fact) count(rows *projections.Rows, was, is string) error {
	if was == is {
		return nil
	}
	all := &viewv1.DeliveryCounts{}
	if _, err := document.Get(rows, countTable, f.sequence, all); err != nil {
		return err
	}
	for status, change := range map[string]int64{was: -1, is: 1} {
		if status == string(delivery.None) {
			continue
		}
		at, there := slices.BinarySearchFunc(all.GetCounts(), status, func(c *viewv1.DeliveryCount, s string) int { return cmp.Compare(c.GetStatus(), s) })
		if !there {
			all.Counts = slices.Insert(all.GetCounts(), at, &viewv1.DeliveryCount{Status: status})
		}
		all.Counts[at].Deliveries += uint64(change) //nolint:gosec // what left a status had it
	}
	all.Counts = slices.DeleteFunc(all.GetCounts(), func(c *viewv1.DeliveryCount) bool { return c.GetDeliveries() == 0 })
	return document.Put(rows, countTable, projections.Row{Key: f.sequence}, all)
}

// Counts is how many deliveries of a platform and kind stand how; statuses of none are left out.
func Counts(ctx context.Context, r projections.Reader, s Sequence) (map[delivery.Status]uint64, error) {
	all, err := document.Find(ctx, r, countTable, s.key(), &viewv1.DeliveryCounts{})
	if err != nil {
		return nil, err
	}
	out := map[delivery.Status]uint64{}
	for _, c := range all.GetCounts() {
		out[delivery.Status(c.GetStatus())] = c.GetDeliveries()
	}
	return out, nil
}

// Oldest is the day on which the row went out that has waited longest for an answer; false if none waits.
func Oldest(ctx context.Context, r projections.Reader, s Sequence) (day calendar.Date, waits bool, err error) {
	list, _, err := document.List(ctx, r, projections.Query{
		Table: Table, Where: map[string]string{colSequence: s.key(), colStatus: string(delivery.WasSubmitted)}, OrderBy: colAnswerBy, Limit: 1,
	}, func() *viewv1.Delivery { return &viewv1.Delivery{} })
	if err != nil || len(list) == 0 {
		return day, false, err
	}
	due, err := calendar.Parse(list[0].GetAnswerBy())
	return due.AddDays(-delivery.AnswerDays), err == nil, err
}
