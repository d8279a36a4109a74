package document

import (
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/rule"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// Outlets reads how a disclosure stands from what a view keeps of it.
func Outlets(list []*viewv1.OutletStanding) disclosure.Outlets {
	var out disclosure.Outlets
	for _, v := range list {
		out = append(out, disclosure.Standing{
			Term: rule.Term{
				Outlet: rule.Outlet(v.GetOutlet()), From: date(v.GetFrom()), Until: date(v.GetUntil()), Earliest: date(v.GetEarliest()),
				Early: rule.EarlyEnd(v.GetEarly()), Rule: v.GetRule(), Version: v.GetVersion(),
			},
			Masked: v.GetMasked(), Ended: disclosure.EndCause(v.GetEnded()),
		})
	}
	return out
}

// OutletViews is the inverse of Outlets.
func OutletViews(standings disclosure.Outlets) []*viewv1.OutletStanding {
	var out []*viewv1.OutletStanding
	for _, s := range standings {
		out = append(out, &viewv1.OutletStanding{
			Outlet: string(s.Outlet), From: s.From.String(), Until: s.Until.String(), Earliest: s.Earliest.String(),
			Early: string(s.Early), Rule: s.Rule, Version: s.Version, Masked: s.Masked, Ended: string(s.Ended),
		})
	}
	return out
}

// date reads a date that a view wrote; an empty text is none.
func date(text string) calendar.Date {
	day, err := calendar.Parse(text)
	if err != nil {
		return calendar.Date{}
	}
	return day
}
