package delivery

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a step of a delivery. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Prepare makes the row of an act, or holds it. All but By, Cause and Reason are looked-up facts. About says whether the platform's
// outlet showed the record before the act, as one that was taken over or that was public before the platform was set up; it counts
// where the act is the first.
type Prepare struct {
	By         domain.Actor
	Today      calendar.Date
	About      About  // without the delivery's id
	Act        int    // the last that touched the platform's outlet
	Wanted     bool   // the platform is to show the record after the act
	Withdrawal Action // how the platform is told that a record stands no more: Delete, or Modify with another status
	Content    Content
	Problems   []Problem // with them there is no content
	Warnings   []Problem
	Cause      Cause
	Reason     string
}

// Submit records that a row went to the platform.
type Submit struct {
	By      domain.Actor
	Today   calendar.Date
	Row     int
	Number  uint64
	Content string // digest of what was sent, which must be the row's
	Digest  string // of the canonical row with its number
	Batch   string
	Channel string
}

// SetAside holds a row that can't be written, e.g. for a character that the channel can't carry.
type SetAside struct {
	By       domain.Actor
	Today    calendar.Date
	Row      int
	Number   uint64
	Problems []Problem
}

// Receive records one line of a receipt. Digest, if it is given, must be that of the row as it was submitted.
type Receive struct {
	By      domain.Actor
	Today   calendar.Date
	Row     int
	Number  uint64
	Digest  string
	Verdict Verdict
	Code    string
	Text    string
	Receipt string // hex SHA-256 of the file
}

// ChooseName names the party as the platform's base record of a day does. Known is a looked-up fact: a register has the party
// under that name, now or formerly.
type ChooseName struct {
	By     domain.Actor
	Today  calendar.Date
	Name   string
	Known  bool
	AsOf   calendar.Date
	Reason string
}

// RecordRepresentative adds the 法定代表人 or 经营者 that the record does not say.
type RecordRepresentative struct {
	By     domain.Actor
	Today  calendar.Date
	Name   string
	Reason string
}

// Resend has the last row sent again, as another row. As says what the platform is to do with it, where it knows the record
// otherwise than its answers tell; blank: what follows from them.
type Resend struct {
	By     domain.Actor
	Today  calendar.Date
	As     Action
	Reason string
}

// GiveUp ends a delivery that can't succeed.
type GiveUp struct {
	By     domain.Actor
	Today  calendar.Date
	Reason string
}

// Lapse gives up what was not answered in time.
type Lapse struct {
	By    domain.Actor
	Today calendar.Date
}

func (Prepare) command()    {}
func (Submit) command()     {}
func (SetAside) command()   {}
func (Receive) command()    {}
func (ChooseName) command() {}
func (Resend) command()     {}

func (RecordRepresentative) command() {}
func (GiveUp) command()               {}
func (Lapse) command()                {}
