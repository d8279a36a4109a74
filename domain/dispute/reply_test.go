package dispute_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func receive(changes ...func(*dispute.ReceiveReply)) dispute.ReceiveReply {
	c := dispute.ReceiveReply{
		By: clerk, Today: today, Public: record, Parties: []dispute.Replier{firm, shop}, Party: dispute.Replier{Subject: firm.Subject},
		Text: "已于三月整改\n并退还价款", Channel: dispute.Post, On: day("2026-04-10"), Evidence: []string{sha},
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func received(number int, changes ...func(*dispute.ReplyReceived)) dispute.ReplyReceived {
	e := dispute.ReplyReceived{
		Record: record, Reply: number, Party: firm, Text: "已于三月整改\n并退还价款", Channel: dispute.Post, On: day("2026-04-10"), Evidence: []string{sha}, By: "wang",
	}
	for _, change := range changes {
		change(&e)
	}
	return e
}

func takenBack(reply int) dispute.ReplyTakenBack {
	return dispute.ReplyTakenBack{Reply: reply, ByParty: true, Reason: "已无必要", On: day("2026-04-20"), By: "wang"}
}

func replyExamples() []dispute.ReplyEvent {
	return []dispute.ReplyEvent{received(1), received(2, func(e *dispute.ReplyReceived) { e.Replaces = 1 }), takenBack(2)}
}

func TestReplyGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events/reply", dispute.ReplyCodec(), replyExamples()...)
}

func TestReplyFold(t *testing.T) { estest.Fold(t, dispute.Replies, replyExamples()...) }

func FuzzDecodeReply(f *testing.F) {
	for _, typ := range dispute.ReplyCodec().Types() {
		f.Add(typ, []byte(`{"reply":1,"replaces":1,"on":"2026-01-02"}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := dispute.ReplyCodec().Decode(typ, data)
		if err != nil {
			return
		}
		s := dispute.Replies.Evolve(dispute.Replies.Evolve(dispute.Thread{}, e), e)
		_ = s.Standing()
	})
}

func TestAPartyReplies(t *testing.T) {
	replies.When(receive()).Then(t, received(1))
	replies.Given(received(1)).When(receive()).ThenNothing(t)
	// Another reply of the same party takes the place of the one that stands; another party's stands beside it.
	again := receive(func(c *dispute.ReceiveReply) { c.Text = "补充" })
	replies.Given(received(1)).When(again).Then(t, received(2, func(e *dispute.ReplyReceived) { e.Text, e.Replaces = "补充", 1 }))
	replies.Given(received(1), takenBack(1)).When(again).Then(t, received(2, func(e *dispute.ReplyReceived) { e.Text = "补充" }))
	byName := receive(func(c *dispute.ReceiveReply) { c.Party = dispute.Replier{Name: "甲店(个体)"} })
	replies.Given(received(1)).When(byName).Then(t, received(2, func(e *dispute.ReplyReceived) { e.Party = shop }))
	unfit := domain.Refuse(domain.TooLarge, "disclosure.document.size", "", "过长", "too long")
	for name, c := range map[string]struct {
		change func(*dispute.ReceiveReply)
		code   string
	}{
		"another authority's":  {func(c *dispute.ReceiveReply) { c.By = stranger }, "dispute.authority.foreign"},
		"nothing public":       {func(c *dispute.ReceiveReply) { c.Public.Release = 0 }, "dispute.record.missing"},
		"nobody's":             {func(c *dispute.ReceiveReply) { c.Public = dispute.Record{} }, "dispute.record.missing"},
		"no party":             {func(c *dispute.ReceiveReply) { c.Party = dispute.Replier{Name: "乙店"} }, "dispute.party.none"},
		"another code":         {func(c *dispute.ReceiveReply) { c.Party.Subject = "reg:320105600000001" }, "dispute.party.none"},
		"no text":              {func(c *dispute.ReceiveReply) { c.Text = "" }, "dispute.required"},
		"a long text":          {func(c *dispute.ReceiveReply) { c.Text = strings.Repeat("字", 1001) }, "dispute.text.length"},
		"an identity number":   {func(c *dispute.ReceiveReply) { c.Text = "11010519491231002X" }, "dispute.personal_data"},
		"no channel":           {func(c *dispute.ReceiveReply) { c.Channel = "rumour" }, "dispute.channel.unknown"},
		"no day":               {func(c *dispute.ReceiveReply) { c.On = calendar.Date{} }, "dispute.required"},
		"tomorrow":             {func(c *dispute.ReceiveReply) { c.On = today.AddDays(1) }, "dispute.date.future"},
		"a bad digest":         {func(c *dispute.ReceiveReply) { c.Evidence = []string{"x"} }, "dispute.evidence.digest"},
		"much evidence":        {func(c *dispute.ReceiveReply) { c.Evidence = slices.Repeat([]string{sha}, 11) }, "dispute.evidence.number"},
		"unfit for the public": {func(c *dispute.ReceiveReply) { c.Unfit = unfit }, "disclosure.document.size"},
	} {
		t.Run(name, func(t *testing.T) { replies.When(receive(c.change)).ThenError(t, faulty(c.code)) })
	}
	many := make([]dispute.ReplyEvent, 50)
	for i := range many {
		many[i] = received(i+1, func(e *dispute.ReplyReceived) { e.Text, e.Replaces = strings.Repeat("又", i+1), i })
	}
	replies.Given(many...).When(receive()).ThenError(t, faulty("dispute.replies.many"))
}

func TestAReplyIsTakenBack(t *testing.T) {
	cmd := dispute.TakeReplyBack{By: clerk, Today: today, Reply: 1, ByParty: true, Reason: "已无必要", On: day("2026-04-20")}
	given := replies.Given(received(1))
	given.When(cmd).Then(t, takenBack(1))
	replies.Given(received(1), takenBack(1)).When(cmd).ThenNothing(t)
	replies.Given(received(1), received(2, func(e *dispute.ReplyReceived) { e.Replaces = 1 })).When(cmd).ThenError(t, faulty("dispute.reply.ended"))
	bare := cmd
	bare.Reason = ""
	given.When(bare).Then(t, dispute.ReplyTakenBack{Reply: 1, ByParty: true, On: day("2026-04-20"), By: "wang"})
	for code, change := range map[string]func(*dispute.TakeReplyBack){
		"dispute.authority.foreign": func(c *dispute.TakeReplyBack) { c.By = stranger },
		"dispute.reply.missing":     func(c *dispute.TakeReplyBack) { c.Reply = 2 },
		"dispute.required":          func(c *dispute.TakeReplyBack) { c.ByParty, c.Reason = false, "" },
		"dispute.personal_data":     func(c *dispute.TakeReplyBack) { c.Reason = "11010519491231002X" },
		"dispute.date.early":        func(c *dispute.TakeReplyBack) { c.On = day("2026-04-09") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	var s dispute.Thread
	for _, e := range []dispute.ReplyEvent{received(1), received(2, func(e *dispute.ReplyReceived) { e.Party = shop }), takenBack(1)} {
		s = dispute.Replies.Evolve(s, e)
	}
	if standing := s.Standing(); len(standing) != 1 || standing[0].Received.Party != shop || s.Authority != bureau {
		t.Errorf("%+v", s)
	}
}
