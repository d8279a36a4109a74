package draw

import "github.com/mingjian-ledger/mingjian/domain/es/codec"

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Frozen, Event](),
	codec.Type[TermsFixed, Event](),
	codec.Type[PartyCommitted, Event](),
	codec.Type[PartyRevealed, Event](),
	codec.Type[BeaconEntered, Event](),
	codec.Type[BeaconRecorded, Event](),
	codec.Type[Drawn, Event](),
	codec.Type[Replaced, Event](),
	codec.Type[Aborted, Event](),
)
