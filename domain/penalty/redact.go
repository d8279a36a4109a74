package penalty

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
)

const typeRedactedV1 = "mingjian.penalty.redacted.v1"

// Text is a text of the decision as it is published.
type Text struct {
	Field string `json:"field"` // as in the overlay
	Text  string `json:"text"`
}

// Redacted: a person took other parts out of the decision's texts than those that stood (调整去标识化). All of them stand here.
type Redacted struct {
	Redaction redaction.Overlay `json:"redaction"`
	Texts     []Text            `json:"texts"`
	Reason    string            `json:"reason"`
}

// EventType is the stored name.
func (Redacted) EventType() string { return typeRedactedV1 }
func (Redacted) event()            {}

// Redact takes other parts out of the texts that were sealed with the decision, or are sealed now if nothing was taken out
// before. The texts are the served ones with the spans
// of the overlay replaced; whoever opened the vault has to see to that.
type Redact struct {
	By        domain.Actor
	Today     calendar.Date
	Redaction Redacted
}

func (Redact) command() {}

// redact holds the texts to the rules of a decision. Hard rules are asked again: nothing that they hide comes back.
func redact(s State, cmd Redact) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	r, was := cmd.Redaction, s.Overlay()
	switch {
	case r.Redaction.Served.Item == "" || was != nil && r.Redaction.Served.Commitment != was.Served.Commitment:
		return nil, domain.Refuse(domain.Precondition, "penalty.redact.other", "texts",
			"原文不是该处罚决定封存的原文", "these are not the texts that were sealed with the decision")
	case was != nil && r.Redaction.Equal(*was):
		return nil, nil
	case was != nil:
		r.Redaction.Minor = was.Minor
	}
	faults := []*domain.Fault{
		live(s), domain.Blank("penalty", "reason", r.Reason), domain.Prose("penalty", "reason", r.Reason, maxReason), noPersonalNumber("reason", r.Reason),
	}
	for _, text := range r.Texts {
		if target(&s.Decision, text.Field) == nil {
			faults = append(faults, domain.Refuse(domain.Invalid, "penalty.redact.field", text.Field,
				"没有该文本："+text.Field, "there is no such text: "+text.Field))
		}
	}
	now := s
	now.Redacted = &r
	if err := domain.Require(append(faults, hard(now.redacted(), cmd.Today)...)...); err != nil {
		return nil, err
	}
	return []Event{r}, nil
}

// Overlay is what is taken out of the decision's texts now; nil if nothing was.
func (s State) Overlay() *redaction.Overlay {
	if s.Redacted != nil {
		return &s.Redacted.Redaction
	}
	return s.Decision.Redaction
}

// redacted is the decision with its texts as they were redacted last.
func (s State) redacted() Decided {
	d := s.Decision
	if s.Redacted == nil {
		return d
	}
	d.Parties, d.CoParties, d.Others = slices.Clone(d.Parties), slices.Clone(d.CoParties), slices.Clone(d.Others)
	d.Redaction = &s.Redacted.Redaction
	for _, text := range s.Redacted.Texts {
		if at := target(&d, text.Field); at != nil {
			*at = text.Text
		}
	}
	return d
}

// target is the text of a field, nil if there is none that may be redacted.
func target(d *Decided, field string) *string {
	switch field {
	case "violation":
		return &d.Violation
	case "facts":
		return &d.Facts
	case "basis":
		return &d.Basis
	case "content":
		return &d.Content
	case "licence_affected":
		return &d.LicenceAffected
	}
	var n int
	var name string
	if k, err := fmt.Sscanf(field, "parties[%d].%s", &n, &name); err != nil || k != 2 {
		return nil
	}
	return d.partyText(n, name)
}

// partyText is a text of the n-th party of the decision, whether the record is its own or another's.
func (d *Decided) partyText(n int, name string) *string {
	p, own := d.party(n)
	if p == nil {
		return nil
	}
	other := n - 1
	told := !own && other >= 0 && other < len(d.Others) // the first party's record tells what the others are sentenced to
	switch {
	case name == "name":
		return &p.Name
	case name == "legal_representative":
		return &p.LegalRepresentative
	case name == "sentence.content" && own:
		return &d.Content
	case name == "sentence.licence_affected" && own:
		return &d.LicenceAffected
	case name == "sentence.content" && told:
		return &d.Others[other].Content
	case name == "sentence.licence_affected" && told:
		return &d.Others[other].LicenceAffected
	}
	return nil
}

// party is the n-th party of the decision, and whether the record is its own.
func (d *Decided) party(n int) (p *Party, own bool) {
	at := max(0, min(d.Place, len(d.CoParties)))
	switch {
	case n < 0 || n >= len(d.Parties)+len(d.CoParties):
		return nil, false
	case n < at:
		return &d.CoParties[n], false
	case n < at+len(d.Parties):
		return &d.Parties[n-at], true
	}
	return &d.CoParties[n-len(d.Parties)], false
}

// Texts are the fields of the decision that may be redacted.
func (d Decided) Texts() []string {
	out := []string{"violation", "facts", "basis", "content", "licence_affected"}
	for i := range len(d.Parties) + len(d.CoParties) {
		out = append(out, fmt.Sprintf("parties[%d].name", i), fmt.Sprintf("parties[%d].legal_representative", i))
	}
	return out
}

// TextOf is a text of the decision by its field, as it is published.
func (d Decided) TextOf(field string) string {
	if at := target(&d, field); at != nil {
		return *at
	}
	return map[string]string{"decision_no": d.DecisionNo, "authority_name": d.AuthorityName}[strings.TrimSpace(field)]
}
