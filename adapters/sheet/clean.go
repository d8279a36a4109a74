package sheet

import (
	"strings"
	"unicode"
)

// Clean takes out what a reader cannot see: format characters (byte order marks, zero-width and direction marks, soft
// hyphens), control characters and outer spaces. Line ends become line feeds, tabs become blanks.
func Clean(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\n':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimFunc(s, unicode.IsSpace)
}

// oneLine puts a wording on one line, for the texts that have only one.
func oneLine(s string) string {
	if !strings.ContainsRune(s, '\n') {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), " ")
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

// Fold maps the full-width forms U+FF01 to U+FF5E, the ideographic space and U+FFE5 (￥) onto their ordinary forms. It is
// for codes, dates, amounts and comparisons; the wording of names and decisions is left as it was written.
func Fold(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(narrow, s)
}

func narrow(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case r == 0x3000 || r == 0xA0:
		return ' '
	case r == 0xFFE5:
		return '¥'
	}
	return r
}

// lostCharacter finds a character that stands where another one was lost: U+FFFD, or one of private use, which means
// something else in every office.
func lostCharacter(s string) (rune, bool) {
	if isPlain(s) {
		return 0, false
	}
	for _, r := range s {
		if r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) {
			return r, true
		}
	}
	return 0, false
}

// heading is the form in which column names are compared: folded, without any space, in small letters.
func heading(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(Fold(Clean(s))), ""))
}
