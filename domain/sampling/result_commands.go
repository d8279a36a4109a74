package sampling

import (
	"encoding/json"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// ResultCommand asks for a change of a result. By is who acts; Today is the civil date now.
//
//sumtype:decl
type ResultCommand interface{ resultCommand() }

// Record enters a laboratory's report. Campaign is looked up; the stream's id is given by ResultID.
type Record struct {
	By       domain.Actor
	Today    calendar.Date
	Campaign Campaign
	Sample   Sample
}

// Correct enters a report anew. Campaign is looked up.
type Correct struct {
	By       domain.Actor
	Today    calendar.Date
	Campaign Campaign
	Sample   Sample
	Reason   string
}

// Annul makes a result count for nothing.
type Annul struct {
	By     domain.Actor
	Today  calendar.Date
	Reason string
}

// Show makes a document of a published list what the public sees. It follows from the publication of the results; nobody
// sends it.
type Show struct {
	By          domain.Actor
	Version     int
	DocumentNo  string
	PublishedOn calendar.Date
	Document    json.RawMessage
}

// Notify records that a party received the conclusion.
type Notify struct {
	By     domain.Actor
	Today  calendar.Date
	Role   Role
	On     calendar.Date
	Reason string // of a corrected day
}

// Lodge records an objection.
type Lodge struct {
	By       domain.Actor
	Today    calendar.Date
	Role     Role
	Matter   Matter
	Ground   string
	LodgedOn calendar.Date
}

// Withdraw records that a party took its objection back.
type Withdraw struct {
	By     domain.Actor
	Today  calendar.Date
	Number int
	On     calendar.Date
	Reason string
}

// Refuse records that an objection was not taken up, or not found to be right.
type Refuse struct {
	By     domain.Actor
	Today  calendar.Date
	Number int
	On     calendar.Date
	Reason string
}

// OrderRetest has another laboratory test again.
type OrderRetest struct {
	By         domain.Actor
	Today      calendar.Date
	Number     int // of the objection
	Laboratory Tester
	On         calendar.Date
}

// RecordRetest enters what the other laboratory found.
type RecordRetest struct {
	By             domain.Actor
	Today          calendar.Date
	Number         int // of the objection
	BatchesFailing int
	Failures       []Failure
	ReportNo       string
	ReportedOn     calendar.Date
}

// TakeStep records what was done about a failing product. PenaltyKnown is looked up: the authority has such a penalty.
type TakeStep struct {
	By           domain.Actor
	Today        calendar.Date
	Step         Step
	PenaltyKnown bool
}

// CloseHandling ends the handling.
type CloseHandling struct {
	By      domain.Actor
	Today   calendar.Date
	Outcome Outcome
	On      calendar.Date
	Note    string
}

func (Record) resultCommand()        {}
func (Correct) resultCommand()       {}
func (Annul) resultCommand()         {}
func (Show) resultCommand()          {}
func (Notify) resultCommand()        {}
func (Lodge) resultCommand()         {}
func (Withdraw) resultCommand()      {}
func (Refuse) resultCommand()        {}
func (OrderRetest) resultCommand()   {}
func (RecordRetest) resultCommand()  {}
func (TakeStep) resultCommand()      {}
func (CloseHandling) resultCommand() {}
