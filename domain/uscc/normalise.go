package uscc

import (
	"strings"
	"unicode"
)

// Normalise gives the form in which codes are compared and checked: full-width characters become ASCII, blanks, dashes and
// invisible characters go, letters become capitals. It corrects nothing else: a letter O stays a letter O.
func Normalise(raw string) string {
	var out strings.Builder
	out.Grow(len(raw))
	for _, r := range raw {
		r = narrow(r)
		if droppable(r) {
			continue
		}
		out.WriteRune(unicode.ToUpper(r))
	}
	return out.String()
}

// narrow maps the full-width forms U+FF01 to U+FF5E and the ideographic space onto ASCII.
func narrow(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case r == 0x3000:
		return ' '
	}
	return r
}

// droppable tells what carries no meaning in a code: spaces (NBSP among them), format characters (category Cf: byte order
// mark, zero-width and direction marks, word joiner, soft hyphen), control characters, and dashes used for grouping.
func droppable(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Pd, r) || unicode.IsControl(r) || r == 0x2212
}
