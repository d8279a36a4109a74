package inspection

import (
	"encoding/json"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Event is what happened to an inspection.
//
//sumtype:decl
type Event interface {
	EventType() string
	event()
}

const (
	typeAssignedV1             = "mingjian.inspection.assigned.v1"
	typeRecordedV1             = "mingjian.inspection.recorded.v1"
	typeConfirmedV1            = "mingjian.inspection.confirmed.v1"
	typeConcludedV1            = "mingjian.inspection.concluded.v1"
	typeRectificationOrderedV1 = "mingjian.inspection.rectification_ordered.v1"
	typeRecheckedV1            = "mingjian.inspection.rechecked.v1"
	typeCorrectedV1            = "mingjian.inspection.corrected.v1"
	typeHandedOverV1           = "mingjian.inspection.handed_over.v1"
	typeTakenOverV1            = "mingjian.inspection.taken_over.v1"
	typeReleasedV1             = "mingjian.inspection.released.v1"
	typeCalledOffV1            = "mingjian.inspection.called_off.v1"
	typeNoticeIssuedV1         = "mingjian.inspection.notice_issued.v1"
	typeNoticeServedV1         = "mingjian.inspection.notice_served.v1"
	typeFollowUpClosedV1       = "mingjian.inspection.follow_up_closed.v1"
)

// Team is a department's part of the inspectors. It is empty when the draw fell short of eligible ones.
type Team struct {
	Department string               `json:"department"`
	Authority  domain.AuthorityID   `json:"authority,omitzero"` // of the department, where it is another than the plan's
	Inspectors []domain.InspectorID `json:"inspectors,omitempty"`
}

// Item is one matter to be looked at (抽查事项), as the pinned version of the item list has it.
type Item struct {
	No     string   `json:"no"`
	Matter string   `json:"matter"`
	Basis  []string `json:"basis,omitempty"` // 检查依据
}

// Finding is what was found on one matter or on one line of its check list.
type Finding struct {
	Item   string        `json:"item"` // number of the matter
	Line   string        `json:"line,omitempty"`
	Basis  string        `json:"basis,omitempty"`
	Result FindingResult `json:"result"`
	Note   string        `json:"note,omitempty"`
}

// FindingResult is the opinion on one line.
type FindingResult string

// The opinions.
const (
	Compliant     FindingResult = "compliant"      // 符合
	Noncompliant  FindingResult = "noncompliant"   // 不符合
	NotApplicable FindingResult = "not_applicable" // 不涉及
)

// Manner is how the inspection was made (检查方式).
type Manner string

// The manners.
const (
	Written   Manner = "written"   // 书面检查
	OnSite    Manner = "on_site"   // 实地核查
	Network   Manner = "network"   // 网络监测
	Entrusted Manner = "entrusted" // 委托专业机构
)

// Destination is where an inspection is handed over to.
type Destination string

// The destinations.
const (
	CaseFiling   Destination = "case_filing"   // 立案
	AbnormalList Destination = "abnormal_list" // 经营异常名录
	LaterTask    Destination = "later_task"    // 转入后续抽查: of an inspection that can't be finished, see CallOff
)

// SourceRow is where a taken-over record stood.
type SourceRow struct {
	FileDigest string `json:"file_digest"` // hex SHA-256
	Line       int    `json:"line"`        // from 1
}

// Assigned: the draw gave the inspection to its teams (派发).
type Assigned struct {
	Inspection  string             `json:"inspection"`
	Draw        string             `json:"draw"`
	Task        string             `json:"task"`
	Plan        string             `json:"plan"`
	Authority   domain.AuthorityID `json:"authority"`
	Subject     domain.SubjectID   `json:"subject"`
	SubjectName string             `json:"subject_name"` // registered name on the day of assignment
	Teams       []Team             `json:"teams"`
	Items       []Item             `json:"items"`
	TaskTitle   string             `json:"task_title"`
	TaskKind    string             `json:"task_kind"` // targeted (定向) or untargeted (不定向)
	DueOn       calendar.Date      `json:"due_on,omitzero"`
	OpensOn     calendar.Date      `json:"opens_on,omitzero"`   // first day of the task's window
	Catalogue   string             `json:"catalogue,omitempty"` // item list that the plan pins, whose check lists count
	Version     int                `json:"version,omitzero"`    // its version
}

// Recorded: an inspector recorded what the department found.
type Recorded struct {
	Department  string             `json:"department"`
	By          domain.InspectorID `json:"by"`
	Manner      Manner             `json:"manner"`
	StartedAt   time.Time          `json:"started_at"`
	EndedAt     time.Time          `json:"ended_at"`
	Findings    []Finding          `json:"findings,omitempty"`
	Outcomes    []Outcome          `json:"outcomes"`
	CompletedOn calendar.Date      `json:"completed_on"`
	Table       string             `json:"table,omitempty"` // version of the outcome table
	Visit       Visit              `json:"visit,omitzero"`
}

// Visit is what the record of a visit (现场检查笔录) holds beside the findings. It is never public.
type Visit struct {
	Place     string        `json:"place,omitempty"`
	Present   []Certificate `json:"present,omitempty"`   // inspectors who were there and showed their certificates
	Met       []Person      `json:"met,omitempty"`       // people who were there for the subject
	Statement string        `json:"statement,omitempty"` // what they said to it (当事人意见)
	Signature Signature     `json:"signature,omitzero"`
}

// Certificate is an enforcement certificate (执法证件) as it was on that day.
type Certificate struct {
	Inspector  domain.InspectorID `json:"inspector"`
	Name       string             `json:"name"`
	No         string             `json:"no"`
	ValidUntil calendar.Date      `json:"valid_until,omitzero"`
}

// Person is somebody who was met, by name and by what he or she is at the subject. Nothing else of a person is kept.
type Person struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// Signature says how the record was closed by the subject's side.
type Signature struct {
	State   SignatureState `json:"state"`
	Reason  string         `json:"reason,omitempty"`  // why nobody signed
	Witness string         `json:"witness,omitempty"` // name and role of who saw that nobody signed
}

// SignatureState tells whether the subject's side signed.
type SignatureState string

// The states.
const (
	Signed         SignatureState = "signed"  // 已签名确认
	SigningRefused SignatureState = "refused" // 拒绝签名
	NobodyToSign   SignatureState = "absent"  // 无人在场
)

// Confirmed: another inspector of the team stands by the record.
type Confirmed struct {
	Department string             `json:"department"`
	By         domain.InspectorID `json:"by"`
}

// Concluded: all departments have recorded and enough inspectors stand by it (办结).
type Concluded struct {
	CompletedOn calendar.Date `json:"completed_on"` // the last department's
	Outcomes    []Outcome     `json:"outcomes"`     // of all departments, in the table's order
	Table       string        `json:"table"`        // version of the outcome table
}

// RectificationOrdered: the subject is ordered to put something right (责令改正) by a date.
type RectificationOrdered struct {
	Demand     string             `json:"demand"`
	DueOn      calendar.Date      `json:"due_on"`
	By         domain.InspectorID `json:"by"`
	Department string             `json:"department,omitempty"` // empty in older events: that of the inspector
}

// Rechecked: whether the order was followed (复查).
type Rechecked struct {
	Passed     bool               `json:"passed"`
	On         calendar.Date      `json:"on"`
	Note       string             `json:"note,omitempty"`
	By         domain.InspectorID `json:"by"`
	Department string             `json:"department,omitempty"` // whose order it is about; empty in older events: the last one
}

// Corrected: a department's outcomes were wrong and stand now as given (更正), and so its findings if any are given.
type Corrected struct {
	Department string             `json:"department"`
	Outcomes   []Outcome          `json:"outcomes"`
	Reason     string             `json:"reason"`
	By         domain.InspectorID `json:"by"`
	On         calendar.Date      `json:"on,omitzero"`
	Table      string             `json:"table,omitempty"`
	Findings   []Finding          `json:"findings,omitempty"` // in the place of all that stood before
}

// HandedOver: another procedure goes on from here (移送).
type HandedOver struct {
	To     Destination   `json:"to"`
	Reason string        `json:"reason"`
	On     calendar.Date `json:"on,omitzero"`
}

// FollowUpClosed: the procedure that it was handed over to has come to its end there.
type FollowUpClosed struct {
	To        Destination    `json:"to"`
	Result    FollowUpResult `json:"result"`
	Reference string         `json:"reference,omitempty"` // number of the case or the decision
	Note      string         `json:"note,omitempty"`
	On        calendar.Date  `json:"on"`
	By        string         `json:"by"` // account
}

// FollowUpResult is what came of a procedure.
type FollowUpResult string

// The results.
const (
	Filed     FollowUpResult = "filed"      // 已立案
	NotFiled  FollowUpResult = "not_filed"  // 不予立案
	Listed    FollowUpResult = "listed"     // 已列入经营异常名录
	NotListed FollowUpResult = "not_listed" // 不予列入经营异常名录
)

// TakenOver: a concluded inspection of an older system was recorded as it stood there.
type TakenOver struct {
	Inspection  string             `json:"inspection"`
	Source      string             `json:"source"` // short name of the older system
	RecordNo    string             `json:"record_no"`
	Subject     domain.SubjectID   `json:"subject"`
	SubjectName string             `json:"subject_name"`
	Authority   domain.AuthorityID `json:"authority"`
	Item        string             `json:"item"`
	Manner      Manner             `json:"manner,omitzero"`
	CompletedOn calendar.Date      `json:"completed_on"`
	Outcomes    []Outcome          `json:"outcomes"`
	Table       string             `json:"table"`
	Note        string             `json:"note,omitempty"`
	SourceRow   *SourceRow         `json:"source_row,omitempty"`
}

// Released: the draw put another subject in the place of this one, so that nobody inspects it (撤销派发).
type Released struct {
	Reason string `json:"reason"` // code of the replacement's reason
	By     string `json:"by"`     // subject that came from the reserve
}

// CalledOff: a department, or the whole inspection, ended without a result since too few of its inspectors could go on
// (终止检查). The subject is left to a later task.
type CalledOff struct {
	Department string `json:"department,omitempty"` // empty: the whole inspection
	Reason     string `json:"reason"`
	By         string `json:"by"` // account
}

func (Assigned) EventType() string             { return typeAssignedV1 }
func (Recorded) EventType() string             { return typeRecordedV1 }
func (Confirmed) EventType() string            { return typeConfirmedV1 }
func (Concluded) EventType() string            { return typeConcludedV1 }
func (RectificationOrdered) EventType() string { return typeRectificationOrderedV1 }
func (Rechecked) EventType() string            { return typeRecheckedV1 }
func (Corrected) EventType() string            { return typeCorrectedV1 }
func (HandedOver) EventType() string           { return typeHandedOverV1 }
func (TakenOver) EventType() string            { return typeTakenOverV1 }
func (Released) EventType() string             { return typeReleasedV1 }
func (CalledOff) EventType() string            { return typeCalledOffV1 }
func (NoticeIssued) EventType() string         { return typeNoticeIssuedV1 }
func (NoticeServed) EventType() string         { return typeNoticeServedV1 }
func (FollowUpClosed) EventType() string       { return typeFollowUpClosedV1 }

func (Assigned) event()             {}
func (Recorded) event()             {}
func (Confirmed) event()            {}
func (Concluded) event()            {}
func (RectificationOrdered) event() {}
func (Rechecked) event()            {}
func (Corrected) event()            {}
func (HandedOver) event()           {}
func (TakenOver) event()            {}
func (Released) event()             {}
func (CalledOff) event()            {}
func (NoticeIssued) event()         {}
func (NoticeServed) event()         {}
func (FollowUpClosed) event()       {}

// size is how many bytes an event takes in a store.
func size(e Event) int {
	b, err := json.Marshal(e)
	if err != nil {
		return 0
	}
	return len(b)
}
