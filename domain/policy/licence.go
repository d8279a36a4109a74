package policy

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain/licence"
)

const licenceCategory = licence.StreamCategory

// Daily is the account name under which an instance does what a date alone demands.
const Daily = "daily"

// licence submits each decision as a record of its own. Terms that were taken over wait for whoever imported them. That a term
// is over is no decision where nobody but the date said so: the last day stands in what is public already.
func (c cause) licence(ctx context.Context) error {
	switch licence.Codec().Today(c.rec.Type) {
	case "", licence.TermTakenOver{}.EventType():
		return nil
	}
	if from, err := c.rec.Metadata(); err != nil || from.Actor == Daily {
		return err
	}
	then, _, err := asOf(ctx, c, licence.Decider)
	if err != nil {
		return err
	}
	return c.submit(ctx, LicenceDocument(then, c.rec.Revision), "")
}
