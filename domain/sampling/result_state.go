package sampling

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

// ResultID is the id of the result of a sampled product: it derives from the campaign, the laboratory, the number of its
// report, the product and its specification, each in the normal form.
func ResultID(sampling string, s Sample) string {
	return string(es.DeriveID(es.DeriveID("", "mingjian", ResultCategory), sampling, domain.NormalName(s.Laboratory.Name),
		domain.NormalNo(s.ReportNo), domain.NormalName(s.Product), domain.NormalName(s.Specification)))
}

// Notice tells when a party received the conclusion.
type Notice struct {
	Role Role
	On   calendar.Date
}

// Objection is an objection with what came of it.
type Objection struct {
	Lodged     ObjectionLodged
	State      ObjectionState
	EndedOn    calendar.Date
	Reason     string // of a withdrawal or refusal
	Laboratory Tester // of the re-test
	OrderedOn  calendar.Date
}

// Handling is what was done about a failing product.
type Handling struct {
	Opened HandlingOpened
	Steps  []Step
	LastBy string          // account that took the last step
	Closed *HandlingClosed // nil while it is open
}

// Result is the result of a sampled product; without ID it does not exist.
type Result struct {
	ID            string
	Sampling      string
	Kind          Kind
	Authority     domain.AuthorityID
	AuthorityName string
	Sample        Sample
	Corrections   []string // their reasons
	Annulled      string   // the reason, if it counts for nothing
	Notices       []Notice
	Objections    []Objection // by number
	Retest        *Retested
	Handlings     []Handling // by number; at most the last is open
	Version       int        // of the campaign's results in which it is public, 0 if it isn't
	Digest        string     // of the public document
	Stale         bool       // public, and changed since
	Recorders     []string   // accounts that entered or changed what was found
}

// Exists tells whether there is such a result.
func (r Result) Exists() bool { return r.ID != "" }

// BatchesFailing is the number that stands: that of the re-test, if there was one.
func (r Result) BatchesFailing() int {
	if r.Retest != nil {
		return r.Retest.BatchesFailing
	}
	return r.Sample.BatchesFailing
}

// reportedOn is the day of the report that stands.
func (r Result) reportedOn() calendar.Date {
	if r.Retest != nil {
		return r.Retest.ReportedOn
	}
	return r.Sample.ReportedOn
}

// Failing tells whether the product failed by what stands.
func (r Result) Failing() bool { return r.Annulled == "" && r.BatchesFailing() > 0 }

// Open is the handling that is open, nil if none is.
func (r Result) Open() *Handling {
	if n := len(r.Handlings); n > 0 && r.Handlings[n-1].Closed == nil {
		return &r.Handlings[n-1]
	}
	return nil
}

// Notified tells when a party received the conclusion, if it is known to have.
func (r Result) Notified(role Role) (calendar.Date, bool) {
	for _, n := range r.Notices {
		if n.Role == role {
			return n.On, true
		}
	}
	return calendar.Date{}, false
}

// Objected tells whether an objection waits to be decided.
func (r Result) Objected() bool {
	return slices.ContainsFunc(r.Objections, func(o Objection) bool { return o.State.open() })
}

func evolveResult(r Result, event ResultEvent) Result {
	switch e := event.(type) {
	case ResultRecorded:
		r.ID, r.Sampling, r.Kind, r.Authority, r.AuthorityName, r.Sample = e.Result, e.Sampling, e.Kind, e.Authority, e.AuthorityName, e.Sample
		return r.entered(e.By)
	case ResultCorrected:
		r.Sample, r.Corrections = e.Sample, append(slices.Clip(r.Corrections), e.Reason)
		return r.entered(e.By).upheld()
	case ResultAnnulled:
		r.Annulled = e.Reason
		return r.entered(e.By).upheld()
	case ResultPublished:
		r.Version, r.Digest, r.Stale = e.Version, e.Digest, e.Stale
	case PartyNotified:
		r.Notices = slices.DeleteFunc(slices.Clone(r.Notices), func(n Notice) bool { return n.Role == e.Role })
		r.Notices = append(r.Notices, Notice{Role: e.Role, On: e.On})
	case ObjectionLodged:
		r.Objections = append(slices.Clip(r.Objections), Objection{Lodged: e, State: Pending})
		r.Stale = r.Version > 0
	case ObjectionWithdrawn:
		return r.objection(e.Number, func(o *Objection) { o.State, o.EndedOn, o.Reason = Withdrawn, e.On, e.Reason })
	case ObjectionRefused:
		return r.objection(e.Number, func(o *Objection) { o.State, o.EndedOn, o.Reason = Refused, e.On, e.Reason })
	case RetestOrdered:
		return r.objection(e.Number, func(o *Objection) { o.State, o.Laboratory, o.OrderedOn = Retesting, e.Laboratory, e.On })
	case Retested:
		r.Retest = &e
		r = r.objection(e.Number, func(o *Objection) {
			if e.BatchesFailing > 0 {
				o.State, o.EndedOn = Dismissed, e.ReportedOn
			}
		})
		return r.entered(e.By).upheld()
	case HandlingOpened:
		r.Handlings = append(slices.Clip(r.Handlings), Handling{Opened: e})
	case HandlingStepped:
		return r.handling(func(h *Handling) { h.Steps, h.LastBy = append(slices.Clip(h.Steps), e.Step), e.By })
	case HandlingClosed:
		return r.handling(func(h *Handling) { h.Closed = &e })
	}
	return r
}

// entered remembers who entered what was found. What is public is stale from then on.
func (r Result) entered(account string) Result {
	if !slices.Contains(r.Recorders, account) {
		r.Recorders = append(slices.Clip(r.Recorders), account)
	}
	r.Stale = r.Version > 0
	return r
}

// objection changes a copy of one.
func (r Result) objection(number int, change func(*Objection)) Result {
	r.Objections = slices.Clone(r.Objections)
	for i := range r.Objections {
		if r.Objections[i].Lodged.Number == number {
			change(&r.Objections[i])
		}
	}
	r.Stale = r.Version > 0
	return r
}

// upheld ends the objections that are open if the product does not fail any more: that is what they asked for.
func (r Result) upheld() Result {
	if r.Failing() {
		return r
	}
	r.Objections = slices.Clone(r.Objections)
	for i := range r.Objections {
		if r.Objections[i].State.open() {
			r.Objections[i].State = Upheld
		}
	}
	return r
}

// handling changes a copy of the last.
func (r Result) handling(change func(*Handling)) Result {
	if r.Handlings = slices.Clone(r.Handlings); len(r.Handlings) > 0 {
		change(&r.Handlings[len(r.Handlings)-1])
	}
	return r
}
