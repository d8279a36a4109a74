package roster

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// InspectorEvent is what happened to an inspector.
//
//sumtype:decl
type InspectorEvent interface {
	EventType() string
	inspectorEvent()
}

const (
	typeInspectorEnrolledV1   = "mingjian.roster.inspector_enrolled.v1"
	typeInspectorRelicensedV1 = "mingjian.roster.inspector_relicensed.v1"
	typeInspectorReassignedV1 = "mingjian.roster.inspector_reassigned.v1"
	typeInspectorSuspendedV1  = "mingjian.roster.inspector_suspended.v1"
	typeInspectorReinstatedV1 = "mingjian.roster.inspector_reinstated.v1"
	typeConflictDeclaredV1    = "mingjian.roster.conflict_declared.v1"
	typeConflictEndedV1       = "mingjian.roster.conflict_ended.v1"
)

// Ground is why an inspector may not inspect a subject (回避事由). It is a code and not a text, so that nobody writes down
// private matters of third persons.
type Ground string

// The grounds.
const (
	Interest       Ground = "interest"   // 直接利害关系
	Kinship        Ground = "kinship"    // 近亲属关系
	Employment     Ground = "employment" // 任职或曾任职
	OtherRelations Ground = "other"      // 其他可能影响公正执法的关系
)

// Grounds lists all grounds.
func Grounds() []Ground { return []Ground{Interest, Kinship, Employment, OtherRelations} }

// InspectorEnrolled puts an inspector on the roster of his or her authority.
type InspectorEnrolled struct {
	ID                domain.InspectorID `json:"id"`
	Name              string             `json:"name"`
	Authority         domain.AuthorityID `json:"authority"`
	Department        string             `json:"department"`
	LicenceNo         string             `json:"licence_no"` // 执法证件号
	LicenceValidUntil calendar.Date      `json:"licence_valid_until"`
	Lines             []string           `json:"lines"`           // business lines (业务条线), sorted
	Districts         []string           `json:"districts"`       // six digits each (GB/T 2260), sorted; one covers its parts
	Group             string             `json:"group,omitempty"` // 执法小组
	Expert            bool               `json:"expert,omitempty"`
}

// InspectorRelicensed gives a new or prolonged enforcement licence.
type InspectorRelicensed struct {
	LicenceNo  string        `json:"licence_no"`
	ValidUntil calendar.Date `json:"valid_until"`
}

// InspectorReassigned states department, lines, districts and group as they are from now on.
type InspectorReassigned struct {
	Department string   `json:"department"`
	Lines      []string `json:"lines"`
	Districts  []string `json:"districts"`
	Group      string   `json:"group,omitempty"`
	Expert     bool     `json:"expert,omitempty"`
}

// InspectorSuspended takes an inspector out of draws.
type InspectorSuspended struct {
	Reason string `json:"reason"`
}

// InspectorReinstated ends a suspension.
type InspectorReinstated struct {
	Reason string `json:"reason"`
}

// ConflictDeclared says that the inspector may not inspect the subject.
type ConflictDeclared struct {
	Subject        domain.SubjectID `json:"subject"`
	Ground         Ground           `json:"ground"`
	EvidenceDigest string           `json:"evidence_digest,omitempty"` // hex SHA-256 of a paper kept elsewhere
}

// ConflictEnded says that the inspector may inspect the subject again.
type ConflictEnded struct {
	Subject domain.SubjectID `json:"subject"`
	Reason  string           `json:"reason"`
}

func (InspectorEnrolled) inspectorEvent()   {}
func (InspectorRelicensed) inspectorEvent() {}
func (InspectorReassigned) inspectorEvent() {}
func (InspectorSuspended) inspectorEvent()  {}
func (InspectorReinstated) inspectorEvent() {}
func (ConflictDeclared) inspectorEvent()    {}
func (ConflictEnded) inspectorEvent()       {}

// EventType is the stored name.
func (InspectorEnrolled) EventType() string { return typeInspectorEnrolledV1 }

// EventType is the stored name.
func (InspectorRelicensed) EventType() string { return typeInspectorRelicensedV1 }

// EventType is the stored name.
func (InspectorReassigned) EventType() string { return typeInspectorReassignedV1 }

// EventType is the stored name.
func (InspectorSuspended) EventType() string { return typeInspectorSuspendedV1 }

// EventType is the stored name.
func (InspectorReinstated) EventType() string { return typeInspectorReinstatedV1 }

// EventType is the stored name.
func (ConflictDeclared) EventType() string { return typeConflictDeclaredV1 }

// EventType is the stored name.
func (ConflictEnded) EventType() string { return typeConflictEndedV1 }
