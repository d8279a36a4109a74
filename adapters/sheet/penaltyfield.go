package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
)

// readPenalty fills kinds, fine_fen and confiscated_fen from the text of the decision, where the mapping asks for it and
// the file has no value for them. A doubt that concerns kinds or amounts refuses the row, unless the file states them all or
// the mapping wants doubtful rows with the doubt as a warning; they then have no kinds and amounts. Amounts in Chinese numerals
// alone are proposed in a warning and not filled in. Amounts that differ from those of the file are a warning, since the file was
// filled by somebody who had the decision.
func (r *Reader) readPenalty(row *Row) {
	if r.m.PenaltyText == "" || row.Refused() {
		return
	}
	source, _ := r.boundTo(r.m.PenaltyText)
	report := func(field string, severity Severity, why Text) {
		row.Problems = append(row.Problems, Problem{Line: row.Line, Column: source.column, Field: field,
			Value: row.shorten(field, row.Text(r.m.PenaltyText)), Rule: RulePenalty, Severity: severity, Text: why})
	}
	p := ExtractPenalty(row.Text(r.m.PenaltyText))
	stated := row.Values["kinds"].Has() && (row.Values["fine_fen"].Has() || row.Values["confiscated_fen"].Has())
	for _, d := range p.Doubts {
		severity := Warn
		if d.Blocks && !stated && r.m.PenaltyDoubts != string(Warn) {
			severity = Refuse
		}
		report(r.m.PenaltyText, severity, d.Text)
	}
	if !p.Sure() {
		return
	}
	if len(p.Words) > 0 && !stated {
		said := strings.Join(p.Words, "、")
		row.Problems = append(row.Problems, Problem{Line: row.Line, Column: source.column, Field: r.m.PenaltyText, Value: row.shorten(r.m.PenaltyText, said),
			Rule: RuleNumerals, Severity: Warn, Text: Text{
				fmt.Sprintf("金额仅以大写书写（%s），拟认定罚款 %s 元、没收 %s 元，请人工确认", said, domain.Fen(p.FineFen).Yuan(), domain.Fen(p.ConfiscatedFen).Yuan()),
				fmt.Sprintf("amounts stand in Chinese numerals alone (%s); proposed: a fine of %s yuan, %s yuan confiscated; confirm them",
					said, domain.Fen(p.FineFen).Yuan(), domain.Fen(p.ConfiscatedFen).Yuan()),
			}})
		p.FineFen, p.ConfiscatedFen = 0, 0 // proposed, not read: a person confirms them
	}
	excerpt := strings.Join(p.Excerpts, "\n")
	if !row.Values["kinds"].Has() {
		v := Value{kind: typeList, raw: excerpt}
		for _, k := range p.Kinds {
			v.list = append(v.list, string(k))
		}
		v.text = strings.Join(v.list, ";")
		row.Values["kinds"] = v
	}
	for _, amount := range []struct {
		field string
		fen   int64
	}{{"fine_fen", p.FineFen}, {"confiscated_fen", p.ConfiscatedFen}} {
		have := row.Values[amount.field]
		switch {
		case have.Has() && have.num != amount.fen && len(p.Words) == 0:
			a, b := domain.Fen(have.num).Yuan(), domain.Fen(amount.fen).Yuan()
			report(amount.field, Warn, Text{fmt.Sprintf("金额列为 %s 元，处罚内容写的是 %s 元", a, b),
				fmt.Sprintf("the column says %s yuan, the text says %s", a, b)})
		case !have.Has() && !stated && amount.fen > 0:
			row.Values[amount.field] = Value{kind: typeMoney, num: amount.fen, text: strconv.FormatInt(amount.fen, 10), raw: excerpt}
		}
	}
}

func (r *Reader) boundTo(field string) (bound, bool) {
	for _, b := range r.plan {
		if b.field == field {
			return b, true
		}
	}
	return bound{}, false
}
