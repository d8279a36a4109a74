package inspection

import "github.com/mingjian-ledger/mingjian/domain/es/codec"

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Assigned, Event](),
	codec.Type[Recorded, Event](),
	codec.Type[Confirmed, Event](),
	codec.Type[Concluded, Event](),
	codec.Type[RectificationOrdered, Event](),
	codec.Type[Rechecked, Event](),
	codec.Type[Corrected, Event](),
	codec.Type[HandedOver, Event](),
	codec.Type[TakenOver, Event](),
	codec.Type[Released, Event](),
	codec.Type[CalledOff, Event](),
	codec.Type[NoticeIssued, Event](),
	codec.Type[NoticeServed, Event](),
	codec.Type[FollowUpClosed, Event](),
)
