package person

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to the data of a person.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeShreddingRequestedV1 = "mingjian.person.shredding_requested.v1"
	typeShreddingDroppedV1   = "mingjian.person.shredding_dropped.v1"
	typeShreddedV1           = "mingjian.person.shredded.v1"
)

// Ground is why personal data have to be deleted: the items of art. 47 of the Personal Information Protection Law.
type Ground string

// The grounds.
const (
	PurposeAchieved  Ground = "purpose_achieved"  // art. 47 (1)
	RetentionExpired Ground = "retention_expired" // art. 47 (2)
	ConsentWithdrawn Ground = "consent_withdrawn" // art. 47 (3)
	Unlawful         Ground = "unlawful"          // art. 47 (4)
	OtherLaw         Ground = "other_law"         // art. 47 (5)
)

// Label is the ground in Chinese, empty for none of them.
func (g Ground) Label() string {
	switch g {
	case PurposeAchieved:
		return "处理目的已实现、无法实现或者不再必要（《个人信息保护法》第四十七条第一项）"
	case RetentionExpired:
		return "保存期限已届满（《个人信息保护法》第四十七条第二项）"
	case ConsentWithdrawn:
		return "个人撤回同意（《个人信息保护法》第四十七条第三项）"
	case Unlawful:
		return "违反法律、行政法规或者约定处理个人信息（《个人信息保护法》第四十七条第四项）"
	case OtherLaw:
		return "法律、行政法规规定的其他情形（《个人信息保护法》第四十七条第五项）"
	}
	return ""
}

// ShreddingRequested: an authority asked for the destruction of a person's data.
type ShreddingRequested struct {
	Person    string             `json:"person"`
	Ground    Ground             `json:"ground"`
	Reason    string             `json:"reason"`
	By        string             `json:"by"` // account
	Authority domain.AuthorityID `json:"authority"`
}

// ShreddingDropped: the request was not followed.
type ShreddingDropped struct {
	Person string `json:"person"`
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// Shredded: the person's data are to be destroyed, from this event on and for ever.
type Shredded struct {
	Person      string             `json:"person"`
	Ground      Ground             `json:"ground"`
	Reason      string             `json:"reason"`
	RequestedBy string             `json:"requested_by"`
	Authority   domain.AuthorityID `json:"authority"` // that asked
	By          string             `json:"by"`
}

func (ShreddingRequested) event() {}
func (ShreddingDropped) event()   {}
func (Shredded) event()           {}

// EventType is the stored name.
func (ShreddingRequested) EventType() string { return typeShreddingRequestedV1 }

// EventType is the stored name.
func (ShreddingDropped) EventType() string { return typeShreddingDroppedV1 }

// EventType is the stored name.
func (Shredded) EventType() string { return typeShreddedV1 }

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[ShreddingRequested, Event](),
	codec.Type[ShreddingDropped, Event](),
	codec.Type[Shredded, Event](),
)

// Decider decides on persons; a stream's id is the person's name in the vault.
var Decider = es.Decider[State, Command, Event]{
	Category: "person", Evolve: evolve, Decide: decide, Decode: table.Decode,
}
