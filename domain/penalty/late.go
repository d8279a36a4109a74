package penalty

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// payWithin are the days for paying from the receipt of the decision (行政处罚法 art. 67).
const payWithin = 15

// filedWithin are the days from the filing of a case to its decision (行政处罚法 art. 60), unless a law has others.
const filedWithin = 90

// Due is what is due of a fine on a day, the day's own late fine counted in.
type Due struct {
	AsOf      calendar.Date
	PayBy     calendar.Date // last day for paying what is due last; zero before the service
	FineFen   domain.Fen
	PaidFen   domain.Fen // of fine and late fine together
	LateFen   domain.Fen // 加处罚款
	UnpaidFen domain.Fen // of both
}

// DueOn tells what is due on a day. The late fine (加处罚款) is three in a hundred a day of what of the fine is overdue and not
// paid yet, counted from the day after the last day for paying to the day of payment, both included; in all it is at most the
// fine (行政处罚法 art. 72). What is paid is paid on the fine first. No day of a review or a lawsuit is counted (art. 73). Parts
// of a 分 are dropped once, at the end. An amended fine counts as if it had been decided so; a decision without effect leaves
// nothing due.
func (s State) DueOn(day calendar.Date) Due {
	due := Due{AsOf: day, PayBy: s.payBy(), FineFen: s.fineOn(day), PaidFen: s.paidBefore(day.AddDays(1))}
	if s.Revoked != nil && !s.Revoked.On.After(day) {
		due.FineFen = 0
	}
	due.LateFen = s.late(day, due.FineFen)
	due.UnpaidFen = max(0, due.FineFen+due.LateFen-due.PaidFen)
	return due
}

// payBy is the last day for paying the whole.
func (s State) payBy() calendar.Date {
	switch {
	case s.Instalments != nil && len(s.Instalments.Instalments) > 0:
		return s.Instalments.Instalments[len(s.Instalments.Instalments)-1].DueOn
	case s.Served == nil:
		return calendar.Date{}
	case !s.Served.PayBy.IsZero():
		return s.Served.PayBy
	}
	return s.Served.On.AddDays(payWithin)
}

func (s State) fineOn(day calendar.Date) domain.Fen {
	fine := s.Decision.FineFen
	for _, a := range s.Amendments {
		if !a.On.After(day) {
			fine = a.FineFen
		}
	}
	return fine
}

// paidBefore is what was paid before a day.
func (s State) paidBefore(day calendar.Date) (sum domain.Fen) {
	for _, p := range s.Performance {
		if p.Kind == Paid && p.On.Before(day) {
			sum += p.AmountFen
		}
	}
	return sum
}

// overdue is what of the fine should have been paid before a day. The last instalment is whatever the others leave.
func (s State) overdue(day calendar.Date, fine domain.Fen) (sum domain.Fen) {
	by := s.payBy()
	if by.IsZero() || by.Before(day) {
		if by.IsZero() {
			return 0
		}
		return fine
	}
	if s.Instalments != nil {
		for _, part := range s.Instalments.Instalments {
			if part.DueOn.Before(day) {
				sum += part.AmountFen
			}
		}
	}
	return min(sum, fine)
}

// halted tells whether a day is one of a review or a lawsuit.
func (s State) halted(day calendar.Date) bool {
	return slices.ContainsFunc(s.Challenges, func(c Challenged) bool {
		return !day.Before(c.From) && (c.Until.IsZero() || !day.After(c.Until))
	})
}

// late sums from day to day, in stretches in which nothing changes, so that its cost does not grow with the days.
func (s State) late(day calendar.Date, fine domain.Fen) domain.Fen {
	if fine <= 0 || fine > maxAmount {
		return 0
	}
	cuts, full, sum := s.cuts(day), fine*100/3, domain.Fen(0) // sum is in 分 times days, full what makes the late fine the fine
	for i := range len(cuts) - 1 {
		base := s.overdue(cuts[i], fine) - s.paidBefore(cuts[i])
		if base <= 0 || s.halted(cuts[i]) {
			continue
		}
		days := domain.Fen(cuts[i].DaysUntil(cuts[i+1]))
		if days > (full-sum)/base {
			return fine
		}
		sum += days * base
	}
	return sum * 3 / 100
}

// cuts are the days up to the one after day on which what is counted may change, in order.
func (s State) cuts(day calendar.Date) []calendar.Date {
	end := day.AddDays(1)
	out := []calendar.Date{end}
	add := func(d calendar.Date) {
		if !d.IsZero() && d.Before(end) {
			out = append(out, d)
		}
	}
	if by := s.payBy(); !by.IsZero() {
		add(by.AddDays(1))
	}
	if s.Instalments != nil {
		for _, part := range s.Instalments.Instalments {
			add(part.DueOn.AddDays(1))
		}
	}
	for _, p := range s.Performance {
		add(p.On.AddDays(1))
	}
	for _, c := range s.Challenges {
		add(c.From)
		if !c.Until.IsZero() {
			add(c.Until.AddDays(1))
		}
	}
	slices.SortFunc(out, calendar.Date.Compare)
	return slices.CompactFunc(out, func(a, b calendar.Date) bool { return a == b })
}

// filedLate doubts a decision that came after the days from the filing, the last of which is worked; laws may have others, so
// that nothing is refused.
func filedLate(d Decided) []Doubt {
	if d.FiledOn.IsZero() || !d.DecidedOn.After(calendar.Embedded().RollForward(d.FiledOn.AddDays(filedWithin)).Date) {
		return nil
	}
	return []Doubt{{"penalty.decided.late", "decided_on",
		"自立案之日起超过九十日作出决定（《行政处罚法》第六十条；法律、法规、规章另有规定的，从其规定）"}}
}
