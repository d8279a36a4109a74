package disclosure

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// PassLayer agrees to the document with this digest in the name of one layer of the review, which must be the next one.
type PassLayer struct {
	By      domain.Actor
	Digest  string
	Layer   string
	Opinion string
}

// Withhold decides that the document with this digest is not shown, or not the named parts of it.
type Withhold struct {
	By        domain.Actor
	Today     calendar.Date
	Digest    string
	Publicity Publicity
	Ground    string   // code of the negative list in force
	Parts     []string // fields of the document; none: the whole
	Reason    string
}

// ReviewWithholding looks at a withholding again and keeps it or not. Document and Layers are looked up, as in Lift.
type ReviewWithholding struct {
	By          domain.Actor
	Today       calendar.Date
	Withholding int
	Kept        bool
	Reason      string
	Document    *Document
	Layers      []Layer
}

// Lift ends a withholding. Document is looked up: what the record gives today, whole; nil if it is not for the public any
// more. Layers as in Submit.
type Lift struct {
	By          domain.Actor
	Today       calendar.Date
	Withholding int
	Reason      string
	Document    *Document
	Layers      []Layer
}

// ApplyRepair receives an application for credit repair. Outlets may be empty: all where the document stands. Due is looked
// up: the last day of the decision, by which rule of which tables and by which calendar.
type ApplyRepair struct {
	By         domain.Actor
	Today      calendar.Date
	Repair     string // id that the application is given
	Applicant  Applicant
	Outlets    []rule.Outlet
	Materials  []Material
	Commitment Material
	Statement  string
	On         calendar.Date // day on which it was received
	Due        Due
}

// Due is the last day of an act, and what it was counted by.
type Due struct {
	On          calendar.Date
	Rule        string
	Version     string // of the tables
	Calendar    string // version of the calendar
	Provisional bool
}

// CheckRepair asks the conditions. Facts are those that other records tell (Performed, Again, Listed); what was done against
// the harm is attested by the checker, who names what he rests on.
type CheckRepair struct {
	By       domain.Actor
	Today    calendar.Date
	Repair   string
	Facts    []Condition
	Attested string
}

// DecideRepair grants or refuses it. Facts as in CheckRepair, looked up anew: a penalty that came in between stops it.
type DecideRepair struct {
	By      domain.Actor
	Today   calendar.Date
	Repair  string
	Granted bool
	Reason  string
	Facts   []Condition
}

func (Submit) command()            {}
func (Recall) command()            {}
func (Return) command()            {}
func (Review) command()            {}
func (PassLayer) command()         {}
func (Approve) command()           {}
func (Publish) command()           {}
func (Withdraw) command()          {}
func (Adopt) command()             {}
func (Mask) command()              {}
func (Unmask) command()            {}
func (Expire) command()            {}
func (Withhold) command()          {}
func (ReviewWithholding) command() {}
func (Lift) command()              {}
func (ApplyRepair) command()       {}
func (CheckRepair) command()       {}
func (DecideRepair) command()      {}
