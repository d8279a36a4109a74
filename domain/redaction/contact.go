package redaction

import "strings"

// contacts finds what reaches a person beside phones: mail, messengers, plates; and papers of identity beside the resident's.
func (t text) contacts() []Span {
	var out []Span
	for i := range t.s {
		if t.s[i] == '@' {
			out = append(out, t.mail(i)...)
		}
		if strings.ContainsRune(plates, t.s[i]) {
			out = append(out, t.plate(i)...)
		}
		if (isLetter(t.s[i]) || isDigit(t.s[i])) && !isLetter(t.rune(i-1)) && !isDigit(t.rune(i-1)) {
			out = append(out, t.paper(i)...)
			out = append(out, t.messenger(i)...)
		}
	}
	return out
}

// token is the place behind the letters, digits and given signs from i on.
func (t text) token(i int, signs string) int {
	for isLetter(t.rune(i)) || isDigit(t.rune(i)) || t.rune(i) != 0 && strings.ContainsRune(signs, t.rune(i)) {
		i++
	}
	return i
}

func (t text) mail(at int) []Span {
	from := at
	for isLetter(t.rune(from-1)) || isDigit(t.rune(from-1)) || from > 0 && strings.ContainsRune("._%+-", t.s[from-1]) {
		from--
	}
	to := t.token(at+1, ".-")
	for to > at && (t.s[to-1] == '.' || t.s[to-1] == '-') {
		to--
	}
	if from == at || to == at || !strings.ContainsRune(string(t.s[at:to]), '.') {
		return nil
	}
	return []Span{t.span(from, to, Mail, 95, "***")}
}

// plates are the first characters of number plates (GA 36).
const plates = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

func (t text) plate(i int) []Span {
	if c := t.rune(i + 1); c < 'A' || c > 'Z' {
		return nil
	}
	j := i + 2
	for r := t.rune(j); r == '·' || r == '•' || r == '-' || r == ' '; r = t.rune(j) {
		j++
	}
	end, digits := j, 0
	for ; isDigit(t.rune(end)) || t.rune(end) >= 'A' && t.rune(end) <= 'Z'; end++ {
		if isDigit(t.s[end]) {
			digits++
		}
	}
	if strings.ContainsRune("挂学警港澳", t.rune(end)) && end < len(t.s) {
		end++
	}
	if n := end - j; n < 5 || n > 6 || digits < 2 || j-i > 4 {
		return nil
	}
	return []Span{t.span(i, end, Plate, 90, "***")}
}

// paper finds numbers of passports, permits and foreign cards of identity by the word before them, and the cards of Hong Kong
// by their form.
func (t text) paper(i int) []Span {
	to := t.token(i, "")
	n, letters := to-i, 0
	for letters < n && isLetter(t.s[i+letters]) {
		letters++
	}
	digits := n - letters
	for _, r := range t.s[i+letters : to] {
		if !isDigit(r) {
			return nil
		}
	}
	if letters >= 1 && letters <= 2 && digits == 6 && t.rune(to) == '(' && t.rune(to+2) == ')' && (isDigit(t.rune(to+1)) || t.rune(to+1) == 'A') {
		return []Span{t.span(i, to+3, Permit, 90, "***")}
	}
	named := holds(t.clause(i), "护照", "通行证", "台胞证", "回乡证", "居住证", "居留", "军官证", "士兵证")
	if !named || letters > 3 || digits < 6 || digits > 12 {
		return nil
	}
	return []Span{t.span(i, to, Permit, 90, "***")}
}

func (t text) messenger(i int) []Span {
	before := strings.TrimRight(t.clause(i), ": ()为是-")
	for _, end := range []string{"微信", "微信号", "微信账号", "QQ", "qq", "QQ号", "qq号", "QQ账号", "支付宝", "支付宝账号", "抖音号"} {
		if !strings.HasSuffix(before, end) {
			continue
		}
		if to := t.token(i, "_-"); to-i >= 5 {
			return []Span{t.span(i, to, Messenger, 85, "***")}
		}
	}
	return nil
}
