package profile

import (
	"math/big"
	"strings"
)

// What stands for digits and for tens, hundreds and thousands, in both ways of writing.
const (
	digitsPlain  = "零一二三四五六七八九"
	digitsFormal = "〇壹贰叁肆伍陆柒捌玖"
)

func chineseDigit(r rune) (int64, bool) {
	for _, digits := range []string{digitsPlain, digitsFormal} {
		if at := strings.IndexRune(digits, r); at >= 0 {
			return int64(at / len("零")), true
		}
	}
	return 2, r == '两'
}

func chineseUnit(r rune) int64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	}
	return 0
}

// spelledAmounts are the amounts of money in a text that are written in Chinese numerals, in 分: 贰仟元整, 一万二千元, 伍元叁角.
func spelledAmounts(text string) []*big.Int {
	runes := []rune(text)
	var out []*big.Int
	for i := 0; i < len(runes); {
		yuan, end := spelledNumber(runes, i)
		if end == i {
			i++
			continue
		}
		if end < len(runes) && (runes[end] == '元' || runes[end] == '圆') && yuan > 0 {
			fen := new(big.Int).Mul(big.NewInt(yuan), big.NewInt(100))
			out = append(out, fen.Add(fen, big.NewInt(small(runes[end+1:]))))
		}
		i = end
	}
	return out
}

// spelledNumber reads the number that begins at a place, and tells where it ends: at the same place if none begins there.
// A unit alone is no number, but for 十.
func spelledNumber(runes []rune, at int) (value int64, end int) {
	if _, ok := chineseDigit(runes[at]); !ok && chineseUnit(runes[at]) != 10 {
		return 0, at
	}
	total, section, digit := int64(0), int64(0), int64(0)
	for end = at; end < len(runes) && total < 1_0000_0000_0000; end++ {
		d, isDigit := chineseDigit(runes[end])
		unit := chineseUnit(runes[end])
		switch {
		case isDigit:
			digit = d
		case unit > 0 && digit == 0 && section == 0 && unit == 10:
			section = 10
		case unit > 0:
			section, digit = section+digit*unit, 0
		case runes[end] == '万':
			total, section, digit = total+(section+digit)*1_0000, 0, 0
		case runes[end] == '亿':
			total, section, digit = (total+section+digit)*1_0000_0000, 0, 0
		default:
			return total + section + digit, end
		}
	}
	return total + section + digit, end
}

// small is what follows 元: so many 角, and so many 分.
func small(runes []rune) (fen int64) {
	for _, unit := range []struct {
		name rune
		fen  int64
	}{{'角', 10}, {'分', 1}} {
		for len(runes) > 0 && (runes[0] == '零' || runes[0] == '〇') {
			runes = runes[1:]
		}
		if len(runes) < 2 || runes[1] != unit.name {
			continue
		}
		if d, ok := chineseDigit(runes[0]); ok {
			fen += d * unit.fen
			runes = runes[2:]
		}
	}
	return fen
}
