package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// Platforms are the credit platforms that are given what is public on their outlet. They decide whether a row is prepared, and
// nothing of what it says: that follows from the log alone. What is given to each is to keep a place in the log of its own, which
// stands still while the platform is not among them: a release is never passed by unprepared.
type Platforms struct {
	Names    []string // none: nothing is prepared
	Profiles profile.Profiles
	Adopted  bool // also what was public elsewhere before, which platforms have from there otherwise
}

// Has tells whether a platform is among them.
func (p Platforms) Has(name string) bool { return slices.Contains(p.Names, name) }

// HeldDeliveries lists the deliveries of an authority that are held.
//
// Held gives their ids a page at a time; next is empty at the end. What was in the log when the first page was asked for MUST be
// in the list; an id may come more than once, or be held no more.
type HeldDeliveries interface {
	Held(ctx context.Context, authority domain.AuthorityID, page string) (ids []string, next string, err error)
}

// Deliver reacts to one record for the platforms alone: see Handle.
func (r Reactions) Deliver(ctx context.Context, rec es.Record) error {
	return cause{Reactions: r, rec: rec}.deliver(ctx)
}

// DeliverAdopted is Deliver for what was taken over as public elsewhere alone: it goes over what was passed by until platforms
// were to have that too.
func (r Reactions) DeliverAdopted(ctx context.Context, rec es.Record) error {
	if rec.Stream.Category != disclosure.Decider.Category || disclosure.Codec().Today(rec.Type) != (disclosure.Adopted{}).EventType() {
		return nil
	}
	return r.Deliver(ctx, rec)
}

// deliver prepares or holds what an act of disclosure, or a fact that was lacking, means for the platforms.
func (c cause) deliver(ctx context.Context) error {
	if len(c.Platforms.Names) == 0 {
		return nil
	}
	switch c.rec.Stream.Category {
	case disclosure.Decider.Category:
		if !disclosure.Releases(c.rec.Type) || kindOf(c.rec.Stream.ID) == "" {
			return nil
		}
		for _, platform := range c.Platforms.Names {
			if err := c.prepare(ctx, platform, c.rec.Stream.ID, delivery.ByAct); err != nil {
				return err
			}
		}
	case delivery.Category:
		switch delivery.Codec().Today(c.rec.Type) {
		case delivery.NameChosen{}.EventType(), delivery.RepresentativeRecorded{}.EventType():
			if platform, id := delivery.ParseID(c.rec.Stream.ID); c.Platforms.Has(platform) {
				return c.prepare(ctx, platform, id, delivery.ByFact)
			}
		}
	case authority.Decider.Category:
		if authority.Codec().Today(c.rec.Type) == (authority.ReportingArranged{}).EventType() {
			return c.prepareHeld(ctx, domain.AuthorityID(c.rec.Stream.ID))
		}
	}
	return nil
}

// kindOf is the kind of rows that a disclosure leads to; nothing for what no platform takes.
func kindOf(disclosureID string) delivery.Kind {
	switch kind, _, _ := strings.Cut(disclosureID, "."); delivery.Kind(kind) {
	case delivery.Penalty:
		return delivery.Penalty
	case delivery.Licence:
		return delivery.Licence
	}
	return ""
}

// prepareHeld prepares anew what an authority's code, or its source of data, may have been lacking for.
func (c cause) prepareHeld(ctx context.Context, id domain.AuthorityID) error {
	if c.Held == nil {
		return errors.New("policy: no list of held deliveries to prepare after an authority's code was recorded")
	}
	for page := ""; ; {
		ids, next, err := c.Held.Held(ctx, id, page)
		if err != nil {
			return fmt.Errorf("policy: list held deliveries: %w", err)
		}
		for _, held := range ids {
			platform, of := delivery.ParseID(held)
			if !c.Platforms.Has(platform) {
				continue
			}
			if err := c.prepare(ctx, platform, of, delivery.ByFact); err != nil {
				return err
			}
		}
		if page = next; page == "" {
			return nil
		}
	}
}

// prepare sends the command for one platform, by what the log told when the record was written.
func (c cause) prepare(ctx context.Context, platform, disclosureID string, why delivery.Cause) error {
	from, err := c.rec.Metadata()
	if err != nil {
		return err
	}
	o := offer{Store: c.Store, profiles: c.Platforms.Profiles, until: c.rec.Position, today: calendar.DateOf(from.RecordedAt)}
	told, err := o.told(ctx, disclosureID)
	switch {
	case err != nil:
		return err
	case !told.touched(), why == delivery.ByAct && told.last != c.rec.Revision, why == delivery.ByAct && told.adopted && !c.Platforms.Adopted:
		return nil
	}
	cmd, err := o.command(ctx, platform, disclosureID, told)
	if err != nil {
		return err
	}
	cmd.By, cmd.Cause = actor(cmd.About.Authority), why
	m, err := c.metadata(cmd.About.Authority, "deliver", platform, disclosureID)
	if err != nil {
		return err
	}
	return send[delivery.State, delivery.Command](ctx, c, delivery.Decider, delivery.ID(platform, disclosureID), cmd, m)
}

// PrepareDelivery is the command by which a person has a platform given what is public now: also what was taken over, or was public
// before the platform was set up, which it is told to add.
func PrepareDelivery(ctx context.Context, store es.Store, p Platforms, platform, disclosureID string, today calendar.Date) (delivery.Prepare, error) {
	if !p.Has(platform) {
		return delivery.Prepare{}, domain.Refuse(domain.NotFound, "delivery.platform.missing", "platform",
			"没有配置该平台："+platform, "no such platform is set up: "+platform)
	}
	o := offer{Store: store, profiles: p.Profiles, until: es.Position{}, today: today}
	told, err := o.told(ctx, disclosureID)
	if err == nil && (!told.touched() || kindOf(disclosureID) == "") {
		err = domain.Refuse(domain.NotFound, "delivery.disclosure.missing", "disclosure_id",
			"该信息没有在信用中国公示过", "nothing of this disclosure was ever public on Credit China")
	}
	if err != nil {
		return delivery.Prepare{}, err
	}
	cmd, err := o.command(ctx, platform, disclosureID, told)
	cmd.Cause, cmd.About.Stood = delivery.ByPerson, false
	return cmd, err
}

// PrepareAgain is the command by which what is held is looked at anew, with what is known by now; of a platform that is not among
// them there is none.
func PrepareAgain(ctx context.Context, store es.Store, p Platforms, id string, today calendar.Date) (cmd delivery.Prepare, there bool, err error) {
	platform, disclosureID := delivery.ParseID(id)
	if !p.Has(platform) {
		return cmd, false, nil
	}
	o := offer{Store: store, profiles: p.Profiles, until: es.Position{}, today: today}
	told, err := o.told(ctx, disclosureID)
	if err != nil || !told.touched() {
		return cmd, false, err
	}
	cmd, err = o.command(ctx, platform, disclosureID, told)
	cmd.By, cmd.Cause = domain.Actor{Account: Daily, Role: "", Authority: cmd.About.Authority, Inspector: ""}, delivery.ByFact
	return cmd, true, err
}
