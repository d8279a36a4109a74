package policy

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

const replyCategory = dispute.ReplyCategory

// reply submits what is public anew, with the replies that stand now. A document that is under way for another reason is
// submitted anew itself, with the replies and for its own reason: as it is it could not be approved any more.
func (c cause) reply(ctx context.Context) error {
	if !dispute.ReplyCodec().Knows(c.rec.Type) {
		return nil
	}
	event, err := dispute.ReplyCodec().Decode(c.rec.Type, c.rec.Data)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	d, err := es.Load(ctx, c.Store, disclosure.Decider, c.rec.Stream.ID)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if !d.State.Public() {
		return nil
	}
	doc, err := bare(d.State.Showing.Document)
	if err != nil {
		return err
	}
	reason := whyReplied(event)
	if d.State.Draft.Pending() {
		draft, err := bare(d.State.Draft.Document)
		if err != nil {
			return err
		}
		if differ(doc, draft) {
			doc, reason = draft, d.State.Draft.Reason
		}
	}
	return c.submit(ctx, doc, reason)
}

// whyReplied is the reason for the new document, as it is published.
func whyReplied(event dispute.ReplyEvent) string {
	switch e := event.(type) {
	case dispute.ReplyReceived:
		if e.Replaces > 0 {
			return "当事人更换陈述"
		}
		return "登记当事人陈述"
	case dispute.ReplyTakenBack:
		if !e.ByParty {
			return "陈述不再随附公示：" + e.Reason
		}
	}
	return "当事人收回陈述"
}

// bare is a document without its replies.
func bare(raw disclosure.Raw) (doc disclosure.Document, err error) {
	if err := json.Unmarshal(raw, &doc); err != nil {
		return doc, fmt.Errorf("policy: document: %w", err)
	}
	doc.Replies = nil
	return doc, nil
}

// differ compares what documents would be stored as.
func differ(a, b disclosure.Document) bool {
	_, one, err := disclosure.Canonical(a)
	_, two, other := disclosure.Canonical(b)
	return err != nil || other != nil || one != two
}

// WithReplies puts the replies that stand beside a record's document.
func WithReplies(ctx context.Context, store es.Store, doc disclosure.Document) (disclosure.Document, error) {
	thread, err := es.Load(ctx, store, dispute.Replies, doc.Record().Disclosure())
	if err != nil {
		return doc, fmt.Errorf("policy: replies to %s: %w", doc.Record().Disclosure(), err)
	}
	doc.Replies = nil
	for _, r := range thread.State.Standing() {
		doc.Replies = append(doc.Replies, disclosure.Reply{SubjectID: r.Received.Party.Subject, Party: r.Received.Party.Name, Text: r.Received.Text, On: r.Received.On})
	}
	return doc, nil
}

// Replied tells why a public document with one more reply would be none for the public, nil if it would be one. The reply that
// the party has makes room.
func Replied(public disclosure.Document, thread dispute.Thread, cmd dispute.ReceiveReply) error {
	name := cmd.Party.Name
	for _, p := range cmd.Parties {
		if p.Subject == cmd.Party.Subject && p.Subject != "" {
			name = p.Name
		}
	}
	public.Replies = []disclosure.Reply{{SubjectID: cmd.Party.Subject, Party: name, Text: cmd.Text, On: cmd.On}}
	for _, r := range thread.Standing() {
		if r.Received.Party.Name != name {
			public.Replies = append(public.Replies, disclosure.Reply{SubjectID: r.Received.Party.Subject, Party: r.Received.Party.Name, Text: r.Received.Text, On: r.Received.On})
		}
	}
	_, _, err := disclosure.Canonical(public)
	return err
}
