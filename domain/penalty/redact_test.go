package penalty_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

var overlay = redaction.Overlay{
	Served: domain.Sealed{Item: "0b5a-served", Persons: []string{"p1"}, Commitment: strings.Repeat("0a", 32)},
	Fields: []redaction.Taken{{Field: "facts", Spans: []redaction.Span{{From: 4, To: 6, Rule: redaction.Third, Confidence: 90, Replacement: "钱某"}}}},
	Minor:  redaction.MinorNamed,
}

func redact(change func(*penalty.Redacted)) penalty.Redact {
	r := penalty.Redacted{Redaction: overlay.With("facts", nil), Texts: []penalty.Text{{Field: "facts", Text: "事实"}}, Reason: "公开姓名"}
	change(&r)
	return penalty.Redact{By: clerk, Today: today, Redaction: r}
}

func TestRedact(t *testing.T) {
	given := decided(decision(func(d *penalty.Decided) { d.Redaction = &overlay }))
	lifted := penalty.Redacted{Redaction: overlay.With("facts", nil), Texts: []penalty.Text{{Field: "facts", Text: "事实"}}, Reason: "公开姓名"}
	scenario.Given(given).When(redact(func(*penalty.Redacted) {})).Then(t, lifted)
	scenario.Given(given, lifted).When(redact(func(*penalty.Redacted) {})).Then(t)
	scenario.Given(given).When(redact(func(r *penalty.Redacted) { r.Redaction.Minor = redaction.NoMinor })).Then(t, lifted)
	fresh := overlay
	fresh.Minor = redaction.NoMinor
	first := penalty.Redacted{Redaction: fresh, Texts: []penalty.Text{{Field: "facts", Text: "与钱某"}}, Reason: "漏遮"}
	scenario.Given(decided(decision())).When(penalty.Redact{By: clerk, Today: today, Redaction: first}).Then(t, first)
	for code, change := range map[string]func(*penalty.Redacted){
		"penalty.redact.other":  func(r *penalty.Redacted) { r.Redaction.Served.Commitment = strings.Repeat("0b", 32) },
		"penalty.redact.field":  func(r *penalty.Redacted) { r.Texts[0].Field = "decision_no" },
		"penalty.required":      func(r *penalty.Redacted) { r.Reason = "" },
		"penalty.personal_data": func(r *penalty.Redacted) { r.Texts[0].Text = "电话13912345678" },
		"penalty.text.length":   func(r *penalty.Redacted) { r.Texts[0].Text = strings.Repeat("长", 5001) },
	} {
		scenario.Given(given).When(redact(change)).ThenError(t, faulty(code))
	}
	scenario.Given(given, revoked).When(redact(func(*penalty.Redacted) {})).ThenError(t, faulty("penalty.revoked"))
	scenario.When(redact(func(*penalty.Redacted) {})).ThenError(t, faulty("penalty.missing"))
}

// What was redacted stands in what goes to the public, also behind an amendment, and the same row taken over again is known.
func TestRedactedTextsStand(t *testing.T) {
	given := decided(decision(func(d *penalty.Decided) { d.Redaction = &overlay }))
	s := penalty.Decider.Evolve(penalty.State{Decision: given}, penalty.Redacted{
		Redaction: overlay.With("facts", nil), Reason: "公开",
		Texts: []penalty.Text{{Field: "facts", Text: "新"}, {Field: "content", Text: "罚款二"}, {Field: "parties[0].name", Text: "乙公司"}},
	})
	if d := s.Current(); d.Facts != "新" || d.Content != "罚款二" || d.Parties[0].Name != "乙公司" || len(s.Overlay().Fields) != 0 {
		t.Errorf("%+v", d)
	}
	if given.Parties[0].Name == "乙公司" || s.Decision.Facts == "新" {
		t.Error("what was decided changed")
	}
	s = penalty.Decider.Evolve(s, penalty.Amended{Content: "罚款三", Kinds: []penalty.Kind{penalty.Fine}, FineFen: 1, On: today})
	if d := s.Current(); d.Content != "罚款三" || d.Facts != "新" {
		t.Errorf("%+v", d)
	}
	for _, field := range given.Texts() {
		if given.TextOf(field) == "" && field != "licence_affected" && !strings.HasSuffix(field, "legal_representative") {
			t.Errorf("no text %s", field)
		}
	}
}

func TestARecordOfAMinorIsWithheld(t *testing.T) {
	minor := overlay
	minor.Minor = redaction.MinorNumber
	s := penalty.State{Decision: decided(decision(func(d *penalty.Decided) { d.Redaction = &minor }))}
	if f := s.Withheld(); f == nil || f.Code != "penalty.publish.minor" {
		t.Errorf("%v", f)
	}
	s.Decision.Redaction = &overlay
	if f := s.Withheld(); f != nil {
		t.Errorf("a hint withholds: %v", f)
	}
}

func TestConfirmAmounts(t *testing.T) {
	doubtful := decided(decision(func(d *penalty.Decided) {
		d.Kinds, d.FineFen, d.ConfiscatedFen = nil, 0, 0
		d.Doubts, d.SourceRow = []penalty.Doubt{{Code: penalty.DoubtNumerals}}, &penalty.SourceRow{FileDigest: "ab", Line: 1}
	}))
	read := penalty.AmountsConfirmed{Kinds: []penalty.Kind{penalty.Fine}, FineFen: 300000, Note: "叁仟元整"}
	cmd := func(change func(*penalty.AmountsConfirmed)) penalty.ConfirmAmounts {
		c := read
		change(&c)
		return penalty.ConfirmAmounts{By: clerk, Today: today, Confirmed: c}
	}
	same := func(*penalty.AmountsConfirmed) {}
	scenario.Given(doubtful).When(cmd(same)).Then(t, read)
	scenario.Given(doubtful, read).When(cmd(same)).Then(t)
	again := read
	again.FineFen = 500
	scenario.Given(doubtful, read).When(cmd(func(c *penalty.AmountsConfirmed) { c.FineFen = 500 })).Then(t, again)
	scenario.Given(doubtful).When(cmd(func(c *penalty.AmountsConfirmed) { c.FineFen = 0 })).ThenError(t, faulty("penalty.fine.amount"))
	scenario.Given(doubtful).When(cmd(func(c *penalty.AmountsConfirmed) { c.Kinds = nil })).ThenError(t, faulty("penalty.decision.incomplete"))
	scenario.Given(doubtful).When(cmd(func(c *penalty.AmountsConfirmed) { c.Note = "13912345678" })).ThenError(t, faulty("penalty.personal_data"))
	scenario.Given(decided(decision())).When(cmd(same)).ThenError(t, faulty("penalty.confirm.settled"))
	scenario.When(cmd(same)).ThenError(t, faulty("penalty.missing"))
	amended := penalty.Amended{Reason: "变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款1元", FineFen: 100, On: today}
	scenario.Given(doubtful, amended).When(cmd(same)).ThenError(t, faulty("penalty.confirm.amended"))

	s := penalty.State{Decision: doubtful}
	if f := s.Unconfirmed(); f == nil || f.Code != "penalty.publish.unconfirmed" {
		t.Errorf("before: %v", f)
	}
	s = penalty.Decider.Evolve(s, read)
	if d := s.Current(); s.Unconfirmed() != nil || d.FineFen != 300000 || len(d.Kinds) != 1 || s.Decision.FineFen != 0 {
		t.Errorf("after: %v, %+v", s.Unconfirmed(), d)
	}
	if (penalty.State{Decision: decided(decision())}).Unconfirmed() != nil {
		t.Error("without a doubt somebody has to confirm")
	}
}
