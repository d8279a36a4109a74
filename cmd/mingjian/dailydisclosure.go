package main

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	view "github.com/mingjian-ledger/mingjian/projections/disclosure"
)

// overAtOnce is how many terms that ran out are read at a time.
const overAtOnce = 500

// expireDisclosures records the end of publications whose terms ran out before the day (公示期届满). What the public sees does not
// wait for it: no view shows anything past its term.
func expireDisclosures(ctx context.Context, in *instance, day calendar.Date) error {
	if err := in.caughtUp(ctx, view.Name); err != nil {
		return err
	}
	for after := ""; ; {
		list, next, err := view.TermsOver(ctx, in.views, day, overAtOnce, after)
		if err != nil {
			return err
		}
		for _, over := range list {
			if err := expireDisclosure(ctx, in, over, day); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			return nil
		}
	}
}

func expireDisclosure(ctx context.Context, in *instance, over view.Over, day calendar.Date) error {
	d, err := es.Load(ctx, in.store(), disclosure.Decider, over.Disclosure)
	if err != nil {
		return err
	}
	by := domain.Actor{Account: policy.Daily, Authority: d.State.Authority}
	cmd := disclosure.Command(disclosure.Expire{By: by, Today: day, Outlet: over.Outlet})
	return inDaily(ctx, in, disclosure.Decider, over.Disclosure, by.Authority, cmd, "disclosure.expire", string(over.Outlet), over.Until.String())
}
