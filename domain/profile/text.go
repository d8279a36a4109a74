package profile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// trimmed takes white space from both ends, which nobody means. What is invisible and no white space stays, and is a problem.
func trimmed(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

// oneLine puts a text of several lines in one, a space for each line feed: cells of templates are refused with one in them.
func oneLine(s string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ").Replace(s)
}

// unfit is the first character that no column takes, with the rule that it breaks.
func unfit(s string) (rule Rule, r rune, found bool) {
	if !utf8.ValidString(s) {
		return RuleEncoding, 0, true
	}
	for _, r := range s {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return RuleSpecial, r, true
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector), r == 0x3164, r == 0xFFA0, r == 0x115F, r == 0x1160, r == 0x2800:
			return RuleInvisible, r, true
		case unicode.Is(unicode.Co, r):
			return RulePrivateUse, r, true
		case r == utf8.RuneError, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF: // a sign that something was lost; no characters
			return RuleEncoding, r, true
		}
	}
	return "", 0, false
}

// wide tells whether there are full-width letters or digits. Full-width brackets and stops are how Chinese is written.
func wide(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ'
	})
}

// radical is the first character that looks like another one and is not: radicals of dictionaries (⽤ for 用), and those that are in
// Unicode twice for the sake of older encodings. Twelve among the latter are characters in their own right.
func radical(s string) (rune, bool) {
	for _, r := range s {
		twice := r >= 0xF900 && r <= 0xFAD9 && !strings.ContainsRune("\uFA0E\uFA0F\uFA11\uFA13\uFA14\uFA1F\uFA21\uFA23\uFA24\uFA27\uFA28\uFA29", r)
		if twice || r >= 0x2F00 && r <= 0x2FD5 || r >= 0x2F800 && r <= 0x2FA1D {
			return r, true
		}
	}
	return 0, false
}

// problem says that the field breaks a rule.
func (f Field) problem(rule Rule, zh, en string) Problem {
	return Problem{Field: f.Key, Label: f.Label, Rule: rule, Chinese: f.Label + "：" + zh, English: f.Key + " (" + f.Label + "): " + en}
}

// warning says that something is odd about the field.
func (f Field) warning(rule Rule, zh, en string) Problem {
	p := f.problem(rule, zh, en)
	p.Warning = true
	return p
}

// travels refuses characters that would not arrive, or that nobody would see.
func (f Field) travels(value string) []Problem {
	rule, r, found := unfit(value)
	if !found {
		return nil
	}
	zh, en := unfitWords(rule)
	return []Problem{f.problem(rule, fmt.Sprintf("%s（U+%04X）", zh, r), fmt.Sprintf("%s (U+%04X)", en, r))}
}

// fits holds a text to what every column asks: characters that travel, and the length.
func (f Field) fits(value string) []Problem {
	out := f.travels(value)
	if n := utf8.RuneCountInString(value); f.Max > 0 && n > f.Max {
		out = append(out, f.problem(RuleLength, fmt.Sprintf("共%d字，不得超过%d字", n, f.Max),
			fmt.Sprintf("%d characters, at most %d fit; nothing is cut", n, f.Max)))
	}
	return out
}

func unfitWords(rule Rule) (zh, en string) {
	switch rule {
	case RuleSpecial:
		return "里包含特殊字符信息", "holds a control character"
	case RuleInvisible:
		return "含有不可见字符", "holds a character that can't be seen"
	case RulePrivateUse:
		return "含有自造字（专用区字符），无法准确传输", "holds a private-use character, which would not arrive as it was sent"
	}
	return "含有损坏的或者不是字符的编码", "holds what is no character, or is the sign that one was lost"
}
