package delivery

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to a delivery.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typePreparedV1   = "mingjian.delivery.prepared.v1"
	typeHeldV1       = "mingjian.delivery.held.v1"
	typeDroppedV1    = "mingjian.delivery.dropped.v1"
	typeSubmittedV1  = "mingjian.delivery.submitted.v1"
	typeAcceptedV1   = "mingjian.delivery.accepted.v1"
	typeRejectedV1   = "mingjian.delivery.rejected.v1"
	typeNameChosenV1 = "mingjian.delivery.name_chosen.v1"
	typeGivenUpV1    = "mingjian.delivery.given_up.v1"

	typeRepresentativeRecordedV1 = "mingjian.delivery.representative_recorded.v1"
)

// About is what a delivery is of: a disclosure to a platform. Every event that may be the first of its stream has it.
type About struct {
	Delivery   string             `json:"delivery"`
	Platform   string             `json:"platform"`
	Kind       Kind               `json:"kind"`
	Disclosure string             `json:"disclosure"`
	Record     string             `json:"record"` // id of the record that is disclosed
	Authority  domain.AuthorityID `json:"authority"`
	Match      Match              `json:"match"`
	// Stood tells that the platform's outlet showed the record before the delivery began, so that the platform may have it.
	Stood bool `json:"stood,omitempty"`
}

// Match is by what a platform's receipt may name a row that has no number in it.
type Match struct {
	DocumentNo string        `json:"document_no,omitempty"` // as in the row
	Party      string        `json:"party,omitempty"`       // name, as in the row
	DecidedOn  calendar.Date `json:"decided_on,omitzero"`
}

// Content is what a row says. Personal columns are blank in it.
type Content struct {
	Version  string         `json:"version"`         // of the profile
	Table    string         `json:"table"`           // of the profile, where it has several
	Party    string         `json:"party,omitempty"` // kind of the party
	Columns  []Column       `json:"columns"`         // in the order of the profile
	Personal []string       `json:"personal,omitempty"`
	Identity *domain.Sealed `json:"identity,omitempty"` // that fills the personal columns when the row is written
}

// Column is one value of a row.
type Column struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Problem is a field that breaks a rule of the profile.
type Problem struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// Prepared: a row is ready to be sent. The rows of a delivery are numbered from 1.
type Prepared struct {
	About
	Content
	Row      int           `json:"row"`
	Act      int           `json:"act"` // number of the release within the disclosure
	Action   Action        `json:"action"`
	Gone     bool          `json:"gone,omitempty"` // a modification that says that the record stands no more
	Digest   string        `json:"digest"`         // of the content, as domain.DigestOf
	Warnings []Problem     `json:"warnings,omitempty"`
	Cause    Cause         `json:"cause"`
	Reason   string        `json:"reason,omitempty"` // that a person gave
	On       calendar.Date `json:"on"`
	By       string        `json:"by"` // account, or "policy"
}

// Held: the record can't satisfy the profile, so that there is no row for the act (暂存待补正), or the row that there is can't be
// written.
type Held struct {
	About
	Act      int           `json:"act"`
	Row      int           `json:"row,omitempty"` // that can't be written
	Number   uint64        `json:"number,omitempty"`
	Version  string        `json:"version,omitempty"`
	Problems []Problem     `json:"problems"`
	On       calendar.Date `json:"on"`
	By       string        `json:"by"`
}

// Dropped: nothing of what was held or rejected is to be sent any more, since the platform never had what an act took away, or
// has what it put back already.
type Dropped struct {
	Act int           `json:"act"`
	Why DropWhy       `json:"why"`
	On  calendar.Date `json:"on"`
	By  string        `json:"by"`
}

// Submitted: a row went to the platform in a batch. It may go again, in the same batch or another, while there is no answer.
type Submitted struct {
	Row     int           `json:"row"`
	Number  uint64        `json:"number"` // within the platform's rows of the kind
	Digest  string        `json:"digest"` // hex SHA-256 of the canonical row with its number
	Batch   string        `json:"batch"`
	Channel string        `json:"channel"`
	On      calendar.Date `json:"on"`
	By      string        `json:"by"`
}

// Accepted: the platform took the row, or said that it has it already.
type Accepted struct {
	Answer
	Duplicate bool `json:"duplicate,omitempty"` // 有重复信息，无需继续推送
}

// Rejected: the platform did not take the row (退回).
type Rejected struct{ Answer }

// Answer is one line of a receipt.
type Answer struct {
	Row     int           `json:"row"`
	Number  uint64        `json:"number"`
	Code    string        `json:"code,omitempty"` // of the platform, e.g. 1001
	Text    string        `json:"text,omitempty"` // of the platform, without numbers of persons
	Receipt string        `json:"receipt"`        // hex SHA-256 of the receipt file
	On      calendar.Date `json:"on"`
	By      string        `json:"by"`
}

// NameChosen: from now on the party is named as the platform's base record of a day names it.
type NameChosen struct {
	Name   string        `json:"name"`
	Former string        `json:"former"`          // that rows had until then
	Known  bool          `json:"known,omitempty"` // a register of this ledger has the party under this name, now or formerly
	AsOf   calendar.Date `json:"as_of"`           // day of the base record
	Reason string        `json:"reason"`
	On     calendar.Date `json:"on"`
	By     string        `json:"by"`
}

// RepresentativeRecorded: the party's 法定代表人 or 经营者, which platforms ask for and the record does not say, was added as the
// registration authority has it.
type RepresentativeRecorded struct {
	Name   string        `json:"name"`
	Reason string        `json:"reason"`
	On     calendar.Date `json:"on"`
	By     string        `json:"by"`
}

// GivenUp: nothing more is sent or waited for, until a later act or an approver begins anew.
type GivenUp struct {
	Act    int           `json:"act"`
	Why    GiveUpWhy     `json:"why"`
	Reason string        `json:"reason,omitempty"` // that a person gave
	On     calendar.Date `json:"on"`
	By     string        `json:"by"`
}

func (Prepared) event()   {}
func (Held) event()       {}
func (Dropped) event()    {}
func (Submitted) event()  {}
func (Accepted) event()   {}
func (Rejected) event()   {}
func (NameChosen) event() {}
func (GivenUp) event()    {}

func (RepresentativeRecorded) event() {}

// EventType is the stored name.
func (Prepared) EventType() string { return typePreparedV1 }

// EventType is the stored name.
func (Held) EventType() string { return typeHeldV1 }

// EventType is the stored name.
func (Dropped) EventType() string { return typeDroppedV1 }

// EventType is the stored name.
func (Submitted) EventType() string { return typeSubmittedV1 }

// EventType is the stored name.
func (Accepted) EventType() string { return typeAcceptedV1 }

// EventType is the stored name.
func (Rejected) EventType() string { return typeRejectedV1 }

// EventType is the stored name.
func (NameChosen) EventType() string { return typeNameChosenV1 }

// EventType is the stored name.
func (GivenUp) EventType() string { return typeGivenUpV1 }

// EventType is the stored name.
func (RepresentativeRecorded) EventType() string { return typeRepresentativeRecordedV1 }

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Prepared, Event](),
	codec.Type[Held, Event](),
	codec.Type[Dropped, Event](),
	codec.Type[Submitted, Event](),
	codec.Type[Accepted, Event](),
	codec.Type[Rejected, Event](),
	codec.Type[NameChosen, Event](),
	codec.Type[GivenUp, Event](),
	codec.Type[RepresentativeRecorded, Event](),
)

// Category is the stream category.
const Category = "delivery"

// Decider decides on deliveries; a stream's id is ID.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Initial: State{}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}
