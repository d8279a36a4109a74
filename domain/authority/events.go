package authority

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to an authority.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeRegisteredV1       = "mingjian.authority.registered.v1"
	typeRenamedV1          = "mingjian.authority.renamed.v1"
	typeDepartmentOpenedV1 = "mingjian.authority.department_opened.v1"
	typeDepartmentClosedV1 = "mingjian.authority.department_closed.v1"
	typeSucceededV1        = "mingjian.authority.succeeded.v1"
	typeReviewArrangedV1   = "mingjian.authority.review_arranged.v1"

	typeReportingArrangedV1 = "mingjian.authority.reporting_arranged.v1"
)

// Level is the level of government (层级).
type Level string

// The levels.
const (
	National Level = "national" // 国家级
	Province Level = "province" // 省级
	City     Level = "city"     // 市级
	County   Level = "county"   // 县级
	Township Level = "township" // 乡级
)

// Levels lists all levels, highest first.
func Levels() []Level { return []Level{National, Province, City, County, Township} }

// Registered makes an authority known.
type Registered struct {
	ID          domain.AuthorityID `json:"id"`
	Name        string             `json:"name"`           // full name
	Code        string             `json:"code,omitempty"` // 统一社会信用代码
	District    string             `json:"district"`       // six digits (GB/T 2260); it covers its parts
	Level       Level              `json:"level"`
	Departments []string           `json:"departments,omitempty"`
}

// Renamed gives another name from a day on.
type Renamed struct {
	Name        string        `json:"name"`
	Reason      string        `json:"reason"`
	EffectiveOn calendar.Date `json:"effective_on"`
}

// DepartmentOpened adds a department.
type DepartmentOpened struct {
	Name string `json:"name"`
}

// DepartmentClosed takes a department away.
type DepartmentClosed struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Succeeded hands all tasks to another authority from a day on.
type Succeeded struct {
	By          domain.AuthorityID `json:"by"`
	Reason      string             `json:"reason"`
	EffectiveOn calendar.Date      `json:"effective_on"`
	DocumentNo  string             `json:"document_no,omitempty"` // 发文字号 of the reform
}

func (Registered) event()       {}
func (Renamed) event()          {}
func (DepartmentOpened) event() {}
func (DepartmentClosed) event() {}
func (Succeeded) event()        {}

// EventType is the stored name.
func (Registered) EventType() string { return typeRegisteredV1 }

// EventType is the stored name.
func (Renamed) EventType() string { return typeRenamedV1 }

// EventType is the stored name.
func (DepartmentOpened) EventType() string { return typeDepartmentOpenedV1 }

// EventType is the stored name.
func (DepartmentClosed) EventType() string { return typeDepartmentClosedV1 }

// EventType is the stored name.
func (Succeeded) EventType() string { return typeSucceededV1 }

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Registered, Event](),
	codec.Type[Renamed, Event](),
	codec.Type[DepartmentOpened, Event](),
	codec.Type[DepartmentClosed, Event](),
	codec.Type[Succeeded, Event](),
	codec.Type[ReviewArranged, Event](),
	codec.Type[ReportingArranged, Event](),
)

// Decider decides on authorities; a stream's id is the AuthorityID.
var Decider = es.Decider[State, Command, Event]{
	Category: "authority", Evolve: evolve, Decide: decide, Decode: table.Decode,
}
