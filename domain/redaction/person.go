package redaction

import (
	"slices"
	"strings"
)

// Words before a person's name.
var roles = []string{
	"法定代表人", "法人代表", "经营者", "负责人", "委托代理人", "代理人", "证人", "见证人", "投诉人", "举报人", "联系人", "被询问人", "店长", "总经理", "经理",
	"员工", "职工", "工作人员", "销售员", "收银员", "店员", "营业员", "采购员", "患者", "病人", "受害人", "家属", "厂长", "股东", "业主", "顾客", "消费者",
	"司机", "驾驶员", "医生", "医师", "护士", "院长", "校长", "园长", "老师", "学生", "学员", "家长", "监护人", "合伙人", "实际控制人", "投资人",
	"主管人员", "责任人员", "责任人", "其妻", "其夫", "妻子", "丈夫", "父亲", "母亲", "儿子", "女儿", "配偶", "居民", "村民", "房东", "雇员", "当事人亲属",
}

// Words behind a name that is over, where no sign ends it.
const followers = "的在于对向是系为称说将已未从与和及等到以被提签承因也均经就自并或申表反投指出收陈退购买持拒接送同确述答认不又即再"

// Ends of names of firms and offices; what ends so is no person.
const firmEnds = "店厂司院部社馆行商场站心校所铺坊园会吧厅室处局队户城居堂屋楼村市房品具团业汇库轩阁摊档"

// notNames begin like a name and are none.
var notNames = []string{
	"应当", "应该", "应予", "高度", "高于", "方式", "方面", "方可", "时间", "任何", "任意", "任职", "周边", "周期", "常见", "常用", "常年", "安全", "安装",
	"安排", "包装", "包括", "包含", "程序", "成立", "成本", "成功", "单位", "单独", "单价", "万元", "金额", "金融", "张贴", "支付", "查处", "查明", "查获",
	"管理", "经营", "明确", "明知", "明示", "平台", "平时", "钱款", "曾经", "曾因", "曾在", "解释", "解决", "许可", "许诺", "房屋", "房产", "白酒", "黄金",
	"关于", "关系", "和消", "有关", "无权", "余额", "全部", "龙头", "花费", "石材", "路边", "申请", "申诉", "申辩", "陈述", "项目", "连续", "段时", "左右",
	"于当", "于次", "于本", "祝贺", "谢绝", "贺卡", "章程", "洪水", "江苏", "江西", "宁夏", "宁波", "温州", "苏州", "常州", "郑州", "柳州", "贺州", "秦皇",
	"宋体", "元旦", "计算", "水电", "田间", "车辆", "付款", "习惯", "雷同", "简单", "简易", "文件", "文明", "广告", "向其", "向消", "后续", "不详", "本人",
	"同上", "姓名", "男性", "女性", "身份",
}

var compounds = []string{
	"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙", "夏侯", "端木", "申屠", "南宫", "独孤", "轩辕", "百里",
}

const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊" +
	"秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍" +
	"涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣" +
	"巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相"

// person is a name at a place.
type person struct {
	from, to   int
	surname    int // characters of the surname
	confidence int
}

func (t text) replacement(p person) string { return string(t.s[p.from:p.from+p.surname]) + "某" }

// persons finds names by the words before and the titles behind them.
func (t text) persons() []person {
	var out []person
	for i := range t.s {
		if end, ok := t.word(i, roles); ok {
			if p, ok := t.named(end); ok {
				out = append(out, p)
			}
		}
		for _, title := range []string{"先生", "女士", "小姐"} {
			if t.behind(i, title) {
				if p, ok := t.titled(i); ok {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// named reads a name behind a word that announces one: surely where a colon or bracket stands between.
func (t text) named(i int) (person, bool) {
	sure := false
	for r := t.rune(i); r == ':' || r == '(' || r == ' ' || r == '为' || r == '是' || r == '系' || r == '"' || r == '“'; r = t.rune(i) {
		sure = sure || r == ':' || r == '('
		i++
	}
	run := i
	for isHan(t.rune(run)) || t.rune(run) == '·' || t.rune(run) == '•' {
		run++
	}
	if sure && t.isName(i, run) {
		return person{i, run, t.surname(i), 90}, true
	}
	return t.guessed(i, run)
}

// isName tells whether a run of characters by itself reads as a person's name.
func (t text) isName(from, to int) bool {
	n := to - from
	if n < 2 || slices.Contains(t.s[from:to], '某') || t.excluded(from) || strings.ContainsRune(firmEnds, t.s[to-1]) {
		return false
	}
	return n <= 4 || n <= 15 && strings.ContainsAny(string(t.s[from:to]), "·•")
}

// guessed reads a name in running text by its surname and by what follows it.
func (t text) guessed(from, run int) (person, bool) {
	n := t.surname(from)
	if !t.known(from) || t.excluded(from) {
		return person{}, false
	}
	for given := 1; given <= 2; given++ {
		to := from + n + given
		if to > run || t.s[to-1] == '某' {
			break
		}
		over := to == run || strings.ContainsRune(followers, t.s[to]) || n == 2 && given == 2
		if !over || strings.ContainsRune(followers, t.s[from+n]) || to == run && given == 2 && strings.ContainsRune(firmEnds, t.s[to-1]) {
			continue
		}
		return person{from, to, n, 70}, true
	}
	return person{}, false
}

// titled reads the name before a title; a surname alone tells nobody.
func (t text) titled(end int) (person, bool) {
	for _, n := range []int{4, 3, 2} {
		from := end - n
		if from < 0 || !t.known(from) || t.excluded(from) || slices.Contains(t.s[from:end], '某') || n-t.surname(from) < 1 || n-t.surname(from) > 2 {
			continue
		}
		if isHan(t.rune(from-1)) && n > 2 && t.known(end-2) && !t.known(from) {
			continue
		}
		return person{from, end, t.surname(from), 75}, true
	}
	return person{}, false
}

func (t text) surname(i int) int {
	if _, ok := t.word(i, compounds); ok {
		return 2
	}
	return 1
}

func (t text) known(i int) bool {
	_, two := t.word(i, compounds)
	return two || i >= 0 && i < len(t.s) && strings.ContainsRune(surnames, t.s[i])
}

func (t text) excluded(i int) bool {
	_, not := t.word(i, notNames)
	return not
}

// health finds what is said of somebody's health; law that is quoted tells of nobody.
func (t text) health() []Span {
	var out []Span
	quoted := 0
	for i := 0; i < len(t.s); i++ {
		switch t.s[i] {
		case '“', '《', '「':
			quoted++
		case '”', '》', '」':
			quoted = max(0, quoted-1)
		}
		from, ok := t.word(i, []string{"患有", "罹患", "确诊为", "确诊", "诊断为", "感染了", "感染", "怀有", "身患", "患"})
		if !ok || quoted > 0 {
			continue
		}
		to := from
		for isHan(t.rune(to)) && to < from+16 {
			to++
		}
		if end := t.illness(from, to); end > from {
			out = append(out, t.span(from, end, Health, 70, "***"))
			i = end - 1
		}
	}
	return out
}

// illness is the place behind the last word of an illness; from if there is none.
func (t text) illness(from, to int) int {
	end := from
	if _, law := t.word(from, []string{"国务院", "有碍", "传染病的", "规定", "者"}); law {
		return from
	}
	for i := from; i < to; i++ {
		if e, ok := t.word(i, []string{
			"病", "症", "炎", "癌", "瘤", "抑郁", "骨折", "残疾", "综合征", "痢疾", "伤寒", "结核", "身孕", "高血压", "梅毒", "肺尘", "中风", "瘫痪", "哮喘", "艾滋",
		}); ok && e <= to {
			end = e
		}
	}
	return end
}
