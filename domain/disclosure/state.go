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
	Behind    []string // who stands behind the documents that this one took the place of before they were public
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
	Decision Withheld
	Review   WithholdingReviewed // the last one
	Lifted   bool
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
			Behind: s.Draft.behind(),
		}
		if s.withheldWhole() {
			s.Draft.Stage = Held
		}
	case Returned:
		s.Draft.Stage, s.Draft.Return, s.Draft.Passed = SentBack, e, nil
	case Reviewed:
		s.Draft = s.Draft.reviewed(e)
	case LayerPassed:
		s.Draft.Reviewers = append(slices.Clip(s.Draft.Reviewers), e.By)
		s.Draft = s.Draft.passed(e.Layer, e.By, true)
	case Approved:
		s.Draft.Stage, s.Draft.Approver, s.Draft.Approval = Cleared, e.By, e
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
	case Withheld:
		s.Withholdings = append(slices.Clip(s.Withholdings), Withholding{Decision: e})
		s.Draft = s.Draft.withheld(e)
	case WithholdingReviewed:
		s.Withholdings = s.withholding(e.Withholding, func(w *Withholding) { w.Review = e })
	case WithholdingLifted:
		s.Withholdings = s.withholding(e.Withholding, func(w *Withholding) { w.Lifted = true })
		if s.Draft.Stage == Held && !s.withheldWhole() {
			s.Draft.Stage, s.Draft.Passed, s.Draft.Review = Awaiting, nil, Reviewed{}
		}
	case RepairApplied:
		s.Repairs = append(slices.Clip(s.Repairs), Repair{Applied: e})
	case RepairChecked:
		s.Repairs = s.repair(e.Repair, func(r *Repair) { r.Checked = e })
	case RepairDecided:
		s.Repairs = s.repair(e.Repair, func(r *Repair) { r.Decided = e })
	}
	return s
}

// withheld is the draft once the whole of it, or a part, was withheld.
func (d Draft) withheld(e Withheld) Draft {
	if d.Stage = Held; e.Document != nil {
		d.Stage, d.Document, d.Digest, d.Passed, d.Review = Awaiting, e.Document, e.Remaining, nil, Reviewed{}
	}
	return d
}

// withholding are the withholdings with one of them changed.
func (s State) withholding(number int, change func(*Withholding)) []Withholding {
	out := slices.Clone(s.Withholdings)
	for i := range out {
		if out[i].Decision.Withholding == number {
			change(&out[i])
		}
	}
	return out
}

// repair are the repairs with one of them changed.
func (s State) repair(id string, change func(*Repair)) []Repair {
	out := slices.Clone(s.Repairs)
	for i := range out {
		if out[i].Applied.Repair == id {
			change(&out[i])
		}
	}
	return out
}

// reviewed is the draft once it was reviewed; where the review is layered, that passes one layer.
func (d Draft) reviewed(e Reviewed) Draft {
	d.Review = e
	d.Reviewers = append(slices.Clip(d.Reviewers), e.By)
	if d.Stage = Checked; len(d.Layers) > 0 {
		d = d.passed(e.Layer, e.By, e.SecrecyClear)
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

// withheldWhole tells whether a decision stands that nothing of the record may be shown.
func (s State) withheldWhole() bool {
	return slices.ContainsFunc(s.Withholdings, func(w Withholding) bool { return !w.Lifted && len(w.Decision.Parts) == 0 })
}
