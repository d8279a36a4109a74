package profile

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Identified is the row's columns with the personal ones filled. It is for whoever writes a file or a request at that moment:
// what it gives is kept nowhere. No problem tells what the number is.
func (p Profile) Identified(row Row, id Identity) ([]Column, []Problem) {
	out := slices.Clone(row.Columns)
	var problems []Problem
	for i, c := range out {
		if !slices.Contains(row.Personal, c.Key) {
			continue
		}
		f, _ := p.Field(c.Key)
		value, found := f.identity(id)
		out[i].Value, problems = value, append(problems, found...)
	}
	if Bars(problems) {
		return nil, problems
	}
	return out, problems
}

func (f Field) identity(id Identity) (string, []Problem) {
	if f.Fact == IdentityKind {
		if id.Kind.Code == "" {
			return "", []Problem{f.problem(RuleRequired, "必填，记录中没有", "has to be filled, and the record does not say it")}
		}
		return f.words([]Coded{id.Kind}, given{})
	}
	number := trimmed(id.Number)
	switch {
	case number == "":
		return "", []Problem{f.problem(RuleRequired, "必填，记录中没有", "has to be filled, and the record does not say it")}
	case id.Kind.Code == "resident_id" && !uscc.IsResidentID(number):
		return "", []Problem{f.problem(RulePersonal, "不是GB 11643的公民身份号码", "is no resident identity number of GB 11643")}
	}
	return number, f.fits(number)
}
