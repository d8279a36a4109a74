package roster

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// SubjectEvent is what happened to a subject of inspection.
//
//sumtype:decl
type SubjectEvent interface {
	EventType() string
	subjectEvent()
}

const (
	typeSubjectRegisteredV1     = "mingjian.roster.subject_registered.v1"
	typeSubjectRedescribedV1    = "mingjian.roster.subject_redescribed.v1"
	typeSubjectRenamedV1        = "mingjian.roster.subject_renamed.v1"
	typeSubjectMovedV1          = "mingjian.roster.subject_moved.v1"
	typeSubjectStatusRecordedV1 = "mingjian.roster.subject_status_recorded.v1"
	typeSubjectReclassifiedV1   = "mingjian.roster.subject_reclassified.v1"

	typeSubjectSucceededV1         = "mingjian.roster.subject_succeeded.v1"
	typeSubjectSuccessionRevokedV1 = "mingjian.roster.subject_succession_revoked.v1"
	typeSubjectProfiledV1          = "mingjian.roster.subject_profiled.v1"
	typeSubjectRepresentedV1       = "mingjian.roster.subject_represented.v1"
)

// Kind is the kind of a subject (市场主体类型).
type Kind string

// The kinds.
const (
	Enterprise         Kind = "enterprise"          // 企业
	IndividualBusiness Kind = "individual_business" // 个体工商户
	Cooperative        Kind = "cooperative"         // 农民专业合作社
	Institution        Kind = "institution"         // 机关、事业单位、社会组织
	Other              Kind = "other"               // 其他
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Enterprise, IndividualBusiness, Cooperative, Institution, Other}
}

// Status is the business status of a subject (登记状态).
type Status string

// The statuses.
const (
	Active       Status = "active"       // 存续（在营、开业）
	Suspended    Status = "suspended"    // 歇业
	Deregistered Status = "deregistered" // 注销
	Revoked      Status = "revoked"      // 吊销
	MovedOut     Status = "moved_out"    // 迁出
)

// Statuses lists all statuses.
func Statuses() []Status { return []Status{Active, Suspended, Deregistered, Revoked, MovedOut} }

// Unclassified stands for "no class" in a task's strata and scope; it is never a class itself.
const Unclassified = "none"

// Source is the row of the file that a record came from.
type Source struct {
	FileDigest string `json:"file_digest"` // hex SHA-256 of the file
	Line       int    `json:"line"`        // from 1
}

// SubjectRegistered puts a subject on the roster of the authority that keeps it.
type SubjectRegistered struct {
	ID                    domain.SubjectID   `json:"id"`
	Name                  string             `json:"name"`
	Code                  string             `json:"code,omitempty"`          // 统一社会信用代码 in normal form, also one that fails GB 32100
	CodeFindings          []uscc.Finding     `json:"code_findings,omitempty"` // why it fails, or what is odd about it
	Kind                  Kind               `json:"kind"`
	District              string             `json:"district,omitempty"` // six digits (GB/T 2260); without one the subject is in no pool
	Status                Status             `json:"status"`
	Authority             domain.AuthorityID `json:"authority"`
	RegisteredOn          calendar.Date      `json:"registered_on,omitzero"` // 成立日期
	Address               string             `json:"address,omitempty"`      // 住所（经营场所）
	Scope                 string             `json:"scope,omitempty"`        // 经营范围
	Industry              string             `json:"industry,omitempty"`     // 所属行业 (GB/T 4754 code or text)
	RegistrationAuthority string             `json:"registration_authority,omitempty"`
	Source                Source             `json:"source,omitzero"`
}

// SubjectRedescribed states anew what has no event of its own: all fields stand as they are from now on.
type SubjectRedescribed struct {
	Code                  string         `json:"code,omitempty"`
	CodeFindings          []uscc.Finding `json:"code_findings,omitempty"`
	Kind                  Kind           `json:"kind"`
	RegisteredOn          calendar.Date  `json:"registered_on,omitzero"`
	Scope                 string         `json:"scope,omitempty"`
	Industry              string         `json:"industry,omitempty"`
	RegistrationAuthority string         `json:"registration_authority,omitempty"`
	Source                Source         `json:"source,omitzero"`
}

// SubjectRenamed says that the subject has another name from a day on.
type SubjectRenamed struct {
	Name        string        `json:"name"`
	EffectiveOn calendar.Date `json:"effective_on"`
}

// SubjectMoved says where the subject is now; the address is left out if it is not known.
type SubjectMoved struct {
	District string `json:"district,omitempty"`
	Address  string `json:"address,omitempty"`
}

// SubjectStatusRecorded gives the business status from a day on.
type SubjectStatusRecorded struct {
	Status      Status        `json:"status"`
	Reason      string        `json:"reason,omitempty"`
	EffectiveOn calendar.Date `json:"effective_on"`
}

// SubjectReclassified gives the class that a source found for a month.
type SubjectReclassified struct {
	Class  string `json:"class"`
	Source string `json:"source,omitempty"` // who classified
	Month  string `json:"month,omitempty"`  // YYYY-MM
}

// SubjectSucceeded says that the subject goes on as another one (合并、转型、换码): it is drawn no more, and its records stay
// under its own id, which leads to the successor.
type SubjectSucceeded struct {
	Successor   domain.SubjectID `json:"successor"`
	Manner      Succession       `json:"manner"`
	Reason      string           `json:"reason"` // the paper that says so
	EffectiveOn calendar.Date    `json:"effective_on"`
}

// SubjectSuccessionRevoked says that the subject stands for itself again: the succession was recorded by mistake.
type SubjectSuccessionRevoked struct {
	Successor domain.SubjectID `json:"successor"`
	Reason    string           `json:"reason"`
}

// SubjectProfiled states the attributes of a subject in one business line as they are from now on; all fields but line, source
// and month empty take them away.
type SubjectProfiled struct {
	Line     string   `json:"line"`
	Class    string   `json:"class,omitempty"`    // within the line, e.g. 食品生产经营风险等级
	KeyUnit  bool     `json:"key_unit,omitempty"` // 重点单位
	Licences []string `json:"licences,omitempty"` // numbers of those held, sorted
	Source   string   `json:"source,omitempty"`   // who says so
	Month    string   `json:"month,omitempty"`    // YYYY-MM
}

// SubjectRepresented names who represents the subject from a day on, as it is registered: 法定代表人, 经营者 or 负责人.
type SubjectRepresented struct {
	Name        string        `json:"name"`
	EffectiveOn calendar.Date `json:"effective_on"`
}

func (SubjectRegistered) subjectEvent()     {}
func (SubjectRedescribed) subjectEvent()    {}
func (SubjectRenamed) subjectEvent()        {}
func (SubjectMoved) subjectEvent()          {}
func (SubjectStatusRecorded) subjectEvent() {}
func (SubjectReclassified) subjectEvent()   {}

func (SubjectSucceeded) subjectEvent()         {}
func (SubjectSuccessionRevoked) subjectEvent() {}
func (SubjectProfiled) subjectEvent()          {}
func (SubjectRepresented) subjectEvent()       {}

// EventType is the stored name.
func (SubjectRegistered) EventType() string { return typeSubjectRegisteredV1 }

// EventType is the stored name.
func (SubjectRedescribed) EventType() string { return typeSubjectRedescribedV1 }

// EventType is the stored name.
func (SubjectRenamed) EventType() string { return typeSubjectRenamedV1 }

// EventType is the stored name.
func (SubjectMoved) EventType() string { return typeSubjectMovedV1 }

// EventType is the stored name.
func (SubjectStatusRecorded) EventType() string { return typeSubjectStatusRecordedV1 }

// EventType is the stored name.
func (SubjectReclassified) EventType() string { return typeSubjectReclassifiedV1 }

// EventType is the stored name.
func (SubjectSucceeded) EventType() string { return typeSubjectSucceededV1 }

// EventType is the stored name.
func (SubjectSuccessionRevoked) EventType() string { return typeSubjectSuccessionRevokedV1 }

// EventType is the stored name.
func (SubjectProfiled) EventType() string { return typeSubjectProfiledV1 }

// EventType is the stored name.
func (SubjectRepresented) EventType() string { return typeSubjectRepresentedV1 }
