package audit

import (
	"regexp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Class says what was read.
type Class string

// The classes. What is public is not kept in a trail: nobody has to say who he is to read it.
const (
	Unpublished Class = "unpublished" // records of an authority that are not, or not yet, public
	Personal    Class = "personal"    // personal data of a natural person, opened from the vault
)

// Label is the class in Chinese.
func (c Class) Label() string {
	switch c {
	case Unpublished:
		return "未公开信息"
	case Personal:
		return "个人信息"
	}
	return ""
}

const (
	maxText    = 200 // characters of a field
	maxPurpose = 500
	typeReadV1 = "mingjian.audit.read.v1"
)

// Event is an entry of the trail.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

// Read: an answer left.
type Read struct {
	Account   string             `json:"account"`
	Role      domain.Role        `json:"role"`
	Authority domain.AuthorityID `json:"authority,omitempty"` // of the account
	Method    string             `json:"method"`              // e.g. mingjian.v1.PenaltyService/GetPenalty
	Class     Class              `json:"class"`
	Record    string             `json:"record,omitempty"` // ids in the request: penalty_id=3f…; several with a blank between
	Purpose   string             `json:"purpose,omitempty"`
	RequestID string             `json:"request_id"`
}

// EventType is the stored name.
func (Read) EventType() string { return typeReadV1 }
func (Read) event()            {}

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(codec.Type[Read, Event]())

// State is a day of an authority's trail.
type State struct{ Reads int }

// Enter asks for an entry.
type Enter struct{ Read Read }

// Decider decides on entries; a stream's id is that of Day.
var Decider = es.Decider[State, Enter, Event]{
	Category: "audit", Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// Day is the id of the stream for an authority's accounts on a civil date; accounts of no authority have their own.
func Day(authority domain.AuthorityID, on calendar.Date) string {
	if authority == "" {
		authority = "-"
	}
	return string(authority) + ":" + on.String()
}

func evolve(s State, event Event) State {
	switch event.(type) {
	case Read:
		s.Reads++
	}
	return s
}

func decide(_ State, c Enter) ([]Event, error) {
	r := c.Read
	if err := domain.Require(
		domain.Blank("audit.account", "account", r.Account), domain.Blank("audit.method", "method", r.Method),
		class(r.Class), domain.Text("audit.account", "account", r.Account, maxText), domain.Text("audit.method", "method", r.Method, maxText),
		Purpose(r.Purpose),
	); err != nil {
		return nil, err
	}
	r.Record, r.RequestID = harmless(r.Record, 4*maxText), harmless(r.RequestID, maxText)
	return []Event{r}, nil
}

func class(c Class) *domain.Fault {
	if c.Label() != "" {
		return nil
	}
	return domain.Refuse(domain.Invalid, "audit.class.unknown", "class", "未知的信息类别", "unknown class of what was read")
}

// number is as long as a phone number or an identity number, whatever is typed within it.
var number = regexp.MustCompile(`[0-9０-９](?:[-  ]?[0-9０-９]){9,}`)

// Purpose refuses one that an entry may not hold.
func Purpose(text string) *domain.Fault {
	if fault := domain.Text("audit.purpose", "purpose", text, maxPurpose); fault != nil {
		return fault
	}
	if !number.MatchString(text) {
		return nil
	}
	return domain.Refuse(domain.Invalid, "audit.purpose.number", "purpose",
		"查阅目的不得包含证件号码、电话等号码，请写明事由", "a purpose holds no identity or phone number: say what it is for")
}

// harmless is a text that others chose, as far as an entry may hold it.
func harmless(text string, limit int) string {
	if domain.Text("audit.record", "record", text, limit) != nil || uscc.HoldsResidentID(text) {
		return "(withheld)"
	}
	return text
}
