package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/inspection"
)

const inspectionCategory = inspection.Category

// inspection submits a result once it is concluded, and again whenever what the public sees of it changed afterwards: when it
// was corrected, when the subject was ordered to put something right, and when that was re-checked.
func (c cause) inspection(ctx context.Context) error {
	switch inspection.Codec().Today(c.rec.Type) {
	case inspection.Concluded{}.EventType(), inspection.Corrected{}.EventType(),
		inspection.RectificationOrdered{}.EventType(), inspection.Rechecked{}.EventType():
	default:
		return nil
	}
	event, err := inspection.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	then, _, err := asOf(ctx, c, inspection.Decider)
	if err != nil {
		return err
	}
	if then.Assigned == nil || !then.Concluded {
		return nil
	}
	if _, corrected := event.(inspection.Corrected); corrected {
		if last := then.Corrections[len(then.Corrections)-1]; slices.Equal(last.Former, last.Made.Outcomes) {
			return nil // of the findings, which are not published
		}
	}
	return c.submit(ctx, InspectionDocument(then), whyAgain(event))
}

// whyAgain is the reason for a new document, as it is published; none for the first.
func whyAgain(event inspection.Event) string {
	switch e := event.(type) {
	case inspection.Corrected:
		return e.Reason
	case inspection.RectificationOrdered:
		return "登记责令改正"
	case inspection.Rechecked:
		if e.Passed {
			return "登记复查结果：合格"
		}
		return "登记复查结果：不合格"
	case inspection.Assigned, inspection.Released, inspection.Recorded, inspection.Confirmed, inspection.Concluded,
		inspection.HandedOver, inspection.TakenOver, inspection.CalledOff, inspection.NoticeIssued, inspection.NoticeServed,
		inspection.FollowUpClosed:
	}
	return ""
}
