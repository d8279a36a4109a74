package sheet

import (
	"math/big"
	"strings"
)

// moneyPlaces is how many decimals of the unit are whole 分.
func moneyPlaces(unit string) int {
	switch unit {
	case "yuan":
		return 2
	case "wanyuan":
		return 6
	}
	return 0
}

// parseMoney reads an amount cell exactly, in decimal text: digits, thousands in groups of three, one point, a sign ¥ in
// front, the unit behind if it is the stated one. More decimals than 分 are accepted only as zeros.
func parseMoney(s, unit string) (int64, Text) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(Fold(s)), "¥"))
	suffix := ""
	switch {
	case strings.HasSuffix(s, "万元"):
		suffix, s = "wanyuan", strings.TrimSuffix(s, "万元")
	case strings.HasSuffix(s, "元"):
		suffix, s = "yuan", strings.TrimSuffix(s, "元")
	case strings.HasSuffix(s, "分"):
		suffix, s = "fen", strings.TrimSuffix(s, "分")
	}
	if suffix != "" && suffix != unit {
		return 0, Text{"单元格中的金额单位与导入配置不一致", "the unit in the cell is not the unit of the mapping"}
	}
	fen, ok := decimalFen(strings.TrimSpace(s), moneyPlaces(unit))
	if !ok {
		return 0, Text{"不是有效金额（只允许数字、千分位和小数点，精确到分，不得为负）",
			"not an amount (digits, thousands separators and a point, exact to the 分, not negative)"}
	}
	return fen, Text{}
}

// decimalFen shifts the decimal point of s by places and wants a whole number that fits an amount.
func decimalFen(s string, places int) (int64, bool) {
	whole, fraction, point := strings.Cut(s, ".")
	whole, ok := ungroup(whole)
	if !ok || whole == "" || (point && fraction == "") || !allDigits(whole) || !allDigits(fraction) {
		return 0, false
	}
	if len(fraction) > places {
		if strings.Trim(fraction[places:], "0") != "" {
			return 0, false
		}
		fraction = fraction[:places]
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", places-len(fraction)), "0")
	if len(digits) > 18 {
		return 0, false
	}
	var n int64
	for _, d := range []byte(digits) {
		n = n*10 + int64(d-'0')
	}
	return n, true
}

// ungroup takes thousands separators out if every group but the first has three digits.
func ungroup(whole string) (string, bool) {
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if len(groups) > 1 && ((i == 0 && (g == "" || len(g) > 3)) || (i > 0 && len(g) != 3)) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// numberText writes what a spreadsheet stored for a numeric cell as plain decimal text. Spreadsheets keep fifteen digits:
// a whole number from 10^15 on was a code and has been rounded, which is reported; a fraction is rounded to the fifteen
// digits that the spreadsheet itself shows, so that 1095.5999999999999 is 1095.6 again.
func numberText(stored string) (text string, damaged, ok bool) {
	if len(stored) > 64 {
		return "", false, false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToUpper(stored), "E")
	if strings.Trim(mantissa, "+-.0123456789") != "" || len(strings.TrimLeft(exponent, "+-0")) > 3 {
		return "", false, false
	}
	exact, ok := new(big.Rat).SetString(stored)
	if !ok {
		return "", false, false
	}
	limit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(15), nil))
	if new(big.Rat).Abs(exact).Cmp(limit) >= 0 {
		return "", true, true
	}
	return shown(exact), false, true
}

// shown is the decimal text of x at fifteen significant digits, without trailing zeros.
func shown(x *big.Rat) string {
	if x.IsInt() {
		return x.Num().String()
	}
	size, one, ten := new(big.Rat).Abs(x), big.NewRat(1, 1), big.NewRat(10, 1)
	places := 15
	for ; size.Cmp(one) >= 0; places-- {
		size.Quo(size, ten)
	}
	for ; size.Mul(size, ten).Cmp(one) < 0 && places < 40; places++ {
	}
	return strings.TrimSuffix(strings.TrimRight(x.FloatString(places), "0"), ".")
}
