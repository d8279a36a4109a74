package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

const penaltyCategory = penalty.Category

// penalty submits a decision that is for the public (Order 45 art. 2), and again when it was amended. One that was taken over
// waits for whoever imported it. Of one that was revoked, or amended to what is not for the public, what is under way is
// recalled; what is public already waits on the work list for its withdrawal.
func (c cause) penalty(ctx context.Context) error {
	switch penalty.Codec().Today(c.rec.Type) {
	case penalty.Decided{}.EventType(), penalty.Amended{}.EventType(), penalty.Revoked{}.EventType(),
		penalty.Redacted{}.EventType(), penalty.AmountsConfirmed{}.EventType():
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
		if err := c.completeParties(ctx, e); err != nil {
			return err
		}
	case penalty.Amended:
		reason = e.Reason
	case penalty.Served, penalty.Performed, penalty.Revoked, penalty.Notified, penalty.InstalmentsGranted, penalty.Challenged,
		penalty.Pushed, penalty.PushReceived, penalty.PushPublished:
	case penalty.Redacted:
		if ready, err := c.submitted(ctx, now); err != nil || !ready {
			return err
		}
		reason = e.Reason
	case penalty.AmountsConfirmed:
		if ready, err := c.submitted(ctx, now); err != nil || !ready {
			return err
		}
		reason = "处罚种类、金额已确认"
	}
	switch withheld := now.Withheld(); {
	case withheld != nil:
		d := now.Decision
		return c.recall(ctx, disclosure.Record{Kind: disclosure.Penalty, ID: d.Penalty}, d.Authority, withheld.ZH)
	case then.Withheld() != nil, then.Unconfirmed() != nil:
		return nil
	}
	return c.submit(ctx, PenaltyDocument(then), reason)
}

// PartyCommand describes the command that records a decision for a further party, from that which recorded it for the first:
// whoever runs it, it is the same one.
func PartyCommand(first es.Metadata, id string) es.Metadata {
	m := first
	m.Command, m.Causation = es.DeriveID(first.Command, penalty.Category, id), first.Command
	return m
}

// completeParties records a decision for its other parties, where whoever recorded it for the first did not come to that. He
// stands behind those records as well.
func (c cause) completeParties(ctx context.Context, first penalty.Decided) error {
	from, err := c.rec.Metadata()
	if err != nil {
		return err
	}
	today := calendar.DateOf(from.RecordedAt)
	for _, d := range first.Rest() {
		id := penalty.RecordID(d)
		cmd := penalty.Command(penalty.Decide{By: actor(d.Authority), Today: today, Decision: d})
		m := PartyCommand(from, id)
		m.RecordedAt = c.Clock().UTC()
		if err := send(ctx, c, penalty.Decider, id, cmd, m); err != nil {
			return err
		}
	}
	return nil
}

// submitted tells whether what changes a decision's texts or amounts leads to a document: of one that was taken over only where
// one was submitted, since it waits for whoever imported it.
func (c cause) submitted(ctx context.Context, now penalty.State) (bool, error) {
	if now.Decision.SourceRow == nil {
		return true, nil
	}
	record := disclosure.Record{Kind: disclosure.Penalty, ID: now.Decision.Penalty}
	d, err := es.Load(ctx, c.Store, disclosure.Decider, record.Disclosure())
	return d.State.ID != "", err
}
