package main

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/policy"
	view "github.com/mingjian-ledger/mingjian/projections/licence"
)

// lapsedAtOnce is how many lapsed licences are read at a time.
const lapsedAtOnce = 500

// expireLicences marks licences whose term was over before the day (期满).
func expireLicences(ctx context.Context, in *instance, day calendar.Date) error {
	if err := in.caughtUp(ctx, view.Name); err != nil {
		return err
	}
	for after := ""; ; {
		list, next, err := view.Lapsed(ctx, in.views, day, lapsedAtOnce, after)
		if err != nil {
			return err
		}
		for _, v := range list {
			last, err := calendar.Parse(v.GetValidTo())
			if err != nil {
				return err
			}
			by := domain.Actor{Account: policy.Daily, Role: "", Authority: domain.AuthorityID(v.GetAuthorityId()), Inspector: ""}
			cmd := licence.Command(licence.Expire{By: by, Today: day, On: last.AddDays(1)})
			if err := inDaily(ctx, in, licence.Decider, v.GetId(), by.Authority, cmd, "licence.expire", last.String()); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			return nil
		}
	}
}
