package penalty

import "github.com/mingjian-ledger/mingjian/domain/es/codec"

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Decided, Event](),
	codec.Type[Served, Event](),
	codec.Type[Performed, Event](),
	codec.Type[Amended, Event](),
	codec.Type[Revoked, Event](),
	codec.Type[Notified, Event](),
	codec.Type[InstalmentsGranted, Event](),
	codec.Type[Challenged, Event](),
	codec.Type[Pushed, Event](),
	codec.Type[PushReceived, Event](),
	codec.Type[PushPublished, Event](),
	codec.Type[Redacted, Event](),
	codec.Type[AmountsConfirmed, Event](),
)
