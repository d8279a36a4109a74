package dispute

import (
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Event is what happened to a request for correction.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeRequestedV1 = "mingjian.dispute.requested.v1"
	typeVerifiedV1  = "mingjian.dispute.verified.v1"
	typeDecidedV1   = "mingjian.dispute.decided.v1"
	typeLinkedV1    = "mingjian.dispute.linked.v1"
	typeDroppedV1   = "mingjian.dispute.dropped.v1"
)

// Requested: somebody asks that a public record be corrected (申请更正). By is empty where it came through the public door.
type Requested struct {
	Request    string        `json:"request"`
	Record     Record        `json:"record"`
	Requester  Requester     `json:"requester"`
	Channel    Channel       `json:"channel"`
	Points     []Point       `json:"points"`    // what is said to be wrong
	Statement  string        `json:"statement"` // and why; never public
	Evidence   []string      `json:"evidence,omitempty"`
	ReceivedOn calendar.Date `json:"received_on"` // from which the clock runs
	By         string        `json:"by,omitempty"`
}

// Verified: what was asked was looked into (核实).
type Verified struct {
	Findings string        `json:"findings"`
	On       calendar.Date `json:"on"`
	By       string        `json:"by"`
}

// Decided: it was decided on (处理决定).
type Decided struct {
	Outcome Outcome       `json:"outcome"`
	Reason  string        `json:"reason"` // as the public reads it
	On      calendar.Date `json:"on"`     // at which the clock stops
	By      string        `json:"by"`
}

// Linked: this release made it good; nothing waits any more.
type Linked struct {
	Disclosure string `json:"disclosure"`
	Release    int    `json:"release"`
	Digest     string `json:"digest"`
	By         string `json:"by"`
}

// Dropped: whoever asked does so no more.
type Dropped struct {
	Reason string        `json:"reason,omitempty"`
	On     calendar.Date `json:"on"`
	By     string        `json:"by"`
}

func (Requested) EventType() string { return typeRequestedV1 }
func (Verified) EventType() string  { return typeVerifiedV1 }
func (Decided) EventType() string   { return typeDecidedV1 }
func (Linked) EventType() string    { return typeLinkedV1 }
func (Dropped) EventType() string   { return typeDroppedV1 }

func (Requested) event() {}
func (Verified) event()  {}
func (Decided) event()   {}
func (Linked) event()    {}
func (Dropped) event()   {}
