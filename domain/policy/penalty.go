package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

const penaltyCategory = penalty.Category

// penalty submits a decision that is for the public (Order 45 art. 2), and again when it was amended. One that was taken
// over waits for whoever imported it; one that is revoked waits on the work list for its withdrawal.
func (c cause) penalty(ctx context.Context) error {
	switch c.rec.Type {
	case penalty.Decided{}.EventType(), penalty.Amended{}.EventType():
	default:
		return nil
	}
	event, err := penalty.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
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
	then, now, err := asOf(ctx, c, penalty.Decider)
	if err != nil {
		return err
	}
	if then.Withheld() != nil || now.Withheld() != nil {
		return nil
	}
	return c.submit(ctx, PenaltyDocument(then), reason)
}
