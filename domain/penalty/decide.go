package penalty

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

func decide(s State, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Decide:
		return record(s, cmd)
	case TakeOver:
		return takeOver(s, cmd)
	case Serve:
		return serve(s, cmd)
	case RecordPerformance:
		return perform(s, cmd)
	case Amend:
		return amend(s, cmd)
	case Revoke:
		return revoke(s, cmd)
	case Notify:
		return notify(s, cmd)
	case GrantInstalments:
		return grantInstalments(s, cmd)
	case Challenge:
		return challenge(s, cmd)
	case Push:
		return push(s, cmd)
	case ReceivePush:
		return receivePush(s, cmd)
	case PublishPush:
		return publishPush(s, cmd)
	case Redact:
		return redact(s, cmd)
	case ConfirmAmounts:
		return confirmAmounts(s, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "penalty.command.unknown", "", "未知命令", "unknown command")
}

func record(s State, cmd Decide) ([]Event, error) {
	d := completed(cmd.Decision)
	d.Doubts, d.SourceRow = nil, nil
	if d.Authority != cmd.By.Authority {
		return nil, foreign()
	}
	if s.Exists() {
		return nil, same(s.Decision, d)
	}
	if err := domain.Require(append(hard(d, cmd.Today), soft(d)...)...); err != nil {
		return nil, err
	}
	d.Doubts = append(codes(d), filedLate(d)...)
	if fault := checkSize(d); fault != nil {
		return nil, fault
	}
	return []Event{d}, nil
}

// takeOver refuses by the hard rules and doubts by the soft ones.
func takeOver(s State, cmd TakeOver) ([]Event, error) {
	d := completed(cmd.Decision)
	if d.Authority != cmd.By.Authority {
		return nil, foreign()
	}
	if s.Exists() {
		return nil, same(s.Decision, d)
	}
	faults := hard(d, cmd.Today)
	if d.SourceRow == nil {
		faults = append(faults, domain.Blank("penalty", "source_row", ""))
	}
	faults = append(faults, checkDoubts(d.Doubts))
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	d.Doubts = slices.Clone(d.Doubts)
	for _, f := range soft(d) {
		if f != nil {
			d.Doubts = append(d.Doubts, Doubt{Code: f.Code, Field: f.Field, Note: f.ZH})
		}
	}
	d.Doubts = append(append(d.Doubts, codes(d)...), filedLate(d)...)
	if fault := checkSize(d); fault != nil {
		return nil, fault
	}
	return []Event{d}, nil
}

func checkDoubts(doubts []Doubt) *domain.Fault {
	if len(doubts) > maxDoubts {
		return domain.Refuse(domain.TooLarge, "penalty.doubts.number", "doubts", "疑问不得超过50项", "at most 50 doubts")
	}
	var faults []*domain.Fault
	for _, d := range doubts {
		faults = append(faults, domain.Text("penalty", "doubts", d.Code, maxName), domain.Text("penalty", "doubts", d.Field, maxName),
			domain.Prose("penalty", "doubts", d.Note, maxName), noPersonalNumber("doubts", d.Note))
	}
	return cmp.Or(faults...)
}

// completed fills in what follows from the rest.
func completed(d Decided) Decided {
	d.DecisionNoNormal = domain.NormalNo(d.DecisionNo)
	d.Penalty, d.Decision = RecordID(d), ""
	if len(d.CoParties) > 0 {
		d.Decision = ID(d.Authority, d.DecisionNo, d.All()[0].Name, d.DecidedOn)
	}
	return d
}

// codes are the doubts about the parties' codes: none given, or one that fails GB 32100 though it may well have been issued.
func codes(d Decided) []Doubt {
	var out []Doubt
	for i, p := range d.Parties {
		field := fmt.Sprintf("parties[%d].subject", d.Place+i)
		switch findings := uscc.Check(string(p.Subject)); {
		case p.Subject == "" && p.Kind != Natural:
			out = append(out, Doubt{"penalty.party.codeless", field, "当事人没有统一社会信用代码，不能记于市场主体名下"})
		case len(p.Subject) == 18 && !strings.Contains(string(p.Subject), ":") && !uscc.Sound(findings):
			out = append(out, Doubt{"penalty.party.code", field, "统一社会信用代码不符合GB 32100：" + findings[0].String()})
		}
	}
	return out
}

func sameSentence(a, b Sentence) bool {
	return slices.Equal(a.Kinds, b.Kinds) && a.Content == b.Content && a.FineFen == b.FineFen && a.ConfiscatedFen == b.ConfiscatedFen &&
		a.LicenceAffected == b.LicenceAffected
}

// same tells whether a decision is the one that is there, and names what differs if not. Where a row stood and what was
// doubted don't count: the same file exported again has other lines, and a better importer has fewer doubts.
func same(had, now Decided) error {
	var differ []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"decision_no", had.DecisionNoNormal == now.DecisionNoNormal},
		{"authority_name", had.AuthorityName == now.AuthorityName},
		{"procedure", had.Procedure == now.Procedure},
		{"parties", slices.EqualFunc(had.Parties, now.Parties, Party.same) && slices.EqualFunc(had.CoParties, now.CoParties, Party.same) && had.Place == now.Place},
		{"violation", had.Violation == now.Violation},
		{"facts", had.Facts == now.Facts},
		{"basis", had.Basis == now.Basis},
		{"kinds", slices.Equal(had.Kinds, now.Kinds)},
		{"content", had.Content == now.Content},
		{"fine_fen", had.FineFen == now.FineFen},
		{"confiscated_fen", had.ConfiscatedFen == now.ConfiscatedFen},
		{"licence_affected", had.LicenceAffected == now.LicenceAffected},
		{"decided_on", had.DecidedOn == now.DecidedOn},
		{"effective_until", had.EffectiveUntil == now.EffectiveUntil},
		{"inspection", had.Inspection == now.Inspection},
		{"filed_on", had.FiledOn == now.FiledOn},
		{"others", slices.EqualFunc(had.Others, now.Others, sameSentence)},
	} {
		if !f.same {
			differ = append(differ, f.name)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return domain.Refuse(domain.Conflict, "penalty.exists", differ[0],
		"同一机关、文号、当事人和日期的处罚决定已经录入，下列内容不同："+strings.Join(differ, "、"),
		"this decision is recorded already with other content: "+strings.Join(differ, ", "))
}
