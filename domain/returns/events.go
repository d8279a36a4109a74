package returns

import (
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to an authority's returns of one row.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeScheduleOverriddenV1 = "mingjian.return.schedule_overridden.v1"
	typeSubmittedV1          = "mingjian.return.submitted.v1"
	typeAmendedV1            = "mingjian.return.amended.v1"
)

// File is what was delivered.
type File struct {
	Digest  string    `json:"digest"` // hex SHA-256
	Format  string    `json:"format"` // xlsx or csv
	Rows    int       `json:"rows"`
	Late    int       `json:"late,omitzero"`    // of earlier periods, recorded after their returns (补报)
	Carried int       `json:"carried,omitzero"` // of earlier periods, shown until they are closed (结转)
	AsOf    string    `json:"as_of"`            // position of the log that it shows
	AsOfAt  time.Time `json:"as_of_at"`
}

// ScheduleOverridden: from a day on another schedule holds, since a higher office demands it (依照市局要求执行).
type ScheduleOverridden struct {
	Return            string             `json:"return"`
	Authority         domain.AuthorityID `json:"authority"`
	Row               string             `json:"row"`
	From              calendar.Date      `json:"from"` // for periods that begin then or later
	Schedule          Schedule           `json:"schedule"`
	Lines             []string           `json:"lines,omitempty"`              // in the place of the row's
	WithoutInspectors bool               `json:"without_inspectors,omitempty"` // names of inspectors are left out
	OverrideBy        string             `json:"override_by"`                  // who demands it
	CopyTo            string             `json:"copy_to"`                      // office that gets a copy (抄送)
	DocumentNo        string             `json:"document_no,omitempty"`
	Reason            string             `json:"reason"`
	By                string             `json:"by"` // account
}

// Submitted: the return of a period was delivered.
type Submitted struct {
	Return      string             `json:"return"`
	Authority   domain.AuthorityID `json:"authority"`
	Row         string             `json:"row"`
	Period      string             `json:"period"`
	From        calendar.Date      `json:"from"` // first day that it covers
	To          calendar.Date      `json:"to"`   // last day
	Due         calendar.Deadline  `json:"due"`
	File        File               `json:"file"`
	CopyTo      string             `json:"copy_to,omitempty"`
	SubmittedOn calendar.Date      `json:"submitted_on"`
	By          string             `json:"by"` // account
}

// Amended: another file stands in the place of the one delivered.
type Amended struct {
	Period       string        `json:"period"`
	Number       int           `json:"number"` // of the amendment, from 1
	Reason       string        `json:"reason"`
	FormerDigest string        `json:"former_digest"`
	File         File          `json:"file"`
	AmendedOn    calendar.Date `json:"amended_on"`
	By           string        `json:"by"` // account
}

func (ScheduleOverridden) event() {}
func (Submitted) event()          {}
func (Amended) event()            {}

// EventType is the stored name.
func (ScheduleOverridden) EventType() string { return typeScheduleOverriddenV1 }

// EventType is the stored name.
func (Submitted) EventType() string { return typeSubmittedV1 }

// EventType is the stored name.
func (Amended) EventType() string { return typeAmendedV1 }

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[ScheduleOverridden, Event](),
	codec.Type[Submitted, Event](),
	codec.Type[Amended, Event](),
)

// Decider decides on returns; a stream's id is ID.
var Decider = es.Decider[State, Command, Event]{
	Category: "return", Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// ID names an authority's returns of a row.
func ID(row string, authority domain.AuthorityID) string { return row + "." + string(authority) }

// ParseID reads it back; row is empty if it is none.
func ParseID(id string) (row string, authority domain.AuthorityID) {
	row, rest, found := strings.Cut(id, ".")
	if _, known := RowOf(row); !found || !known {
		return "", ""
	}
	return row, domain.AuthorityID(rest)
}
