package ledger

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Category is the stream category, and Stream the id of its only stream.
const (
	Category = "ledger"
	Stream   = "history"
)

const (
	typeRestoredV1        = "mingjian.ledger.restored.v1"
	typeRebuildApprovedV1 = "mingjian.ledger.rebuild_approved.v1"
)

// Event is what the ledger records of itself.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

// Restored: the ledger goes on from an earlier state of its own, or in another store. What the former epoch recorded after the
// last common event is not in it.
type Restored struct {
	Number   uint64 `json:"number"` // of the epoch that begins; the first has 1
	ID       es.ID  `json:"id"`     // tells it from another one of that number, begun from the same backup
	Events   uint64 `json:"events"` // that it has in common with the former epoch
	Position string `json:"position"`
	Hash     string `json:"hash"` // of the last common event, es.Record.Hash in lower-case hex
	// Renumbered says that the store gives other positions to the common events than the former one did: Position is the former one's.
	Renumbered bool      `json:"renumbered,omitempty"`
	BackedUpAt time.Time `json:"backed_up_at,omitzero"`
	Reason     string    `json:"reason"`
	By         string    `json:"by"`
}

// RebuildApproved: a difference between views as they are and as they come out was approved, and the rebuilt ones take their place.
type RebuildApproved struct {
	Projection string  `json:"projection"`
	Through    string  `json:"through"` // position of the views that were compared
	Digest     string  `json:"digest"`  // of the difference
	Tables     []Table `json:"tables"`
	Reason     string  `json:"reason"`
	By         string  `json:"by"`
}

// Table counts the rows of a table that differed.
type Table struct {
	Name    string `json:"name"`
	Public  bool   `json:"public,omitempty"` // the public is answered from it
	Missing uint64 `json:"missing,omitempty"`
	Extra   uint64 `json:"extra,omitempty"`
	Changed uint64 `json:"changed,omitempty"`
}

// EventType is the stored name.
func (Restored) EventType() string { return typeRestoredV1 }

// EventType is the stored name.
func (RebuildApproved) EventType() string { return typeRebuildApprovedV1 }

func (Restored) event()        {}
func (RebuildApproved) event() {}

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(codec.Type[Restored, Event](), codec.Type[RebuildApproved, Event]())
