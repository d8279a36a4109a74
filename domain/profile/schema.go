package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// object is a JSON Schema.
type object map[string]any

// Schema is the JSON Schema (2020-12) of the columns of the profile's canonical items. Where the profile has several tables
// the columns are those of one of them. It says of conditional columns what can be said of other columns; facts that no column
// shows are left to the note. Personal columns are in no item, hence not in it.
func (p Profile) Schema() []byte {
	schema := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:mingjian:profile:" + strings.ReplaceAll(p.ID(), "/", ":"),
		"title": p.Label, "description": p.LabelEN, "type": "object",
	}
	if p.Note != "" {
		schema["$comment"] = p.Note
	}
	if len(p.Tables) == 1 {
		for k, v := range p.tableSchema(p.Tables[0]) {
			schema[k] = v
		}
	} else {
		var all []object
		for _, t := range p.Tables {
			one := p.tableSchema(t)
			one["title"] = t.Label
			all = append(all, one)
		}
		schema["anyOf"] = all
	}
	return indented(schema)
}

func indented(v any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(err) // it holds texts and lists alone
	}
	return out.Bytes()
}

func (p Profile) tableSchema(t Table) object {
	properties, required, rules := object{}, []string{}, []object{}
	for _, f := range p.Columns(t.Name) {
		if f.Personal() {
			continue
		}
		properties[f.Key] = f.schema(t)
		if f.Obligation == Mandatory {
			required = append(required, f.Key)
		}
		if when, ok := p.when(f.When, t); ok && f.Obligation == Conditional {
			rules = append(rules, object{"if": when, "then": object{"required": []string{f.Key}}})
		}
		if when, ok := p.when(f.EmptyWhen, t); ok && len(f.EmptyWhen) > 0 {
			rules = append(rules, object{"if": when, "then": object{"not": object{"required": []string{f.Key}}}})
		}
	}
	out := object{"properties": properties, "required": required, "additionalProperties": false}
	if len(rules) > 0 {
		out["allOf"] = rules
	}
	return out
}

func (f Field) schema(t Table) object {
	out := object{"type": "string", "title": f.Label, "minLength": 1}
	if f.Max > 0 {
		out["maxLength"] = f.Max
	}
	comment := f.Note
	if len(f.Unverified) > 0 {
		comment = strings.TrimPrefix(comment+"；未核实："+strings.Join(f.Unverified, "、"), "；")
	}
	if comment != "" {
		out["$comment"] = comment
	}
	switch f.Type {
	case Day:
		out["format"], out["pattern"] = "date", `^\d{4}-\d{2}-\d{2}$`
	case Money:
		out["pattern"] = `^\d+\.\d{6}$`
	case USCC:
		out["minLength"] = 18
		out["pattern"] = `^[0-9A-Z]{18}$`
	case Codes:
		f.codesSchema(t, out)
	case Text, Prose, Registration, Proof:
	}
	return out
}

func (f Field) codesSchema(t Table, out object) {
	words := f.wordsOf(func(r CodeRow) bool { return f.Fact != PartyKind || slices.Contains(t.Parties, r.Own) })
	if f.Codes.Other == "" && f.Codes.Join == "" {
		out["enum"] = words
		return
	}
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	one := strings.Join(words, "|")
	if f.Codes.Other != "" {
		one = strings.TrimPrefix(one+"|"+regexp.QuoteMeta(f.Codes.Other)+"[^"+cmpJoin(f.Codes.Join)+"]+", "|")
	}
	if f.Codes.Join == "" {
		out["pattern"] = "^(" + one + ")$"
		return
	}
	out["pattern"] = fmt.Sprintf("^(%s)(%s(%s))*$", one, regexp.QuoteMeta(f.Codes.Join), one)
}

// cmpJoin are the characters that a word of one's own may not have.
func cmpJoin(join string) string {
	if join == "" {
		return "\n"
	}
	return regexp.QuoteMeta(join)
}

// wordsOf are the words of some rows, each once.
func (f Field) wordsOf(which func(CodeRow) bool) []string {
	var out []string
	for _, r := range f.Codes.Rows {
		if which(r) && !slices.Contains(out, r.Words) {
			out = append(out, r.Words)
		}
	}
	return out
}

// when is conditions as a schema of the columns that show the facts; not ok if one of them is shown by none. Where the column
// says less than the fact does, that is not ok either: another kind may have the same words.
func (p Profile) when(list []Condition, t Table) (object, bool) {
	var all []object
	for _, c := range list {
		one, ok := p.condition(c, t)
		if !ok {
			return nil, false
		}
		if c.Not {
			one = object{"not": one}
		}
		all = append(all, one)
	}
	return object{"allOf": all}, len(all) > 0
}

func (p Profile) condition(c Condition, t Table) (object, bool) {
	i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Fact == c.Fact && f.in(t.Name) && !f.Personal() })
	if i < 0 {
		return nil, false
	}
	f := p.Fields[i]
	switch {
	case c.Given != nil:
		there := object{"required": []string{f.Key}}
		if f.StandIn != nil {
			there["properties"] = object{f.Key: object{"not": object{"const": f.StandIn.Value}}}
		}
		if !*c.Given {
			there = object{"not": there}
		}
		return there, true
	case len(c.In) > 0 && f.Codes != nil:
		words := f.wordsOf(func(r CodeRow) bool { return slices.Contains(c.In, r.Own) })
		mine := func(r CodeRow) bool { return f.Fact != PartyKind || slices.Contains(t.Parties, r.Own) }
		others := f.wordsOf(func(r CodeRow) bool { return mine(r) && !slices.Contains(c.In, r.Own) })
		if len(words) == 0 || slices.ContainsFunc(others, func(w string) bool { return slices.Contains(words, w) }) {
			return nil, false
		}
		return object{"required": []string{f.Key}, "properties": object{f.Key: f.oneOf(words)}}, true
	}
	return nil, false
}

// oneOf is a schema of values that have one of the words.
func (f Field) oneOf(words []string) object {
	if f.Codes.Join == "" {
		return object{"enum": words}
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	join := regexp.QuoteMeta(f.Codes.Join)
	return object{"pattern": "(^|" + join + ")(" + strings.Join(quoted, "|") + ")(" + join + "|$)"}
}
