package licence

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// ValidOn tells whether the licence was good on a day, see the package comment.
func (s State) ValidOn(day calendar.Date) bool {
	if day.IsZero() {
		return false
	}
	within := false
	for _, d := range s.Decisions {
		switch d.Action {
		case ActRevoke, ActCancel, ActExpire:
			if d.RowNo == "" && !day.Before(d.On) {
				return false
			}
		default: // the others begin terms, or interrupt them, which is looked at below
		}
		within = within || d.beginsTerm() && d.covers(day)
	}
	return within && !s.suspendedOn(day)
}

// beginsTerm tells whether the decision's dates are a term that is vouched for.
func (d Decision) beginsTerm() bool {
	if d.RowNo != "" {
		return d.Status == StatusInForce || d.Status == StatusExpired
	}
	return d.Action == ActGrant || d.Action == ActRenew
}

func (d Decision) covers(day calendar.Date) bool {
	return !day.Before(d.ValidFrom) && (isLongTerm(d.ValidTo) || !day.After(d.ValidTo))
}

func isLongTerm(last calendar.Date) bool { return !last.Before(LongTerm) }

// suspendedOn walks suspensions and resumptions in the order in which they were decided; what a later decision says about a
// day holds.
func (s State) suspendedOn(day calendar.Date) bool {
	suspended := false
	for _, d := range s.Decisions {
		switch {
		case d.RowNo != "":
		case d.Action == ActSuspend:
			suspended = suspended || !day.Before(d.On) && (d.Until.IsZero() || !day.After(d.Until))
		case d.Action == ActResume && !day.Before(d.On):
			suspended = false
		}
	}
	return suspended
}
