package reporting

import "fmt"

// Figures are counts of decisions.
type Figures struct {
	Decisions int64 `json:"decisions"`
	Exempt    int64 `json:"exempt"`    // not to be reported
	NoPeriod  int64 `json:"no_period"` // of these: no ground stands in the decision, and by the rules no period began
	Due       int64 `json:"due"`       // to be reported
	InTime    int64 `json:"in_time"`
	Late      int64 `json:"late"`
	Waiting   int64 `json:"waiting"`
	Open      int64 `json:"open"`
	Omitted   int64 `json:"omitted"`
	Answered  int64 `json:"answered"` // of those to be reported
	Clean     int64 `json:"clean"`    // of these: taken at the first
	Rejected  int64 `json:"rejected"` // of those to be reported, with a rejection before they were taken
	Held      int64 `json:"held"`     // of those that the platform has nothing of: the record does not satisfy the profile
}

// Add counts one decision more.
func (f *Figures) Add(j Judged) {
	f.Decisions++
	if j.Class == Exempt {
		f.Exempt++
		if j.Why == WhyNoPeriod {
			f.NoPeriod++
		}
		return
	}
	f.Due++
	switch j.Class {
	case InTime:
		f.InTime++
	case Late:
		f.Late++
	case Waiting:
		f.Waiting++
	case Open:
		f.Open++
	case Omitted:
		f.Omitted++
	case Exempt:
	}
	one := func(yes bool, n *int64) {
		if yes {
			*n++
		}
	}
	one(j.Answered, &f.Answered)
	one(j.Clean, &f.Clean)
	one(j.Rejected, &f.Rejected)
	one(j.Why == "held", &f.Held)
}

// Plus is the sum.
func (f Figures) Plus(g Figures) Figures {
	return Figures{
		Decisions: f.Decisions + g.Decisions, Exempt: f.Exempt + g.Exempt, NoPeriod: f.NoPeriod + g.NoPeriod, Due: f.Due + g.Due,
		InTime: f.InTime + g.InTime, Late: f.Late + g.Late, Waiting: f.Waiting + g.Waiting, Open: f.Open + g.Open, Omitted: f.Omitted + g.Omitted,
		Answered: f.Answered + g.Answered, Clean: f.Clean + g.Clean, Rejected: f.Rejected + g.Rejected, Held: f.Held + g.Held,
	}
}

// Compliance is 合规率.
func (f Figures) Compliance() Rate { return Rate{f.Clean, f.Answered} }

// Lateness is 迟报率.
func (f Figures) Lateness() Rate { return Rate{f.Late, f.InTime + f.Late} }

// Omission is 瞒报率.
func (f Figures) Omission() Rate { return Rate{f.Omitted, f.Due} }

// Rate is a part of a whole.
type Rate struct{ Part, Whole int64 }

// perWhole is what the whole is shown as: hundredths of a per cent.
const perWhole = 10_000

// Myriad is the rate in hundredths of a per cent, rounded half up, and false for a rate of nothing. What is neither nothing nor
// the whole is not rounded to it: 1 late of 100,000 is 0.01 %, and 99,999 are 99.99 %.
func (r Rate) Myriad() (int64, bool) {
	if r.Whole <= 0 {
		return 0, false
	}
	n := (2*r.Part*perWhole + r.Whole) / (2 * r.Whole)
	switch {
	case r.Part > 0 && n == 0:
		n = 1
	case r.Part < r.Whole && n >= perWhole:
		n = perWhole - 1
	}
	return n, true
}

// String is e.g. 98.25%, or a dash for a rate of nothing.
func (r Rate) String() string {
	n, some := r.Myriad()
	if !some {
		return "—"
	}
	return fmt.Sprintf("%d.%02d%%", n/100, n%100)
}
