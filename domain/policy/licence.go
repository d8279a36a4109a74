package policy

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/licence"
)

const licenceCategory = licence.StreamCategory

// licence submits each decision as a record of its own. Terms that were taken over wait for whoever imported them.
func (c cause) licence(ctx context.Context) error {
	if !licence.Codec().Knows(c.rec.Type) || c.rec.Type == (licence.TermTakenOver{}).EventType() {
		return nil
	}
	then, _, err := asOf(ctx, c, licence.Decider)
	if err != nil {
		return err
	}
	return c.submit(ctx, LicenceDocument(then, c.rec.Revision), "")
}
