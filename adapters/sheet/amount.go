package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Amount is one amount of money found in a text.
type Amount struct {
	Fen        int64 // whole 分; 0 if not Sound
	Start, End int   // byte offsets in the text
	Text       string
	Before     string // up to 12 characters in front of it
	After      string // up to 12 characters behind it
	Sound      bool   // false: it looks like an amount and cannot be read with certainty
}

// FindAmounts finds the amounts in a text, in order: digits with or without thousands separators and 万, half or full
// width (1.5万元, ５０００元, ￥3,000.00), and Chinese numerals (伍仟元整, 壹万贰仟叁佰元). It tells nothing about what they are
// for. Something like 1万5千元 or 数千元 is given as not Sound rather than read in part.
func FindAmounts(text string) []Amount {
	f := foldText(text)
	found := f.amounts()
	out := make([]Amount, 0, len(found))
	for _, a := range found {
		start, end := f.at[a.from], f.at[a.to]
		out = append(out, Amount{Fen: a.fen, Start: start, End: end, Text: text[start:end], Sound: a.sound,
			Before: f.original(text, max(0, a.from-12), a.from), After: f.original(text, a.to, min(len(f.s), a.to+12))})
	}
	return out
}

// ParseAmount reads a text that is one amount and nothing else, like those that FindAmounts finds.
func ParseAmount(s string) (fen int64, ok bool) {
	f := foldText(strings.TrimSpace(s))
	if fen, ok := chineseAmount(f.s); ok {
		return fen, true
	}
	found := f.amounts()
	if len(found) != 1 || found[0].from != 0 || found[0].to != len(f.s) {
		return 0, false
	}
	return found[0].fen, found[0].sound
}

// foldedText is a text with letters, digits and the marks that matter folded to half width and invisible characters left
// out, each character knowing where it came from. The full-width comma stays, since it never stands inside a number.
type foldedText struct {
	s  []rune
	at []int // byte offset of each rune in the original, and of its end
}

func foldText(text string) foldedText {
	f := foldedText{s: make([]rune, 0, len(text)/2), at: make([]int, 0, len(text)/2+1)}
	for i, r := range text {
		switch {
		case r == 'n' && i > 0 && text[i-1] == '\\': // an escaped line break that a web form let through
			f.s[len(f.s)-1] = '\n'
			continue
		case r == '，' || r == '。':
		case unicode.Is(unicode.Cf, r) || r == '\r':
			continue
		default:
			r = narrow(r)
		}
		f.s, f.at = append(f.s, r), append(f.at, i)
	}
	f.at = append(f.at, len(text))
	return f
}

func (f foldedText) original(text string, from, to int) string { return text[f.at[from]:f.at[to]] }

// span is an amount in folded runes.
type span struct {
	from, to int
	fen      int64
	sound    bool
}

func (f foldedText) amounts() []span {
	var out []span
	for i := 0; i < len(f.s); i++ {
		var a span
		var ok bool
		switch {
		case isYuan(f.s[i]):
			a, ok = f.beforeYuan(i)
		case f.s[i] == '¥':
			a, ok = f.behindSign(i)
		}
		if !ok || (len(out) > 0 && a.from < out[len(out)-1].to) {
			continue
		}
		out = append(out, a)
		i = max(i, a.to-1)
	}
	return out
}

func isNumeral(r rune) bool {
	return (r >= '0' && r <= '9') || r == '.' || r == ',' || isChineseNumeral(r)
}

// beforeYuan reads the numerals that end at the 元 at i, as far as they reach, and 角 and 分 behind it.
func (f foldedText) beforeYuan(i int) (span, bool) {
	if i+1 < len(f.s) && f.s[i+1] == '旦' {
		return span{}, false
	}
	end := i
	for end > 0 && f.s[end-1] == ' ' && i-end < 2 {
		end--
	}
	from := end
	for from > 0 && (isNumeral(f.s[from-1]) || f.blankInNumber(from-1)) {
		from--
	}
	for from < end && (f.s[from] == ',' || f.s[from] == ' ') {
		from++
	}
	if from == end {
		return span{}, false
	}
	to := f.behindYuan(i + 1)
	fen, ok := readAmount(f.s[from:end], f.s[i:to])
	if from > 0 && strings.ContainsRune("数几余多-", f.s[from-1]) {
		ok = false
	}
	for k := from; k > 0 && (f.s[k-1] == '¥' || f.s[k-1] == ' '); k-- {
		if f.s[k-1] == '¥' {
			from = k - 1
		}
	}
	if !ok {
		fen = 0
	}
	return span{from, to, fen, ok}, true
}

// blankInNumber tells that a blank stands between two digits, so that the number cannot be read with certainty.
func (f foldedText) blankInNumber(i int) bool {
	return f.s[i] == ' ' && i > 0 && i+1 < len(f.s) && isDigit(f.s[i-1]) && isDigit(f.s[i+1])
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// behindYuan gives the end of 伍角肆分整 behind 元.
func (f foldedText) behindYuan(i int) int {
	for _, unit := range []rune{'角', '分'} {
		k := i
		if k+2 < len(f.s) && (f.s[k] == '零' || f.s[k] == '〇') && f.s[k+2] == unit {
			k++
		}
		if k+1 < len(f.s) && f.s[k+1] == unit {
			if _, ok := oneDigit(f.s[k]); ok {
				i = k + 2
			}
		}
	}
	if i < len(f.s) && (f.s[i] == '整' || f.s[i] == '正') {
		i++
	}
	return i
}

// readAmount reads the numerals in front of 元 and what belongs to the amount from 元 on.
func readAmount(number, tail []rune) (int64, bool) {
	if !isDigit(number[0]) {
		whole := append(append([]rune(nil), number...), tail...)
		return chineseAmount(whole)
	}
	places, digits := 2, number
	if unit := chineseUnits[number[len(number)-1]]; unit > 0 {
		digits = number[:len(number)-1]
		for ; unit > 1; unit /= 10 {
			places++
		}
	}
	text := string(digits)
	whole, fraction, _ := strings.Cut(text, ".")
	if (len(whole) > 1 && whole[0] == '0') || (places == 2 && len(fraction) > 2) {
		return 0, false
	}
	fen, ok := decimalFen(text, places)
	rest := strings.TrimSuffix(strings.TrimSuffix(string(tail[1:]), "正"), "整")
	small, smallOK := smallMoney([]rune(rest), true)
	if !ok || !smallOK || (small > 0 && fraction != "") || fen >= maxAmount {
		return 0, false
	}
	return fen + small, true
}

// maxAmount is one 万亿 yuan in 分; nothing that is written as more is an amount of a decision.
const maxAmount = 1e14

// behindSign reads a number behind ¥ that has no 元 behind it.
func (f foldedText) behindSign(i int) (span, bool) {
	from := i + 1
	for from < len(f.s) && f.s[from] == ' ' {
		from++
	}
	to := from
	for to < len(f.s) && isNumeral(f.s[to]) {
		to++
	}
	for to > from && (f.s[to-1] == ',' || f.s[to-1] == '.') {
		to--
	}
	next := to
	for next < len(f.s) && f.s[next] == ' ' {
		next++
	}
	if to == from || (next < len(f.s) && isYuan(f.s[next])) {
		return span{}, false
	}
	fen, ok := int64(0), false
	if isDigit(f.s[from]) {
		fen, ok = readAmount(f.s[from:to], []rune{'元'})
	}
	return span{i, to, fen, ok}, true
}

// clip keeps the end of a long passage, since amounts stand at the end.
func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)
	return "…" + string(runes[len(runes)-limit:])
}
