package redaction

import (
	"slices"
	"strings"
)

// Span is a part of the served text that the published text replaces. Places are counted in characters (runes).
type Span struct {
	From        int    `json:"from"`
	To          int    `json:"to"` // first character behind it
	Rule        RuleID `json:"rule"`
	Confidence  int    `json:"confidence,omitempty"` // percent; none for what a person marked
	Replacement string `json:"with"`
}

// Piece is a part of both texts: kept if Rule is empty, replaced otherwise.
type Piece struct {
	Served, Published string
	Rule              RuleID
	Confidence        int
}

// Fits tells whether the spans are in order, within a text of n characters, not empty and apart from each other.
func Fits(n int, spans []Span) bool {
	end := 0
	for _, s := range spans {
		if s.From < end || s.To <= s.From || s.To > n {
			return false
		}
		end = s.To
	}
	return true
}

// Diff cuts a served text where the spans replace it. The pieces' served parts are the text, byte for byte, their published
// parts what Apply gives. Spans that do not fit are passed over.
func Diff(served string, spans []Span) []Piece {
	at := places(served)
	if !Fits(len(at)-1, spans) {
		spans = nil
	}
	var out []Piece
	end := 0
	keep := func(to int) {
		if to > end {
			out = append(out, Piece{Served: served[at[end]:at[to]], Published: served[at[end]:at[to]], Rule: "", Confidence: 0})
		}
	}
	for _, s := range spans {
		keep(s.From)
		out = append(out, Piece{Served: served[at[s.From]:at[s.To]], Published: s.Replacement, Rule: s.Rule, Confidence: s.Confidence})
		end = s.To
	}
	keep(len(at) - 1)
	return out
}

// places are the bytes at which the characters of a text begin, and its end.
func places(s string) []int {
	at := make([]int, 0, len(s)+1)
	for i := range s {
		at = append(at, i)
	}
	return append(at, len(s))
}

// Apply is the published text.
func Apply(served string, spans []Span) string {
	var out strings.Builder
	for _, p := range Diff(served, spans) {
		out.WriteString(p.Published)
	}
	return out.String()
}

// Covered tells whether each hard span lies within spans, so that no hard rule is lifted.
func Covered(proposed, spans []Span) bool {
	for _, p := range proposed {
		if !hard(p.Rule) {
			continue
		}
		at := p.From
		for _, s := range spans {
			if s.From <= at && at < s.To {
				at = s.To
			}
		}
		if at < p.To {
			return false
		}
	}
	return true
}

// united sorts spans and merges those that overlap: all that either hides is hidden, under the strictest rule.
func united(spans []Span) []Span {
	slices.SortStableFunc(spans, func(a, b Span) int {
		if a.From != b.From {
			return a.From - b.From
		}
		return b.To - a.To
	})
	var out []Span
	for _, s := range spans {
		if n := len(out) - 1; n >= 0 && s.From < out[n].To {
			out[n] = union(out[n], s)
			continue
		}
		out = append(out, s)
	}
	return out
}

func union(a, b Span) Span {
	lead := a
	if stricter(b, a) {
		lead = b
	}
	lead.From, lead.To = min(a.From, b.From), max(a.To, b.To)
	return lead
}

// stricter tells whether a leads over b: a hard rule over others, then the longer, then the stricter, then the surer.
func stricter(a, b Span) bool {
	switch la, lb := a.To-a.From, b.To-b.From; {
	case hard(a.Rule) != hard(b.Rule):
		return hard(a.Rule)
	case la != lb:
		return la > lb
	case rank(a.Rule) != rank(b.Rule):
		return rank(a.Rule) < rank(b.Rule)
	}
	return a.Confidence > b.Confidence
}
