package sampling

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of a campaign. By is who acts; Today is the civil date now.
//
//sumtype:decl
type Command interface{ command() }

// Open begins a campaign under an id of the caller's choice.
type Open struct {
	By            domain.Actor
	Sampling      string
	AuthorityName string
	Kind          Kind
	Year          int
	Title         string
}

// DraftPlan lays the next version of the work plan down, in the place of its draft.
type DraftPlan struct {
	By     domain.Actor
	Plan   Plan
	Reason string // from version 2 on
}

// DraftScheme lays the next version of the scheme down.
type DraftScheme struct {
	By     domain.Actor
	Scheme Scheme
	Reason string // from version 2 on
}

// DraftLaboratories lays the next version of the selection down.
type DraftLaboratories struct {
	By        domain.Actor
	Selection Selection
	Reason    string // from version 2 on
}

// Publish makes a draft public. Version is the one that the approver has read.
type Publish struct {
	By          domain.Actor
	Today       calendar.Date
	Act         Act
	Version     int
	DocumentNo  string
	PublishedOn calendar.Date
}

// PublishResults makes the results of a list public. What the list holds is looked up: Recorders are the accounts that
// entered or changed what stands in it, Read is the digest of the list that the approver has read.
type PublishResults struct {
	By          domain.Actor
	Today       calendar.Date
	Reason      string // from version 2 on
	DocumentNo  string
	PublishedOn calendar.Date
	Read        string
	List        List
	Totals      Totals
	Recorders   []string
}

// Cancel ends a campaign.
type Cancel struct {
	By     domain.Actor
	Reason string
}

func (Open) command()              {}
func (DraftPlan) command()         {}
func (DraftScheme) command()       {}
func (DraftLaboratories) command() {}
func (Publish) command()           {}
func (PublishResults) command()    {}
func (Cancel) command()            {}
