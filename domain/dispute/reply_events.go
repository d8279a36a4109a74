package dispute

import (
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
)

// ReplyEvent is what happened to the replies to a disclosure.
//
//sumtype:decl
type ReplyEvent interface {
	EventType() string
	replyEvent()
}

const (
	typeReplyReceivedV1  = "mingjian.reply.received.v1"
	typeReplyTakenBackV1 = "mingjian.reply.taken_back.v1"
)

// Replier is the party that replies, as the public document names it.
type Replier struct {
	Subject domain.SubjectID `json:"subject,omitempty"`
	Name    string           `json:"name"`
}

// Record is a public record as it was looked up.
type Record struct {
	Disclosure string             `json:"disclosure"`
	Authority  domain.AuthorityID `json:"authority"`
	Digest     string             `json:"digest"` // of the document that is public
	Release    int                `json:"release"`
}

// ReplyReceived: a party replied to what is public (陈述). It takes the place of the party's reply that stood.
type ReplyReceived struct {
	Record   Record        `json:"record"`
	Reply    int           `json:"reply"` // from 1 within the disclosure
	Party    Replier       `json:"party"`
	Text     string        `json:"text"` // as it is to be public
	Channel  Channel       `json:"channel"`
	On       calendar.Date `json:"on"`
	Evidence []string      `json:"evidence,omitempty"` // hex SHA-256 of the paper that was handed in
	Replaces int           `json:"replaces,omitempty"`
	By       string        `json:"by"`
}

// ReplyTakenBack: the reply is shown no more, since the party wants it so or since it is not fit for the public.
type ReplyTakenBack struct {
	Reply   int           `json:"reply"`
	ByParty bool          `json:"by_party,omitempty"`
	Reason  string        `json:"reason,omitempty"` // of the authority, as the public reads it
	On      calendar.Date `json:"on"`
	By      string        `json:"by"`
}

func (ReplyReceived) EventType() string  { return typeReplyReceivedV1 }
func (ReplyTakenBack) EventType() string { return typeReplyTakenBackV1 }

func (ReplyReceived) replyEvent()  {}
func (ReplyTakenBack) replyEvent() {}
