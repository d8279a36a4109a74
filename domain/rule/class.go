package rule

import "slices"

// Threshold is an amount below which a fine is one of a lower amount (较低数额罚款): who sets it is the province (Order 45
// art. 13).
type Threshold struct {
	Head
	Party    Party `json:"party"`
	BelowFen int64 `json:"below_fen"` // a fine of this much is not below it; 0: none is
}

// lesser tells whether the fine is below the threshold of the place. Without one no fine is: the longer period is the rule.
func (t Tables) lesser(c Case) bool {
	party := c.Party
	if party == "" {
		party = Organisation
	}
	on := c.DecidedOn
	if on.IsZero() {
		on = c.PublishedOn
	}
	threshold := pick(t.Thresholds, on, c.Jurisdiction, func(r Threshold) bool { return r.Party == party })
	return threshold != nil && c.FineFen < threshold.BelowFen
}

// Severity puts cases into a class of a scheme (轻微, 一般, 严重); the first row that fits counts.
type Severity struct {
	Head
	Scheme string    `json:"scheme"`
	Record Record    `json:"record"`
	Class  string    `json:"class"`
	When   Condition `json:"when,omitzero"`
}

// Class is the class of a case by a scheme, nothing if no row fits.
func (t Tables) Class(scheme string, c Case) string {
	row := pick(t.Severities, c.PublishedOn, c.Jurisdiction, func(s Severity) bool {
		return s.Scheme == scheme && s.Record == c.Record && s.When.holds(c, t)
	})
	if row == nil {
		return ""
	}
	return row.Class
}

// within tells whether all of some words are in a list, meets whether one is.
func within(words, list []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(list, w) })
}

func meets(words, list []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
}
