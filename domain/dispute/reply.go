package dispute

import (
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// ReplyCategory is the category of the streams of replies; their id is the disclosure's.
const ReplyCategory = "reply"

// ReplyCodec is the table of the stored event types of replies.
func ReplyCodec() codec.Table[ReplyEvent] { return replyTable }

var replyTable = codec.New(codec.Type[ReplyReceived, ReplyEvent](), codec.Type[ReplyTakenBack, ReplyEvent]())

// Replies are the replies to a disclosure.
var Replies = es.Decider[Thread, ReplyCommand, ReplyEvent]{
	Category: ReplyCategory, Initial: Thread{}, Evolve: evolveReply, Decide: decideReply, Decode: replyTable.Decode,
}

// Thread is all that parties replied to a disclosure; without one it has no authority.
type Thread struct {
	Authority domain.AuthorityID
	Replies   []Reply // by number
}

// Reply is a reply and what became of it.
type Reply struct {
	Received   ReplyReceived
	ReplacedBy int
	TakenBack  *ReplyTakenBack
}

// Stands tells whether the reply is to be shown.
func (r Reply) Stands() bool { return r.ReplacedBy == 0 && r.TakenBack == nil }

// Standing are the replies that are to be shown, by number.
func (t Thread) Standing() []Reply {
	return slices.DeleteFunc(slices.Clone(t.Replies), func(r Reply) bool { return !r.Stands() })
}

func evolveReply(t Thread, e ReplyEvent) Thread {
	t.Replies = slices.Clone(t.Replies)
	switch e := e.(type) {
	case ReplyReceived:
		t.Authority = e.Record.Authority
		if e.Replaces > 0 && e.Replaces <= len(t.Replies) {
			t.Replies[e.Replaces-1].ReplacedBy = e.Reply
		}
		t.Replies = append(t.Replies, Reply{Received: e})
	case ReplyTakenBack:
		if e.Reply > 0 && e.Reply <= len(t.Replies) {
			t.Replies[e.Reply-1].TakenBack = &e
		}
	}
	return t
}

// ReplyCommand asks for a step of a reply. By is who acts; Today is the civil date now.
//
//sumtype:decl
type ReplyCommand interface{ replyCommand() }

// ReceiveReply records a party's reply. Public and Parties are looked-up facts: what is public, nothing if its release is 0, and whom
// it names. Unfit is one too: why the document with the reply is none for the public, nil if it is.
type ReceiveReply struct {
	By       domain.Actor
	Today    calendar.Date
	Public   Record
	Parties  []Replier
	Unfit    *domain.Fault
	Party    Replier
	Text     string
	Channel  Channel
	On       calendar.Date
	Evidence []string
}

// TakeReplyBack ends a reply.
type TakeReplyBack struct {
	By      domain.Actor
	Today   calendar.Date
	Reply   int
	ByParty bool
	Reason  string
	On      calendar.Date
}

func (ReceiveReply) replyCommand()  {}
func (TakeReplyBack) replyCommand() {}

func decideReply(t Thread, cmd ReplyCommand) ([]ReplyEvent, error) {
	switch cmd := cmd.(type) {
	case ReceiveReply:
		return receive(t, cmd)
	case TakeReplyBack:
		return takeBack(t, cmd)
	}
	return nil, domain.Refuse(domain.Invalid, "dispute.command.unknown", "", "未知命令", "unknown command")
}

func receive(t Thread, cmd ReceiveReply) ([]ReplyEvent, error) {
	if err := public(cmd.Public, cmd.By); err != nil {
		return nil, err
	}
	party, named := named(cmd.Parties, cmd.Party)
	now := ReplyReceived{
		Record: cmd.Public, Reply: len(t.Replies) + 1, Party: party, Text: cmd.Text, Channel: cmd.Channel, On: cmd.On, Evidence: cmd.Evidence, By: cmd.By.Account,
	}
	for _, r := range t.Standing() {
		if r.Received.Party != party {
			continue
		}
		if was := r.Received; was.Text == now.Text && was.On == now.On && was.Channel == now.Channel && slices.Equal(was.Evidence, now.Evidence) {
			return nil, nil
		}
		now.Replaces = r.Received.Reply
	}
	faults := []*domain.Fault{
		named, unknown("channel", cmd.Channel.Label()), domain.Blank("dispute", "text", cmd.Text), prose("text", cmd.Text, maxReply),
		day("on", cmd.On, calendar.Date{}, cmd.Today), domain.Evidence("dispute", cmd.Evidence, maxEvidence), cmd.Unfit,
	}
	if len(t.Replies) >= maxReplies {
		faults = append(faults, domain.Refuse(domain.Precondition, "dispute.replies.many", "", "陈述次数过多", "there are too many replies"))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []ReplyEvent{now}, nil
}

// public refuses records that are not public, and other authorities'.
func public(r Record, by domain.Actor) error {
	switch {
	case r.Authority != "" && !by.Holds(r.Authority):
		return foreign()
	case r.Release == 0:
		return notPublic()
	}
	return nil
}

// named finds the party among those of the document, by its id or else by its name.
func named(parties []Replier, who Replier) (Replier, *domain.Fault) {
	for _, p := range parties {
		if who.Subject != "" && p.Subject == who.Subject || who.Subject == "" && domain.NormalName(p.Name) == domain.NormalName(who.Name) {
			return p, nil
		}
	}
	return who, domain.Refuse(domain.Precondition, "dispute.party.none", "party",
		"陈述人不是该公示信息的当事人", "whoever replies is not a party of what is public")
}

func takeBack(t Thread, cmd TakeReplyBack) ([]ReplyEvent, error) {
	switch {
	case cmd.Reply < 1 || cmd.Reply > len(t.Replies):
		return nil, domain.Refuse(domain.NotFound, "dispute.reply.missing", "reply", "没有该陈述", "there is no such reply")
	case !cmd.By.Holds(t.Authority):
		return nil, foreign()
	}
	r, now := t.Replies[cmd.Reply-1], ReplyTakenBack{Reply: cmd.Reply, ByParty: cmd.ByParty, Reason: cmd.Reason, On: cmd.On, By: cmd.By.Account}
	switch b := r.TakenBack; {
	case b != nil && b.ByParty == now.ByParty && b.Reason == now.Reason && b.On == now.On:
		return nil, nil
	case !r.Stands():
		return nil, domain.Refuse(domain.Precondition, "dispute.reply.ended", "reply", "该陈述已被替换或者收回", "the reply was replaced or taken back already")
	}
	faults := []*domain.Fault{prose("reason", cmd.Reason, maxReason), day("on", cmd.On, r.Received.On, cmd.Today)}
	if !cmd.ByParty {
		faults = append(faults, domain.Blank("dispute", "reason", cmd.Reason))
	}
	if err := domain.Require(faults...); err != nil {
		return nil, err
	}
	return []ReplyEvent{now}, nil
}
