package catalogue

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to a catalogue.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeVersionDraftedV1   = "mingjian.catalogue.version_drafted.v1"
	typeItemsAddedV1       = "mingjian.catalogue.items_added.v1"
	typeVersionPublishedV1 = "mingjian.catalogue.version_published.v1"
	typeVersionWithdrawnV1 = "mingjian.catalogue.version_withdrawn.v1"
)

// Level says how much a matter weighs (事项类别).
type Level string

// The levels.
const (
	General Level = "general" // 一般检查事项: the ratio is limited
	Key     Level = "key"     // 重点检查事项: safety, quality, public interest; no upper limit of the ratio
)

// Manner is how a matter may be checked (检查方式).
type Manner string

// The manners.
const (
	Written   Manner = "written"   // 书面检查
	OnSite    Manner = "on_site"   // 实地核查
	Network   Manner = "network"   // 网络监测
	Entrusted Manner = "entrusted" // 委托专业机构
)

// Manners lists all manners.
func Manners() []Manner { return []Manner{Written, OnSite, Network, Entrusted} }

// Tier is a level of authorities that checks a matter (抽查层级).
type Tier string

// The tiers.
const (
	National   Tier = "national"   // 国家级
	Provincial Tier = "provincial" // 省级
	Municipal  Tier = "municipal"  // 市级
	County     Tier = "county"     // 县级
)

// Tiers lists all tiers.
func Tiers() []Tier { return []Tier{National, Provincial, Municipal, County} }

// Item is one matter (抽查事项).
type Item struct {
	No          string   `json:"no"`           // 序号, unique in its version
	Field       string   `json:"field"`        // 抽查类别
	Matter      string   `json:"matter"`       // 抽查事项
	SubjectKind string   `json:"subject_kind"` // 检查对象, in words
	Level       Level    `json:"level"`
	Manners     []Manner `json:"manners"`
	Line        string   `json:"line"`                   // business line, matched with inspectors' lines
	Departments []string `json:"departments,omitempty"`  // 检查主体
	Basis       []string `json:"basis"`                  // 检查依据, at least one
	Content     string   `json:"content,omitempty"`      // 检查内容
	RatioPPMMax int64    `json:"ratio_ppm_max,omitzero"` // highest yearly ratio in parts per million, 0 for none
	MaxPerYear  int      `json:"max_per_year,omitzero"`  // checks of one subject in a year at most, 0 for no limit

	CheckList []CheckLine `json:"check_list,omitempty"` // 检查要点; none where the matter is judged as a whole
	Tiers     []Tier      `json:"tiers,omitempty"`      // 抽查层级
	Lead      string      `json:"lead,omitempty"`       // 发起部门, of several departments; the others are 配合部门
}

// CheckLine is one line of a matter's check list: a question that is answered for itself.
type CheckLine struct {
	No      string `json:"no"` // unique in its matter
	Content string `json:"content"`
	Basis   string `json:"basis,omitempty"` // empty: that of the matter
}

// VersionDrafted begins a draft anew, whatever the draft of that version was before.
type VersionDrafted struct {
	Catalogue string             `json:"catalogue"`
	Authority domain.AuthorityID `json:"authority"`
	Version   int                `json:"version"`
	Title     string             `json:"title"`
	Items     []Item             `json:"items"`
	By        string             `json:"by"` // account
}

// ItemsAdded goes on with the items of a draft that are too many for one event.
type ItemsAdded struct {
	Version int    `json:"version"`
	Items   []Item `json:"items"`
}

// VersionPublished makes a version public.
type VersionPublished struct {
	Version     int           `json:"version"`
	DocumentNo  string        `json:"document_no"` // 发文字号
	PublishedOn calendar.Date `json:"published_on"`
	By          string        `json:"by"` // account
	// ContentDigest is the digest of the content that was published (see State.Digest); versions of earlier days have none.
	ContentDigest string `json:"content_digest,omitempty"`
}

// VersionWithdrawn ends a published version: it stays readable, no new task may cite it.
type VersionWithdrawn struct {
	Version     int           `json:"version"`
	Reason      string        `json:"reason"`
	WithdrawnOn calendar.Date `json:"withdrawn_on"`
}

func (VersionDrafted) event()   {}
func (ItemsAdded) event()       {}
func (VersionPublished) event() {}
func (VersionWithdrawn) event() {}

// EventType is the stored name.
func (VersionDrafted) EventType() string { return typeVersionDraftedV1 }

// EventType is the stored name.
func (ItemsAdded) EventType() string { return typeItemsAddedV1 }

// EventType is the stored name.
func (VersionPublished) EventType() string { return typeVersionPublishedV1 }

// EventType is the stored name.
func (VersionWithdrawn) EventType() string { return typeVersionWithdrawnV1 }

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[VersionDrafted, Event](),
	codec.Type[ItemsAdded, Event](),
	codec.Type[VersionPublished, Event](),
	codec.Type[VersionWithdrawn, Event](),
)

// Decider decides on catalogues; a stream's id is the catalogue's.
var Decider = es.Decider[State, Command, Event]{
	Category: "catalogue", Evolve: evolve, Decide: decide, Decode: table.Decode,
}
