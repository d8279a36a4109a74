package roster

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Subject is the state of a subject; without ID it is not on the roster.
type Subject struct {
	ID                    domain.SubjectID
	Name                  string
	Code                  string
	CodeFindings          []uscc.Finding
	Kind                  Kind
	District              string
	Status                Status
	Authority             domain.AuthorityID
	RegisteredOn          calendar.Date
	Address               string
	Scope                 string
	Industry              string
	RegistrationAuthority string
	Class                 string // empty: unclassified
	ClassSource           string
	ClassMonth            string
	Succeeded             SubjectSucceeded // zero: the subject stands for itself
	Profiles              []SubjectProfiled
	Representative        string // empty: not known
}

func evolveSubject(s Subject, event SubjectEvent) Subject {
	switch e := event.(type) {
	case SubjectRegistered:
		s = Subject{
			ID: e.ID, Name: e.Name, Code: e.Code, CodeFindings: e.CodeFindings, Kind: e.Kind, District: e.District,
			Status: e.Status, Authority: e.Authority, RegisteredOn: e.RegisteredOn, Address: e.Address, Scope: e.Scope,
			Industry: e.Industry, RegistrationAuthority: e.RegistrationAuthority,
		}
	case SubjectRedescribed:
		s.Code, s.CodeFindings, s.Kind, s.RegisteredOn = e.Code, e.CodeFindings, e.Kind, e.RegisteredOn
		s.Scope, s.Industry, s.RegistrationAuthority = e.Scope, e.Industry, e.RegistrationAuthority
	case SubjectRenamed:
		s.Name = e.Name
	case SubjectMoved:
		s.District, s.Address = e.District, e.Address
	case SubjectStatusRecorded:
		s.Status = e.Status
	case SubjectReclassified:
		s.Class, s.ClassSource, s.ClassMonth = e.Class, e.Source, e.Month
	case SubjectSucceeded:
		s.Succeeded = e
	case SubjectSuccessionRevoked:
		s.Succeeded = SubjectSucceeded{}
	case SubjectProfiled:
		s.Profiles = profiled(s.Profiles, e)
	case SubjectRepresented:
		s.Representative = e.Name
	}
	return s
}

// Inspector is the state of an inspector; without ID he or she is not on the roster.
type Inspector struct {
	ID                domain.InspectorID
	Name              string
	Authority         domain.AuthorityID
	Department        string
	LicenceNo         string
	LicenceValidUntil calendar.Date
	Lines             []string
	Districts         []string
	Group             string
	Expert            bool
	Suspended         bool
	Conflicts         []ConflictDeclared // that stand, in the order in which they were declared
}

// Conflict finds the conflict with a subject.
func (i Inspector) Conflict(with domain.SubjectID) (ConflictDeclared, bool) {
	for _, c := range i.Conflicts {
		if c.Subject == with {
			return c, true
		}
	}
	return ConflictDeclared{}, false
}

func evolveInspector(i Inspector, event InspectorEvent) Inspector {
	switch e := event.(type) {
	case InspectorEnrolled:
		i = Inspector{
			ID: e.ID, Name: e.Name, Authority: e.Authority, Department: e.Department, LicenceNo: e.LicenceNo,
			LicenceValidUntil: e.LicenceValidUntil, Lines: e.Lines, Districts: e.Districts, Group: e.Group, Expert: e.Expert,
		}
	case InspectorRelicensed:
		i.LicenceNo, i.LicenceValidUntil = e.LicenceNo, e.ValidUntil
	case InspectorReassigned:
		i.Department, i.Lines, i.Districts, i.Group, i.Expert = e.Department, e.Lines, e.Districts, e.Group, e.Expert
	case InspectorSuspended:
		i.Suspended = true
	case InspectorReinstated:
		i.Suspended = false
	case ConflictDeclared:
		i.Conflicts = append(without(i.Conflicts, e.Subject), e)
	case ConflictEnded:
		i.Conflicts = without(i.Conflicts, e.Subject)
	}
	return i
}

// without copies, so that a state never shares what a later event changes.
func without(conflicts []ConflictDeclared, subject domain.SubjectID) []ConflictDeclared {
	return slices.DeleteFunc(slices.Clone(conflicts), func(c ConflictDeclared) bool { return c.Subject == subject })
}
