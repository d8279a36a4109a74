package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

const penaltyCategory = penalty.Category

// penalty submits a decision that is for the public (Order 45 art. 2), and again when it was amended. One that was taken over
// waits for whoever imported it. Of one that was revoked, or amended to what is not for the public, what is under way is
// recalled; what is public already waits on the work list for its withdrawal.
func (c cause) penalty(ctx context.Context) error {
	switch c.rec.Type {
	case penalty.Decided{}.EventType(), penalty.Amended{}.EventType(), penalty.Revoked{}.EventType():
	default:
		return nil
	}
	event, err := penalty.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	then, now, err := asOf(ctx, c, penalty.Decider)
	if err != nil {
		return err
	}
	reason := ""
	switch e := event.(type) {
	case penalty.Decided:
		if e.SourceRow != nil {
			return nil
		}
	case penalty.Amended:
		reason = e.Reason
	case penalty.Served, penalty.Performed, penalty.Revoked:
	}
	switch withheld := now.Withheld(); {
	case withheld != nil:
		d := now.Decision
		return c.recall(ctx, disclosure.Record{Kind: disclosure.Penalty, ID: d.Penalty}, d.Authority, withheld.ZH)
	case then.Withheld() != nil:
		return nil
	}
	return c.submit(ctx, PenaltyDocument(then), reason)
}
