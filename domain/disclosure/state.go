package disclosure

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
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
)

// State is a disclosure as its events tell it.
type State struct {
	ID        string
	Record    Record
	Authority domain.AuthorityID
	Draft     Draft   // the document under way, or last under way
	Release   Release // the last one; number 0 if there was none
	Adoption  Adoption
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
	Review    Reviewed // the last one
	Reviewers []string // everybody who reviewed it
	Return    Returned
	Approver  string
}

// Pending tells whether somebody has to act on the draft.
func (d Draft) Pending() bool { return d.Stage == Awaiting || d.Stage == Checked || d.Stage == Cleared }

// Release is what the public was given last.
type Release struct {
	Number    int
	Document  Raw // nothing once withdrawn
	Digest    string
	On        calendar.Date
	Source    string // of an adopted one
	Withdrawn bool
	Ground    Ground
	Reason    string
}

// Public tells whether the public sees a document now.
func (s State) Public() bool { return s.Release.Number > 0 && !s.Release.Withdrawn }

func evolve(s State, e Event) State {
	switch e := e.(type) {
	case Submitted:
		s.ID, s.Record, s.Authority = e.Disclosure, e.Record, e.Authority
		s.Draft = Draft{Stage: Awaiting, Document: e.Document, Digest: e.Digest, Reason: e.Reason, Submitter: e.By, Author: e.Author}
	case Returned:
		s.Draft.Stage, s.Draft.Return = SentBack, e
	case Reviewed:
		s.Draft.Stage, s.Draft.Review = Checked, e
		s.Draft.Reviewers = append(slices.Clip(s.Draft.Reviewers), e.By)
	case Approved:
		s.Draft.Stage, s.Draft.Approver = Cleared, e.By
	case Published:
		s.Draft.Stage = Done
		s.Release = Release{Number: e.Number, Document: e.Document, Digest: e.Digest, On: e.On}
	case Corrected:
		s.Draft.Stage = Done
		s.Release = Release{Number: e.Number, Document: e.Document, Digest: e.Digest, On: e.On, Reason: e.Reason}
	case Withdrawn:
		s.Draft = Draft{}
		s.Release = Release{Number: e.Number, Digest: e.Digest, On: e.On, Withdrawn: true, Ground: e.Ground, Reason: e.Reason}
	case Adopted:
		s.ID, s.Record, s.Authority = e.Disclosure, e.Record, e.Authority
		s.Draft, s.Adoption = Draft{}, Adoption{Source: e.Source, On: e.PublishedOn}
		s.Release = Release{Number: e.Number, Document: e.Document, Digest: e.Digest, On: e.PublishedOn, Source: e.Source}
	}
	return s
}
