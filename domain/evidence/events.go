package evidence

import (
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to the pictures of a record.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeAttachedV1 = "mingjian.evidence.attached.v1"
	typeRemovedV1  = "mingjian.evidence.removed.v1"
)

// Kinds of records that have pictures.
const (
	Inspection = "inspection"
	Penalty    = "penalty"
)

// Record is what the pictures belong to.
type Record struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Stream is the id of the stream of the record's pictures: that of its disclosure.
func (r Record) Stream() string { return r.Kind + "." + r.ID }

// ParseRecord reads it back; false if there are no pictures of such records.
func ParseRecord(stream string) (Record, bool) {
	kind, id, found := strings.Cut(stream, ".")
	return Record{kind, id}, found && id != "" && (kind == Inspection || kind == Penalty)
}

// Copy is the cleaned copy: the same pixels without anything about where, when and by what they were taken.
type Copy struct {
	Media  string `json:"media"`  // image/jpeg or image/png
	Digest string `json:"digest"` // hex SHA-256, by which it is kept
	Size   int64  `json:"size"`   // bytes
	Width  int    `json:"width"`  // pixels, as stored
	Height int    `json:"height"`
}

// Attached: a picture was added.
type Attached struct {
	Evidence  string             `json:"evidence"` // id
	Record    Record             `json:"record"`
	Authority domain.AuthorityID `json:"authority"` // of the record
	Caption   string             `json:"caption"`
	Copy      Copy               `json:"copy"`
	Original  domain.Sealed      `json:"original"`          // its commitment is over the original as it was taken
	Publish   bool               `json:"publish,omitempty"` // the copy is for the public
	By        string             `json:"by"`                // account
}

// Removed: a picture was taken off.
type Removed struct {
	Evidence string `json:"evidence"`
	Reason   string `json:"reason"`
	By       string `json:"by"` // account
}

// EventType is the stored name.
func (Attached) EventType() string { return typeAttachedV1 }

// EventType is the stored name.
func (Removed) EventType() string { return typeRemovedV1 }

func (Attached) event() {}
func (Removed) event()  {}

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(codec.Type[Attached, Event](), codec.Type[Removed, Event]())
