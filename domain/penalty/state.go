package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
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
	Notified    *Notified
	Instalments *InstalmentsGranted
	Challenges  []Challenged // by number, in the order in which they came first
	Pushed      *Pushed
	Received    *PushReceived
	Shown       *PushPublished // by the other province
	Performance []Performed
	Amendments  []Amended
	Revoked     *Revoked
	Redacted    *Redacted         // the last one
	Confirmed   *AmountsConfirmed // the last one
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

// Initial is the decision as it was made, with its texts as they were redacted last and with what a person read in them.
func (s State) Initial() Decided {
	d := s.redacted()
	if c := s.Confirmed; c != nil {
		d.Kinds, d.FineFen, d.ConfiscatedFen = c.Kinds, c.FineFen, c.ConfiscatedFen
	}
	return d
}

// Current is the decision with its last amendment.
func (s State) Current() Decided {
	d := s.Initial()
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
	case d.Redaction != nil && d.Redaction.Minor == redaction.MinorNumber:
		return domain.Refuse(domain.Precondition, "penalty.publish.minor", "",
			"涉及未成年人，不予公示（《未成年人保护法》第四条）", "the record is about a minor and is not published")
	case d.Procedure == Summary:
		return domain.Refuse(domain.Precondition, "penalty.publish.summary", "procedure",
			"适用简易程序的处罚不予公示（《市场监督管理行政处罚信息公示规定》第二条）", "a penalty of summary procedure is not published (Order 45 art. 2)")
	case slices.Equal(d.Kinds, []Kind{Warning}):
		return domain.Refuse(domain.Precondition, "penalty.publish.warning", "kinds",
			"仅受警告的处罚不予公示（《市场监督管理行政处罚信息公示规定》第二条）", "a bare warning is not published (Order 45 art. 2)")
	}
	return nil
}

// order45 is the day from which the notice of publication is asked for.
var order45 = calendar.MustParse("2021-09-01")

// Unready says why the penalty may not be published yet, nil if nothing stands in the way: a decision takes effect by its
// service, and the party has to be told in writing at service that it will be public (Order 45 art. 8). What was left out then
// can be made up for (Notified). Decisions of older systems and of before Order 45 are not asked.
func (s State) Unready() *domain.Fault {
	if f := s.Unconfirmed(); f != nil {
		return f
	}
	switch d := s.Decision; {
	case !s.Exists() || d.SourceRow != nil || d.DecidedOn.Before(order45):
		return nil
	case s.Served == nil:
		return domain.Refuse(domain.Precondition, "penalty.publish.unserved", "",
			"处罚决定书尚未登记送达，暂不能公示（《行政处罚法》第六十一条）", "the decision has not been served: it may not be published yet")
	case !s.Served.PublicationNotice && s.Notified == nil:
		return domain.Refuse(domain.Precondition, "penalty.publish.notice", "",
			"送达时未书面告知当事人行政处罚信息将向社会公示，应补充告知后公示（《市场监督管理行政处罚信息公示规定》第八条）",
			"the party was not told at service that the decision will be public: tell it in writing first (Order 45 art. 8)")
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
	case Notified:
		s.Notified = &e
	case InstalmentsGranted:
		s.Instalments = &e
	case Challenged:
		s.Challenges = challenged(s.Challenges, e)
	case Pushed:
		s.Pushed, s.Received, s.Shown = &e, nil, nil
	case PushReceived:
		s.Received = &e
	case PushPublished:
		s.Shown = &e
	case Redacted:
		s.Redacted = &e
	case AmountsConfirmed:
		s.Confirmed = &e
	}
	return s
}

// challenged puts a challenge in the place of what was said of its number before.
func challenged(list []Challenged, c Challenged) []Challenged {
	list = slices.Clone(list)
	for i := range list {
		if list[i].DocumentNo == c.DocumentNo {
			list[i] = c
			return list
		}
	}
	return append(list, c)
}
