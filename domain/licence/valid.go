package licence

import "github.com/mingjian-ledger/mingjian/domain/calendar"

// ValidOn tells whether the licence was good on a day, see the package comment.
func (s State) ValidOn(day calendar.Date) bool { return Validity(s.Decisions, day) == WhyValid }

// Validity tells whether a licence was good on a day by its decisions, in the order in which they were recorded; whoever has
// not all of them, as the public may, is told what follows from those.
func Validity(decisions []Decision, day calendar.Date) Why {
	if day.IsZero() {
		return WhyNoTerm
	}
	within := false
	for i, d := range decisions {
		within = within || d.beginsTerm() && d.covers(day)
		if why := d.ends(day); why != "" && (why != WhyExpired || !renewed(decisions[i+1:])) {
			return why
		}
	}
	switch {
	case !within:
		return WhyNoTerm
	case suspended(decisions, day):
		return WhySuspended
	}
	return WhyValid
}

// ends tells how the decision ended the licence, as far as the day; nothing if it didn't.
func (d Decision) ends(day calendar.Date) Why {
	if d.RowNo != "" || day.Before(d.On) {
		return ""
	}
	switch d.Action {
	case ActRevoke:
		return WhyRevoked
	case ActCancel:
		return WhyCancelled
	case ActExpire:
		return WhyExpired
	case ActGrant, ActAmend, ActRenew, ActReissue, ActSuspend, ActResume, ActOther:
	}
	return ""
}

// renewed tells whether a licence that was marked expired had been renewed in time, as was recorded later.
func renewed(later []Decision) bool {
	for _, d := range later {
		if d.Action == ActRenew && d.RowNo == "" {
			return true
		}
	}
	return false
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

// suspended walks suspensions and resumptions in the order in which they were decided; what a later decision says about a day
// holds.
func suspended(decisions []Decision, day calendar.Date) bool {
	yes := false
	for _, d := range decisions {
		switch {
		case d.RowNo != "":
		case d.Action == ActSuspend:
			yes = yes || !day.Before(d.On) && (d.Until.IsZero() || !day.After(d.Until))
		case d.Action == ActResume && !day.Before(d.On):
			yes = false
		}
	}
	return yes
}
