package listing

import "github.com/mingjian-ledger/mingjian/domain/es/codec"

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Found, Event](),
	codec.Type[Dismissed, Event](),
	codec.Type[Retracted, Event](),
	codec.Type[Notified, Event](),
	codec.Type[Entered, Event](),
	codec.Type[GroundAdded, Event](),
	codec.Type[RemovalApplied, Event](),
	codec.Type[RemovalRefused, Event](),
	codec.Type[Removed, Event](),
	codec.Type[Rescinded, Event](),
	codec.Type[Transferred, Event](),
)
