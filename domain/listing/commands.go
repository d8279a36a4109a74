package listing

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a step. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Find records a finding; give the stream's id by ID. Subject is a looked-up fact, as the roster has it. PenaltyKnown is one
// too: the authority has the penalty, and it stands.
type Find struct {
	By           domain.Actor
	Today        calendar.Date
	List         List
	Subject      Subject
	Ground       Ground
	Facts        string
	Evidence     []string
	Inspection   string
	Penalty      string
	PenaltyKnown bool
	On           calendar.Date
}

// Propose is a policy's finding: the inspection found it. A finding of the same inspection and ground needs no other.
type Propose struct {
	By         domain.Actor
	Subject    Subject
	Ground     Ground
	Facts      string
	Inspection string
	On         calendar.Date
}

// Retract takes back what was proposed of an inspection, but for the grounds that it still gives.
type Retract struct {
	By         domain.Actor
	Inspection string
	But        []Ground
	Reason     string
}

// Dismiss decides against an entry.
type Dismiss struct {
	By      domain.Actor
	Today   calendar.Date
	Finding int
	Reason  string
	On      calendar.Date
}

// Notify records that the party was told.
type Notify struct {
	By         domain.Actor
	Today      calendar.Date
	Finding    int
	DocumentNo string
	On         calendar.Date
}

// Enter decides on a finding, and with it on all that wait with the same ground. Ground may name another one than was found.
// Decision.By is filled in.
type Enter struct {
	By        domain.Actor
	Today     calendar.Date
	Finding   int
	Ground    Ground
	ConsentNo string
	Decision  Decision
}

// ApplyForRemoval records the party's application.
type ApplyForRemoval struct {
	By         domain.Actor
	Today      calendar.Date
	Statement  string
	Evidence   []string
	ReceivedOn calendar.Date
}

// RefuseRemoval decides against the application that waits.
type RefuseRemoval struct {
	By       domain.Actor
	Today    calendar.Date
	Reason   string
	Decision Decision
}

// Remove decides that the open entry ends; an application that waits is decided with it.
type Remove struct {
	By       domain.Actor
	Today    calendar.Date
	Remedies []Remedy
	Decision Decision
}

// Rescind decides that an entry was an error, also one that was removed since.
type Rescind struct {
	By       domain.Actor
	Today    calendar.Date
	Entry    int
	Reason   string
	Decision Decision
}

// Transfer gives the case to another authority. Known is a looked-up fact: there is such an authority, and it acts.
type Transfer struct {
	By     domain.Actor
	Today  calendar.Date
	To     domain.AuthorityID
	Known  bool
	Reason string
	On     calendar.Date
}

func (Find) command()            {}
func (Propose) command()         {}
func (Retract) command()         {}
func (Dismiss) command()         {}
func (Notify) command()          {}
func (Enter) command()           {}
func (ApplyForRemoval) command() {}
func (RefuseRemoval) command()   {}
func (Remove) command()          {}
func (Rescind) command()         {}
func (Transfer) command()        {}
