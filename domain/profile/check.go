package profile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// The kinds of party, as the aggregates have them.
var partyKinds = []string{"legal", "individual_business", "natural"}

// check tells the first thing that a profile doesn't say as it has to.
func (p Profile) check() *FormatError {
	for _, part := range []func(Profile) *FormatError{head, dates, tables, columns, checks} {
		if fault := part(p); fault != nil {
			return fault
		}
	}
	return nil
}

func wrong(field, says string) *FormatError { return &FormatError{Field: field, Says: says} }

func head(p Profile) *FormatError {
	switch {
	case !plain(p.Platform, 40):
		return wrong("platform", "a name of 1 to 40 small letters, digits, _ or -")
	case p.Kind.Label() == "":
		return wrong("kind", "penalty or licence")
	case !plain(p.Version, 40):
		return wrong("version", "a name of 1 to 40 small letters, digits, _ or -")
	case p.Label == "" || p.LabelEN == "" || p.Source == "":
		return wrong("label", "label, label_en and source are said")
	case p.From.IsZero():
		return wrong("from", "the first day is said")
	case !p.Until.IsZero() && p.Until.Before(p.From):
		return wrong("until", "the last day is not before the first")
	}
	return known("unverified", p.Unverified, "from", "until", "dates", "withdrawal", "tables", "fields", "checks")
}

func dates(p Profile) *FormatError {
	for channel, form := range p.Dates {
		if channel != File && channel != Interface {
			return wrong("dates", "a channel is file or interface")
		}
		if dateLayouts[form] == "" {
			return wrong("dates."+string(channel), "a form is yyyy/MM/dd, yyyy-MM-dd or yyyy-MM-dd HH:mm:ss")
		}
	}
	switch {
	case len(p.Dates) != 2:
		return wrong("dates", "file and interface have a form each")
	case p.Withdrawal == Delete:
		return nil
	case p.Withdrawal != Modify:
		return wrong("withdrawal", "delete or modify")
	}
	for _, f := range p.Fields {
		if f.Fact == "status" && f.Codes != nil &&
			slices.ContainsFunc(f.Codes.Rows, func(r CodeRow) bool { return r.Own == Withdrawn && r.When == nil }) {
			return nil
		}
	}
	return wrong("withdrawal", "to modify there has to be a column of the fact status with words for withdrawn")
}

func tables(p Profile) *FormatError {
	var names, parties []string
	for i, t := range p.Tables {
		at := fmt.Sprintf("tables[%d]", i)
		switch {
		case !plain(t.Name, 40) || slices.Contains(names, t.Name):
			return wrong(at+".name", "a name of its own, of 1 to 40 small letters, digits, _ or -")
		case t.Label == "":
			return wrong(at+".label", "a label is said")
		case len(t.Parties) == 0:
			return wrong(at+".parties", "a table is for somebody")
		}
		for _, party := range t.Parties {
			if !slices.Contains(partyKinds, party) || slices.Contains(parties, party) {
				return wrong(at+".parties", "each of legal, individual_business and natural is in one table at most: "+party)
			}
			parties = append(parties, party)
		}
		names = append(names, t.Name)
	}
	if len(names) == 0 {
		return wrong("tables", "there is one table at least")
	}
	return nil
}

func columns(p Profile) *FormatError {
	var keys []string
	for i, f := range p.Fields {
		at := fmt.Sprintf("fields[%d]", i)
		if f.Key != "" {
			at = "fields." + f.Key
		}
		if !isKey(f.Key) || slices.Contains(keys, f.Key) {
			return wrong(at+".key", "a key of its own, of 1 to 40 capitals, digits and _")
		}
		keys = append(keys, f.Key)
		for _, table := range f.Tables {
			if !slices.ContainsFunc(p.Tables, func(t Table) bool { return t.Name == table }) {
				return wrong(at+".tables", "no such table: "+table)
			}
		}
		if fault := f.check(at); fault != nil {
			return fault
		}
	}
	if len(keys) == 0 {
		return wrong("fields", "there is one column at least")
	}
	return nil
}

func checks(p Profile) *FormatError {
	for i, c := range p.Checks {
		at := fmt.Sprintf("checks[%d]", i)
		if _, ok := p.Field(c.Field); !ok {
			return wrong(at+".field", "no such column: "+c.Field)
		}
		switch {
		case !plain(string(c.Rule), 40):
			return wrong(at+".rule", "a name of 1 to 40 small letters, digits, _ or -")
		case c.Chinese == "" || c.English == "":
			return wrong(at+".zh", "what is wrong is said in Chinese (zh) and English (en)")
		case len(c.Must) == 0:
			return wrong(at+".must", "there is one condition at least")
		}
		if fault := conditions(at+".when", c.When); fault != nil {
			return fault
		}
		if fault := conditions(at+".must", c.Must); fault != nil {
			return fault
		}
	}
	return nil
}

func (f Field) check(at string) *FormatError {
	shape, ok := shapes[f.Type]
	row, there := f.Fact.row()
	switch {
	case f.Label == "":
		return wrong(at+".label", "a label is said")
	case !ok:
		return wrong(at+".type", "text, prose, date, money, uscc, registration, codes or proof")
	case f.Obligation != Mandatory && f.Obligation != Conditional && f.Obligation != Optional:
		return wrong(at+".obligation", "M, C or O")
	case (f.Obligation == Conditional) != (len(f.When) > 0):
		return wrong(at+".when", "a column of obligation C says when, and no other")
	case f.Fact == "" && f.Obligation != Optional:
		return wrong(at+".fact", "what has to be filled is filled by a fact")
	case f.Fact != "" && !there:
		return wrong(at+".fact", "no such fact: "+string(f.Fact))
	case f.Fact != "" && row.shape != shape:
		return wrong(at+".fact", "a column of this type can't hold that fact")
	case f.Max < 0 || f.Max > 0 && (f.Type == Day || f.Type == Money):
		return wrong(at+".max", "a length in characters, of texts and words")
	case f.Codes != nil && f.Type != Codes && f.Fact != IdentityKind || f.Codes == nil && (f.Type == Codes && f.Fact != "" || f.Fact == IdentityKind):
		return wrong(at+".codes", "a list of words belongs to type codes and to the kind of a person's document")
	case len(f.Lenient) > 0 && f.Type != USCC:
		return wrong(at+".lenient", "belongs to type uscc")
	case f.StandIn != nil && (f.StandIn.Value == "" || len(f.StandIn.When) == 0 || f.Personal()):
		return wrong(at+".stand_in", "a value and when it is written, of a column that is not personal")
	}
	return f.checkParts(at)
}

func (f Field) checkParts(at string) *FormatError {
	for _, r := range f.Lenient {
		if r != uscc.RuleCheck && r != uscc.RuleAlphabet && r != uscc.RuleRegion {
			return wrong(at+".lenient", "check, alphabet or region")
		}
	}
	if fault := known(at+".unverified", f.Unverified, "label", "obligation", "when", "empty_when", "type", "max", "codes", "stand_in"); fault != nil {
		return fault
	}
	parts := map[string][]Condition{".when": f.When, ".empty_when": f.EmptyWhen}
	if f.StandIn != nil {
		parts[".stand_in.when"] = f.StandIn.When
	}
	for _, name := range []string{".when", ".empty_when", ".stand_in.when"} {
		if fault := conditions(at+name, parts[name]); fault != nil {
			return fault
		}
	}
	if f.Codes == nil {
		return nil
	}
	if len(f.Codes.Rows) == 0 && f.Codes.Other == "" {
		return wrong(at+".codes.rows", "there is one row at least")
	}
	for i, r := range f.Codes.Rows {
		at := fmt.Sprintf("%s.codes.rows[%d]", at, i)
		if r.Own == "" || r.Words == "" || f.Codes.Join != "" && strings.Contains(r.Words, f.Codes.Join) {
			return wrong(at, "an own code and the platform's words, which don't hold what joins several")
		}
		if fault := conditions(at+".when", r.When); fault != nil {
			return fault
		}
	}
	return nil
}

// shapes are the facts that a type takes.
var shapes = map[Type]shape{
	Text: isText, Prose: isText, USCC: isText, Registration: isText, Day: isDay, Money: isMoney, Codes: isCoded, Proof: isProof,
}

func conditions(at string, list []Condition) *FormatError {
	for i, c := range list {
		if fault := c.check(fmt.Sprintf("%s[%d]", at, i)); fault != nil {
			return fault
		}
	}
	return nil
}

func (c Condition) check(at string) *FormatError {
	row, ok := c.Fact.row()
	if !ok {
		return wrong(at+".fact", "no such fact: "+string(c.Fact))
	}
	tests := 0
	for _, t := range []struct {
		name  string
		there bool
		shape []shape
		other Fact
		same  shape
	}{
		{"given", c.Given != nil, []shape{isText, isDay, isMoney, isCoded, isProof}, "", 0},
		{"in", len(c.In) > 0, []shape{isCoded}, "", 0},
		{"prefix", len(c.Prefix) > 0, []shape{isText}, "", 0},
		{"holds", len(c.Holds) > 0, []shape{isText}, "", 0},
		{"not_before", c.NotBefore != "", []shape{isDay}, c.NotBefore, isDay},
		{"not_after", c.NotAfter != "", []shape{isDay}, c.NotAfter, isDay},
		{"named_in", c.NamedIn != "", []shape{isMoney}, c.NamedIn, isText},
	} {
		if !t.there {
			continue
		}
		tests++
		other, found := t.other.row()
		if !slices.Contains(t.shape, row.shape) || t.other != "" && (!found || other.shape != t.same) {
			return wrong(at+"."+t.name, "a test that the fact is not good for")
		}
	}
	if tests != 1 {
		return wrong(at, "exactly one of given, in, prefix, holds, not_before, not_after and named_in")
	}
	return nil
}

func known(at string, names []string, among ...string) *FormatError {
	for _, n := range names {
		if !slices.Contains(among, n) {
			return wrong(at, "one of "+strings.Join(among, ", ")+", not "+n)
		}
	}
	return nil
}

func plain(s string, limit int) bool {
	return s != "" && len(s) <= limit && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

func isKey(s string) bool {
	return s != "" && len(s) <= 40 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
}
