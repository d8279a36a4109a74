package deadline

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// Event is what happened to a record's periods.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeSetV1        = "mingjian.deadline.set.v1"
	typeRecomputedV1 = "mingjian.deadline.recomputed.v1"
	typeMetV1        = "mingjian.deadline.met.v1"
	typeLapsedV1     = "mingjian.deadline.lapsed.v1"
)

// Record names what a period is about.
type Record struct {
	Kind rule.Record `json:"kind"`
	ID   string      `json:"id"`
}

// Stream is the id of the record's stream.
func (r Record) Stream() string { return string(r.Kind) + "." + r.ID }

// ID is the id of a period: it derives from the event that started it and the rule.
func ID(trigger es.ID, rule string) string { return string(es.DeriveID(trigger, Category, rule)) }

// Set: a period began. It holds all of the rule that counts it, so that a calendar counts it again whatever the tables say by
// then.
type Set struct {
	Deadline        string             `json:"deadline"`
	Record          Record             `json:"record"`
	Authority       domain.AuthorityID `json:"authority"` // whose duty it is
	Rule            string             `json:"rule"`
	TableVersion    string             `json:"table_version"`
	Jurisdiction    string             `json:"jurisdiction,omitempty"` // of the authority
	Source          string             `json:"source"`
	Unconfirmed     bool               `json:"unconfirmed,omitempty"` // the rule says of itself that it is not confirmed
	Duty            string             `json:"duty"`
	DutyEN          string             `json:"duty_en"`
	Outlet          rule.Outlet        `json:"outlet,omitempty"`
	Unit            rule.Unit          `json:"unit"`
	N               int                `json:"n,omitempty"`
	Day             string             `json:"day,omitempty"`
	MetBy           []string           `json:"met_by"`
	LapsedBy        []string           `json:"lapsed_by,omitempty"`
	Trigger         string             `json:"trigger"`
	TriggerEvent    es.ID              `json:"trigger_event"`
	Start           calendar.Date      `json:"start"` // not counted
	Due             calendar.Date      `json:"due"`   // last day
	Provisional     bool               `json:"provisional,omitempty"`
	CalendarVersion string             `json:"calendar_version"`
}

// Recomputed: a notice of holidays moved the last day, or settled it.
type Recomputed struct {
	Deadline        string        `json:"deadline"`
	Former          calendar.Date `json:"former"`
	Due             calendar.Date `json:"due"`
	Provisional     bool          `json:"provisional,omitempty"`
	CalendarVersion string        `json:"calendar_version"`
	Notice          string        `json:"notice"` // its number
	NoticeEvent     es.ID         `json:"notice_event"`
}

// Met: what was due was done.
type Met struct {
	Deadline string        `json:"deadline"`
	On       calendar.Date `json:"on"`
	By       string        `json:"by"`    // what happened, e.g. disclosure.published
	Event    es.ID         `json:"event"` // that says so
}

// Lapsed: it is not due any more, since what it was about has no effect.
type Lapsed struct {
	Deadline string        `json:"deadline"`
	On       calendar.Date `json:"on"`
	By       string        `json:"by"`
	Event    es.ID         `json:"event"`
}

// EventType is the stored name.
func (Set) EventType() string { return typeSetV1 }

// EventType is the stored name.
func (Recomputed) EventType() string { return typeRecomputedV1 }

// EventType is the stored name.
func (Met) EventType() string { return typeMetV1 }

// EventType is the stored name.
func (Lapsed) EventType() string { return typeLapsedV1 }

func (Set) event()        {}
func (Recomputed) event() {}
func (Met) event()        {}
func (Lapsed) event()     {}

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Set, Event](),
	codec.Type[Recomputed, Event](),
	codec.Type[Met, Event](),
	codec.Type[Lapsed, Event](),
)

// Clock is the rule that counts the period, as it was applied.
func (s Set) Clock() rule.Clock {
	return rule.Clock{Unit: s.Unit, N: s.N, Day: s.Day}
}
