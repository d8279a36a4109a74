package sampling

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Codec is the table of the stored event types of campaigns.
func Codec() codec.Table[Event] { return table }

// ResultCodec is the table of the stored event types of results.
func ResultCodec() codec.Table[ResultEvent] { return resultTable }

var table = codec.New(
	codec.Type[Opened, Event](),
	codec.Type[PlanDrafted, Event](),
	codec.Type[SchemeDrafted, Event](),
	codec.Type[LaboratoriesDrafted, Event](),
	codec.Type[Published, Event](),
	codec.Type[ResultsPublished, Event](),
	codec.Type[Cancelled, Event](),
)

var resultTable = codec.New(
	codec.Type[ResultRecorded, ResultEvent](),
	codec.Type[ResultCorrected, ResultEvent](),
	codec.Type[ResultAnnulled, ResultEvent](),
	codec.Type[ResultPublished, ResultEvent](),
	codec.Type[PartyNotified, ResultEvent](),
	codec.Type[ObjectionLodged, ResultEvent](),
	codec.Type[ObjectionWithdrawn, ResultEvent](),
	codec.Type[ObjectionRefused, ResultEvent](),
	codec.Type[RetestOrdered, ResultEvent](),
	codec.Type[Retested, ResultEvent](),
	codec.Type[HandlingOpened, ResultEvent](),
	codec.Type[HandlingStepped, ResultEvent](),
	codec.Type[HandlingClosed, ResultEvent](),
)

// Categories of the streams.
const (
	Category       = "sampling"
	ResultCategory = "sampling_result"
)

// Campaigns decides on campaigns; a stream's id is the campaign's.
var Campaigns = es.Decider[Campaign, Command, Event]{
	Category: Category, Initial: Campaign{}, Evolve: evolve, Decide: decide, Decode: table.Decode,
}

// Results decides on results; a stream's id is given by ResultID.
var Results = es.Decider[Result, ResultCommand, ResultEvent]{
	Category: ResultCategory, Initial: Result{}, Evolve: evolveResult, Decide: decideResult, Decode: resultTable.Decode,
}
