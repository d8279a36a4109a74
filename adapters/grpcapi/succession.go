package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Succession knows who holds whose tasks on a day (职责承继). Holder is nil of an authority that holds its own, and of one that
// is unknown; at the end of a chain it is the last. Predecessors are all whose tasks an authority holds, nearest first, itself
// not among them. Both name authorities by their present names.
type Succession interface {
	Holder(ctx context.Context, authority string, on calendar.Date) (*viewv1.Party, error)
	Predecessors(ctx context.Context, authority string, on calendar.Date) ([]*viewv1.Party, error)
}

// placed gives the actor what succession makes of its authority today: the records of predecessors are its own to act on, and
// who comes with an account of an authority that was succeeded acts no more, but for those who act for none. What can't be
// found out lets nobody in.
func (c *Chain) placed(ctx context.Context, by domain.Actor) (domain.Actor, error) {
	if c.Succession == nil || by.Authority == "" {
		return by, nil
	}
	today := calendar.DateOf(c.Clock())
	holder, err := c.Succession.Holder(ctx, string(by.Authority), today)
	if err != nil {
		return domain.Actor{}, err
	}
	if holder != nil && !seesAll(by) && by.Role != domain.Integrator {
		return domain.Actor{}, domain.Refuse(domain.Forbidden, "identity.authority.succeeded", "Authorization",
			"账号所属机关的职责已由"+holder.GetName()+"承继，请使用承继机关的账号",
			"the tasks of this account's authority are held by "+holder.GetId()+" now: use an account of that authority")
	}
	before, err := c.Succession.Predecessors(ctx, string(by.Authority), today)
	if err != nil {
		return domain.Actor{}, err
	}
	for _, p := range before {
		by.Succeeded = append(by.Succeeded, domain.AuthorityID(p.GetId()))
	}
	return by, nil
}

// holder is who holds the tasks of an authority today, nil if it does so itself.
func (b Base) holder(ctx context.Context, authority string) (*viewv1.Party, error) {
	if b.Succession == nil || authority == "" {
		return nil, nil
	}
	return b.Succession.Holder(ctx, authority, b.Today())
}

// predecessors are the ids of those whose tasks an authority holds today.
func (b Base) predecessors(ctx context.Context, authority string) (out []string, err error) {
	if b.Succession == nil {
		return nil, nil
	}
	list, err := b.Succession.Predecessors(ctx, authority, b.Today())
	for _, p := range list {
		out = append(out, p.GetId())
	}
	return out, err
}

// stamped says of releases who holds their authorities' tasks today, beside the names of their days.
func (b Base) stamped(ctx context.Context, list ...*viewv1.Release) (err error) {
	for _, r := range list {
		if r == nil {
			continue
		}
		if r.PresentAuthority, err = b.holder(ctx, r.GetAuthority().GetId()); err != nil {
			return err
		}
	}
	return nil
}
