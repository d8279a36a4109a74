package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Schema is the form of the documents written today.
const Schema = "mingjian.document.v1"

// Kind says what kind of record a disclosure is about.
type Kind string

// The kinds.
const (
	Inspection Kind = "inspection" // 检查结果
	Penalty    Kind = "penalty"    // 行政处罚
	Licence    Kind = "licence"    // 行政许可
	Listing    Kind = "listing"    // 列入名录: 经营异常名录, 严重违法失信名单
)

// Record names what is disclosed. For a licence each decision is a record: "<licence id>.<revision of its event>";
// for a list each entry: "<listing id>.<number>".
type Record struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// Disclosure is the id of the record's disclosure.
func (r Record) Disclosure() string { return string(r.Kind) + "." + r.ID }

// Document is what the public sees of one record. Exactly one body is there: that of the kind. Texts marked prose may hold
// line feeds.
type Document struct {
	Schema     string          `json:"schema"`
	Kind       Kind            `json:"kind"`
	RecordID   string          `json:"record_id"`
	Authority  Authority       `json:"authority"`
	Subjects   []Subject       `json:"subjects"`
	Date       calendar.Date   `json:"date"` // of completion or decision
	Title      string          `json:"title"`
	Inspection *InspectionBody `json:"inspection,omitempty"`
	Penalty    *PenaltyBody    `json:"penalty,omitempty"`
	Licence    *LicenceBody    `json:"licence,omitempty"`
	Omitted    []Omission      `json:"omitted,omitempty"` // parts that are withheld
	Listing    *ListingBody    `json:"listing,omitempty"`
	Replies    []Reply         `json:"replies,omitempty"` // of parties, beside the record
}

// Record is what the document is about.
func (d Document) Record() Record { return Record{d.Kind, d.RecordID} }

// Authority is who disclosed: the id of the authority that keeps the record, and the name of the one that acted, as of that
// day.
type Authority struct {
	ID   domain.AuthorityID `json:"id"`
	Name string             `json:"name"`
}

// Subject is whom the record is about. It has no id if no code is known; it is never joined to an enterprise by name.
type Subject struct {
	ID   domain.SubjectID `json:"id,omitempty"`
	Name string           `json:"name"`
	Kind string           `json:"kind,omitempty"`
}

// Labelled is a code with the words that it stood for on that day.
type Labelled struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// InspectionBody is the result of an inspection.
type InspectionBody struct {
	PlanID        string         `json:"plan_id,omitempty"`
	TaskID        string         `json:"task_id,omitempty"`
	TaskTitle     string         `json:"task_title,omitempty"`
	TaskKind      string         `json:"task_kind,omitempty"` // targeted (定向) or untargeted (不定向)
	DrawID        string         `json:"draw_id,omitempty"`
	Items         []string       `json:"items,omitempty"` // 抽查事项
	Manner        string         `json:"manner,omitempty"`
	CompletedOn   calendar.Date  `json:"completed_on"`
	Outcomes      []Labelled     `json:"outcomes"`
	OutcomeTable  string         `json:"outcome_table,omitempty"` // version of the table that the codes are of
	Departments   []Department   `json:"departments,omitempty"`
	Corrections   []Correction   `json:"corrections,omitempty"`
	Rectification *Rectification `json:"rectification,omitempty"` // the latest, where several departments ordered
	// Rectifications are those of each department, where more than one ordered.
	Rectifications []Rectification `json:"rectifications,omitempty"`
	Source         string          `json:"source,omitempty"`    // older system that a taken-over record comes from
	RecordNo       string          `json:"record_no,omitempty"` // its number there
	Note           string          `json:"note,omitempty" text:"prose"`
}

// Department is one department's part in a joint inspection.
type Department struct {
	Name        string        `json:"name"`
	Outcomes    []Labelled    `json:"outcomes"`
	Manner      string        `json:"manner,omitempty"`
	CompletedOn calendar.Date `json:"completed_on,omitzero"`
}

// Correction says that a department's outcomes were put right, and why: from what, to what, on which day.
type Correction struct {
	Department string        `json:"department"`
	Former     []Labelled    `json:"former,omitempty"`
	Outcomes   []Labelled    `json:"outcomes"`
	Reason     string        `json:"reason" text:"prose"`
	On         calendar.Date `json:"on,omitzero"`
}

// Rectification is an order to put something right (责令改正), and the re-check once it was made.
type Rectification struct {
	Department  string        `json:"department,omitempty"`
	Demand      string        `json:"demand" text:"prose"`
	DueOn       calendar.Date `json:"due_on,omitzero"`
	RecheckedOn calendar.Date `json:"rechecked_on,omitzero"`
	Passed      bool          `json:"passed,omitempty"`
	Note        string        `json:"note,omitempty" text:"prose"`
}

// PenaltyBody is the summary of a penalty decision (行政处罚信息摘要, Order 45 art. 4). Amounts are in 分.
type PenaltyBody struct {
	DecisionNo      string        `json:"decision_no"`
	Procedure       string        `json:"procedure,omitempty"`
	Violation       string        `json:"violation,omitempty" text:"prose"`
	Facts           string        `json:"facts,omitempty" text:"prose"`
	Basis           string        `json:"basis,omitempty" text:"prose"`
	Kinds           []Labelled    `json:"kinds,omitempty"`
	Content         string        `json:"content,omitempty" text:"prose"`
	FineFen         domain.Fen    `json:"fine_fen,omitempty"`
	ConfiscatedFen  domain.Fen    `json:"confiscated_fen,omitempty"`
	LicenceAffected string        `json:"licence_affected,omitempty"`
	DecidedOn       calendar.Date `json:"decided_on"`
	EffectiveUntil  calendar.Date `json:"effective_until,omitzero"`
	Status          string        `json:"status"` // in_force, amended or revoked
	// What was decided at first, of a decision that was amended since; AmendedOn is the day of the last amendment.
	InitialKinds          []Labelled    `json:"initial_kinds,omitempty"`
	InitialContent        string        `json:"initial_content,omitempty" text:"prose"`
	InitialFineFen        domain.Fen    `json:"initial_fine_fen,omitempty"`
	InitialConfiscatedFen domain.Fen    `json:"initial_confiscated_fen,omitempty"`
	AmendedOn             calendar.Date `json:"amended_on,omitzero"`
}

// LicenceBody is one decision on a licence (行政许可决定).
type LicenceBody struct {
	LicenceID       string        `json:"licence_id"`
	DocumentTitle   string        `json:"document_title,omitempty"`
	DocumentNo      string        `json:"document_no,omitempty"`
	Category        string        `json:"category,omitempty"`
	CertificateName string        `json:"certificate_name,omitempty"`
	LicenceNo       string        `json:"licence_no,omitempty"`
	Action          string        `json:"action"`
	Content         string        `json:"content,omitempty" text:"prose"`
	DecidedOn       calendar.Date `json:"decided_on,omitzero"`
	ValidFrom       calendar.Date `json:"valid_from,omitzero"`
	ValidTo         calendar.Date `json:"valid_to,omitzero"` // last day; 2099-12-31 is 长期
	Status          string        `json:"status"`
	Until           calendar.Date `json:"until,omitzero"`   // last day of a suspension for a fixed time
	Ground          *Labelled     `json:"ground,omitempty"` // of a revocation: 吊销, 撤销 or 撤回
}
