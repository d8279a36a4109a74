package penalty

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of a penalty. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Decide records a decision as the record of one party, see Apart for several. The ids, the normal form of the number and the
// doubts are filled in; give the stream's id by RecordID.
type Decide struct {
	By       domain.Actor
	Today    calendar.Date
	Decision Decided
}

// TakeOver records a decision of an older system; Decision.SourceRow is needed. Doubts of the importer are kept, and those of
// the rules that the row doesn't satisfy come to them.
type TakeOver struct {
	By       domain.Actor
	Today    calendar.Date
	Decision Decided
}

// Serve records the service.
type Serve struct {
	By                domain.Actor
	Today             calendar.Date
	On                calendar.Date
	PublicationNotice bool
	PayBy             calendar.Date
}

// Notify records that the party was told after the service that the decision will be public.
type Notify struct {
	By    domain.Actor
	Today calendar.Date
	On    calendar.Date
}

// GrantInstalments lets the party pay later, or in parts.
type GrantInstalments struct {
	By    domain.Actor
	Today calendar.Date
	Grant InstalmentsGranted
}

// Challenge records that a review or a lawsuit is under way or over.
type Challenge struct {
	By        domain.Actor
	Today     calendar.Date
	Challenge Challenged
}

// Push records that the penalty was sent to the province where the party is registered.
type Push struct {
	By    domain.Actor
	Today calendar.Date
	Push  Pushed
}

// ReceivePush records the receipt that came back.
type ReceivePush struct {
	By      domain.Actor
	Today   calendar.Date
	Receipt PushReceived
}

// PublishPush records that the other province published.
type PublishPush struct {
	By          domain.Actor
	Today       calendar.Date
	Publication PushPublished
}

// RecordPerformance records a payment or another performance.
type RecordPerformance struct {
	By          domain.Actor
	Today       calendar.Date
	Performance Performed
}

// Amend changes the decision's content; what is given stands from then on, whole.
type Amend struct {
	By        domain.Actor
	Today     calendar.Date
	Amendment Amended
}

// Revoke ends the decision.
type Revoke struct {
	By         domain.Actor
	Today      calendar.Date
	Revocation Revoked
}

func (Decide) command()            {}
func (TakeOver) command()          {}
func (Serve) command()             {}
func (RecordPerformance) command() {}
func (Amend) command()             {}
func (Revoke) command()            {}
func (Notify) command()            {}
func (GrantInstalments) command()  {}
func (Challenge) command()         {}
func (Push) command()              {}
func (ReceivePush) command()       {}
func (PublishPush) command()       {}
