package profile

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Column is one value of a row.
type Column struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Row is one record as a profile has it: its columns in the order of the fields, those without a value too. Dates stand as
// YYYY-MM-DD whatever the channel; Written gives a channel's form. Values of personal columns are never there.
type Row struct {
	Platform string   `json:"platform"`
	Kind     Kind     `json:"kind"`
	Version  string   `json:"version"`
	Table    string   `json:"table"`
	Columns  []Column `json:"columns"`
	Personal []string `json:"personal,omitempty"` // keys of the columns that are to be filled from the vault
}

// Value is the value of a column, nothing if it has none.
func (r Row) Value(key string) string {
	for _, c := range r.Columns {
		if c.Key == key {
			return c.Value
		}
	}
	return ""
}

// Rule names what a value breaks. The names are stable.
type Rule string

// The rules that are not checks of a profile.
const (
	RuleRequired    Rule = "required"     // a column that has to be filled is empty
	RuleUnexpected  Rule = "unexpected"   // a column that has to be empty has a value
	RuleLength      Rule = "length"       // more characters than the column takes; nothing is cut
	RuleSpecial     Rule = "special"      // control characters (里包含特殊字符信息)
	RuleInvisible   Rule = "invisible"    // characters that show nothing, or turn the direction of writing
	RulePrivateUse  Rule = "private_use"  // characters that are somebody's own: GB 18030 does not bring them back
	RuleEncoding    Rule = "encoding"     // not text
	RuleWidth       Rule = "full_width"   // full-width letters or digits
	RuleRadical     Rule = "radical"      // characters that look like others
	RuleCode        Rule = "code"         // no 统一社会信用代码
	RulePlaceholder Rule = "placeholder"  // the placeholder is no code
	RulePersonal    Rule = "personal"     // a natural person's number where none may be
	RuleUnknown     Rule = "unknown_code" // the column's list has no words for it
	RuleSeveral     Rule = "several"      // one only can be told
	RuleUnnamed     Rule = "unnamed"      // "other" without what it is
	RuleNegative    Rule = "negative"     // an amount under nothing
	RuleKind        Rule = "kind"         // a record of another kind, or a party of no known kind
)

// Problem is why there is no row, or with Warning what is odd about the one that there is.
type Problem struct {
	Field   string `json:"field"` // key of the column
	Label   string `json:"label"`
	Rule    Rule   `json:"rule"`
	Chinese string `json:"zh"`
	English string `json:"en"`
	Warning bool   `json:"warning,omitempty"`
}

// Bars tells whether the problems bar the row: warnings don't.
func Bars(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

// Row gives the record's row as of a day, and what is odd about it. If a rule is broken there is no row: Bars tells.
// The problems stand in the order of the fields, those of checks after them.
func (p Profile) Row(f Facts, today calendar.Date) (Row, []Problem) {
	table, ok := p.table(f.Party.Kind)
	if !ok || f.Kind != p.Kind {
		return Row{}, []Problem{p.noTable(f)}
	}
	if f.Joint {
		return Row{}, []Problem{p.joint()}
	}
	of := given{f, today}
	row := Row{Platform: p.Platform, Kind: p.Kind, Version: p.Version, Table: table.Name}
	var problems []Problem
	for _, field := range p.Columns(table.Name) {
		value, found := field.value(of)
		if field.Personal() && field.wanted(of) && f.Party.HasIdentity {
			row.Personal = append(row.Personal, field.Key)
		}
		row.Columns = append(row.Columns, Column{field.Key, value})
		problems = append(problems, found...)
	}
	for _, c := range p.Checks {
		if field, there := p.Field(c.Field); there && field.in(table.Name) && of.all(c.When) && !of.all(c.Must) {
			problem := field.problem(c.Rule, c.Chinese, c.English)
			problem.Warning = c.Warning
			problems = append(problems, problem)
		}
	}
	if Bars(problems) {
		return Row{}, problems
	}
	return row, problems
}

// noTable says that the record is none for the profile.
func (p Profile) noTable(f Facts) Problem {
	key, label := p.keyOf(PartyKind)
	if label == "" {
		label = p.Label
	}
	field := Field{Key: key, Label: label}
	if f.Kind != p.Kind {
		return field.problem(RuleKind, "这一字段表用于"+p.Kind.Label(), "the profile is for records of the kind "+string(p.Kind))
	}
	return field.problem(RuleKind, "应为法人及非法人组织、个体工商户或自然人", "the party is of no kind that the platform has a table for")
}

// joint says that one row can't tell of several parties.
func (p Profile) joint() Problem {
	key, label := p.keyOf("party.name")
	return Field{Key: key, Label: label}.problem(RuleSeveral, "决定涉及多名当事人，应每名当事人各记一条",
		"a decision against several parties is one record, and one row, for each")
}

// keyOf is the column that a fact fills, with its label.
func (p Profile) keyOf(fact Fact) (key, label string) {
	for _, f := range p.Fields {
		if f.Fact == fact {
			return f.Key, f.Label
		}
	}
	return "", ""
}
