package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/draw"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Account is the account name under which policies act.
const Account = "policy"

// Reactions are all policies together.
type Reactions struct {
	Store es.Store
	Blobs draw.Blobs
	Clock func() time.Time
	Rules rule.Tables   // by which periods are set; those of the program if it is zero
	Open  OpenDeadlines // that a notice of holidays counts again
	// Platforms are given what is public; Held are the deliveries that a fact may make possible.
	Platforms Platforms
	Held      HeldDeliveries
	// Refused, if not nil, is told of a command that the receiving aggregate refused for good. It may be called from several
	// goroutines.
	Refused func(ctx context.Context, cause es.Record, refusal error)
}

// Handle reacts to one record, but for what platforms are given; records that lead to nothing are passed over by their type. It is
// called at least once for each, see projections.Reactor.
func (r Reactions) Handle(ctx context.Context, rec es.Record) error {
	c := cause{Reactions: r, rec: rec}
	if err := c.follow(ctx); err != nil {
		return err
	}
	return c.deadlines(ctx)
}

// follow issues the commands that follow from the record, but for those to the deadlines.
func (c cause) follow(ctx context.Context) error {
	switch c.rec.Stream.Category {
	case draw.Category:
		return c.draw(ctx)
	case inspectionCategory:
		if err := c.inspection(ctx); err != nil {
			return err
		}
		return c.findings(ctx)
	case listingCategory:
		return c.listing(ctx)
	case replyCategory:
		return c.reply(ctx)
	case penaltyCategory:
		return c.penalty(ctx)
	case licenceCategory:
		return c.licence(ctx)
	case samplingCategory:
		return c.sampling(ctx)
	}
	return nil
}

// cause is the record that is reacted to.
type cause struct {
	Reactions
	rec es.Record
}

// metadata describes a command; name and parts tell a record's commands apart. The digest holds nothing that was looked up:
// a fact that changed since does not make the same command another one.
func (c cause) metadata(authority domain.AuthorityID, name string, parts ...string) (es.Metadata, error) {
	from, err := c.rec.Metadata()
	if err != nil {
		return es.Metadata{}, err
	}
	digest := sha256.Sum256([]byte(strings.Join(append([]string{string(c.rec.ID), name}, parts...), "\n")))
	return es.Metadata{
		Command:       es.DeriveID(c.rec.ID, append([]string{Account, name}, parts...)...),
		CommandDigest: hex.EncodeToString(digest[:]),
		Correlation:   from.Correlation, Causation: c.rec.ID,
		Actor: Account, Authority: string(authority), RecordedAt: c.Clock().UTC(),
	}, nil
}

// send runs one command. A refusal for good is told and passed over.
func send[S, C any, E es.Event](ctx context.Context, c cause, d es.Decider[S, C, E], id string, cmd C, m es.Metadata) error {
	_, err := es.Transact(ctx, c.Store, d, id, cmd, m)
	if err == nil {
		return nil
	}
	if refusal := (*domain.Fault)(nil); errors.As(err, &refusal) && refusal.Kind != domain.Internal && refusal.Kind != domain.Unavailable {
		if c.Refused != nil {
			c.Refused(ctx, c.rec, err)
		}
		return nil
	}
	return fmt.Errorf("policy: %s %s for %s: %w", d.Category, id, c.rec.ID, err)
}

// asOf folds the record's stream as it is now, and as it was right after the record: a document tells what its own event led
// to, however far behind the reactions are.
func asOf[S, C any, E es.Event](ctx context.Context, c cause, d es.Decider[S, C, E]) (then, now S, err error) {
	then, now = d.Initial, d.Initial
	for r, err := range c.Store.Read(ctx, c.rec.Stream, 0) {
		if err != nil {
			return then, now, fmt.Errorf("policy: load %s: %w", c.rec.Stream, err)
		}
		e, err := d.Decode(r.Type, r.Data)
		if err != nil {
			return then, now, fmt.Errorf("policy: load %s@%d: %w", c.rec.Stream, r.Revision, err)
		}
		now = d.Evolve(now, e)
		if r.Revision == c.rec.Revision {
			then = now
		}
	}
	return then, now, nil
}

// actor is who acts for an authority.
func actor(authority domain.AuthorityID) domain.Actor {
	return domain.Actor{Account: Account, Role: "", Authority: authority, Inspector: ""}
}

// submit proposes a document for the public. Whoever made the record stands behind it as if he had submitted it himself.
func (c cause) submit(ctx context.Context, doc disclosure.Document, reason string) error {
	doc, err := NameAuthority(ctx, c.Store, doc)
	if err != nil {
		return err
	}
	if doc, err = WithReplies(ctx, c.Store, doc); err != nil {
		return err
	}
	from, err := c.rec.Metadata()
	if err != nil {
		return err
	}
	m, err := c.metadata(doc.Authority.ID, "submit")
	if err != nil {
		return err
	}
	layers, err := Layers(ctx, c.Store, doc.Authority.ID)
	if err != nil {
		return err
	}
	cmd := disclosure.Submit{By: actor(doc.Authority.ID), Author: from.Actor, Document: doc, Reason: reason, Layers: layers}
	return send[disclosure.State, disclosure.Command](ctx, c, disclosure.Decider, doc.Record().Disclosure(), cmd, m)
}

// recall takes back what is under way of a record that is not for the public any more.
func (c cause) recall(ctx context.Context, record disclosure.Record, authority domain.AuthorityID, reason string) error {
	m, err := c.metadata(authority, "recall")
	if err != nil {
		return err
	}
	cmd := disclosure.Recall{By: actor(authority), Reason: reason}
	return send[disclosure.State, disclosure.Command](ctx, c, disclosure.Decider, record.Disclosure(), cmd, m)
}
