package plan

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of a plan.
//
//sumtype:decl
type Command interface{ command() }

// DraftPlan lays a plan down. VersionPublished is a looked-up fact: the version of the catalogue is published and was not
// withdrawn.
type DraftPlan struct {
	By               domain.Actor
	Plan             string
	Year             int
	Title            string
	Catalogue        string
	Version          int
	VersionPublished bool
	Joint            bool
}

// ApprovePlan agrees to a drafted plan. Expected is the digest of the content that the actor agrees to; empty for whatever the
// draft holds.
type ApprovePlan struct {
	By       domain.Actor
	Expected string
}

// PublishPlan makes an approved plan public. Today is the civil date now.
type PublishPlan struct {
	By               domain.Actor
	Today            calendar.Date
	DocumentNo       string
	AttachmentDigest string
	PublishedOn      calendar.Date
}

// AmendPlan changes the title, if one is given, or records another change with its reason.
type AmendPlan struct {
	By     domain.Actor
	Title  string
	Reason string
}

// CancelPlan ends a plan without open tasks.
type CancelPlan struct {
	By     domain.Actor
	Reason string
}

// CitedItem is what the plan's pinned version says of an item: a looked-up fact.
type CitedItem struct {
	No          string
	Line        string
	RatioPPMMax int64 // 0 for none
}

// OpenTask opens a task. Published are the items of the pinned version, none if it is not published or was withdrawn. A
// department without an authority is one of the plan's, a single one leads; without statuses the scope is active subjects.
type OpenTask struct {
	By        domain.Actor
	Task      Task
	Published []CitedItem
}

// CancelTask ends a task. Draw is a looked-up fact: the id of the task's draw that stands, empty if there is none or it was
// aborted.
type CancelTask struct {
	By     domain.Actor
	Task   string
	Reason string
	Draw   string
}

func (DraftPlan) command()   {}
func (ApprovePlan) command() {}
func (PublishPlan) command() {}
func (AmendPlan) command()   {}
func (CancelPlan) command()  {}
func (OpenTask) command()    {}
func (CancelTask) command()  {}
