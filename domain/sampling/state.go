package sampling

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Version is one version of a publication, a draft as long as it has no document number.
type Version[B any] struct {
	Number      int
	Reason      string // from version 2 on
	Body        B
	DraftedBy   string // account
	DocumentNo  string
	PublishedOn calendar.Date
	PublishedBy string // account
}

// Public tells whether it was published.
func (v Version[B]) Public() bool { return v.DocumentNo != "" }

// Listed is what a version of the results says.
type Listed struct {
	List   List
	Totals Totals
}

// Campaign is an undertaking of sampling (抽检工作); without ID it does not exist.
type Campaign struct {
	ID            string
	Authority     domain.AuthorityID
	AuthorityName string
	Kind          Kind
	Year          int
	Title         string
	OpenedBy      string // account
	Cancelled     bool
	// Versions ascend; at most the last is a draft.
	Plans      []Version[Plan]
	Schemes    []Version[Scheme]
	Selections []Version[Selection]
	Results    []Version[Listed]
}

// Exists tells whether there is such a campaign.
func (c Campaign) Exists() bool { return c.ID != "" }

// Missing are those of the four publications (四公开) that are still owed, in their order.
func (c Campaign) Missing() []Act {
	there := map[Act]bool{
		ActPlan: public(c.Plans), ActScheme: public(c.Schemes), ActLaboratories: public(c.Selections), ActResults: public(c.Results),
	}
	return slices.DeleteFunc(Acts(), func(a Act) bool { return there[a] })
}

// public tells whether a version was published: the first is, if any.
func public[B any](versions []Version[B]) bool { return len(versions) > 0 && versions[0].Public() }

// Settled tells whether it was published who tests, and whether a laboratory is among those, in whatever version.
func (c Campaign) Settled(t Tester) (published, among bool) {
	for _, v := range c.Selections {
		if v.Public() {
			published = true
			among = among || slices.ContainsFunc(v.Body.Laboratories, func(l Laboratory) bool { return t.same(Tester{Name: l.Name, Code: l.Code}) })
		}
	}
	return published, among
}

// same tells whether two laboratories are one: by their codes if both have one, else by name.
func (t Tester) same(other Tester) bool {
	if t.Code != "" && other.Code != "" {
		return t.Code == other.Code
	}
	return domain.NormalName(t.Name) == domain.NormalName(other.Name)
}

func evolve(c Campaign, event Event) Campaign {
	switch e := event.(type) {
	case Opened:
		c.ID, c.Authority, c.AuthorityName = e.Sampling, e.Authority, e.AuthorityName
		c.Kind, c.Year, c.Title, c.OpenedBy = e.Kind, e.Year, e.Title, e.By
	case PlanDrafted:
		c.Plans = drafted(c.Plans, Version[Plan]{Number: e.Version, Reason: e.Reason, Body: e.Plan, DraftedBy: e.By})
	case SchemeDrafted:
		c.Schemes = drafted(c.Schemes, Version[Scheme]{Number: e.Version, Reason: e.Reason, Body: e.Scheme, DraftedBy: e.By})
	case LaboratoriesDrafted:
		c.Selections = drafted(c.Selections, Version[Selection]{Number: e.Version, Reason: e.Reason, Body: e.Selection, DraftedBy: e.By})
	case Published:
		switch e.Act {
		case ActPlan:
			c.Plans = published(c.Plans, e)
		case ActScheme:
			c.Schemes = published(c.Schemes, e)
		case ActLaboratories:
			c.Selections = published(c.Selections, e)
		case ActResults: // has an event of its own
		}
	case ResultsPublished:
		c.Results = append(slices.Clip(c.Results), Version[Listed]{
			Number: e.Version, Reason: e.Reason, Body: Listed{List: e.List, Totals: e.Totals},
			DocumentNo: e.DocumentNo, PublishedOn: e.PublishedOn, PublishedBy: e.By,
		})
	case Cancelled:
		c.Cancelled = true
	}
	return c
}

// drafted puts a draft in the place of the one of its number, or at the end.
func drafted[B any](versions []Version[B], v Version[B]) []Version[B] {
	out := slices.Clone(versions)
	for i := range out {
		if out[i].Number == v.Number {
			out[i] = v
			return out
		}
	}
	return append(out, v)
}

func published[B any](versions []Version[B], e Published) []Version[B] {
	out := slices.Clone(versions)
	for i := range out {
		if out[i].Number == e.Version {
			out[i].DocumentNo, out[i].PublishedOn, out[i].PublishedBy = e.DocumentNo, e.PublishedOn, e.By
		}
	}
	return out
}
