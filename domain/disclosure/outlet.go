package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Standing is how a document stands on one outlet: for how long by which rule, and whether it is hidden or ended there.
type Standing struct {
	rule.Term
	Masked bool
	Ended  EndCause // nothing while it stands
}

// Over tells whether the term has run out on a day.
func (s Standing) Over(day calendar.Date) bool { return !s.Until.IsZero() && s.Until.Before(day) }

// Shown tells whether the outlet shows the document on a day. What a term ends is not shown the day after, whether the end
// was recorded by then or not.
func (s Standing) Shown(day calendar.Date) bool { return s.Ended == "" && !s.Masked && !s.Over(day) }

// Outlets are the outlets that a document was published on, in the order of Every.
type Outlets []Standing

// Every is all outlets in their order.
func Every() []rule.Outlet { return []rule.Outlet{rule.Portal, rule.GSXT, rule.CreditChina} }

// On is how it stands on an outlet; false if it never was there.
func (o Outlets) On(outlet rule.Outlet) (Standing, bool) {
	i := slices.IndexFunc(o, func(s Standing) bool { return s.Outlet == outlet })
	if i < 0 {
		return Standing{}, false
	}
	return o[i], true
}

// Shown tells whether an outlet shows it on a day.
func (o Outlets) Shown(outlet rule.Outlet, day calendar.Date) bool {
	s, there := o.On(outlet)
	return there && s.Shown(day)
}

// Stand tells whether it was not ended everywhere.
func (o Outlets) Stand() bool {
	return slices.ContainsFunc(o, func(s Standing) bool { return s.Ended == "" })
}

// Showing is what there is for the public: the document, and how it stands on the outlets. It is nothing before the first
// publication and after a withdrawal.
type Showing struct {
	Document Raw
	Digest   string
	Outlets  Outlets
}

// After is what there is for the public once an event happened. Views fold with it too, so that no two of them tell another
// story of what is public.
func (w Showing) After(e Event) Showing {
	switch e := e.(type) {
	case Published:
		return Showing{e.Document, e.Digest, w.Outlets.placed(standings(e.Terms, e.On)...)}
	case Adopted:
		return Showing{e.Document, e.Digest, standings(e.Terms, e.PublishedOn)}
	case Corrected:
		w.Document, w.Digest = e.Document, e.Digest
		if !w.Outlets.Stand() { // a history that this ledger did not write itself
			w.Outlets = standings(e.Terms, e.On)
		}
		return w
	case Withdrawn: // what ended there before it stays so: nothing brings back what was repaired
		return Showing{Outlets: slices.DeleteFunc(slices.Clone(w.Outlets), func(s Standing) bool { return s.Ended == "" })}
	case Masked:
		w.Outlets = w.Outlets.changed(e.Outlets, func(s *Standing) { s.Masked = true })
	case Unmasked:
		w.Document, w.Digest = e.Document, e.Digest
		w.Outlets = w.Outlets.changed(e.Outlets, func(s *Standing) { s.Masked = false })
	case Ended:
		w.Outlets = w.Outlets.changed(e.Outlets, func(s *Standing) { s.Ended = e.Cause })
	case Submitted, Returned, Reviewed, LayerPassed, Approved, Withheld, WithholdingReviewed, WithholdingLifted,
		RepairApplied, RepairChecked, RepairDecided:
	}
	return w
}

// Releases tells whether events of a type are releases: each changes what the public sees, and takes a number.
func Releases(typ string) bool {
	switch Codec().Today(typ) {
	case typePublishedV1, typeCorrectedV1, typeWithdrawnV1, typeAdoptedV1, typeMaskedV1, typeUnmaskedV1, typeEndedV1:
		return true
	}
	return false
}

// Touched tells whether an event changes what an outlet shows, seen from how the record stood before.
func (o Outlets) Touched(e Event, outlet rule.Outlet) bool {
	s, there := o.On(outlet)
	stood := there && s.Ended == ""
	switch e := e.(type) {
	case Published:
		_, there = standings(e.Terms, e.On).On(outlet)
		return there
	case Adopted:
		_, there = standings(e.Terms, e.PublishedOn).On(outlet)
		return there
	case Corrected:
		if !o.Stand() {
			_, there = standings(e.Terms, e.On).On(outlet)
			return there
		}
		return stood && !s.Masked
	case Withdrawn:
		return stood
	case Masked:
		return stood && slices.Contains(e.Outlets, outlet)
	case Unmasked:
		return stood && slices.Contains(e.Outlets, outlet)
	case Ended:
		return stood && slices.Contains(e.Outlets, outlet)
	case Submitted, Returned, Reviewed, LayerPassed, Approved, Withheld, WithholdingReviewed, WithholdingLifted,
		RepairApplied, RepairChecked, RepairDecided:
	}
	return false
}

// standings are those of terms; none are the authority's own portal, without an end.
func standings(terms []rule.Term, on calendar.Date) Outlets {
	if len(terms) == 0 {
		return Outlets{{Term: rule.Term{Outlet: rule.Portal, From: on}}}
	}
	var out Outlets
	for _, t := range terms {
		out = out.placed(Standing{Term: t})
	}
	return out
}

// placed puts standings in the place of those of their outlets.
func (o Outlets) placed(standings ...Standing) Outlets {
	out := slices.Clone(o)
	for _, s := range standings {
		out = slices.DeleteFunc(out, func(old Standing) bool { return old.Outlet == s.Outlet })
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Standing) int { return rank(a.Outlet) - rank(b.Outlet) })
	return out
}

func rank(o rule.Outlet) int { return slices.Index(Every(), o) }

// changed changes the standings of some outlets.
func (o Outlets) changed(outlets []rule.Outlet, change func(*Standing)) Outlets {
	out := slices.Clone(o)
	for i := range out {
		if slices.Contains(outlets, out[i].Outlet) {
			change(&out[i])
		}
	}
	return out
}

// names are the outlets of standings.
func (o Outlets) names() []rule.Outlet {
	out := make([]rule.Outlet, len(o))
	for i, s := range o {
		out[i] = s.Outlet
	}
	return out
}

// running are those whose terms still run on a day, also while they are masked.
func (o Outlets) running(day calendar.Date) Outlets {
	return slices.DeleteFunc(slices.Clone(o), func(s Standing) bool { return s.Ended != "" || s.Over(day) })
}
