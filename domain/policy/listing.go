package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/listing"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

const listingCategory = listing.Category

// listing submits an entry, and again with each ground that is added and with its removal. One that was rescinded goes no
// further: what is under way of it is recalled, and what is public waits on the work list for its withdrawal.
func (c cause) listing(ctx context.Context) error {
	switch listing.Codec().Today(c.rec.Type) {
	case listing.Entered{}.EventType(), listing.GroundAdded{}.EventType(), listing.Removed{}.EventType(), listing.Rescinded{}.EventType():
	default:
		return nil
	}
	event, err := listing.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	then, now, err := asOf(ctx, c, listing.Decider)
	if err != nil {
		return err
	}
	number, reason := entryOf(event)
	doc := ListingDocument(then, number)
	if e, _ := now.EntryOf(number); e.Rescinded != nil {
		return c.recall(ctx, doc.Record(), e.Authority, "列入决定已撤销："+e.Rescinded.Reason)
	}
	return c.submit(ctx, doc, reason)
}

// entryOf is the entry that an event is about, and the reason for a new document; none for the first, and for a rescission,
// which makes none.
func entryOf(event listing.Event) (number int, reason string) {
	switch e := event.(type) {
	case listing.Entered:
		return e.Entry, ""
	case listing.GroundAdded:
		return e.Entry, "增加列入事由：" + listing.RowOf(e.Table, e.Ground).Label
	case listing.Removed:
		return e.Entry, "登记移出决定"
	case listing.Rescinded:
		return e.Entry, ""
	case listing.Found, listing.Dismissed, listing.Retracted, listing.Notified, listing.RemovalApplied, listing.RemovalRefused, listing.Transferred:
	}
	return 0, ""
}

// findings proposes the grounds of the list of abnormal operations that a result gives, for a person to decide on
// (企业信息公示暂行条例 art. 17), and takes back what a corrected result gives no more. It goes by the result as it is now, so that a
// record that comes again proposes nothing anew.
func (c cause) findings(ctx context.Context) error {
	switch inspection.Codec().Today(c.rec.Type) {
	case inspection.Concluded{}.EventType(), inspection.Corrected{}.EventType():
	default:
		return nil
	}
	event, err := inspection.Codec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	_, now, err := asOf(ctx, c, inspection.Decider)
	if err != nil || now.Assigned == nil || !now.Concluded {
		return err
	}
	on := now.CompletedOn
	corrected, again := event.(inspection.Corrected)
	if again && !corrected.On.IsZero() {
		on = corrected.On
	}
	grounds := groundsOf(now.Outcomes)
	if again {
		if err := c.retract(ctx, *now.Assigned, grounds, corrected.Reason); err != nil {
			return err
		}
	}
	for _, g := range grounds {
		if err := c.propose(ctx, *now.Assigned, g, on); err != nil {
			return err
		}
	}
	return nil
}

// groundsOf are the grounds that outcomes lead to. What was not disclosed may be a report or what was ordered to be: whoever
// decides tells which.
func groundsOf(outcomes []inspection.Outcome) []listing.Ground {
	var out []listing.Ground
	for _, pair := range []struct {
		outcome inspection.Outcome
		ground  listing.Ground
	}{
		{inspection.InfoNotDisclosed, listing.NotPublished}, {inspection.InfoFalse, listing.FalseInfo}, {inspection.Unreachable, listing.Unreachable},
	} {
		if slices.Contains(outcomes, pair.outcome) {
			out = append(out, pair.ground)
		}
	}
	return out
}

func (c cause) propose(ctx context.Context, a inspection.Assigned, g listing.Ground, on calendar.Date) error {
	subject, err := c.subject(ctx, a)
	if err != nil || !listing.Applies(listing.Abnormal, g, on, subject.Kind) {
		return err
	}
	m, err := c.metadata(a.Authority, "propose", string(g))
	if err != nil {
		return err
	}
	cmd := listing.Propose{
		By: actor(a.Authority), Subject: subject, Ground: g, Inspection: a.Inspection, On: on, Facts: "检查结果：" + outcomeOf(g).Label() + "（" + a.TaskTitle + "）",
	}
	return send[listing.State, listing.Command](ctx, c, listing.Decider, listing.ID(listing.Abnormal, a.Subject), cmd, m)
}

// outcomeOf is the outcome that proposes a ground.
func outcomeOf(g listing.Ground) inspection.Outcome {
	switch g {
	case listing.NotPublished:
		return inspection.InfoNotDisclosed
	case listing.FalseInfo:
		return inspection.InfoFalse
	}
	return inspection.Unreachable
}

func (c cause) retract(ctx context.Context, a inspection.Assigned, but []listing.Ground, reason string) error {
	m, err := c.metadata(a.Authority, "retract")
	if err != nil {
		return err
	}
	cmd := listing.Retract{By: actor(a.Authority), Inspection: a.Inspection, But: but, Reason: reason}
	return send[listing.State, listing.Command](ctx, c, listing.Decider, listing.ID(listing.Abnormal, a.Subject), cmd, m)
}

// subject is the subject of an inspection as the roster has it; one that is not on it any more, as it was drawn.
func (c cause) subject(ctx context.Context, a inspection.Assigned) (listing.Subject, error) {
	s, err := Listed(ctx, c.Store, a.Subject)
	if err == nil && s.ID == "" {
		s = listing.Subject{ID: a.Subject, Name: a.SubjectName, Kind: ""}
	}
	return s, err
}

// Listed is a subject as the roster has it, for a list; without id it is not on the roster.
func Listed(ctx context.Context, store es.Store, id domain.SubjectID) (listing.Subject, error) {
	s, err := es.Load(ctx, store, roster.Subjects, string(id))
	if err != nil {
		return listing.Subject{}, fmt.Errorf("policy: subject %s: %w", id, err)
	}
	return listing.Subject{ID: s.State.ID, Name: s.State.Name, Kind: string(s.State.Kind)}, nil
}
