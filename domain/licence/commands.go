package licence

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of a licence. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Grant records a licence that was given. Its id is filled in; give the stream's by ID.
type Grant struct {
	By    domain.Actor
	Today calendar.Date
	Grant Granted
}

// Amend records changed particulars.
type Amend struct {
	By        domain.Actor
	Today     calendar.Date
	Amendment Amended
}

// Renew records a further term.
type Renew struct {
	By      domain.Actor
	Today   calendar.Date
	Renewal Renewed
}

// Suspend records a suspension.
type Suspend struct {
	By         domain.Actor
	Today      calendar.Date
	Suspension Suspended
}

// Resume records the end of a suspension.
type Resume struct {
	By         domain.Actor
	Today      calendar.Date
	Resumption Resumed
}

// Revoke records that the licence was taken away.
type Revoke struct {
	By         domain.Actor
	Today      calendar.Date
	Revocation Revoked
}

// Cancel records that the licence was struck off.
type Cancel struct {
	By           domain.Actor
	Today        calendar.Date
	Cancellation Cancelled
}

// Expire records that the last term is over.
type Expire struct {
	By    domain.Actor
	Today calendar.Date
	On    calendar.Date
}

// Reissue records that a certificate was made anew.
type Reissue struct {
	By      domain.Actor
	Today   calendar.Date
	Reissue Reissued
}

// TakeOverTerm records a row of an older register. Its id is filled in; give the stream's by TakenOverID.
type TakeOverTerm struct {
	By    domain.Actor
	Today calendar.Date
	Term  TermTakenOver
}

func (Grant) command()        {}
func (Amend) command()        {}
func (Renew) command()        {}
func (Suspend) command()      {}
func (Resume) command()       {}
func (Revoke) command()       {}
func (Cancel) command()       {}
func (Expire) command()       {}
func (Reissue) command()      {}
func (TakeOverTerm) command() {}
