package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

const typeAmountsConfirmedV1 = "mingjian.penalty.amounts_confirmed.v1"

// AmountsConfirmed: a person read kinds and amounts in the text of a taken-over decision, which the import had left open.
type AmountsConfirmed struct {
	Kinds          []Kind     `json:"kinds"`
	FineFen        domain.Fen `json:"fine_fen,omitempty"`
	ConfiscatedFen domain.Fen `json:"confiscated_fen,omitempty"`
	Note           string     `json:"note,omitempty"`
}

// EventType is the stored name.
func (AmountsConfirmed) EventType() string { return typeAmountsConfirmedV1 }
func (AmountsConfirmed) event()            {}

// ConfirmAmounts records what a person read.
type ConfirmAmounts struct {
	By        domain.Actor
	Today     calendar.Date
	Confirmed AmountsConfirmed
}

func (ConfirmAmounts) command() {}

// Doubts of kinds and amounts that an importer has: its text leaves them open, or tells them in Chinese numerals alone.
const (
	DoubtText     = "penalty-text"
	DoubtNumerals = "penalty-numerals"
)

// confirmAmounts needs a doubt that waits for it. Kinds and amounts agree, as in any decision.
func confirmAmounts(s State, cmd ConfirmAmounts) ([]Event, error) {
	if err := within(s, cmd.By); err != nil {
		return nil, err
	}
	c := cmd.Confirmed
	switch was := s.Confirmed; {
	case was != nil && slices.Equal(was.Kinds, c.Kinds) && was.FineFen == c.FineFen && was.ConfiscatedFen == c.ConfiscatedFen:
		return nil, nil
	case !s.doubtful():
		return nil, domain.Refuse(domain.Precondition, "penalty.confirm.settled", "",
			"该处罚决定的种类和金额没有疑问，如有变更应作变更登记", "kinds and amounts of this decision are not in doubt; a change is an amendment")
	case len(s.Amendments) > 0:
		return nil, domain.Refuse(domain.Precondition, "penalty.confirm.amended", "",
			"处罚决定已变更，以变更后的种类和金额为准", "the decision was amended: kinds and amounts of the amendment stand")
	}
	now := s.Decision
	now.Kinds, now.FineFen, now.ConfiscatedFen = c.Kinds, c.FineFen, c.ConfiscatedFen
	faults := append(agree(c.Kinds, c.FineFen, c.ConfiscatedFen), live(s), checkKinds(c.Kinds),
		checkAmount("fine_fen", c.FineFen), checkAmount("confiscated_fen", c.ConfiscatedFen),
		domain.Text("penalty", "note", c.Note, maxName), noPersonalNumber("note", c.Note))
	if len(c.Kinds) == 0 {
		faults = append(faults, demanded("kinds", ""))
	}
	if now.Procedure == Summary {
		faults = append(faults, summaryLimits(now))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []Event{c}, nil
}

// doubtful tells whether the import left kinds or amounts open.
func (s State) doubtful() bool {
	return slices.ContainsFunc(s.Decision.Doubts, func(d Doubt) bool { return d.Code == DoubtText || d.Code == DoubtNumerals })
}

// Unconfirmed says that a person has to read kinds and amounts before the decision goes to the public; nil once one has, or
// where they were never in doubt.
func (s State) Unconfirmed() *domain.Fault {
	if !s.doubtful() || s.Confirmed != nil || len(s.Amendments) > 0 {
		return nil
	}
	return domain.Refuse(domain.Precondition, "penalty.publish.unconfirmed", "fine_fen",
		"处罚种类、金额由导入识别且有疑问，应经人工确认后公示（《市场监督管理行政处罚信息公示规定》第四条）",
		"kinds and amounts were read by the import and are in doubt: confirm them before the decision is published (Order 45 art. 4)")
}
