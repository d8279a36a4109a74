package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// wanted tells whether the column has to be filled.
func (f Field) wanted(of given) bool {
	return f.Obligation == Mandatory || f.Obligation == Conditional && of.all(f.When)
}

// value is the column's value by the facts, with what is wrong about it.
func (f Field) value(of given) (string, []Problem) {
	is := of.read(f.Fact)
	if !is.given() && f.StandIn != nil && of.all(f.StandIn.When) {
		return f.StandIn.Value, nil
	}
	switch {
	case !is.given() && f.wanted(of):
		return "", []Problem{f.problem(RuleRequired, "必填，记录中没有", "has to be filled, and the record does not say it")}
	case !is.given(), f.Personal():
		return "", nil
	case f.EmptyWhen != nil && of.all(f.EmptyWhen):
		return "", []Problem{f.problem(RuleUnexpected, "按其他栏目的填写情况应为空", "has to be empty by what other columns say")}
	}
	return f.written(is, of)
}

func (f Field) written(is reading, of given) (string, []Problem) {
	switch f.Type {
	case Day:
		return is.day.String(), nil
	case Money:
		if is.fen < 0 {
			return "", []Problem{f.problem(RuleNegative, "金额不得为负", "an amount can't be under nothing")}
		}
		return is.fen.WanYuan(), nil
	case USCC:
		return is.text, f.checkCode(is.text)
	case Registration:
		return is.text, append(f.checkText(is.text), f.checkRegistration(is.text)...)
	case Codes:
		return f.words(is.coded, of)
	case Prose:
		value := oneLine(is.text)
		return value, f.checkText(value)
	case Text:
		return is.text, f.checkText(is.text)
	case Proof:
	}
	return "", nil
}

func (f Field) checkText(value string) []Problem {
	out := f.fits(value)
	if uscc.HoldsResidentID(value) {
		out = append(out, f.problem(RulePersonal, "不得填写自然人的身份证件号码", "holds a natural person's identity number"))
	}
	if f.Type == Text && wide(value) {
		out = append(out, f.warning(RuleWidth, "含有全角字母或数字，接收平台可能视为不同的文字",
			"holds full-width letters or digits, which platforms may take for other ones"))
	}
	if r, found := radical(value); found && f.Type == Text {
		out = append(out, f.warning(RuleRadical, fmt.Sprintf("含有部首或者兼容汉字（U+%04X），形似而编码不同，接收平台可能视为不同的文字", r),
			fmt.Sprintf("holds a radical or compatibility character (U+%04X), which looks like another one and which platforms may take for another", r)))
	}
	return out
}

// checkCode holds a code to GB 32100. What the field is lenient about is a warning, but for the organisation code's check
// digit, which is one everywhere.
func (f Field) checkCode(code string) []Problem {
	switch {
	case uscc.IsPlaceholder(code):
		return []Problem{f.problem(RulePlaceholder, "占位代码不是统一社会信用代码", "the placeholder is no code")}
	case wide(code):
		return []Problem{f.problem(RuleWidth, "统一社会信用代码含有全角字符", "the code has full-width characters")}
	}
	var out []Problem
	for _, found := range uscc.Check(code) {
		if found.Rule == uscc.RuleResidentID {
			return []Problem{f.problem(RulePersonal, "不得填写自然人的身份证件号码", "is a natural person's identity number")}
		}
		p := f.problem(RuleCode, "统一社会信用代码不符合GB 32100："+codeWords(found), "no code of GB 32100: "+found.String())
		p.Warning = found.Level == uscc.Warning || slices.Contains(f.Lenient, found.Rule)
		out = append(out, p)
	}
	return append(f.travels(code), out...)
}

// checkRegistration warns of a number that GB/T 17710 doesn't give: older ones had thirteen digits and no check digit.
func (f Field) checkRegistration(number string) []Problem {
	var out []Problem
	for _, found := range uscc.CheckRegistration(number) {
		out = append(out, f.warning(RuleCode, "工商注册号不符合GB/T 17710，请核对", "no registration number of GB/T 17710: "+found.String()))
	}
	return out
}

func codeWords(f uscc.Finding) string {
	switch f.Rule {
	case uscc.RuleLength:
		return "应为18位"
	case uscc.RuleAlphabet:
		return "含有不使用的字符"
	case uscc.RuleRegion:
		return "第3至8位应为数字"
	case uscc.RuleCheck:
		return "校验码不正确"
	case uscc.RuleOrganisation:
		return "其中组织机构代码的校验码不正确"
	case uscc.RulePlaceholder, uscc.RuleResidentID, uscc.RuleDigits, uscc.RuleRegistration, uscc.RuleOldNumber:
	}
	return "不正确"
}

// words are the platform's words for codes, each once, in the order of the codes.
func (f Field) words(codes []Coded, of given) (string, []Problem) {
	var out []string
	var problems []Problem
	for _, c := range codes {
		word, found := f.word(c, of)
		problems = append(problems, found...)
		if word != "" && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	if len(out) > 1 && f.Codes.Join == "" {
		problems = append(problems, f.problem(RuleSeveral, "只能填写一项", "takes one value only"))
	}
	value := strings.Join(out, f.Codes.Join)
	return value, append(problems, f.fits(value)...)
}

func (f Field) word(c Coded, of given) (string, []Problem) {
	for _, row := range f.Codes.Rows {
		if row.Own == c.Code && of.all(row.When) {
			return row.Words, nil
		}
	}
	label := trimmed(c.Label)
	switch {
	case f.Codes.Other == "":
		return "", []Problem{f.problem(RuleUnknown, "接收平台的代码表中没有“"+cmp.Or(label, c.Code)+"”", "the platform's list has no words for "+c.Code)}
	case label == "", label == "其他":
		return "", []Problem{f.problem(RuleUnnamed, "为其他的，应注明具体名称", "what is other has to be named")}
	case f.Codes.Join != "" && strings.Contains(label, f.Codes.Join):
		return "", []Problem{f.problem(RuleSpecial, "名称中含有分隔符“"+f.Codes.Join+"”", "the name holds the separator "+f.Codes.Join)}
	case strings.HasPrefix(label, "其他"):
		return f.Codes.Other + label, []Problem{f.warning(RuleUnnamed, "为其他的，宜注明具体名称", "what is other should be named")}
	}
	return f.Codes.Other + label, nil
}
