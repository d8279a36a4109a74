package redaction

import (
	"slices"
	"strings"
)

// Words that say whose address follows. Those of a home are about persons, those of a place of business are not; the others
// depend on who was named before.
var (
	homeWords = []string{
		"家庭住址", "家庭地址", "居住地址", "现住址", "住址", "现住", "暂住地址", "暂住", "家住", "居住于", "居住在", "居住地", "经常居住地",
		"户籍地址", "户籍所在地", "户籍地", "户籍", "户口所在地", "身份证地址", "身份证住址", "住在", "租住于", "租住在", "租住",
	}
	placeWords = []string{"住所地", "住所", "地址", "住", "位于", "通讯地址", "通信地址", "联系地址", "送达地址", "收货地址"}
	tradeWords = []string{"经营场所", "经营地址", "注册地址", "生产地址", "仓库", "营业场所", "办公地址", "注册地", "登记地址", "店址", "厂址"}
	personMark = []string{"身份证", "身份号码", "出生", "汉族", "族,", ",男", ",女", "性别", "周岁", "公民"}
)

// Parts of an address, in the order from large to small.
var (
	largeParts = []string{"省", "自治区", "特别行政区", "市", "自治州", "州", "盟", "地区", "区", "县", "旗"}
	midParts   = []string{
		"乡", "镇", "街道", "街", "路", "大道", "道", "巷", "弄", "胡同", "村", "社区", "组", "队", "屯", "小区", "花园", "家园", "新村", "公寓", "宿舍",
		"苑", "府", "城", "里", "坊", "大厦", "广场", "庄", "湾", "段", "号",
	}
	smallParts = []string{"栋", "幢", "座", "单元", "号楼", "楼", "层", "室", "户", "房", "号"}
	dwellings  = []string{"单元", "小区", "家园", "花园", "公寓", "宿舍", "新村"}
)

// addresses finds home addresses of natural persons. trader tells that a party is a sole trader, who may live where he trades.
func (t text) addresses(trader bool, homes []string) []Span {
	var out []Span
	for i := 0; i < len(t.s); {
		end, confidence := t.address(i, trader)
		if confidence == 0 {
			i++
			continue
		}
		out = append(out, t.span(i, end, Home, confidence, "某地址"))
		i = end
	}
	for _, h := range homes {
		out = append(out, t.everywhere(fold(h), Home, 95, "某地址")...)
	}
	return out
}

// address reads an address that begins at place i, which is so only behind a word that says so or at a border, and tells how
// sure it is that it is a home; 0 if it is none.
func (t text) address(i int, trader bool) (end, confidence int) {
	before := t.before(i)
	home, place, trade := endsWith(before, homeWords), endsWith(before, placeWords), endsWith(before, tradeWords)
	if home || place && !trade {
		end, parts := t.addressEnd(i)
		switch {
		case home && (parts >= 1 || end-i >= 4):
			return end, 90
		case parts >= 2 && t.ofPerson(i):
			return end, 80
		case parts >= 3 && t.dwelling(i, end) && (!endsWith(before, []string{"位于"}) || trader):
			return end, 55
		}
		return 0, 0
	}
	if isHan(t.rune(i-1)) && !trade || t.saysWhose(i) {
		return 0, 0
	}
	end, parts := t.addressEnd(i)
	if parts < 4 || !t.dwelling(i, end) || trade && !trader {
		return 0, 0
	}
	return end, 50
}

// saysWhose tells whether a word that an address follows begins at place i.
func (t text) saysWhose(i int) bool {
	for _, words := range [][]string{homeWords, placeWords, tradeWords} {
		if _, ok := t.word(i, words); ok {
			return true
		}
	}
	return false
}

// before is the clause before place i without what links a word to what it is about.
func (t text) before(i int) string {
	from := max(0, i-12)
	return strings.TrimRight(string(t.s[from:i]), ": (为是于在\"“")
}

func endsWith(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(s, strings.TrimRight(w, "于在")) })
}

// addressEnd follows the grammar of Chinese addresses: names of at most eight characters, each with its part.
func (t text) addressEnd(i int) (end, parts int) {
	end = i
	for at := i; ; {
		next, ok := t.part(at)
		if !ok {
			return end, parts
		}
		at, end = next, next
		parts++
	}
}

// part reads one name with its part from place i on.
func (t text) part(i int) (end int, found bool) {
	const longest = 9
	for j := i; j < i+longest && j < len(t.s); j++ {
		r := t.s[j]
		if !isHan(r) && !isDigit(r) && !isLetter(r) && r != '-' && r != '#' && r != ' ' {
			break
		}
		if j == i {
			continue
		}
		for _, table := range [][]string{smallParts, midParts, largeParts} {
			if end, ok := t.word(j, table); ok {
				return end, true
			}
		}
	}
	j := i
	for isDigit(t.rune(j)) || t.rune(j) == '-' { // 3-2-501
		j++
	}
	return j, j-i >= 3
}

func (t text) dwelling(from, to int) bool { return holds(string(t.s[from:to]), dwellings...) }

// ofPerson tells whether the sentence before place i speaks of a natural person.
func (t text) ofPerson(i int) bool {
	from := i
	for from > 0 && t.s[from-1] != '。' && t.s[from-1] != '\n' && t.s[from-1] != ';' {
		from--
	}
	return holds(string(t.s[from:i]), personMark...)
}

// everywhere finds each place where another text stands.
func (t text) everywhere(other text, rule RuleID, confidence int, with string) []Span {
	var out []Span
	n := len(other.s)
	for i := 0; n > 1 && i+n <= len(t.s); i++ {
		if slices.Equal(t.s[i:i+n], other.s) {
			out = append(out, t.span(i, i+n, rule, confidence, with))
			i += n - 1
		}
	}
	return out
}
