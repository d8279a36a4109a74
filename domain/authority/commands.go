package authority

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of an authority.
//
//sumtype:decl
type Command interface{ command() }

// Register makes an authority known. The code may be blank; one that is given satisfies GB 32100.
type Register struct {
	By          domain.Actor
	ID          domain.AuthorityID
	Name        string
	Code        string
	District    string
	Level       Level
	Departments []string
}

// Rename gives another name.
type Rename struct {
	By          domain.Actor
	Name        string
	Reason      string
	EffectiveOn calendar.Date
}

// OpenDepartment adds a department, also one that was closed.
type OpenDepartment struct {
	By   domain.Actor
	Name string
}

// CloseDepartment takes a department away.
type CloseDepartment struct {
	By     domain.Actor
	Name   string
	Reason string
}

// Succeed hands the tasks to another authority. SuccessorStands is a looked-up fact: the successor is registered and was
// not succeeded itself.
type Succeed struct {
	By              domain.Actor
	Successor       domain.AuthorityID
	SuccessorStands bool
	Reason          string
	DocumentNo      string
	EffectiveOn     calendar.Date
}

func (Register) command()        {}
func (Rename) command()          {}
func (OpenDepartment) command()  {}
func (CloseDepartment) command() {}
func (Succeed) command()         {}
