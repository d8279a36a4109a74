package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/projections"
	view "github.com/mingjian-ledger/mingjian/projections/delivery"
)

// platforms says which credit platforms are given what is public.
type platforms struct {
	Names   []string
	Adopted bool
}

func (p *platforms) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&p.Names, "platforms", nil, "credit platforms that are given what is public on Credit China, e.g. credit_china; none if empty.\nOne named later is given what was released before, too; one that a server does not name waits for one that does")
	f.BoolVar(&p.Adopted, "platforms-adopted", false, "give platforms also what was taken over as public elsewhere, also before this was said")
}

// delivering prepares rows for one platform. It keeps a place in the log for each, and for what was taken over another one: both stand
// still while no process is told of the platform, so that nothing is passed by, and begin with the first event.
func delivering(r policy.Reactions, all policy.Platforms, name string, adopted bool) []projections.Reactor {
	r.Platforms = policy.Platforms{Names: []string{name}, Profiles: all.Profiles, Adopted: adopted}
	out := []projections.Reactor{{Name: "deliver." + name, React: r.Deliver}}
	if adopted {
		out = append(out, projections.Reactor{Name: "deliver." + name + ".adopted", React: r.DeliverAdopted})
	}
	return out
}

// read demands a profile for each platform.
func (p *platforms) read(all profile.Profiles) (policy.Platforms, error) {
	var errs []error
	for i, name := range p.Names {
		if slices.Contains(p.Names[:i], name) {
			errs = append(errs, fmt.Errorf("--platforms: %q stands twice", name))
		}
		if !delivery.IsPlatform(name) || !slices.Contains(all.Platforms(), name) {
			errs = append(errs, fmt.Errorf("--platforms: %q has no profile; there are %s", name, strings.Join(all.Platforms(), ", ")))
		}
	}
	return policy.Platforms{Names: p.Names, Profiles: all, Adopted: p.Adopted}, errors.Join(errs...)
}

// heldDeliveries lists what is held from the view, once that holds all that is in the log.
type heldDeliveries struct{ in *instance }

// deliveriesAtOnce is how many deliveries are read at a time.
const deliveriesAtOnce = 500

// Held implements policy.HeldDeliveries.
func (h heldDeliveries) Held(ctx context.Context, authority domain.AuthorityID, page string) (ids []string, next string, err error) {
	if page == "" {
		if err := h.in.caughtUp(ctx, view.Name); err != nil {
			return nil, "", err
		}
	}
	list, next, err := view.List(ctx, h.in.views, view.Filter{
		Authority: string(authority), Status: string(delivery.WasHeld), PageSize: deliveriesAtOnce, PageToken: page,
	})
	for _, v := range list {
		ids = append(ids, v.GetId())
	}
	return ids, next, err
}

// lapseDeliveries gives up what no platform answered in time.
func lapseDeliveries(ctx context.Context, in *instance, day calendar.Date) error {
	if err := in.caughtUp(ctx, view.Name); err != nil {
		return err
	}
	for after := ""; ; {
		list, next, err := view.Late(ctx, in.views, day, deliveriesAtOnce, after)
		if err != nil {
			return err
		}
		for _, v := range list {
			authority := domain.AuthorityID(v.GetAuthorityId())
			by := domain.Actor{Account: policy.Daily, Role: "", Authority: authority, Inspector: ""}
			cmd := delivery.Command(delivery.Lapse{By: by, Today: day})
			if err := inDaily(ctx, in, delivery.Decider, v.GetId(), authority, cmd, "delivery.lapse", v.GetAnswerBy()); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			return nil
		}
	}
}

// prepareHeldAgain looks anew at what is held for platforms: what it lacked may have been recorded since, on the roster for one, or a
// profile may hold by now. An act that a person does, and the code of an authority, take effect at once.
func prepareHeldAgain(ctx context.Context, in *instance, day calendar.Date) error {
	if len(in.platforms.Names) == 0 {
		return nil
	}
	if err := in.caughtUp(ctx, view.Name); err != nil {
		return err
	}
	var held []string // all at first: those that are prepared leave the list
	for after := ""; ; {
		list, next, err := view.Held(ctx, in.views, deliveriesAtOnce, after)
		if err != nil {
			return err
		}
		for _, v := range list {
			held = append(held, v.GetId())
		}
		if after = next; next == "" {
			break
		}
	}
	for _, id := range held {
		cmd, there, err := policy.PrepareAgain(ctx, in.store(), in.platforms, id, day)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := inDaily(ctx, in, delivery.Decider, id, cmd.About.Authority, delivery.Command(cmd), "delivery.again", day.String()); err != nil {
			return err
		}
	}
	return nil
}
