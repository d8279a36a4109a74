package redaction

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text is a text folded for reading: ordinary widths and digits, one kind of blank and dash, nothing invisible. The place of
// each character in the text as served stands beside it.
type text struct {
	s  []rune
	at []int
	n  int // characters as served
}

func fold(served string) text {
	raw := []rune(served)
	t := text{s: make([]rune, 0, len(raw)), at: make([]int, 0, len(raw)), n: len(raw)}
	for i, r := range raw {
		if r = narrow(r); r >= 0 {
			t.s, t.at = append(t.s, r), append(t.at, i)
		}
	}
	return t
}

// narrow is the character as it is read, below zero if it can't be seen.
func narrow(r rune) rune {
	switch {
	case r < 0x7F:
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return -1
		}
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case unicode.Is(unicode.Nd, r):
		return digit(r)
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Pd, r) || r == 0x2212:
		return '-'
	case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return r
}

// digit is the ordinary form of a decimal digit of any script: those of one range follow each other from its zero on.
func digit(r rune) rune {
	for _, x := range unicode.Nd.R16 {
		if lo := rune(x.Lo); r >= lo && r <= rune(x.Hi) {
			return '0' + (r-lo)%10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if lo := rune(x.Lo); r >= lo && r <= rune(x.Hi) { //nolint:gosec // code points
			return '0' + (r-lo)%10
		}
	}
	return r
}

// span is a span over the folded characters from i up to j.
func (t text) span(i, j int, rule RuleID, confidence int, with string) Span {
	return Span{From: t.at[i], To: t.at[j-1] + 1, Rule: rule, Confidence: confidence, Replacement: with}
}

// behind tells whether s begins at place i.
func (t text) behind(i int, s string) bool {
	for _, r := range s {
		if i >= len(t.s) || t.s[i] != r {
			return false
		}
		i++
	}
	return true
}

// word finds the longest of the words that begins at place i and gives the place behind it.
func (t text) word(i int, words []string) (end int, found bool) {
	for _, w := range words {
		if t.behind(i, w) {
			end, found = max(end, i+utf8.RuneCountInString(w)), true
		}
	}
	return end, found
}

// stops are where the look for a word before a number ends. What replaces a span holds one of them, so that taking spans out
// brings no word nearer.
const stops = "0123456789*某。;,!?\n"

// clause is what stands before place i, back to the last stop.
func (t text) clause(i int) string {
	from := i
	for from > 0 && !strings.ContainsRune(stops, t.s[from-1]) {
		from--
	}
	return string(t.s[from:i])
}

func (t text) rune(i int) rune {
	if i < 0 || i >= len(t.s) {
		return 0
	}
	return t.s[i]
}

func holds(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) || r == '〇' }

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }
