package licence

import "github.com/mingjian-ledger/mingjian/domain/es/codec"

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Granted, Event](),
	codec.Type[Amended, Event](),
	codec.Type[Renewed, Event](),
	codec.Type[Suspended, Event](),
	codec.Type[Resumed, Event](),
	codec.Type[Revoked, Event](),
	codec.Type[Cancelled, Event](),
	codec.Type[Expired, Event](),
	codec.Type[Reissued, Event](),
	codec.Type[TermTakenOver, Event](),
)
