package domain

import (
	"strings"
	"unicode"
)

// NormalNo is the form in which numbers of documents and licences are compared: full-width characters as ordinary ones, no
// spaces nor invisible characters, and 〔〕 for whatever brackets were typed (〔2024〕 [2024] 【2024】 (2024)). The number as it
// was written is kept beside it; what is shown is that.
func NormalNo(s string) string { return normal(s, '〔', '〕') }

// NormalName is the form in which names are compared: as NormalNo, with ( ) for all brackets and capital letters. Two
// different parties may have one normal name, so it is no key of a party by itself.
func NormalName(s string) string { return strings.ToUpper(normal(s, '(', ')')) }

func normal(s string, open, shut rune) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			r += '!' - 0xFF01
		}
		switch r {
		case '(', '[', '〔', '【', '〖', '﹝', '❲':
			return open
		case ')', ']', '〕', '】', '〗', '﹞', '❳':
			return shut
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, s)
}
