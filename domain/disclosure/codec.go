package disclosure

import "github.com/mingjian-ledger/mingjian/domain/es/codec"

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Submitted, Event](),
	codec.Type[Returned, Event](),
	codec.Type[Reviewed, Event](),
	codec.Type[LayerPassed, Event](),
	codec.Type[Approved, Event](),
	codec.Type[Published, Event](),
	codec.Type[Corrected, Event](),
	codec.Type[Withdrawn, Event](),
	codec.Type[Adopted, Event](),
	codec.Type[Masked, Event](),
	codec.Type[Unmasked, Event](),
	codec.Type[Ended, Event](),
	codec.Type[Withheld, Event](),
	codec.Type[WithholdingReviewed, Event](),
	codec.Type[WithholdingLifted, Event](),
	codec.Type[RepairApplied, Event](),
	codec.Type[RepairChecked, Event](),
	codec.Type[RepairDecided, Event](),
)
