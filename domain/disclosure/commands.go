package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a step of a disclosure. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Submit proposes a document. Once the record has been public, a reason is needed. Author is the account that made the record,
// where a policy submits it: whoever made it can't review it.
type Submit struct {
	By       domain.Actor
	Author   string
	Document Document
	Reason   string
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

// Approve approves the document with this digest. Obsolete is a looked-up fact: why the record doesn't give this document any
// more, nil if it does.
type Approve struct {
	By       domain.Actor
	Digest   string
	Obsolete *domain.Fault
}

// Publish makes the approved document with this digest public. Obsolete as in Approve.
type Publish struct {
	By       domain.Actor
	Today    calendar.Date
	Digest   string
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

// Adopt takes over what was public before this ledger held it.
type Adopt struct {
	By          domain.Actor
	Today       calendar.Date
	Document    Document
	Source      string
	PublishedOn calendar.Date
}

func (Submit) command()   {}
func (Recall) command()   {}
func (Return) command()   {}
func (Review) command()   {}
func (Approve) command()  {}
func (Publish) command()  {}
func (Withdraw) command() {}
func (Adopt) command()    {}
