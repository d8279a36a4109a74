package plan

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// Event is what happened to a plan.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeDraftedV1       = "mingjian.plan.drafted.v1"
	typeApprovedV1      = "mingjian.plan.approved.v1"
	typePublishedV1     = "mingjian.plan.published.v1"
	typeAmendedV1       = "mingjian.plan.amended.v1"
	typeCancelledV1     = "mingjian.plan.cancelled.v1"
	typeTaskOpenedV1    = "mingjian.plan.task_opened.v1"
	typeTaskCancelledV1 = "mingjian.plan.task_cancelled.v1"
)

// TaskKind says how a task's subjects are chosen (企业公示信息抽查办法 art. 5); both ways end in a random draw.
type TaskKind string

// The kinds of task.
const (
	Targeted   TaskKind = "targeted"   // 定向抽查: among those that meet conditions
	Untargeted TaskKind = "untargeted" // 不定向抽查: among all
)

// Scope is which subjects of the roster a task is about. An empty list admits all.
type Scope struct {
	Kinds      []string `json:"kinds,omitempty"`
	Districts  []string `json:"districts,omitempty"`  // six digits each; one covers its parts
	Statuses   []string `json:"statuses,omitempty"`   // of a task: never empty
	Classes    []string `json:"classes,omitempty"`    // risk classes, "none" for subjects without one
	Industries []string `json:"industries,omitempty"` // prefixes of the industry code
	// What subjects are in the task's line (行业属性).
	LineClasses []string `json:"line_classes,omitempty"` // "none" for subjects without one
	KeyUnits    bool     `json:"key_units,omitempty"`    // 重点单位 alone
	Licensed    bool     `json:"licensed,omitempty"`     // holders of a licence alone
}

// StrataOf says what a task's strata are.
type StrataOf string

// What strata are. Tasks of earlier days leave it out, which means risk classes.
const (
	RiskClasses StrataOf = ""           // 信用风险分类
	LineClasses StrataOf = "line_class" // classes within the task's line
)

// Stratum is how many subjects of one class are drawn: a ratio in parts per million or a count.
type Stratum struct {
	Name     string `json:"name"` // the class, "none" for subjects without one
	RatioPPM int64  `json:"ratio_ppm,omitzero"`
	Count    int64  `json:"count,omitzero"`
}

// Department is one of those that check together, each with inspectors of its own.
type Department struct {
	Name      string             `json:"name"`
	Authority domain.AuthorityID `json:"authority"`
	TeamSize  int                `json:"team_size"`
	Lead      bool               `json:"lead,omitempty"` // 发起部门; the others are 配合部门
}

// Task is one task of a plan.
type Task struct {
	ID                         string        `json:"id"`
	Number                     int           `json:"number"` // within the plan, from 1
	Title                      string        `json:"title"`
	Kind                       TaskKind      `json:"kind"`
	AdHoc                      bool          `json:"ad_hoc,omitempty"` // outside the yearly schedule
	Items                      []string      `json:"items"`            // item numbers of the pinned version
	Line                       string        `json:"line"`             // business line that inspectors need
	Scope                      Scope         `json:"scope"`
	ExcludeCheckedWithinMonths int           `json:"exclude_checked_within_months,omitzero"`
	Strata                     []Stratum     `json:"strata"`
	Departments                []Department  `json:"departments"`
	WindowStart                calendar.Date `json:"window_start"`
	WindowEnd                  calendar.Date `json:"window_end"`              // inclusive
	WorkloadCap                int           `json:"workload_cap,omitzero"`   // subjects of one inspector at most, 0 for no cap
	Comprehensive              bool          `json:"comprehensive,omitempty"` // 综合查一次: several matters or departments in one visit
	StrataOf                   StrataOf      `json:"strata_of,omitempty"`
}

// Drafted lays a plan down.
type Drafted struct {
	Plan      string             `json:"plan"`
	Authority domain.AuthorityID `json:"authority"`
	Year      int                `json:"year"`
	Title     string             `json:"title"`
	Catalogue string             `json:"catalogue"`
	Version   int                `json:"version"` // of the catalogue
	Joint     bool               `json:"joint,omitempty"`
	By        string             `json:"by"` // account
}

// Approved says that another person agreed to the plan as it was then.
type Approved struct {
	By            string `json:"by"`                       // account
	ContentDigest string `json:"content_digest,omitempty"` // see Content; approvals of earlier days have none
}

// Published makes the plan public.
type Published struct {
	DocumentNo       string        `json:"document_no"`
	AttachmentDigest string        `json:"attachment_digest,omitempty"` // hex SHA-256 of the published paper
	PublishedOn      calendar.Date `json:"published_on"`
}

// Amended changes the title, or records another change with its reason. A title changed after the approval and before the
// publication is a draft again.
type Amended struct {
	Title  string `json:"title,omitempty"`
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"` // account
}

// Cancelled ends the plan.
type Cancelled struct {
	Reason string `json:"reason"`
}

// TaskOpened opens a task.
type TaskOpened struct {
	Task Task `json:"task"`
}

// TaskCancelled ends a task.
type TaskCancelled struct {
	Task   string `json:"task"`
	Reason string `json:"reason"`
}

func (Drafted) event()       {}
func (Approved) event()      {}
func (Published) event()     {}
func (Amended) event()       {}
func (Cancelled) event()     {}
func (TaskOpened) event()    {}
func (TaskCancelled) event() {}

// EventType is the stored name.
func (Drafted) EventType() string { return typeDraftedV1 }

// EventType is the stored name.
func (Approved) EventType() string { return typeApprovedV1 }

// EventType is the stored name.
func (Published) EventType() string { return typePublishedV1 }

// EventType is the stored name.
func (Amended) EventType() string { return typeAmendedV1 }

// EventType is the stored name.
func (Cancelled) EventType() string { return typeCancelledV1 }

// EventType is the stored name.
func (TaskOpened) EventType() string { return typeTaskOpenedV1 }

// EventType is the stored name.
func (TaskCancelled) EventType() string { return typeTaskCancelledV1 }

// Codec is the table of the stored event types.
func Codec() codec.Table[Event] { return table }

var table = codec.New(
	codec.Type[Drafted, Event](),
	codec.Type[Approved, Event](),
	codec.Type[Published, Event](),
	codec.Type[Amended, Event](),
	codec.Type[Cancelled, Event](),
	codec.Type[TaskOpened, Event](),
	codec.Type[TaskCancelled, Event](),
)

// Decider decides on plans and their tasks; a stream's id is the plan's.
var Decider = es.Decider[State, Command, Event]{
	Category: "plan", Evolve: evolve, Decide: decide, Decode: table.Decode,
}
