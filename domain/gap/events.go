package gap

import (
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Category is the stream category, and Stream the id of its only stream.
const (
	Category = "gap"
	Stream   = "inbound"
)

const (
	typeAttachedV1 = "mingjian.gap.attached.v1"
	typeFollowedV1 = "mingjian.gap.followed.v1"
	typeTakenV1    = "mingjian.gap.taken.v1"
)

// Event is what happened to an outer ledger.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

// Attached: the ledger, which had no acts, is the outer one of an inner ledger from now on.
type Attached struct {
	Ledger string `json:"ledger"` // ledger.Epochs.Ledger of the inner one
	By     string `json:"by"`
}

// Followed: the inner ledger began an epoch, and has in it all that was taken.
type Followed struct {
	Epoch string    `json:"epoch"`          // ledger.Epoch.Name
	Began time.Time `json:"began,omitzero"` // when the inner ledger recorded that; none of its first
	Acts  uint64    `json:"acts"`           // that were taken
	Chain string    `json:"chain"`          // over them
}

// Taken: the acts of a bundle were appended.
type Taken struct {
	Epoch  string    `json:"epoch"`
	Began  time.Time `json:"began,omitzero"` // as of Followed
	Series uint64    `json:"series"`
	Bundle uint64    `json:"bundle"`
	Digest string    `json:"digest"` // of the bundle's header
	First  uint64    `json:"first"`  // number of the first act that was new
	Last   uint64    `json:"last"`
	Chain  string    `json:"chain"` // over all acts up to Last
	Key    string    `json:"key"`   // name of the key that signed the bundle
}

// EventType is the stored name.
func (Attached) EventType() string { return typeAttachedV1 }

// EventType is the stored name.
func (Followed) EventType() string { return typeFollowedV1 }

// EventType is the stored name.
func (Taken) EventType() string { return typeTakenV1 }

func (Attached) event() {}
func (Followed) event() {}
func (Taken) event()    {}

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(codec.Type[Attached, Event](), codec.Type[Followed, Event](), codec.Type[Taken, Event]())

// Decider decides on what an outer ledger takes.
var Decider = es.Decider[State, Command, Event]{
	Category: Category, Evolve: evolve, Decide: decide, Decode: table.Decode,
}
