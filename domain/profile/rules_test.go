package profile_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// broken is a record, and what its profile says of it: nothing, or a line for each problem.
type broken struct {
	rule     string // what the row is for
	platform string // credit_china without one
	change   func(*profile.Facts)
	want     []string
}

func (b broken) test(t *testing.T, kind profile.Kind, facts profile.Facts) {
	t.Helper()
	platform := b.platform
	if platform == "" {
		platform = "credit_china"
	}
	b.change(&facts)
	row, problems := at(t, platform, kind).Row(facts, today)
	if got, want := told(problems), strings.Join(b.want, "\n"); got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	if (len(row.Columns) == 0) != profile.Bars(problems) {
		t.Errorf("a row of %d columns with %v", len(row.Columns), problems)
	}
	for _, p := range problems {
		if p.Label == "" || !strings.HasPrefix(p.Chinese, p.Label+"：") || !strings.Contains(p.English, p.Field) {
			t.Errorf("a problem that does not name its column in both languages: %+v", p)
		}
	}
}

func several(changes ...func(*profile.Facts)) func(*profile.Facts) {
	return func(f *profile.Facts) {
		for _, c := range changes {
			c(f)
		}
	}
}

func of(p profile.Party) func(*profile.Facts) { return func(f *profile.Facts) { f.Party = p } }

func coded(f string, then func(*profile.Party)) func(*profile.Facts) {
	return func(facts *profile.Facts) {
		facts.Party.USCC = f
		if then != nil {
			then(&facts.Party)
		}
	}
}

func kinds(content string, of ...profile.Coded) func(*profile.Facts) {
	return func(f *profile.Facts) { f.Content, f.Kinds, f.Fine = content, of, 0 }
}

var (
	fine     = profile.Coded{Code: "fine", Label: "罚款"}
	warning  = profile.Coded{Code: "warning", Label: "警告"}
	gains    = profile.Coded{Code: "confiscation_gains", Label: "没收违法所得"}
	suspends = profile.Coded{Code: "licence_suspended", Label: "暂扣许可证件"}
)

// The rules of categories and codes: a sole trader's code begins with 92, and platforms differ in where they want him.
func TestCategoryAndCode(t *testing.T) {
	tests := []broken{
		{"a firm with its code", "", of(firm()), nil},
		{"a sole trader in the table for all", "", of(trader()), nil},
		{"a sole trader under natural persons", "provincial", of(trader()), nil},
		{"a code with 92 of a firm", "", several(of(firm()), coded(traderCode, nil)), []string{
			"CF_XDR_LB category 行政相对人类别：代码以92开头的，应填个体工商户"}},
		{"a firm's code of a sole trader", "", several(of(trader()), coded(firmCode, nil)), []string{
			"CF_XDR_SHXYM trader_code 行政相对人代码_1（统一社会信用代码）：行政相对人代码_1(统一社会信用代码)不正确：个体工商户的代码应以92开头"}},
		{"a firm's code of a sole trader, in the province's words", "provincial", several(of(trader()), coded(firmCode, nil)), []string{
			"CF_XDR_SHXYM trader_code 行政相对人代码_1（统一社会信用代码）：行政相对人类别为：自然人，应当以92开头"}},
		{"a natural person has no code", "", several(of(person()), coded(firmCode, nil)), []string{
			"CF_XDR_SHXYM unexpected 行政相对人代码_1（统一社会信用代码）：按其他栏目的填写情况应为空"}},
		{"a firm without a code", "", several(of(firm()), coded("", nil)), []string{
			"CF_XDR_SHXYM required 行政相对人代码_1（统一社会信用代码）：必填，记录中没有"}},
		{"a sole trader known to have no code", "", several(of(trader()), coded("", func(p *profile.Party) { p.NoCode, p.Registration = true, registerNo })), nil},
		{"a sole trader without a code needs his number of registration", "", several(of(trader()), coded("", func(p *profile.Party) { p.NoCode = true })), []string{
			"CF_XDR_GSZC required 行政相对人代码_2（工商注册号）：必填，记录中没有"}},
		{"a sole trader of whom no code is known", "", several(of(trader()), coded("", func(p *profile.Party) { p.Registration = registerNo })), []string{
			"CF_XDR_SHXYM required 行政相对人代码_1（统一社会信用代码）：必填，记录中没有"}},
		{"a firm can't be known to have no code", "", several(of(firm()), coded("", func(p *profile.Party) { p.NoCode, p.Registration = true, registerNo })), []string{
			"CF_XDR_SHXYM required 行政相对人代码_1（统一社会信用代码）：必填，记录中没有"}},
		{"the placeholder is no code", "", several(of(trader()), coded(placeholder, nil)), []string{
			"CF_XDR_SHXYM placeholder 行政相对人代码_1（统一社会信用代码）：占位代码不是统一社会信用代码",
			"CF_XDR_SHXYM trader_code 行政相对人代码_1（统一社会信用代码）：行政相对人代码_1(统一社会信用代码)不正确：个体工商户的代码应以92开头"}},
		{"a number of registration that does not check", "", several(of(trader()), coded("", func(p *profile.Party) { p.NoCode, p.Registration = true, "540902600000015" })), []string{
			"~CF_XDR_GSZC code 行政相对人代码_2（工商注册号）：工商注册号不符合GB/T 17710，请核对"}},
		{"an unknown kind of party", "", func(f *profile.Facts) { f.Party.Kind = "" }, []string{
			"CF_XDR_LB kind 行政相对人类别：应为法人及非法人组织、个体工商户或自然人"}},
		{"a decision against several", "", func(f *profile.Facts) { f.Joint = true }, []string{
			"CF_XDR_MC several 行政相对人名称：决定涉及多名当事人，应每名当事人各记一条"}},
		{"a natural person", "", of(person()), nil},
		{"a natural person without a number in the vault", "", several(of(person()), func(f *profile.Facts) { f.Party.HasIdentity = false }), []string{
			"CF_XDR_ZJLX required 证件类型：必填，记录中没有", "CF_XDR_ZJHM required 证件号码：必填，记录中没有"}},
		{"a firm without its representative", "", func(f *profile.Facts) { f.Party.LegalRepresentative = "" }, []string{"CF_FRDB required 法定代表人：必填，记录中没有"}},
		{"the province does not ask for a trader's", "provincial", several(of(trader()), func(f *profile.Facts) { f.Party.LegalRepresentative = "" }), nil},
	}
	for _, b := range tests {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Penalty, penaltyFacts()) })
	}
}

// GB 32100 on codes as they really come.
func TestCodes(t *testing.T) {
	const label = " 行政相对人代码_1（统一社会信用代码）："
	tests := []broken{
		{"eighteen digits are a code", "", coded("915409029010000086", nil), nil},
		{"a check character that is a letter", "", coded("91540921MA9X0248XE", nil), nil},
		{"the organisation code's own check digit", "", coded("91540902MA9X010011", nil), []string{
			"~CF_XDR_SHXYM code" + label + "统一社会信用代码不符合GB 32100：其中组织机构代码的校验码不正确"}},
		{"a code that was really issued wrong", "", coded("91540902MA9X01006H", nil), []string{
			"~CF_XDR_SHXYM code" + label + "统一社会信用代码不符合GB 32100：校验码不正确"}},
		{"a letter that is not used", "", coded("91540902MA9XO1006G", nil), []string{
			"~CF_XDR_SHXYM code" + label + "统一社会信用代码不符合GB 32100：含有不使用的字符"}},
		{"too short", "", coded("91540902MA9X01006", nil), []string{"CF_XDR_SHXYM code" + label + "统一社会信用代码不符合GB 32100：应为18位"}},
		{"full-width", "", coded("９1540902MA9X01006G", nil), []string{"CF_XDR_SHXYM full_width" + label + "统一社会信用代码含有全角字符"}},
		{"a byte order mark", "", coded("\uFEFF91540902MA9X01006G", nil), []string{
			"CF_XDR_SHXYM invisible" + label + "含有不可见字符（U+FEFF）", "CF_XDR_SHXYM code" + label + "统一社会信用代码不符合GB 32100：应为18位"}},
		{"a person's number", "", coded(residentID, nil), []string{"CF_XDR_SHXYM personal" + label + "不得填写自然人的身份证件号码"}},
		{"the authority's code is held to it whole", "", func(f *profile.Facts) { f.Authority.USCC = "11540900MB9X00015M" }, []string{
			"CF_CFJGDM code 处罚机关统一社会信用代码：统一社会信用代码不符合GB 32100：校验码不正确"}},
		{"a placeholder for the authority", "", func(f *profile.Facts) { f.Authority.USCC = placeholder }, []string{
			"CF_CFJGDM placeholder 处罚机关统一社会信用代码：占位代码不是统一社会信用代码",
			"~CF_CFJGDM authority_code 处罚机关统一社会信用代码：行政机关的代码通常以1开头（机构编制）"}},
		{"an authority that is a firm", "", func(f *profile.Facts) { f.Authority.USCC = firmCode }, []string{
			"~CF_CFJGDM authority_code 处罚机关统一社会信用代码：行政机关的代码通常以1开头（机构编制）"}},
		{"an authority and a source without code", "", func(f *profile.Facts) { f.Authority.USCC, f.Source.USCC = "", "" }, []string{
			"CF_CFJGDM required 处罚机关统一社会信用代码：必填，记录中没有", "CF_SJLYDM required 数据来源单位统一社会信用代码：必填，记录中没有"}},
	}
	for _, b := range tests {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Penalty, penaltyFacts()) })
	}
}

// Amounts go with their kinds, in 万元 with six decimals, and with what the text says.
func TestAmountsAndKinds(t *testing.T) {
	tests := []broken{
		{"a fine without amount", "", kinds("罚款", fine), []string{"CF_NR_FK required 罚款金额（万元）：必填，记录中没有"}},
		{"an amount without fine", "", several(kinds("警告", warning), func(f *profile.Facts) { f.Fine = 100 }), []string{
			"CF_NR_FK unexpected 罚款金额（万元）：按其他栏目的填写情况应为空"}},
		{"a confiscation without amount", "", kinds("没收违法所得", gains), []string{"CF_NR_WFFF required 没收违法所得、没收非法财物的金额（万元）：必填，记录中没有"}},
		{"an amount confiscated without its kind", "", func(f *profile.Facts) { f.Confiscated = 2000_00 }, []string{
			"CF_NR_WFFF unexpected 没收违法所得、没收非法财物的金额（万元）：按其他栏目的填写情况应为空"}},
		{"2000 typed in 万元", "", func(f *profile.Facts) { f.Fine = 2000_0000_00 }, []string{
			"~CF_NR_FK amount_text 罚款金额（万元）：与处罚内容写明的金额不一致，请核对单位（万元）"}},
		{"an amount under nothing", "", func(f *profile.Facts) { f.Fine, f.Content = -1, "罚款" }, []string{"CF_NR_FK negative 罚款金额（万元）：金额不得为负"}},
		{"a licence taken and not named", "", kinds("暂扣", suspends), []string{"CF_NR_ZKDX required 暂扣或吊销证照名称及编号：必填，记录中没有"}},
		{"a licence taken and named", "", several(kinds("暂扣食品经营许可证", suspends), func(f *profile.Facts) { f.LicenceAffected = "食品经营许可证JY25409020000018" }), nil},
		{"no kinds", "", kinds("结案"), []string{"CF_CFLB required 处罚类别：必填，记录中没有"}},
		{"another kind that nobody named", "", kinds("责令", profile.Coded{Code: "other", Label: "其他行政处罚"}), []string{
			"~CF_CFLB unnamed 处罚类别：为其他的，宜注明具体名称"}},
		{"another kind without words", "", kinds("责令", profile.Coded{Code: "other"}), []string{"CF_CFLB unnamed 处罚类别：为其他的，应注明具体名称"}},
		{"a name with the separator", "", kinds("责令", profile.Coded{Code: "other", Label: "甲;乙"}), []string{"CF_CFLB special 处罚类别：名称中含有分隔符“;”"}},
	}
	for _, b := range tests {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Penalty, penaltyFacts()) })
	}
}

// Days: decided by today, ends after beginnings, and no licence granted that is over.
func TestDays(t *testing.T) {
	penalties := []broken{
		{"decided tomorrow", "", func(f *profile.Facts) { f.DecidedOn, f.EffectiveUntil = day("2026-05-07"), day("2027-01-01") }, []string{"CF_JDRQ future 处罚决定日期：不得晚于今天"}},
		{"decided today", "", func(f *profile.Facts) { f.DecidedOn = today }, nil},
		{"no day of decision", "", func(f *profile.Facts) { f.DecidedOn = calendar.Date{} }, []string{"CF_JDRQ required 处罚决定日期：必填，记录中没有"}},
		{"ended before it was decided", "", func(f *profile.Facts) { f.EffectiveUntil = day("2026-03-15") }, []string{"CF_YXQ order 处罚有效期：不得早于处罚决定日期"}},
		{"no end of effect", "", func(f *profile.Facts) { f.EffectiveUntil = calendar.Date{} }, []string{"CF_YXQ required 处罚有效期：必填，记录中没有"}},
		{"no last day of publicity", "", func(f *profile.Facts) { f.PublicUntil = calendar.Date{} }, nil},
	}
	for _, b := range penalties {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Penalty, penaltyFacts()) })
	}
	over := func(f *profile.Facts) { f.ValidTo = day("2026-05-05") }
	licences := []broken{
		{"granted tomorrow", "", func(f *profile.Facts) { f.DecidedOn = day("2026-05-07") }, []string{"XK_JDRQ future 许可决定日期：发证日期不能大于当前日期"}},
		{"ends before it begins", "", func(f *profile.Facts) { f.ValidTo = day("2026-03-31") }, []string{"XK_YXQZI order 有效期至：不得早于有效期自"}},
		{"one day", "", func(f *profile.Facts) { f.ValidTo = f.ValidFrom }, nil},
		{"for long", "", func(f *profile.Facts) { f.ValidTo = day("2099-12-31") }, nil},
		{"no end", "", func(f *profile.Facts) { f.ValidTo = calendar.Date{} }, []string{"XK_YXQZI required 有效期至：必填，记录中没有"}},
		{"granted and over", "provincial", over, []string{"XK_YXQZI over 有效期至：截止日期不能小于当前日期"}},
		{"granted and over, where nobody asks", "", over, nil},
		{"amended and over", "provincial", several(over, func(f *profile.Facts) { f.Action.Code = "amended" }), nil},
		{"granted, over, and withdrawn", "provincial", several(over, func(f *profile.Facts) { f.Withdrawn = true }), nil},
		{"ends today", "provincial", func(f *profile.Facts) { f.ValidTo = today }, nil},
	}
	for _, b := range licences {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Licence, licenceFacts()) })
	}
}

// Characters that don't travel, and texts that don't fit. Nothing is cut, folded or passed over.
func TestTexts(t *testing.T) {
	content := func(s string) func(*profile.Facts) { return func(f *profile.Facts) { f.Content = s } }
	name := func(s string) func(*profile.Facts) { return func(f *profile.Facts) { f.Party.Name = s } }
	number := func(s string) func(*profile.Facts) { return func(f *profile.Facts) { f.DocumentNo = s } }
	tests := []broken{
		{"rare characters", "", name("䶮㛃𫖯〇·𬭎餐饮有限公司"), nil},
		{"a control character", "", content("罚款\x072000元"), []string{"CF_NR special 处罚内容：里包含特殊字符信息（U+0007）"}},
		{"a tab", "", name("乌有\t公司"), []string{"CF_XDR_MC special 行政相对人名称：里包含特殊字符信息（U+0009）"}},
		{"a line feed in a name", "", name("乌有\n公司"), []string{"CF_XDR_MC special 行政相对人名称：里包含特殊字符信息（U+000A）"}},
		{"line feeds in prose go in one line", "", content("一、罚款2000元；\r\n二、改正。"), nil},
		{"a line separator", "", content("罚款2000元\u2028" + "并改正"), []string{"CF_NR special 处罚内容：里包含特殊字符信息（U+2028）"}},
		{"a byte order mark", "", name("\uFEFF乌有公司"), []string{"CF_XDR_MC invisible 行政相对人名称：含有不可见字符（U+FEFF）"}},
		{"a zero-width space", "", name("乌有\u200B公司"), []string{"CF_XDR_MC invisible 行政相对人名称：含有不可见字符（U+200B）"}},
		{"a direction mark", "", name("乌有\u202E公司"), []string{"CF_XDR_MC invisible 行政相对人名称：含有不可见字符（U+202E）"}},
		{"a selector of variants", "", name("葛\U000E0100公司"), []string{"CF_XDR_MC invisible 行政相对人名称：含有不可见字符（U+E0100）"}},
		{"a private-use character", "", name("乌有\uE000公司"), []string{"CF_XDR_MC private_use 行政相对人名称：含有自造字（专用区字符），无法准确传输（U+E000）"}},
		{"a private-use character of plane 15", "", content("罚款2000元\U000F0001"), []string{"CF_NR private_use 处罚内容：含有自造字（专用区字符），无法准确传输（U+F0001）"}},
		{"a sign that something was lost", "", content("罚款2000元\uFFFD"), []string{"CF_NR encoding 处罚内容：含有损坏的或者不是字符的编码（U+FFFD）"}},
		{"no character", "", content("罚款2000元\uFFFF"), []string{"CF_NR encoding 处罚内容：含有损坏的或者不是字符的编码（U+FFFF）"}},
		{"not UTF-8", "", content("罚款2000元\xff"), []string{"CF_NR encoding 处罚内容：含有损坏的或者不是字符的编码（U+0000）"}},
		{"white space around is nobody's meaning", "", name("　乌有公司 "), nil},
		{"white space alone is nothing", "", name(" 　"), []string{"CF_XDR_MC required 行政相对人名称：必填，记录中没有"}},
		{"full-width brackets are Chinese", "", name("乌有（子虚）公司"), nil},
		{"full-width letters", "", name("乌有ＡＢ公司"), []string{"~CF_XDR_MC full_width 行政相对人名称：含有全角字母或数字，接收平台可能视为不同的文字"}},
		{"brackets of numbers stay as they were typed", "", number("市监【2026】1号"), nil},
		{"a number in full width", "", number("市监〔２０２６〕1号"), []string{"~CF_WSH full_width 行政处罚决定书文号：含有全角字母或数字，接收平台可能视为不同的文字"}},
		{"a radical that looks like a character", "", name("乌有⽤品公司"), []string{
			"~CF_XDR_MC radical 行政相对人名称：含有部首或者兼容汉字（U+2F64），形似而编码不同，接收平台可能视为不同的文字"}},
		{"a compatibility character", "", name("乌有\uF92C公司"), []string{
			"~CF_XDR_MC radical 行政相对人名称：含有部首或者兼容汉字（U+F92C），形似而编码不同，接收平台可能视为不同的文字"}},
		{"one of the twelve that are characters", "", name("乌有﨏公司"), nil},
		{"other brackets of names stay as they were typed", "", name("乌有(子虚)公司"), nil},
		{"a person's number in a text", "", content("对张三（" + residentID + "）罚款2000元"), []string{"CF_NR personal 处罚内容：不得填写自然人的身份证件号码"}},
		{"a text that just fits", "", content("罚款2000元" + strings.Repeat("𫖯", 3993)), nil},
		{"a text that does not", "", content("罚款2000元" + strings.Repeat("字", 3994)), []string{"CF_NR length 处罚内容：共4001字，不得超过4000字"}},
		{"a formula is a text", "", func(f *profile.Facts) { f.Remark = "=cmd|'/c calc'!A1" }, nil},
		{"all that is missing is told at once", "", func(f *profile.Facts) { f.Violation, f.Story, f.Basis = "", "", "" }, []string{
			"CF_WFXW required 违法行为类型：必填，记录中没有", "CF_SY required 违法事实：必填，记录中没有", "CF_YJ required 处罚依据：必填，记录中没有"}},
	}
	for _, b := range tests {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Penalty, penaltyFacts()) })
	}
}

func TestLicences(t *testing.T) {
	tests := []broken{
		{"as it should be", "", func(*profile.Facts) {}, nil},
		{"another category that is named", "", func(f *profile.Facts) { f.Category = profile.Coded{Code: "other", Label: "备案"} }, nil},
		{"another category that is not", "", func(f *profile.Facts) { f.Category = profile.Coded{Code: "other", Label: "其他"} }, []string{
			"XK_XKLB unnamed 许可类别：为其他的，应注明具体名称"}},
		{"no number of decision, but of the licence", "", func(f *profile.Facts) { f.DocumentNo = "" }, nil},
		{"no number at all", "", func(f *profile.Facts) { f.DocumentNo, f.LicenceNo = "", "" }, []string{
			"XK_WSH required 行政许可决定文书号：必填，记录中没有", "XK_XKBH required 许可编号：必填，记录中没有"}},
		{"a licence without a certificate", "", func(f *profile.Facts) { f.Certificate, f.LicenceNo = "", "" }, nil},
		{"a licence without a certificate, where it has to have one", "provincial", func(f *profile.Facts) { f.Certificate, f.LicenceNo = "", "" }, []string{
			"XK_XKZS required 许可证书名称：必填，记录中没有"}},
		{"a status that the list doesn't have", "", func(f *profile.Facts) { f.Status = profile.Coded{Code: "pending", Label: "待定"} }, []string{
			"XK_ZT unknown_code 当前状态：接收平台的代码表中没有“待定”"}},
		{"a trader filed as a firm", "", several(of(trader()), func(f *profile.Facts) { f.Party.Kind = "legal" }), []string{
			"XK_XDR_LB category 行政相对人类别：代码以92开头的，应填个体工商户"}},
		{"a penalty is none", "", func(f *profile.Facts) { f.Kind = profile.Penalty }, []string{"XK_XDR_LB kind 行政相对人类别：这一字段表用于行政许可"}},
	}
	for _, b := range tests {
		t.Run(b.rule, func(t *testing.T) { b.test(t, profile.Licence, licenceFacts()) })
	}
}
