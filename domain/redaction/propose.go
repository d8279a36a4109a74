package redaction

import (
	"slices"
	"strings"
)

// PartyKind is what a party is, as far as the rules ask.
type PartyKind int

// The kinds.
const (
	Unknown PartyKind = iota // the record doesn't say
	Firm                     // 法人及非法人组织
	Trader                   // 个体工商户
	Natural                  // 自然人
)

// Party is somebody whom the record is about.
type Party struct {
	Name   string // as it was written
	Kind   PartyKind
	Person string // 法定代表人 or 经营者, if it is known
}

// Context is what is known of the record that a text is of.
type Context struct {
	Parties []Party
	Persons []string // names of further persons, found elsewhere in the record
	Homes   []string // home addresses that are known
	On      string   // day of the record, yyyy-mm-dd
}

// FieldKind is what kind of text a field holds.
type FieldKind int

// The kinds.
const (
	Prose     FieldKind = iota // facts, reasons, wording: all rules
	PartyName                  // name of a party
	Label                      // number, title or registered name: hard rules only
)

// Field is one text of a record.
type Field struct {
	Name string
	Kind FieldKind
	Text string
}

// Propose finds what is to be taken out of a text of prose.
func Propose(served string, c Context) []Span {
	return ProposeAll([]Field{{Name: "", Kind: Prose, Text: served}}, c)[0]
}

// ProposeAll finds what is to be taken out of the texts of a record, in their order. A name that one of them shows to be a
// person's is taken out of all.
func ProposeAll(fields []Field, c Context) [][]Span {
	c.Persons = append(slices.Clone(c.Persons), shown(fields)...)
	out := make([][]Span, len(fields))
	for i, f := range fields {
		out[i] = propose(f, c)
	}
	return out
}

// Persons are the names of persons that a record shows, the parties among them.
func Persons(fields []Field, c Context) []string {
	out := shown(fields)
	for _, p := range c.Parties {
		if lone(p) {
			out = append(out, p.Name)
		}
	}
	return out
}

// shown are the names of persons that texts show by their own words.
func shown(fields []Field) []string {
	var out []string
	for _, f := range fields {
		t, found := fold(f.Text), []person(nil)
		switch f.Kind {
		case Prose:
			found = t.persons()
		case PartyName:
			found = t.operators()
		case Label:
		}
		for _, p := range found {
			out = append(out, string(t.s[p.from:p.to]))
		}
	}
	return out
}

// propose looks again at what is left until no hard rule finds anything more.
func propose(f Field, c Context) []Span {
	spans := united(find(f, c))
	for before := []Span(nil); !slices.Equal(before, spans); {
		before = spans
		left := fold(Apply(f.Text, spans))
		more := hardest(append(left.numbers(), left.contacts()...))
		spans = united(append(slices.Clone(spans), served(spans, more)...))
	}
	return spans
}

func hardest(spans []Span) []Span {
	return slices.DeleteFunc(spans, func(s Span) bool { return !hard(s.Rule) })
}

// served gives spans of the published text their places in the served one.
func served(applied, found []Span) []Span {
	place := func(at int, end bool) int {
		shift := 0
		for _, a := range applied {
			from := a.From + shift
			n := len([]rune(a.Replacement))
			switch {
			case at < from:
				return at - shift
			case at < from+n && end:
				return a.To - 1
			case at < from+n:
				return a.From
			}
			shift += n - (a.To - a.From)
		}
		return at - shift
	}
	out := make([]Span, len(found))
	for i, f := range found {
		out[i] = f
		out[i].From, out[i].To = place(f.From, false), place(f.To-1, true)+1
	}
	return out
}

func find(f Field, c Context) []Span {
	t := fold(f.Text)
	out := append(t.numbers(), t.contacts()...)
	switch f.Kind {
	case Label:
		return hardest(out)
	case PartyName:
		return append(out, t.partyName(c)...)
	case Prose:
	}
	trader := slices.ContainsFunc(c.Parties, func(p Party) bool { return p.Kind == Trader })
	out = append(out, t.addresses(trader, c.Homes)...)
	out = append(out, t.health()...)
	return append(out, t.people(c)...)
}

// people are the names in a text of prose: those that its own words show, and those that are known. Names of firms stay whole.
func (t text) people(c Context) []Span {
	var out []Span
	for _, p := range t.persons() {
		out = append(out, t.span(p.from, p.to, Third, p.confidence, t.replacement(p)))
	}
	for _, name := range c.Persons {
		out = append(out, t.name(name, Third, 80)...)
	}
	var firms []Span
	for _, p := range c.Parties {
		if !lone(p) {
			firm, _, _ := strings.Cut(strings.NewReplacer("；", ";", "（", "(").Replace(p.Name), ";")
			firm, _, _ = strings.Cut(firm, "(经营者")
			firms = append(firms, t.everywhere(fold(firm), Manual, 0, "")...)
		} else {
			out = append(out, t.name(p.Name, Punished, 60)...)
		}
		out = append(out, t.name(p.Person, Third, 85)...)
	}
	return slices.DeleteFunc(out, func(s Span) bool {
		return slices.ContainsFunc(firms, func(f Span) bool { return f.From <= s.From && s.To <= f.To })
	})
}

// name finds each place of a known name.
func (t text) name(name string, rule RuleID, confidence int) []Span {
	n := fold(name)
	if len(n.s) < 2 || slices.Contains(n.s, '某') {
		return nil
	}
	return t.everywhere(n, rule, confidence, n.replacement(person{0, len(n.s), n.surname(0), confidence}))
}

// lone tells that a party is a natural person: as it says, or as its name reads where it says nothing.
func lone(p Party) bool {
	if p.Kind != Unknown {
		return p.Kind == Natural
	}
	t := fold(strings.TrimSpace(p.Name))
	return len(t.s) <= 4 && t.known(0) && t.isName(0, len(t.s)) && !slices.ContainsFunc(t.s, func(r rune) bool { return !isHan(r) })
}

// partyName masks a natural person's name, and the operator's behind a firm's.
func (t text) partyName(c Context) []Span {
	var out []Span
	for _, p := range t.operators() {
		out = append(out, t.span(p.from, p.to, Operator, p.confidence, t.replacement(p)))
	}
	for _, p := range c.Parties {
		if n := fold(p.Name); slices.Equal(n.s, t.s) && lone(p) && len(out) == 0 {
			out = append(out, t.name(p.Name, Punished, 60)...)
		}
	}
	return out
}

// operators are the names that trail a firm's: behind ";" or as （经营者：…）.
func (t text) operators() []person {
	var out []person
	for i := range t.s {
		from := 0
		if end, ok := t.word(i, []string{"经营者", "负责人", "投资人", "法定代表人", "业主"}); ok && i > 0 {
			for from = end; t.rune(from) == ':' || t.rune(from) == ' ' || t.rune(from) == '为'; from++ {
			}
		} else if t.s[i] == ';' && i > 0 {
			for from = i + 1; t.rune(from) == ' '; from++ {
			}
			if end, ok := t.word(from, roles); ok {
				for from = end; t.rune(from) == ':' || t.rune(from) == ' '; from++ {
				}
			}
		}
		to := from
		for isHan(t.rune(to)) || t.rune(to) == '·' || t.rune(to) == '•' {
			to++
		}
		if from > 0 && t.isName(from, to) && (t.s[i] != ';' || len([]rune(string(t.s[from:to]))) <= 3 || t.known(from)) {
			out = append(out, person{from, to, t.surname(from), 85})
		}
	}
	return out
}
