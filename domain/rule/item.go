package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Item is a matter that is to be made public (主动公开事项).
type Item struct {
	Head
	Content  string   `json:"content"`            // 公开事项
	Elements string   `json:"elements"`           // 公开内容要素
	Subject  string   `json:"subject"`            // 公开主体
	Record   Record   `json:"record,omitempty"`   // whose publicity rules say where and how long
	Triggers []string `json:"triggers,omitempty"` // whose clocks say by when
	Manner   string   `json:"manner,omitempty"`   // where and how, where no record says so
}

// Entry is a line of the basic catalogue of what is made public by itself (主动公开基本目录), as the rules of a day give it.
type Entry struct {
	Item      string   `json:"item"` // id of the rule
	Subject   string   `json:"subject"`
	Content   string   `json:"content"`
	Elements  string   `json:"elements"`
	TimeLimit []string `json:"time_limit"` // 公开时限
	Manner    []string `json:"manner"`     // 公开方式
	Period    []string `json:"period"`     // 公示期
	Basis     []string `json:"basis"`      // 公开依据
	Rules     []string `json:"rules"`      // ids of all rules it is made of
	Confirmed bool     `json:"confirmed"`  // that all of them are
}

// Catalogue renders the basic catalogue from the rules in force on a day at a place.
func (t Tables) Catalogue(on calendar.Date, jurisdiction string) []Entry {
	var out []Entry
	for _, item := range t.Items {
		if !item.Holds(on, jurisdiction) {
			continue
		}
		e := Entry{
			Item: item.ID, Subject: item.Subject, Content: item.Content, Elements: item.Elements,
			TimeLimit: []string{}, Manner: []string{}, Period: []string{}, Confirmed: true,
		}
		e.rest(item.Head)
		if item.Manner != "" {
			e.Manner = append(e.Manner, item.Manner)
		}
		for _, trigger := range item.Triggers {
			for _, c := range t.ClocksOn(trigger, on, jurisdiction) {
				if c.Outlet != "" || item.Record == "" {
					e.TimeLimit = append(e.TimeLimit, c.words())
					e.rest(c.Head)
				}
			}
		}
		for _, p := range t.Publicity {
			if p.Record == item.Record && p.Holds(on, jurisdiction) {
				e.publicity(p)
			}
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return strings.Compare(a.Item, b.Item) })
	return out
}

// rest adds a rule that the entry rests on.
func (e *Entry) rest(h Head) {
	if !slices.Contains(e.Basis, h.Source) {
		e.Basis = append(e.Basis, h.Source)
	}
	e.Rules = append(e.Rules, h.ID)
	e.Confirmed = e.Confirmed && h.Confirmed()
}

func (e *Entry) publicity(p Publicity) {
	e.rest(p.Head)
	if p.Hidden == "" {
		for _, o := range p.Outlets {
			if !slices.Contains(e.Manner, o.Label()) {
				e.Manner = append(e.Manner, o.Label())
			}
		}
	}
	if words := p.words(); !slices.Contains(e.Period, words) {
		e.Period = append(e.Period, words)
	}
}

// Label is the outlet in Chinese.
func (o Outlet) Label() string {
	switch o {
	case Portal:
		return "本机关网站"
	case GSXT:
		return "国家企业信用信息公示系统"
	case CreditChina:
		return "信用中国网站"
	}
	return string(o)
}

// words is the time limit of a clock, in Chinese.
func (c Clock) words() string {
	text := c.Duty + "："
	switch c.Unit {
	case Working:
		text += fmt.Sprintf("%d个工作日内", c.N)
	case Calendar:
		text += fmt.Sprintf("%d日内", c.N)
	case OnDate:
		if month, day, yearly := strings.Cut(c.Day, "-"); yearly {
			text += fmt.Sprintf("每年%d月%d日前", number(month), number(day))
		} else {
			text += fmt.Sprintf("每月%d日前", number(c.Day))
		}
	}
	if c.Extension > 0 {
		text += fmt.Sprintf("，可延长%d个工作日", c.Extension)
	}
	return text
}

// words is a publicity rule, in Chinese.
func (p Publicity) words() string {
	where := make([]string, len(p.Outlets))
	for i, o := range p.Outlets {
		where[i] = o.Label()
	}
	text := strings.Join(where, "、") + "："
	if said := p.When.words(); said != "" {
		text += said + "，"
	}
	switch {
	case p.Hidden != "":
		return text + "不公示"
	case p.Months == 0:
		return text + "长期公示"
	case p.Start == FromDecision:
		text += "自决定文书作出之日起"
	default:
		text += "自公示之日起"
	}
	text += fmt.Sprintf("%d个月", p.Months)
	if p.Restricted {
		text += "，限制期限更长的按实际期限"
	}
	return text
}

// words tells which cases a condition is about, in Chinese.
func (w Condition) words() string {
	var said []string
	if w.Procedure == "summary" {
		said = append(said, "简易程序")
	}
	if len(w.OnlyKinds) > 0 {
		said = append(said, "仅受到"+strings.Join(labels(w.OnlyKinds), "、"))
	}
	if len(w.AnyKinds) > 0 {
		said = append(said, "受到"+strings.Join(labels(w.AnyKinds), "、"))
	}
	if w.Fine == Lesser {
		said = append(said, "罚款属较低数额")
	}
	switch w.List {
	case Abnormal:
		said = append(said, "经营异常名录")
	case Serious:
		said = append(said, "严重违法失信名单")
	}
	if w.Problem {
		said = append(said, "检查发现问题")
	}
	switch w.Class {
	case "minor":
		said = append(said, "轻微失信")
	case "ordinary":
		said = append(said, "一般失信")
	case "serious":
		said = append(said, "严重失信")
	}
	return strings.Join(said, "，")
}

// labels are the words of the law for kinds of penalty.
func labels(kinds []string) []string {
	words := []string{
		"警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级",
		"吊销许可证件", "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业", "行政拘留", "其他行政处罚",
	}
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k
		if at := slices.Index(PenaltyKinds(), k); at >= 0 {
			out[i] = words[at]
		}
	}
	return out
}

func (i *Item) check(Tables) []Breach {
	return []Breach{
		need("content", strings.TrimSpace(i.Content) != "", "an item says what is made public"),
		need("subject", strings.TrimSpace(i.Subject) != "", "an item says who makes it public"),
		need("record", known(i.Record), "a record is inspection, penalty, licence, listing or sampling"),
		need("manner", i.Record != "" || i.Manner != "", "an item without a record says how it is made public"),
	}
}
