package redaction

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Overlay is what was taken out of the texts of a record before they were recorded: places and rules, not the texts. Laid over
// the texts as served it gives the published ones.
type Overlay struct {
	Served domain.Sealed `json:"served"` // all texts as served; the commitment binds them (Order 45 art. 7)
	Fields []Taken       `json:"fields"`
	Minor  Minor         `json:"minor,omitempty"`
}

// Taken is what was taken out of one field.
type Taken struct {
	Field string `json:"field"` // path, e.g. facts or parties[0].name
	Spans []Span `json:"spans"`
}

// Of are the spans of a field.
func (o Overlay) Of(field string) []Span {
	for _, t := range o.Fields {
		if t.Field == field {
			return t.Spans
		}
	}
	return nil
}

// With is the overlay with other spans for a field, which has its place in the order of names; none if there are no spans.
func (o Overlay) With(field string, spans []Span) Overlay {
	o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(t Taken) bool { return t.Field == field })
	if len(spans) > 0 {
		n, _ := slices.BinarySearchFunc(o.Fields, field, func(t Taken, name string) int { return compare(t.Field, name) })
		o.Fields = slices.Insert(o.Fields, n, Taken{Field: field, Spans: spans})
	}
	return o
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Equal compares two overlays.
func (o Overlay) Equal(other Overlay) bool {
	return o.Served.Item == other.Served.Item && o.Served.Commitment == other.Served.Commitment && o.Minor == other.Minor &&
		slices.Equal(o.Served.Persons, other.Served.Persons) &&
		slices.EqualFunc(o.Fields, other.Fields, func(a, b Taken) bool { return a.Field == b.Field && slices.Equal(a.Spans, b.Spans) })
}

// Hard tells whether a text holds what a hard rule hides.
func Hard(text string) bool {
	t := fold(text)
	return len(hardest(append(t.numbers(), t.contacts()...))) > 0
}

// Published cuts a published text like Diff, for when the served one is gone: what was replaced has no served part.
func Published(published string, spans []Span) []Piece {
	at, shift := places(published), 0
	var out []Piece
	end := 0
	for _, s := range spans {
		n := len([]rune(s.Replacement))
		from := s.From + shift
		if from < end || from+n > len(at)-1 || published[at[from]:at[from+n]] != s.Replacement {
			return []Piece{{Served: published, Published: published, Rule: "", Confidence: 0}}
		}
		if from > end {
			out = append(out, Piece{Served: published[at[end]:at[from]], Published: published[at[end]:at[from]], Rule: "", Confidence: 0})
		}
		out = append(out, Piece{Served: "", Published: s.Replacement, Rule: s.Rule, Confidence: s.Confidence})
		end, shift = from+n, shift+n-(s.To-s.From)
	}
	if end < len(at)-1 {
		out = append(out, Piece{Served: published[at[end]:], Published: published[at[end]:], Rule: "", Confidence: 0})
	}
	return out
}
