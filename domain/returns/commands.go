package returns

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of an authority's returns of one row.
//
//sumtype:decl
type Command interface{ command() }

// Override puts another schedule in the place of the one that holds.
type Override struct {
	By       domain.Actor
	Today    calendar.Date
	Override ScheduleOverridden // without who did it
}

// Submit records that the return of a period was delivered.
type Submit struct {
	By        domain.Actor
	Today     calendar.Date
	Calendar  calendar.Calendar
	Authority domain.AuthorityID
	Row       string
	Period    string
	File      File
}

// Amend records that another file was delivered in its place.
type Amend struct {
	By     domain.Actor
	Today  calendar.Date
	Period string
	Reason string
	File   File

	Authority domain.AuthorityID
	Row       string
}

func (Override) command() {}
func (Submit) command()   {}
func (Amend) command()    {}
