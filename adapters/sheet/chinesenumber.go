package sheet

import (
	"slices"
	"strings"
)

// Chinese numerals, ordinary and in the capital forms of accounts (大写). Strict means: a text that two people could read
// as two numbers (一千五: 1500 or 1005) is not read at all.

var chineseDigits = map[rune]int64{
	'零': 0, '〇': 0, '一': 1, '壹': 1, '二': 2, '贰': 2, '貳': 2, '两': 2, '三': 3, '叁': 3, '參': 3, '四': 4, '肆': 4,
	'五': 5, '伍': 5, '六': 6, '陆': 6, '陸': 6, '七': 7, '柒': 7, '八': 8, '捌': 8, '九': 9, '玖': 9,
}

var chineseUnits = map[rune]int64{
	'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000,
	'万': 1e4, '萬': 1e4, '亿': 1e8, '億': 1e8,
}

func isChineseNumeral(r rune) bool {
	_, digit := chineseDigits[r]
	_, unit := chineseUnits[r]
	return digit || unit
}

// chineseInteger reads a whole number below 10^12. The zero that formal writing puts into a gap (壹万零伍佰) may be missing
// where the next digit names its unit, and may not stand where there is no gap; behind a 万 or 亿 that ends in nought
// (壹拾万零柒仟) it may, as 《支付结算办法》 annex 1 allows.
func chineseInteger(rs []rune) (int64, bool) {
	if len(rs) == 1 {
		if d, ok := chineseDigits[rs[0]]; ok {
			return d, true
		}
	}
	high, rs, hasHigh := cutUnit(rs, 1e8)
	middle, low, hasMiddle := cutUnit(rs, 1e4)
	var total, above int64
	first := true
	for _, part := range []struct {
		digits  []rune
		has     bool
		scale   int64
		gapOver bool // the section above is missing altogether
	}{{high, hasHigh, 1e8, false}, {middle, hasMiddle, 1e4, false}, {low, len(low) > 0, 1, hasHigh && !hasMiddle}} {
		if !part.has {
			continue
		}
		s, ok := chineseSection(part.digits, first)
		if !ok || s.value == 0 || (s.zero && first) {
			return 0, false
		}
		if !first && ((s.zero && s.value >= 1000 && !part.gapOver && above%10 != 0) || (s.bare && !s.zero && part.scale == 1)) {
			return 0, false
		}
		total += s.value * part.scale
		above, first = s.value, false
	}
	return total, !first
}

// cutUnit splits at the first numeral of the given big unit; without one everything is rest.
func cutUnit(rs []rune, unit int64) (before, rest []rune, found bool) {
	i := slices.IndexFunc(rs, func(r rune) bool { return chineseUnits[r] == unit })
	if i < 0 {
		return nil, rs, false
	}
	return rs[:i], rs[i+1:], true
}

// section is up to four digits with their units.
type section struct {
	value int64
	zero  bool // begins with a zero
	bare  bool // only a last digit, without a unit
}

func chineseSection(rs []rune, first bool) (section, bool) {
	var s section
	last, gap := int64(1e4), false // smallest unit so far; a zero stands before the next digit
	for i := 0; i < len(rs); i++ {
		digit, isDigit := chineseDigits[rs[i]]
		unit := chineseUnits[rs[i]]
		switch {
		case isDigit && digit == 0:
			if gap || i == len(rs)-1 {
				return s, false
			}
			gap = true
			s.zero = s.zero || i == 0
			continue
		case !isDigit && (unit != 10 || i > 0 || !first): // 十五 only at the very beginning
			return s, false
		case !isDigit:
			digit = 1
		case i+1 < len(rs) && chineseUnits[rs[i+1]] > 0:
			i++
			unit = chineseUnits[rs[i]]
		default:
			unit = 1
		}
		if !stepsDown(last, unit, gap) || (rs[max(0, i-1)] == '两' && unit == 10) {
			return s, false
		}
		s.bare = last == 1e4 && unit == 1
		s.value += digit * unit
		last, gap = unit, false
	}
	return s, len(rs) > 0
}

// stepsDown tells whether a digit of this unit may follow one of the last unit: lower, with a zero only across a gap, and
// the ones across a gap only with a zero.
func stepsDown(last, unit int64, gap bool) bool {
	switch {
	case unit >= last:
		return false
	case last == 1e4: // the first digit of its section
		return true
	case gap:
		return unit*10 < last
	}
	return unit > 1 || last == 10
}

// chineseAmount reads an amount in Chinese numerals: 壹万贰仟叁佰元整, 五千元, 伍元叁角, 叁角肆分. It must be all of rs.
func chineseAmount(rs []rune) (int64, bool) {
	var fen int64
	i := slices.IndexFunc(rs, isYuan)
	if i >= 0 {
		yuan, ok := chineseInteger(rs[:i])
		if !ok {
			return 0, false
		}
		fen, rs = yuan*100, rs[i+1:]
	}
	rest := strings.TrimSuffix(strings.TrimSuffix(string(rs), "正"), "整")
	small, ok := smallMoney([]rune(rest), i >= 0)
	if !ok || (i < 0 && small == 0) {
		return 0, false
	}
	return fen + small, true
}

// smallMoney reads what stands behind 元: nothing, 伍角, 伍角叁分, 叁分, each with a zero in front if it follows 元.
func smallMoney(rs []rune, afterYuan bool) (int64, bool) {
	var fen int64
	for _, unit := range []struct {
		name  rune
		value int64
	}{{'角', 10}, {'分', 1}} {
		zero := afterYuan && len(rs) > 2 && (rs[0] == '零' || rs[0] == '〇')
		if zero && rs[2] == unit.name {
			rs = rs[1:]
		}
		if len(rs) < 2 || rs[1] != unit.name {
			continue
		}
		d, ok := oneDigit(rs[0])
		if !ok || d == 0 {
			return 0, false
		}
		fen, rs = fen+d*unit.value, rs[2:]
	}
	return fen, len(rs) == 0
}

func oneDigit(r rune) (int64, bool) {
	if r >= '0' && r <= '9' {
		return int64(r - '0'), true
	}
	d, ok := chineseDigits[r]
	return d, ok
}

func isYuan(r rune) bool { return r == '元' || r == '圆' || r == '圓' }

// CapitalAmount writes an amount in capital Chinese numerals as on cheques and decisions (《支付结算办法》 annex 1):
// 1234500 分 is 壹万贰仟叁佰肆拾伍元整. It serves amounts from 0 to below 10^14 分; others give "".
func CapitalAmount(fen int64) string {
	if fen < 0 || fen >= 1e14 {
		return ""
	}
	if fen == 0 {
		return "零元整"
	}
	yuan, jiao, rest := fen/100, fen/10%10, fen%10
	var out strings.Builder
	if yuan > 0 {
		out.WriteString(capitalInteger(yuan) + "元")
	}
	digits := []rune("零壹贰叁肆伍陆柒捌玖")
	if jiao > 0 {
		out.WriteString(string(digits[jiao]) + "角")
	}
	switch {
	case rest == 0:
		out.WriteString("整")
	case jiao == 0 && yuan > 0:
		out.WriteString("零")
		fallthrough
	default:
		out.WriteString(string(digits[rest]) + "分")
	}
	return out.String()
}

func capitalInteger(n int64) string {
	digits := []rune("零壹贰叁肆伍陆柒捌玖")
	var out strings.Builder
	gap := false
	for _, big := range []struct {
		scale int64
		name  string
	}{{1e8, "亿"}, {1e4, "万"}, {1, ""}} {
		sec := n / big.scale % 10000
		if sec == 0 {
			gap = gap || out.Len() > 0
			continue
		}
		for _, small := range []struct {
			scale int64
			name  string
		}{{1000, "仟"}, {100, "佰"}, {10, "拾"}, {1, ""}} {
			d := sec / small.scale % 10
			if d == 0 {
				gap = gap || out.Len() > 0
				continue
			}
			if gap {
				out.WriteString("零")
			}
			out.WriteString(string(digits[d]) + small.name)
			gap = false
		}
		gap = false
		out.WriteString(big.name)
	}
	return out.String()
}
