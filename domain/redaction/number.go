package redaction

import (
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// group is a row of digits without anything between them; X may end one.
type group struct {
	from, to int
	digits   string
}

const (
	maxGroups = 20 // that may make one number
	maxDigits = 30
)

// numbers finds the numbers that tell a person: of identity, phones and accounts.
func (t text) numbers() []Span {
	spans := t.chains(t.groups(func(r rune) (rune, bool) { return r, isDigit(r) }))
	return append(spans, t.chains(t.groups(spelled))...)
}

// spelled reads the Chinese digits (一三八〇…).
func spelled(r rune) (rune, bool) {
	if r == '零' || r == '〇' || r == '○' {
		return '0', true
	}
	if n := strings.IndexRune("一二三四五六七八九", r); n >= 0 {
		return '1' + rune(n/len("一")), true
	}
	return 0, false
}

func (t text) groups(read func(rune) (rune, bool)) []group {
	var out []group
	for i := 0; i < len(t.s); {
		g := group{from: i}
		for ; i < len(t.s); i++ {
			d, ok := read(t.s[i])
			if !ok {
				break
			}
			g.digits += string(d)
		}
		if x := t.rune(i); g.digits != "" && (x == 'x' || x == 'X') && t.endsAt(i, g.digits) {
			g.digits += "X"
			i++
		}
		if g.to = i; g.digits == "" {
			i++
			continue
		}
		out = append(out, g)
	}
	return out
}

// endsAt tells whether the X at a place ends a number: nothing goes on behind it, or it completes a number of identity.
func (t text) endsAt(i int, digits string) bool {
	return !isDigit(t.rune(i+1)) && (!isLetter(t.rune(i+1)) || uscc.IsResidentID(digits+"X"))
}

// chains tries every row of neighbouring groups as one number.
func (t text) chains(groups []group) []Span {
	var out []Span
	for i := range groups {
		digits := ""
		for j := i; j < len(groups) && j < i+maxGroups; j++ {
			if j > i && !t.joined(groups[j-1].to, groups[j].from) {
				break
			}
			if digits += groups[j].digits; len(digits) > maxDigits && j > i {
				break
			}
			n := number{t: t, parts: groups[i : j+1], digits: digits, from: groups[i].from, to: groups[j].to}
			if rule, confidence := n.kind(); rule != "" {
				out = append(out, t.span(n.start(), n.to, rule, confidence, "***"))
			}
		}
		out = append(out, t.within(groups[i])...)
	}
	return out
}

// joined tells whether only what groups the digits of one number stands between two rows of them.
func (t text) joined(from, to int) bool {
	if to-from > 3 {
		return false
	}
	for _, r := range t.s[from:to] {
		if !isBlank(r) && r != '-' && r != '·' && r != '_' && r != '(' && r != ')' {
			return false
		}
	}
	return true
}

// within finds identity numbers that check inside a longer row of digits.
func (t text) within(g group) []Span {
	var out []Span
	for i := 0; len(g.digits) > 18 && i+18 <= len(g.digits); i++ {
		if uscc.IsResidentID(g.digits[i : i+18]) {
			out = append(out, t.span(g.from+i, g.from+i+18, Resident, 60, "***"))
		}
	}
	return out
}

// number is a row of digits with what stands around it.
type number struct {
	t        text
	parts    []group
	digits   string
	from, to int
}

// start is where the number begins, with the sign of its country.
func (n number) start() int {
	if n.t.rune(n.from-1) == '+' {
		return n.from - 1
	}
	return n.from
}

func (n number) whole() bool { return len(n.parts) == 1 }

// touched tells that letters stand at the number, as in the number of a licence.
func (n number) touched() bool { return isLetter(n.t.rune(n.from-1)) || isLetter(n.t.rune(n.to)) }

// amount tells that the number is money or a quantity with a fraction.
func (n number) amount() bool {
	i := n.to
	for n.t.rune(i) == ' ' || n.t.rune(i) == '\t' {
		i++
	}
	return n.t.rune(i) == '元' || n.t.rune(i) == '万' || n.t.rune(i) == '.' && isDigit(n.t.rune(i+1))
}

func (n number) kind() (RuleID, int) {
	before := n.t.clause(n.from)
	numeric := !strings.Contains(n.digits, "X")
	if c := n.resident(before); c > 0 {
		return Resident, c
	}
	if !numeric {
		return "", 0
	}
	if c := n.mobile(before); c > 0 {
		return Mobile, c
	}
	if c := n.bank(before); c > 0 {
		return Bank, c
	}
	if c := n.landline(before); c > 0 {
		return Landline, c
	}
	return "", 0
}

func (n number) resident(before string) int {
	named := holds(before, "身份证", "身份号码", "证件号")
	other := holds(before, "信用代码", "注册号", "许可证", "登记证") && !named
	x := strings.IndexByte(n.digits, 'X')
	switch len(n.digits) {
	case 18:
		switch {
		case x >= 0 && x < 17:
			return 0
		case uscc.IsResidentID(n.digits) && (!other || !uscc.Sound(uscc.Check(n.digits))):
			return 99
		case born(n.digits[:2], n.digits[6:14]) && !other && (named || n.whole() && !n.touched()):
			return 80
		case named && n.whole():
			return 70
		}
	case 15:
		switch {
		case x >= 0 || other:
			return 0
		case born(n.digits[:2], "19"+n.digits[6:12]) && (named || n.whole() && !n.touched()):
			return map[bool]int{true: 90, false: 50}[named || len(uscc.CheckRegistration(n.digits)) > 0]
		case named && n.whole():
			return 60
		}
	case 16, 17:
		if named && n.whole() {
			return 60
		}
	}
	return 0
}

const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 "

// born tells whether a province and a date of birth stand there.
func born(province, day string) bool {
	on, err := time.Parse("20060102", day)
	return err == nil && on.Year() >= 1900 && on.Year() < 2100 && strings.Contains(provinces, " "+province+" ")
}

func (n number) mobile(before string) int {
	d, named := n.digits, holds(before, "电话", "手机", "联系", "微信", "致电", "拨打")
	abroad := n.t.rune(n.from-1) == '+'
	for _, prefix := range []string{"0086", "86"} {
		if rest, cut := strings.CutPrefix(d, prefix); cut && len(rest) == 11 {
			d, abroad = rest, true
			break
		}
	}
	if len(d) != 11 || d[0] != '1' || d[1] < '3' || n.amount() && !named {
		return 0
	}
	switch {
	case n.whole():
		return 95
	case named, abroad, n.shaped("3-4-4", "3-8", "7-4", "4-3-4", "3-3-5", "1-1-1-1-1-1-1-1-1-1-1"):
		return 85
	}
	return 0
}

// shaped tells whether the groups have one of these lengths.
func (n number) shaped(forms ...string) bool {
	form := ""
	for i, g := range n.parts {
		if i > 0 {
			form += "-"
		}
		for range len(g.digits) / 10 {
			form += "1"
		}
		form += string(rune('0' + len(g.digits)%10))
	}
	for _, f := range forms {
		if f == form {
			return true
		}
	}
	return false
}

func (n number) bank(before string) int {
	named := holds(before, "卡号", "账号", "帐号", "账户", "帐户", "开户", "银行卡", "储蓄卡", "汇至", "汇入", "转入")
	other := holds(before, "信用代码", "注册号", "许可证", "文号")
	grouped := n.shaped("4-4-4-4", "4-4-4-4-1", "4-4-4-4-2", "4-4-4-4-3", "6-4-4-4", "6-4-4-5", "6-12", "6-13", "6-10", "8-8")
	switch {
	case n.amount(), len(n.digits) == 18 && uscc.Sound(uscc.Check(n.digits)):
		return 0
	case named && !other && n.whole() && len(n.digits) >= 9 && len(n.digits) <= maxDigits:
		return 90
	case named && !other && len(n.digits) >= 12 && len(n.parts[0].digits) >= 4:
		return 80
	case len(n.digits) < 16 || len(n.digits) > 19 || !luhn(n.digits) || n.touched() || !n.whole() && !grouped:
		return 0
	case strings.IndexByte("34569", n.digits[0]) >= 0:
		return 95
	}
	return 0
}

// luhn is the check of card numbers (ISO/IEC 7812).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func (n number) landline(before string) int {
	named := holds(before, "电话", "座机", "传真", "致电", "联系方式")
	if n.amount() || n.touched() {
		return 0
	}
	area := 0
	switch d := n.digits; {
	case len(d) < 7 || len(d) > 12:
		return 0
	case strings.HasPrefix(d, "400") && len(d) == 10, strings.HasPrefix(d, "800") && len(d) == 10:
		return map[bool]int{true: 80, false: 0}[named || n.shaped("3-3-4", "3-4-3")]
	case strings.HasPrefix(d, "01"), strings.HasPrefix(d, "02"):
		area = 3
	case d[0] == '0' && d[1] > '2':
		area = 4
	case named && (len(d) == 7 || len(d) == 8) && d[0] != '1':
		return 70
	}
	local := len(n.digits) - area
	if area == 0 || local < 7 || local > 8 || n.digits[area] < '2' {
		return 0
	}
	if len(n.parts) > 1 && len(n.parts[0].digits) != area && !named {
		return 0
	}
	return 85
}
