package profile

import (
	"math/big"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// namedIn tells whether a text that names amounts of money names this one, by itself or as the sum of those in digits or of
// those in numerals, which often say the same twice. A text that names none is not held against an amount.
func namedIn(amount domain.Fen, text string) bool {
	inDigits, inNumerals := amounts(text), spelledAmounts(text)
	return len(inDigits)+len(inNumerals) == 0 || among(amount, inDigits) || among(amount, inNumerals)
}

func among(amount domain.Fen, named []*big.Int) bool {
	sum := new(big.Int)
	want := big.NewInt(int64(amount))
	for _, n := range named {
		if n.Cmp(want) == 0 {
			return true
		}
		sum.Add(sum, n)
	}
	return len(named) > 0 && sum.Cmp(want) == 0
}

// amounts are the amounts of money in a text that are written in digits, in 分: 2000元, 2,000.00元, 0.2万元, 人民币２０００元.
func amounts(text string) []*big.Int {
	text = narrow(text)
	var out []*big.Int
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && (isDigit(text[end]) || end > i && (text[end] == ',' || text[end] == '.')) {
			end++
		}
		if end == i {
			i++
			continue
		}
		if n, ok := inFen(text[i:end], strings.TrimLeft(text[end:], " ")); ok {
			out = append(out, n)
		}
		i = end
	}
	return out
}

// inFen is a number in 分 by the unit that follows it; not ok for a number that is no amount, or is no whole 分.
func inFen(number, after string) (*big.Int, bool) {
	places := 0
	switch {
	case strings.HasPrefix(after, "元"):
		places = 2
	case strings.HasPrefix(after, "万元"):
		places = 6
	case strings.HasPrefix(after, "亿元"):
		places = 10
	default:
		return nil, false
	}
	whole, part, _ := strings.Cut(strings.ReplaceAll(number, ",", ""), ".")
	part = strings.TrimRight(part, "0")
	if len(part) > places {
		return nil, false
	}
	return new(big.Int).SetString(whole+part+strings.Repeat("0", places-len(part)), 10)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}
