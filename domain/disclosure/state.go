package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Decider is the disclosure. A stream's id is Record.Disclosure.
var Decider = es.Decider[State, Command, Event]{
	Category: "disclosure",
	Initial:  State{},
	Evolve:   evolve,
	Decide:   decide,
	Decode:   table.Decode,
}

// Stage is how far the proposed document is.
type Stage string

// The stages. None is there before the first submission, and after a withdrawal or an adoption.
const (
	None     Stage = ""
	Awaiting Stage = "submitted" // 待审核
	SentBack Stage = "returned"  // 已退回
	Checked  Stage = "reviewed"  // 待批准
	Cleared  Stage = "approved"  // 待公示
	Done     Stage = "published" // 已公示
	Held     Stage = "withheld"  // 不予公开
)

// State is a disclosure as its events tell it.
type State struct {
	ID           string
	Record       Record
	Authority    domain.AuthorityID
	Draft        Draft   // the document under way, or last under way
	Showing      Showing // what there is for the public
	Release      Release // the last one; number 0 if there was none
	Adoption     Adoption
	Withholdings []Withholding // all there ever were, in the order of their numbers
	Repairs      []Repair      // likewise, in the order of their applications
}

// Adoption tells where and since when the record was public before it was taken over; nothing if it was not.
type Adoption struct {
	Source string
	On     calendar.Date
}

// Draft is a document on its way.
type Draft struct {
	Stage     Stage
	Document  Raw
	Digest    string
	Reason    string
	Submitter string
	Author    string   // who made the record, where a policy submitted it
	Layers    []Layer  // that it has to pass; none: one review
	Passed    []Passed // of them, and how
	Review    Reviewed // the last one
	Reviewers []string // everybody who reviewed it or passed a layer of it
	Return    Returned
	Approver  string
	Approval  Approved
}

// Passed is a layer that agreed, and who.
type Passed struct{ Layer, By string }

// Pending tells whether somebody has to act on the draft.
func (d Draft) Pending() bool {
	return d.Stage == Awaiting || d.Stage == Checked || d.Stage == Cleared || d.Stage == Held
}

// Release is the last act before the public.
type Release struct {
	Number    int
	Digest    string
	On        calendar.Date
	Source    string // of an adopted one
	Withdrawn bool
	Ground    Ground
	Reason    string
}

// Withholding is one decision to withhold, and what became of it.
type Withholding struct {
	Withheld
	Review WithholdingReviewed // the last one
	Lifted bool
}

// Repair is an application for a credit repair, and what became of it.
type Repair struct {
	Applied RepairApplied
	Checked RepairChecked // the last one
	Decided RepairDecided
	Void    bool // the document was withdrawn while it was open
}

// Open tells whether the application waits for its decision.
func (r Repair) Open() bool { return r.Decided.By == "" && !r.Void }

// Public tells whether a document is there that was not withdrawn and not ended everywhere.
func (s State) Public() bool { return s.Showing.Outlets.Stand() }

// Shown tells whether the public sees the document on an outlet on a day.
func (s State) Shown(outlet rule.Outlet, day calendar.Date) bool {
	return s.Showing.Outlets.Shown(outlet, day)
}

func evolve(s State, e Event) State {
	s.Showing = s.Showing.After(e)
	switch e := e.(type) {
	case Submitted:
		s.ID, s.Record, s.Authority = e.Disclosure, e.Record, e.Authority
		s.Draft = Draft{
			Stage: Awaiting, Document: e.Document, Digest: e.Digest, Reason: e.Reason, Submitter: e.By, Author: e.Author, Layers: e.Layers,
		}
		if s.withheldWhole() {
			s.Draft.Stage = Held
		}
	case Returned, Reviewed, LayerPassed, Approved:
		s.Draft = s.Draft.after(e)
	case Published:
		s.Draft.Stage = Done
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On}
	case Corrected:
		s.Draft.Stage = Done
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On, Reason: e.Reason}
	case Withdrawn:
		s.Draft = Draft{}
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On, Withdrawn: true, Ground: e.Ground, Reason: e.Reason}
		s.Repairs = voided(s.Repairs)
	case Adopted:
		s.ID, s.Record, s.Authority = e.Disclosure, e.Record, e.Authority
		s.Draft, s.Adoption = Draft{}, Adoption{Source: e.Source, On: e.PublishedOn}
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.PublishedOn, Source: e.Source}
	case Masked:
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On, Reason: e.Reason}
	case Unmasked:
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On, Reason: e.Reason}
	case Ended:
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On, Reason: e.Reason}
	case Withheld, WithholdingReviewed, WithholdingLifted:
		s = s.afterWithholding(e)
	case RepairApplied, RepairChecked, RepairDecided:
		s.Repairs = afterRepair(s.Repairs, e)
	}
	return s
}

// after is the draft once a step of its review happened.
func (d Draft) after(e Event) Draft {
	switch e := e.(type) {
	case Returned:
		d.Stage, d.Return = SentBack, e
		d.Passed = nil
	case Reviewed:
		d.Review = e
		d.Reviewers = append(slices.Clip(d.Reviewers), e.By)
		if d.Stage = Checked; len(d.Layers) > 0 {
			d = d.passed(e.Layer, e.By, e.SecrecyClear)
		}
	case LayerPassed:
		d.Reviewers = append(slices.Clip(d.Reviewers), e.By)
		d = d.passed(e.Layer, e.By, true)
	case Approved:
		d.Stage, d.Approver, d.Approval = Cleared, e.By, e
	default: // of the public, of withholdings, of repairs
	}
	return d
}

// passed notes that a layer agreed, or took its agreement back. Checked is reached when the last one did.
func (d Draft) passed(layer, by string, agreed bool) Draft {
	d.Passed = slices.DeleteFunc(slices.Clone(d.Passed), func(p Passed) bool { return p.Layer == layer })
	if agreed {
		d.Passed = append(d.Passed, Passed{layer, by})
	}
	if d.Stage = Awaiting; len(d.Passed) >= len(d.Layers) {
		d.Stage = Checked
	}
	return d
}

func voided(repairs []Repair) []Repair {
	out := slices.Clone(repairs)
	for i := range out {
		out[i].Void = out[i].Void || out[i].Open()
	}
	return out
}

func afterRepair(repairs []Repair, e Event) []Repair {
	if applied, ok := e.(RepairApplied); ok {
		return append(slices.Clip(repairs), Repair{Applied: applied})
	}
	out := slices.Clone(repairs)
	for i := range out {
		switch e := e.(type) {
		case RepairChecked:
			if out[i].Applied.Repair == e.Repair {
				out[i].Checked = e
			}
		case RepairDecided:
			if out[i].Applied.Repair == e.Repair {
				out[i].Decided = e
			}
		default: // of the way, of the public, of withholdings
		}
	}
	return out
}

// withheldWhole tells whether a decision stands that nothing of the record may be shown.
func (s State) withheldWhole() bool {
	return slices.ContainsFunc(s.Withholdings, func(w Withholding) bool { return !w.Lifted && len(w.Parts) == 0 })
}

func (s State) afterWithholding(e Event) State {
	s.Withholdings = slices.Clone(s.Withholdings)
	change := func(number int, change func(*Withholding)) {
		for i := range s.Withholdings {
			if s.Withholdings[i].Withholding == number {
				change(&s.Withholdings[i])
			}
		}
	}
	switch e := e.(type) {
	case Withheld:
		s.Withholdings = append(s.Withholdings, Withholding{Withheld: e})
		s.Draft.Stage = Held
		if e.Document != nil {
			s.Draft.Stage, s.Draft.Document, s.Draft.Digest, s.Draft.Passed = Awaiting, e.Document, e.Remaining, nil
		}
	case WithholdingReviewed:
		change(e.Withholding, func(w *Withholding) { w.Review = e })
	case WithholdingLifted:
		change(e.Withholding, func(w *Withholding) { w.Lifted = true })
		if s.Draft.Stage == Held && !s.withheldWhole() {
			s.Draft.Stage, s.Draft.Passed = Awaiting, nil
		}
	default: // of the way, of the public, of repairs
	}
	return s
}
