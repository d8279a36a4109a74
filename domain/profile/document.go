package profile

import (
	"cmp"
	"fmt"
	"strings"
)

// Markdown is what all profiles say, for people: a table for each, with its rules and with what nobody has confirmed.
func (ps Profiles) Markdown() string {
	var out strings.Builder
	out.WriteString("# 接收平台字段表 · Field profiles of receiving platforms\n\n")
	out.WriteString("由 domain/profile 的数据生成，不手改。M 必填，C 条件必填，O 选填；长度按字计；\\* 表示该项未核实。\n")
	out.WriteString("Generated from the data of domain/profile. M mandatory, C conditional, O optional; lengths in characters; \\* is not confirmed.\n")
	for _, p := range ps.all {
		p.markdown(&out)
	}
	return out.String()
}

func (p Profile) markdown(out *strings.Builder) {
	fmt.Fprintf(out, "\n## %s\n\n`%s` · %s\n\n", p.Label, p.ID(), p.LabelEN)
	until := cmp.Or(p.Until.String(), "…")
	fmt.Fprintf(out, "* 适用 %s 至 %s，来源：%s\n", p.From, until, p.Source)
	fmt.Fprintf(out, "* 日期：文件 %s，接口 %s；不再有效的：%s\n", p.Dates[File], p.Dates[Interface], map[Action]string{Delete: "删除行", Modify: "修改行（状态）"}[p.Withdrawal])
	for _, t := range p.Tables {
		fmt.Fprintf(out, "* 表 `%s` %s：%s\n", t.Name, t.Label, strings.Join(t.Parties, "、"))
	}
	if p.Note != "" {
		fmt.Fprintf(out, "* %s\n", p.Note)
	}
	if len(p.Unverified) > 0 {
		fmt.Fprintf(out, "* 未核实：%s\n", strings.Join(p.Unverified, "、"))
	}
	out.WriteString("\n| 栏目 | 名称 | 填写 | 类型 | 长度 | 取自 | 取值、条件和说明 |\n|---|---|---|---|---|---|---|\n")
	for _, f := range p.Fields {
		length := ""
		if f.Max > 0 {
			length = fmt.Sprint(f.Max) + f.star("max")
		}
		cells := []string{f.Key, f.Label + f.star("label"), string(f.Obligation) + f.star("obligation"), string(f.Type) + f.star("type"), length,
			cmp.Or(string(f.Fact), "不填"), strings.Join(f.remarks(), "；")}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", "\\|")
		}
		out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	if len(p.Checks) > 0 {
		out.WriteString("\n| 规则 | 栏目 | 适用 | 应当 | 不符时 |\n|---|---|---|---|---|\n")
	}
	for _, c := range p.Checks {
		says := c.Chinese
		if c.Warning {
			says = "提示：" + says
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", c.Rule, c.Field, spelled(c.When), spelled(c.Must), says)
	}
}

func (f Field) star(member string) string {
	for _, u := range f.Unverified {
		if u == member {
			return "\\*"
		}
	}
	return ""
}

func (f Field) remarks() []string {
	var out []string
	if len(f.When) > 0 {
		out = append(out, "必填："+spelled(f.When)+f.star("when"))
	}
	if len(f.EmptyWhen) > 0 {
		out = append(out, "应为空："+spelled(f.EmptyWhen)+f.star("empty_when"))
	}
	if f.StandIn != nil {
		out = append(out, f.StandIn.Value+"："+spelled(f.StandIn.When)+f.star("stand_in"))
	}
	if f.Codes != nil {
		out = append(out, f.Codes.spelled()+f.star("codes"))
	}
	if len(f.Lenient) > 0 {
		var rules []string
		for _, r := range f.Lenient {
			rules = append(rules, string(r))
		}
		out = append(out, "仅提示："+strings.Join(rules, "、"))
	}
	if len(f.Tables) > 0 {
		out = append(out, "仅表 "+strings.Join(f.Tables, "、"))
	}
	if f.Note != "" {
		out = append(out, f.Note)
	}
	return out
}

func (l CodeList) spelled() string {
	var rows []string
	for _, r := range l.Rows {
		row := r.Own + " " + r.Words
		if len(r.When) > 0 {
			row += "（" + spelled(r.When) + "）"
		}
		rows = append(rows, row)
	}
	if l.Other != "" {
		rows = append(rows, "其他的为 "+l.Other+"名称")
	}
	out := strings.Join(rows, "，")
	if l.Join != "" {
		out += "，多项以 " + l.Join + " 连接"
	}
	return out
}

func spelled(list []Condition) string {
	var out []string
	for _, c := range list {
		out = append(out, c.spelled())
	}
	return strings.Join(out, " 且 ")
}

func (c Condition) spelled() string {
	test := ""
	switch {
	case c.Given != nil && *c.Given:
		test = "有值"
	case c.Given != nil:
		test = "无值"
	case len(c.In) > 0:
		test = "含 " + strings.Join(c.In, " 或 ")
	case len(c.Prefix) > 0:
		test = "以 " + strings.Join(c.Prefix, " 或 ") + " 开头"
	case len(c.Holds) > 0:
		test = "文中有 " + strings.Join(c.Holds, " 或 ")
	case c.NotBefore != "":
		test = "不早于 " + string(c.NotBefore)
	case c.NotAfter != "":
		test = "不晚于 " + string(c.NotAfter)
	case c.NamedIn != "":
		test = "写在 " + string(c.NamedIn)
	}
	if c.Not {
		test = "非（" + test + "）"
	}
	return string(c.Fact) + " " + test
}
