package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// Category is the stream category.
const Category = "penalty"

// Decider is the aggregate.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Initial: State{}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// ID is the id of a decision: it derives from the authority that keeps it, the number in its normal form, the normal name of
// the first party and the date.
func ID(authority domain.AuthorityID, decisionNo, party string, decidedOn calendar.Date) string {
	parent := es.DeriveID("", "mingjian", Category)
	return string(es.DeriveID(parent, string(authority), domain.NormalNo(decisionNo), domain.NormalName(party), decidedOn.String()))
}

// State is a penalty as its events tell it.
type State struct {
	Decision    Decided // as decided; no penalty if its id is empty
	Served      *Served
	Performance []Performed
	Amendments  []Amended
	Revoked     *Revoked
}

// Exists tells whether there is a decision.
func (s State) Exists() bool { return s.Decision.Penalty != "" }

// Status is in_force, amended or revoked.
func (s State) Status() string {
	switch {
	case s.Revoked != nil:
		return "revoked"
	case len(s.Amendments) > 0:
		return "amended"
	}
	return "in_force"
}

// Current is the decision with its last amendment.
func (s State) Current() Decided {
	d := s.Decision
	if n := len(s.Amendments); n > 0 {
		a := s.Amendments[n-1]
		d.Kinds, d.Content, d.FineFen, d.ConfiscatedFen = a.Kinds, a.Content, a.FineFen, a.ConfiscatedFen
	}
	return d
}

// Withheld says why the penalty is not for the public, nil if it is.
func (s State) Withheld() *domain.Fault {
	d := s.Current()
	switch {
	case !s.Exists():
		return missing()
	case s.Revoked != nil:
		return domain.Refuse(domain.Precondition, "penalty.publish.revoked", "",
			"处罚决定已失去效力，不得公示（《行政处罚法》第四十八条）", "the decision has no effect any more and may not be published")
	case d.Procedure == Summary:
		return domain.Refuse(domain.Precondition, "penalty.publish.summary", "procedure",
			"适用简易程序的处罚不予公示（《市场监督管理行政处罚信息公示规定》第二条）", "a penalty of summary procedure is not published (Order 45 art. 2)")
	case slices.Equal(d.Kinds, []Kind{Warning}):
		return domain.Refuse(domain.Precondition, "penalty.publish.warning", "kinds",
			"仅受警告的处罚不予公示（《市场监督管理行政处罚信息公示规定》第二条）", "a bare warning is not published (Order 45 art. 2)")
	}
	return nil
}

// paid is what was paid of the fine so far.
func (s State) paid() (sum domain.Fen) {
	for _, p := range s.Performance {
		if p.Kind == Paid {
			sum += p.AmountFen
		}
	}
	return sum
}

func evolve(s State, e Event) State {
	switch e := e.(type) {
	case Decided:
		s.Decision = e
	case Served:
		s.Served = &e
	case Performed:
		s.Performance = append(slices.Clip(s.Performance), e)
	case Amended:
		s.Amendments = append(slices.Clip(s.Amendments), e)
	case Revoked:
		s.Revoked = &e
	}
	return s
}
