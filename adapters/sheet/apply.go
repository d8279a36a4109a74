package sheet

import (
	"fmt"
	"slices"
	"strings"
)

// skipped tells whether a condition of skip_when holds.
func (r *Reader) skipped(rec record) bool {
	if rec.rule != "" {
		return false
	}
	for _, c := range r.skips {
		text := ""
		if c.col < len(rec.cells) {
			if rec.cells[c.col].rule != "" {
				continue // what cannot be read is refused, not skipped
			}
			text = Fold(Clean(rec.cells[c.col].text))
		}
		switch {
		case c.Empty && r.m.isEmpty(text):
			return true
		case c.pattern != nil && c.pattern.MatchString(text):
			return true
		case slices.ContainsFunc(c.Equals, func(want string) bool { return Fold(Clean(want)) == text }):
			return true
		}
	}
	return false
}

// row maps one record. It collects every problem of the row, so that a clerk can mend all of them at once.
func (r *Reader) row(rec record) Row {
	row := Row{Kind: r.m.Kind, Line: rec.line, LastLine: rec.last, Values: make(map[string]Value, len(r.plan)), heads: r.heads, plan: r.plan}
	row.Raw = make([]string, len(rec.cells))
	for i, c := range rec.cells {
		row.Raw[i] = c.text
	}
	if p, bad := r.shape(rec); bad {
		row.Problems = []Problem{p}
		return row
	}
	if b, bound := r.boundTo("party_name"); bound {
		row.party, _, _ = r.gather(rec, b)
	}
	for _, b := range r.plan {
		r.fill(&row, rec, b)
	}
	r.readPenalty(&row)
	if !row.Refused() && row.NaturalKey() == "" {
		row.Problems = append(row.Problems, Problem{Line: row.Line, Rule: RuleKey, Severity: Refuse,
			Text: Text{"该行没有可用来识别对象的编号", "nothing in the row names the thing it is about"}})
	}
	return row
}

// shape refuses a record that could not be split or decoded.
func (r *Reader) shape(rec record) (Problem, bool) {
	p := Problem{Line: rec.line, Rule: rec.rule, Severity: Refuse}
	switch rec.rule {
	case RuleQuote:
		p.Text = Text{fmt.Sprintf("引号不成对，第 %d 至 %d 行无法读取", rec.line, rec.last),
			fmt.Sprintf("quotation marks do not match; lines %d to %d cannot be read", rec.line, rec.last)}
		return p, true
	case RuleTooLong:
		p.Text = Text{"该行过长，可能是引号没有闭合", "the row is too long; perhaps a quotation mark is not closed"}
		return p, true
	}
	for i, c := range rec.cells {
		if c.rule == RuleBytes {
			p.Rule, p.Column = RuleBytes, r.columnName(i)
			p.Text = Text{fmt.Sprintf("含有不能按 %s 解读的字节", r.info.Encoding),
				fmt.Sprintf("holds bytes that cannot be read as %s", r.info.Encoding)}
			return p, true
		}
	}
	have, want := len(rec.cells), len(r.heads)
	for have > want && rec.cells[have-1].rule == "" && Clean(rec.cells[have-1].text) == "" {
		have--
	}
	if have != want && r.info.Format != FormatXLSX { // a workbook names the column of each cell
		p.Rule = RuleCells
		p.Text = Text{fmt.Sprintf("该行有 %d 个单元格，表头有 %d 个", have, want),
			fmt.Sprintf("the row has %d cells, the headings are %d", have, want)}
		return p, true
	}
	return p, false
}

func (r *Reader) columnName(i int) string {
	if i < len(r.heads) && r.heads[i] != "" {
		return r.heads[i]
	}
	return fmt.Sprintf("#%d", i+1)
}

// fill makes the value of one target field, or a problem.
func (r *Reader) fill(row *Row, rec record, b bound) {
	raw, cleaned, rule := r.gather(rec, b)
	report := func(rule string, why Text) {
		if masked, personal := personalData(raw, true); personal {
			raw = masked
		}
		row.Problems = append(row.Problems, Problem{Line: row.Line, Column: b.column, Field: b.field, Value: row.shorten(b.field, raw),
			Rule: rule, Severity: Refuse, Text: why})
	}
	if rule != "" {
		report(rule, cellText(rule))
		return
	}
	if bad, lost := lostCharacter(cleaned); lost {
		report(RuleCharacter, Text{fmt.Sprintf("含有丢失或自造的字符（U+%04X）", bad),
			fmt.Sprintf("holds a lost or private-use character (U+%04X)", bad)})
		return
	}
	v, rule, why := r.make(b, cleaned)
	if rule != "" {
		report(rule, why)
		return
	}
	if !v.Has() {
		if b.rule.Required {
			report(RuleRequired, Text{"必填项为空", "a required value is empty"})
		}
		return
	}
	v.raw = raw
	if r.personal(row, b, v) {
		row.Values[b.field] = v
	}
}

// gather takes the text of the rule's columns: as it is, and cleaned with the meaningless ones left out.
func (r *Reader) gather(rec record, b bound) (raw, cleaned, rule string) {
	if b.rule.Const != nil {
		return *b.rule.Const, *b.rule.Const, ""
	}
	var raws, texts []string
	for _, i := range b.cols {
		if i >= len(rec.cells) {
			continue
		}
		c := rec.cells[i]
		raws = append(raws, c.text)
		if c.rule != "" {
			return strings.Join(raws, "\n"), "", c.rule
		}
		if text := Clean(c.text); !r.m.isEmpty(text) {
			texts = append(texts, text)
		}
	}
	if b.rule.Join == nil {
		return strings.Join(raws, "\n"), strings.Join(texts, ""), ""
	}
	return strings.Join(raws, "\n"), strings.Join(texts, b.rule.Join.With), ""
}

func cellText(rule string) Text {
	switch rule {
	case RuleDamaged:
		return Text{"数值已被表格软件损坏：编码应以文本格式存储", "value was damaged by the spreadsheet: store codes as text"}
	case RuleFormula:
		return Text{"单元格是公式错误", "the cell shows a formula error"}
	}
	return Text{"工作簿中缺少该单元格的文字", "the workbook does not hold the text of this cell"}
}

// personal reports personal data in a value and tells whether the value may stay in the row.
func (r *Reader) personal(row *Row, b bound, v Value) bool {
	if r.opts.PersonalData == PersonalOff || b.rule.Const != nil {
		return true
	}
	masked, found := personalData(v.text, b.typ.wording())
	if !found {
		return true
	}
	p := Problem{Line: row.Line, Column: b.column, Field: b.field, Value: masked, Rule: RulePersonal, Severity: Refuse,
		Text: Text{"含有身份证号或手机号码，公开前应当去除", "holds an identity number or a mobile number; take it out before publication"}}
	if r.opts.PersonalData == PersonalWarn {
		p.Severity = Warn
	}
	row.Problems = append(row.Problems, p)
	return p.Severity == Warn
}

// make applies the steps of a rule to cleaned text.
func (r *Reader) make(b bound, s string) (Value, string, Text) {
	if !b.typ.wording() || b.rule.Fold {
		s = strings.TrimSpace(Fold(s))
	}
	if b.typ != typeProse {
		s = oneLine(s)
	}
	if r.m.isEmpty(s) {
		s = ""
	}
	if s == "" && b.rule.Default != nil {
		s = *b.rule.Default
	}
	if b.typ == typeList {
		return b.rule.list(s)
	}
	s, rule, why := b.rule.transform(s)
	if rule != "" || s == "" {
		return Value{}, rule, why
	}
	return reading{rule: b.rule, from: r.dayZero}.value(b.typ, s)
}

// list splits and transforms each element, leaving out empty ones and repetitions.
func (r *Rule) list(s string) (Value, string, Text) {
	parts := []string{s}
	for _, sep := range r.Split {
		var next []string
		for _, p := range parts {
			next = append(next, strings.Split(p, sep)...)
		}
		parts = next
	}
	v := Value{kind: typeList}
	for _, p := range parts {
		p = strings.TrimSpace(p)
		if p == "" {
			continue
		}
		p, rule, why := r.transform(p)
		if rule != "" {
			return Value{}, rule, why
		}
		if p != "" && !slices.Contains(v.list, p) {
			v.list = append(v.list, p)
		}
	}
	if len(v.list) == 0 {
		return Value{}, "", Text{}
	}
	v.text = strings.Join(v.list, ";")
	return v, "", Text{}
}

// transform applies extract, map, prefix and suffix. What otherwise gives is taken as it is.
func (r *Rule) transform(s string) (string, string, Text) {
	if s != "" && r.pattern != nil {
		found := r.pattern.FindStringSubmatch(s)
		switch {
		case found != nil:
			s = strings.TrimSpace(found[len(found)-1])
		case r.Otherwise != nil:
			return *r.Otherwise, "", Text{}
		default:
			return "", RuleExtract, Text{"内容不符合导入配置中的格式：" + r.Extract, "does not match the pattern of the mapping: " + r.Extract}
		}
	}
	if r.table != nil {
		to, ok := r.table[Fold(s)]
		switch {
		case ok:
			s = to
		case s == "":
		case r.Otherwise != nil:
			return *r.Otherwise, "", Text{}
		default:
			return "", RuleMap, Text{"不在导入配置的取值对照表中", "not in the value table of the mapping"}
		}
	}
	if s == "" {
		return "", "", Text{}
	}
	return r.Prefix + s + r.Suffix, "", Text{}
}
