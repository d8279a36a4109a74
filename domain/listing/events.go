package listing

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Event is what happened to a subject's standing on a list.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeFoundV1          = "mingjian.listing.found.v1"
	typeDismissedV1      = "mingjian.listing.dismissed.v1"
	typeRetractedV1      = "mingjian.listing.retracted.v1"
	typeNotifiedV1       = "mingjian.listing.notified.v1"
	typeEnteredV1        = "mingjian.listing.entered.v1"
	typeGroundAddedV1    = "mingjian.listing.ground_added.v1"
	typeRemovalAppliedV1 = "mingjian.listing.removal_applied.v1"
	typeRemovalRefusedV1 = "mingjian.listing.removal_refused.v1"
	typeRemovedV1        = "mingjian.listing.removed.v1"
	typeRescindedV1      = "mingjian.listing.rescinded.v1"
	typeTransferredV1    = "mingjian.listing.transferred.v1"
)

// Subject is who is found, as the roster has it on that day.
type Subject struct {
	ID   domain.SubjectID `json:"id"`
	Name string           `json:"name"`
	Kind string           `json:"kind,omitempty"` // as the roster has it, e.g. individual_business
}

// Found: a ground was found and verified (发现、核实). A policy proposes it with the inspection alone. While an entry with the same
// ground is open, it is recorded with that entry and waits for nothing.
type Found struct {
	Listing    string             `json:"listing"`
	List       List               `json:"list"`
	Authority  domain.AuthorityID `json:"authority"` // that keeps the case
	Subject    Subject            `json:"subject"`
	Finding    int                `json:"finding"` // from 1
	Ground     Ground             `json:"ground"`
	Table      string             `json:"table"` // version that the ground is of
	Facts      string             `json:"facts,omitempty"`
	Evidence   []string           `json:"evidence,omitempty"` // hex SHA-256 of what proves it
	Inspection string             `json:"inspection,omitempty"`
	Penalty    string             `json:"penalty,omitempty"` // decision that it rests on
	On         calendar.Date      `json:"on"`                // from which the clock of the decision runs
	Entry      int                `json:"entry,omitempty"`   // open entry that has the ground already
	By         string             `json:"by"`                // account, or "policy"
}

// Dismissed: the subject is not entered for the finding (不予列入).
type Dismissed struct {
	Finding int           `json:"finding"`
	Reason  string        `json:"reason"`
	On      calendar.Date `json:"on"`
	By      string        `json:"by"`
}

// Retracted: a policy took its proposal back, since the inspection was corrected.
type Retracted struct {
	Finding int    `json:"finding"`
	Reason  string `json:"reason"`
}

// Notified: the party was told that it is to be entered, why, and that it may be heard (列入告知).
type Notified struct {
	Finding    int           `json:"finding"`
	DocumentNo string        `json:"document_no"`
	On         calendar.Date `json:"on"`
	By         string        `json:"by"`
}

// Decision is the document by which something is decided, and who decided under which name.
type Decision struct {
	AuthorityName string        `json:"authority_name"`
	DocumentNo    string        `json:"document_no"`
	On            calendar.Date `json:"on"`
	By            string        `json:"by"`
}

// Entered: the subject was entered on the list (列入决定).
type Entered struct {
	Entry    int    `json:"entry"`    // from 1
	Findings []int  `json:"findings"` // that it settles
	Ground   Ground `json:"ground"`
	Table    string `json:"table"`
	// ConsentNo is the document by which the higher authority agreed (报经上一级同意), where it has to.
	ConsentNo string `json:"consent_no,omitempty"`
	Decision
}

// GroundAdded: another ground was added to the open entry, by a decision of its own.
type GroundAdded struct {
	Entry     int    `json:"entry"`
	Findings  []int  `json:"findings"`
	Ground    Ground `json:"ground"`
	Table     string `json:"table"`
	ConsentNo string `json:"consent_no,omitempty"`
	Decision
}

// RemovalApplied: the party applied for removal (申请移出).
type RemovalApplied struct {
	Entry       int           `json:"entry"`
	Application int           `json:"application"` // from 1 within the entry
	Statement   string        `json:"statement"`
	Evidence    []string      `json:"evidence,omitempty"`
	ReceivedOn  calendar.Date `json:"received_on"`
	By          string        `json:"by"`
}

// RemovalRefused: the application was refused (不予移出).
type RemovalRefused struct {
	Entry       int    `json:"entry"`
	Application int    `json:"application"`
	Reason      string `json:"reason"`
	Decision
}

// Removed: the subject was removed from the list (移出决定), on application or without one.
type Removed struct {
	Entry       int      `json:"entry"`
	Application int      `json:"application,omitempty"`
	Remedies    []Remedy `json:"remedies"`
	Decision
}

// Rescinded: the entry was an error and never should have been made (撤销列入).
type Rescinded struct {
	Entry  int    `json:"entry"`
	Reason string `json:"reason"` // as the public reads it
	Decision
}

// Transferred: another authority keeps the case from now on (移交), e.g. since the subject moved. What was entered stays the
// record of whoever entered it.
type Transferred struct {
	To     domain.AuthorityID `json:"to"`
	Reason string             `json:"reason"`
	On     calendar.Date      `json:"on"`
	By     string             `json:"by"`
}

func (Found) EventType() string          { return typeFoundV1 }
func (Dismissed) EventType() string      { return typeDismissedV1 }
func (Retracted) EventType() string      { return typeRetractedV1 }
func (Notified) EventType() string       { return typeNotifiedV1 }
func (Entered) EventType() string        { return typeEnteredV1 }
func (GroundAdded) EventType() string    { return typeGroundAddedV1 }
func (RemovalApplied) EventType() string { return typeRemovalAppliedV1 }
func (RemovalRefused) EventType() string { return typeRemovalRefusedV1 }
func (Removed) EventType() string        { return typeRemovedV1 }
func (Rescinded) EventType() string      { return typeRescindedV1 }
func (Transferred) EventType() string    { return typeTransferredV1 }

func (Found) event()          {}
func (Dismissed) event()      {}
func (Retracted) event()      {}
func (Notified) event()       {}
func (Entered) event()        {}
func (GroundAdded) event()    {}
func (RemovalApplied) event() {}
func (RemovalRefused) event() {}
func (Removed) event()        {}
func (Rescinded) event()      {}
func (Transferred) event()    {}
