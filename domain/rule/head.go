package rule

import (
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// National is the jurisdiction of rules that hold everywhere.
const National = "CN"

// Head is what every rule has.
type Head struct {
	ID           string        `json:"id"`
	ValidFrom    calendar.Date `json:"valid_from"`
	ValidTo      calendar.Date `json:"valid_to,omitzero"` // last day; none if it holds until further notice
	Jurisdiction string        `json:"jurisdiction"`      // CN, or a division's six digits (GB/T 2260), which covers its parts
	Source       string        `json:"source"`            // law and article
	// Unconfirmed names the fields which no source at hand confirms, "all" for the whole rule. They are configuration: whoever
	// runs the ledger puts them right by a file of his own.
	Unconfirmed []string `json:"unconfirmed,omitempty"`
	Note        string   `json:"note,omitempty"`
}

// Confirmed tells whether all of the rule is confirmed by its source.
func (h Head) Confirmed() bool { return len(h.Unconfirmed) == 0 }

// Holds tells whether the rule is in force on a day at a place.
func (h Head) Holds(on calendar.Date, jurisdiction string) bool {
	return h.inForce(on) && h.reach(jurisdiction) >= 0
}

func (h Head) inForce(on calendar.Date) bool {
	return !on.IsZero() && !on.Before(h.ValidFrom) && (h.ValidTo.IsZero() || !on.After(h.ValidTo))
}

// reach is how closely the rule is made for a place: the digits they share, 0 for one that holds everywhere, -1 if it does not
// hold there.
func (h Head) reach(jurisdiction string) int {
	if h.Jurisdiction == National {
		return 0
	}
	area := h.Jurisdiction
	for len(area) > 2 && strings.HasSuffix(area, "00") {
		area = area[:len(area)-2]
	}
	if !strings.HasPrefix(jurisdiction, area) {
		return -1
	}
	return len(area)
}

func (h *Head) head() *Head { return h }

// row is a rule of any section.
type row interface {
	head() *Head
	check(all Tables) []Breach
}

// pick is the rule in force that is made most closely for the place, the first of those in the tables' order; nil if none is.
func pick[R any, P interface {
	*R
	row
}](rules []R, on calendar.Date, jurisdiction string, matches func(R) bool) *R {
	best, closest := (*R)(nil), -1
	for i := range rules {
		h := P(&rules[i]).head()
		if reach := h.reach(jurisdiction); h.inForce(on) && reach > closest && matches(rules[i]) {
			best, closest = &rules[i], reach
		}
	}
	return best
}

// oneOf tells whether a word is empty or in a list.
func oneOf[S ~string](word S, list ...S) bool { return word == "" || slices.Contains(list, word) }
