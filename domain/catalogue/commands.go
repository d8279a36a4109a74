package catalogue

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// Command asks for a change of a catalogue.
//
//sumtype:decl
type Command interface{ command() }

// DraftVersion drafts the next version, or drafts it anew.
type DraftVersion struct {
	By        domain.Actor
	Catalogue string
	Version   int
	Title     string
	Items     []Item
}

// PublishVersion makes the draft public. Today is the civil date now. Expected is the digest of the content that the actor
// agrees to; empty for whatever the draft holds.
type PublishVersion struct {
	By          domain.Actor
	Today       calendar.Date
	Version     int
	DocumentNo  string
	PublishedOn calendar.Date
	Expected    string
}

// WithdrawVersion ends a published version. Today is the civil date now.
type WithdrawVersion struct {
	By          domain.Actor
	Today       calendar.Date
	Version     int
	Reason      string
	WithdrawnOn calendar.Date
}

func (DraftVersion) command()    {}
func (PublishVersion) command()  {}
func (WithdrawVersion) command() {}
