package uscc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// HoldsResidentID tells whether a text holds a resident identity number that is not a sound code as well. Full-width digits
// count, and digits in groups: 330106 19850312 0028. Such a text must not be kept: numbers of natural persons have no place in
// records that are for ever.
func HoldsResidentID(text string) bool { return len(residentIDs(text)) > 0 }

// WithoutResidentIDs is the text with *** in the place of each such number. It is for what is told back to who sent the text.
func WithoutResidentIDs(text string) string {
	var out strings.Builder
	end := 0
	for _, s := range residentIDs(text) {
		if s.from >= end {
			out.WriteString(text[end:s.from] + "***")
			end = s.to
		}
	}
	return out.String() + text[end:]
}

// run is a row of digits and X, with nothing between them, and where it stands.
type run struct {
	from, to int
	digits   string
}

// residentIDs are the numbers in a text, in the order of where they begin.
func residentIDs(text string) (found []run) {
	digits := 0
	for _, r := range text {
		if n := narrow(r); n >= '0' && n <= '9' {
			digits++
		}
	}
	if digits < 17 {
		return nil
	}
	runs := runsOf(text)
	for i := range runs {
		whole := ""
		for k := i; k < len(runs) && (k == i || joined(text[runs[k-1].to:runs[k].from])); k++ {
			if whole += runs[k].digits; len(whole) > 18 {
				break
			}
			if IsResidentID(whole) && !Sound(Check(whole)) {
				found = append(found, run{runs[i].from, runs[k].to, whole})
			}
		}
	}
	return found
}

func runsOf(text string) (out []run) {
	open := false
	for i, r := range text {
		n := narrow(r)
		if n == 'x' {
			n = 'X'
		}
		if n != 'X' && (n < '0' || n > '9') {
			open = false
			continue
		}
		if !open {
			out, open = append(out, run{from: i}), true
		}
		last := &out[len(out)-1]
		last.to, last.digits = i+utf8.RuneLen(r), last.digits+string(n)
	}
	return out
}

// joined tells whether only what groups the digits of a number stands between two rows of them.
func joined(between string) bool {
	return utf8.RuneCountInString(between) <= 3 && !strings.ContainsFunc(between, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !strings.ContainsRune("-－·_.()（）", r)
	})
}
