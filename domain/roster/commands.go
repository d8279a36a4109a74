package roster

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// SubjectCommand asks for a change of a subject.
//
//sumtype:decl
type SubjectCommand interface{ subjectCommand() }

// RecordSubject states what is known of a subject: the first time it is registered under the actor's authority, later the
// differences are recorded. A blank field says nothing. At the first time the name is needed; the status is active and the
// kind follows from the code if they are blank.
type RecordSubject struct {
	By                    domain.Actor
	Today                 calendar.Date // the civil date now; names and statuses that differ hold from it
	ID                    domain.SubjectID
	Name                  string
	Code                  string // as written; it is normalised here
	Kind                  Kind
	District              string
	Status                Status
	RegisteredOn          calendar.Date
	Address               string
	Scope                 string
	Industry              string
	RegistrationAuthority string
	Representative        string // 法定代表人, 经营者 or 负责人
	Class                 string
	ClassSource           string
	ClassMonth            string
	Source                Source
}

// RenameSubject gives another name.
type RenameSubject struct {
	By          domain.Actor
	Name        string
	EffectiveOn calendar.Date
}

// MoveSubject gives another place.
type MoveSubject struct {
	By       domain.Actor
	District string
	Address  string
}

// RecordSubjectStatus gives another business status.
type RecordSubjectStatus struct {
	By          domain.Actor
	Status      Status
	Reason      string
	EffectiveOn calendar.Date
}

// ReclassifySubject gives the class for a month.
type ReclassifySubject struct {
	By     domain.Actor
	Class  string
	Source string
	Month  string // YYYY-MM
}

func (RecordSubject) subjectCommand()       {}
func (RenameSubject) subjectCommand()       {}
func (MoveSubject) subjectCommand()         {}
func (RecordSubjectStatus) subjectCommand() {}
func (ReclassifySubject) subjectCommand()   {}

// InspectorCommand asks for a change of an inspector.
//
//sumtype:decl
type InspectorCommand interface{ inspectorCommand() }

// Enrol states what is known of an inspector: the first time he or she is enrolled at the actor's authority, later the
// differences are recorded; only the name must stay, since an id is one person for ever.
type Enrol struct {
	By                domain.Actor
	ID                domain.InspectorID
	Name              string
	Department        string
	LicenceNo         string
	LicenceValidUntil calendar.Date
	Lines             []string
	Districts         []string
	Group             string
	Expert            bool
}

// Relicense gives a new or prolonged licence.
type Relicense struct {
	By         domain.Actor
	LicenceNo  string
	ValidUntil calendar.Date
}

// Reassign gives other duties.
type Reassign struct {
	By         domain.Actor
	Department string
	Lines      []string
	Districts  []string
	Group      string
	Expert     bool
}

// Suspend takes the inspector out of draws.
type Suspend struct {
	By     domain.Actor
	Reason string
}

// Reinstate ends a suspension.
type Reinstate struct {
	By     domain.Actor
	Reason string
}

// DeclareConflict declares a conflict of interest; inspectors declare their own.
type DeclareConflict struct {
	By             domain.Actor
	Subject        domain.SubjectID
	Ground         Ground
	EvidenceDigest string
}

// EndConflict ends a declared conflict; inspectors don't end their own.
type EndConflict struct {
	By      domain.Actor
	Subject domain.SubjectID
	Reason  string
}

func (Enrol) inspectorCommand()           {}
func (Relicense) inspectorCommand()       {}
func (Reassign) inspectorCommand()        {}
func (Suspend) inspectorCommand()         {}
func (Reinstate) inspectorCommand()       {}
func (DeclareConflict) inspectorCommand() {}
func (EndConflict) inspectorCommand()     {}
