package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Command asks for a step of a disclosure. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Submit proposes a document. Once the record has been public, a reason is needed. Author is the account that made the record,
// where a policy submits it: whoever made it can't review it. Layers are looked up: those that the authority has arranged.
type Submit struct {
	By       domain.Actor
	Author   string
	Document Document
	Reason   string
	Layers   []Layer
}

// Recall takes back the document that is under way, if any, since its record is not for the public any more.
type Recall struct {
	By     domain.Actor
	Reason string
}

// Return sends the document with this digest back.
type Return struct {
	By     domain.Actor
	Digest string
	Reason string
}

// Review tells what the review of the document with this digest found. Where the secrecy review is not clear, it is
// recorded and stops the approval.
type Review struct {
	By               domain.Actor
	Digest           string
	SecrecyClear     bool
	NegativeListHits []string
	Opinion          string
}

// Approve approves the document with this digest, perhaps for some outlets alone or not before a day. Obsolete is a looked-up
// fact: why the record doesn't give this document any more, nil if it does.
type Approve struct {
	By        domain.Actor
	Digest    string
	Opinion   string
	Outlets   []rule.Outlet
	NotBefore calendar.Date
	Obsolete  *domain.Fault
}

// Publish makes the approved document with this digest public, or what is public already on further outlets. Outlets may be
// empty: all that the rules know. Obsolete as in Approve. Terms and Hidden are looked up: how long the record stands on each
// outlet, and why it does not on the others.
type Publish struct {
	By       domain.Actor
	Today    calendar.Date
	Digest   string
	Outlets  []rule.Outlet
	Terms    []rule.Term
	Hidden   map[rule.Outlet]*domain.Fault
	Obsolete *domain.Fault
}

// Withdraw takes the public document back. Digest may be empty; if given, it must be that of the public document.
type Withdraw struct {
	By     domain.Actor
	Today  calendar.Date
	Digest string
	Ground Ground
	Reason string
}

// Adopt takes over what was public before this ledger held it. Terms are looked up, as in Publish.
type Adopt struct {
	By          domain.Actor
	Today       calendar.Date
	Document    Document
	Source      string
	PublishedOn calendar.Date
	Terms       []rule.Term
}

// Mask hides the public document for a time, as a court ruled. Outlets may be empty: all where it is shown.
type Mask struct {
	By         domain.Actor
	Today      calendar.Date
	Outlets    []rule.Outlet
	Reason     string
	DocumentNo string // of the ruling
}

// Unmask shows it again. Outlets may be empty: all where it is masked.
type Unmask struct {
	By         domain.Actor
	Today      calendar.Date
	Outlets    []rule.Outlet
	Reason     string
	DocumentNo string
}

// Expire ends the publication on an outlet once its term has run out; before that there is nothing to do.
type Expire struct {
	By     domain.Actor
	Today  calendar.Date
	Outlet rule.Outlet
}
