package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/inspection"
)

const inspectionCategory = inspection.Category

// inspection submits a result once it is concluded, and again when it was corrected afterwards.
func (c cause) inspection(ctx context.Context) error {
	switch c.rec.Type {
	case inspection.Concluded{}.EventType(), inspection.Corrected{}.EventType():
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
	reason := ""
	if e, ok := event.(inspection.Corrected); ok {
		reason = e.Reason
	}
	return c.submit(ctx, InspectionDocument(then), reason)
}
