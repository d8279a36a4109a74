package dispute_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

func request(changes ...func(*dispute.Request)) dispute.Request {
	c := dispute.Request{
		By: clerk, Today: today, Public: record, Requester: dispute.Party, Channel: dispute.InPerson, Points: []dispute.Point{"amount", "date"},
		Statement: "罚款金额应为200元，见决定书", Evidence: []string{sha}, ReceivedOn: day("2026-04-10"),
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func requested(c dispute.Request) dispute.Requested {
	return dispute.Requested{
		Request: dispute.ID(c.Public.Disclosure, c), Record: c.Public, Requester: c.Requester, Channel: c.Channel, Points: c.Points, Statement: c.Statement,
		Evidence: c.Evidence, ReceivedOn: c.ReceivedOn, By: c.By.Account,
	}
}

var (
	verified = dispute.Verified{Findings: "录入有误", On: day("2026-04-12"), By: "li"}
	dropped  = dispute.Dropped{Reason: "已知悉", On: day("2026-04-13"), By: "wang"}
	linked   = dispute.Linked{Disclosure: "penalty.p1", Release: 3, Digest: strings.Repeat("ef", 32), By: "wang"}
)

func decided(o dispute.Outcome) dispute.Decided {
	return dispute.Decided{Outcome: o, Reason: "与决定书不一致", On: day("2026-04-15"), By: "sun"}
}

func examples() []dispute.Event {
	return []dispute.Event{requested(request()), verified, decided(dispute.Partly), linked, dropped}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events/request", dispute.Codec(), examples()...)
}

func TestFold(t *testing.T) { estest.Fold(t, dispute.Decider, examples()...) }

func FuzzDecode(f *testing.F) {
	for _, typ := range dispute.Codec().Types() {
		f.Add(typ, []byte(`{"request":"x","outcome":"refused","on":"2026-01-02"}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := dispute.Codec().Decode(typ, data)
		if err != nil {
			return
		}
		_ = dispute.Decider.Evolve(dispute.State{}, e).Stage().Label()
	})
}

func TestWords(t *testing.T) {
	for _, row := range dispute.Points() {
		if row.Label == "" || row.Code.Label() != row.Label {
			t.Errorf("%+v", row)
		}
	}
	for _, label := range []string{
		dispute.Point("x").Label(), dispute.Channel("x").Label(), dispute.Requester("x").Label(), dispute.Outcome("x").Label(),
	} {
		if label != "" {
			t.Errorf("a code that is none is called %s", label)
		}
	}
}

func TestARequestIsRegistered(t *testing.T) {
	requests.When(request()).Then(t, requested(request()))
	requests.Given(requested(request())).When(request()).ThenNothing(t)
	open := request(func(c *dispute.Request) { c.By, c.Channel, c.Requester = nobody, dispute.Online, dispute.Citizen })
	requests.When(open).Then(t, requested(open))
	for name, c := range map[string]struct {
		change func(*dispute.Request)
		code   string
	}{
		"another authority's":   {func(c *dispute.Request) { c.By = stranger }, "dispute.authority.foreign"},
		"nothing public":        {func(c *dispute.Request) { c.Public.Release = 0 }, "dispute.record.missing"},
		"publicly of nothing":   {func(c *dispute.Request) { c.By, c.Public = nobody, dispute.Record{} }, "dispute.record.missing"},
		"no requester":          {func(c *dispute.Request) { c.Requester = "" }, "dispute.requester.unknown"},
		"no channel":            {func(c *dispute.Request) { c.Channel = "" }, "dispute.channel.unknown"},
		"nothing wrong":         {func(c *dispute.Request) { c.Points = nil }, "dispute.required"},
		"no such point":         {func(c *dispute.Request) { c.Points = []dispute.Point{"all"} }, "dispute.points.unknown"},
		"a point twice":         {func(c *dispute.Request) { c.Points = []dispute.Point{"date", "date"} }, "dispute.points.unknown"},
		"no statement":          {func(c *dispute.Request) { c.Statement = "" }, "dispute.required"},
		"a long statement":      {func(c *dispute.Request) { c.Statement = strings.Repeat("字", 1001) }, "dispute.text.length"},
		"an identity number":    {func(c *dispute.Request) { c.Statement = "我是11010519491231002X" }, "dispute.personal_data"},
		"a telephone number":    {func(c *dispute.Request) { c.Statement = "电话１３８ 1234 5678，请回复" }, "dispute.personal_data"},
		"a number with hyphens": {func(c *dispute.Request) { c.Statement = "(138-1234-5678)" }, "dispute.personal_data"},
		"a bad digest":          {func(c *dispute.Request) { c.Evidence = []string{"x"} }, "dispute.evidence.digest"},
		"tomorrow":              {func(c *dispute.Request) { c.ReceivedOn = today.AddDays(1) }, "dispute.date.future"},
	} {
		t.Run(name, func(t *testing.T) { requests.When(request(c.change)).ThenError(t, faulty(c.code)) })
	}
	for _, number := range []string{"JY13201050000001", "91320105780688132K", "12345678901", "138123456789", "20260412345"} {
		c := request(func(c *dispute.Request) { c.Statement = "应为" + number + "。" })
		requests.When(c).Then(t, requested(c))
	}
}

func TestTheSameAskedTwiceIsOneRequest(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(*dispute.Request){
		"as it is":      func(*dispute.Request) {},
		"requester":     func(c *dispute.Request) { c.Requester = dispute.Citizen },
		"channel":       func(c *dispute.Request) { c.Channel = dispute.Post },
		"points":        func(c *dispute.Request) { c.Points = c.Points[:1] },
		"statement":     func(c *dispute.Request) { c.Statement = "另" },
		"evidence":      func(c *dispute.Request) { c.Evidence = nil },
		"day":           func(c *dispute.Request) { c.ReceivedOn = today },
		"another paper": func(c *dispute.Request) { c.Public.Disclosure = "penalty.p2" },
	} {
		c := request(change)
		id := dispute.ID(c.Public.Disclosure, c)
		if other, twice := seen[id]; twice {
			t.Errorf("%s and %s are one request", name, other)
		}
		seen[id] = name
	}
	c := request(func(c *dispute.Request) { c.By, c.Today, c.Public.Release = stranger, today.AddDays(9), 7 })
	if seen[dispute.ID(c.Public.Disclosure, c)] != "as it is" {
		t.Error("who registered it, and when, makes it another")
	}
}

func TestVerify(t *testing.T) {
	cmd := dispute.Verify{By: reviewer, Today: today, Findings: "录入有误", On: day("2026-04-12")}
	given := requests.Given(requested(request()))
	given.When(cmd).Then(t, verified)
	again := requests.Given(requested(request()), verified)
	again.When(cmd).ThenNothing(t)
	more := cmd
	more.Findings = "另有一处"
	again.When(more).Then(t, dispute.Verified{Findings: "另有一处", On: cmd.On, By: "li"})
	requests.When(cmd).ThenError(t, faulty("dispute.missing"))
	requests.Given(requested(request()), verified, decided(dispute.Granted)).When(more).ThenError(t, faulty("dispute.stage"))
	requests.Given(requested(request()), dropped).When(cmd).ThenError(t, faulty("dispute.stage"))
	for code, change := range map[string]func(*dispute.Verify){
		"dispute.authority.foreign": func(c *dispute.Verify) { c.By = stranger },
		"dispute.required":          func(c *dispute.Verify) { c.Findings = "" },
		"dispute.date.early":        func(c *dispute.Verify) { c.On = day("2026-04-09") },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
}

func TestDecide(t *testing.T) {
	cmd := dispute.Decide{By: approver, Today: today, Hands: []string{"zhao"}, Outcome: dispute.Partly, Reason: "与决定书不一致", On: day("2026-04-15")}
	given := requests.Given(requested(request()), verified)
	given.When(cmd).Then(t, decided(dispute.Partly))
	requests.Given(requested(request()), verified, decided(dispute.Partly)).When(cmd).ThenNothing(t)
	requests.Given(requested(request()), verified, decided(dispute.Refused)).When(cmd).ThenError(t, faulty("dispute.stage"))
	requests.Given(requested(request())).When(cmd).ThenError(t, faulty("dispute.stage"))
	for name, c := range map[string]struct {
		change func(*dispute.Decide)
		code   string
	}{
		"another authority":      {func(c *dispute.Decide) { c.By = stranger }, "dispute.authority.foreign"},
		"whoever verified it":    {func(c *dispute.Decide) { c.By = reviewer }, "dispute.same_person"},
		"whoever made the paper": {func(c *dispute.Decide) { c.Hands = []string{"zhao", "sun"} }, "dispute.same_person"},
		"no outcome":             {func(c *dispute.Decide) { c.Outcome = "later" }, "dispute.outcome.unknown"},
		"no reason":              {func(c *dispute.Decide) { c.Reason = "" }, "dispute.required"},
		"a telephone number":     {func(c *dispute.Decide) { c.Reason = "已电话13812345678告知" }, "dispute.personal_data"},
		"before it was verified": {func(c *dispute.Decide) { c.On = day("2026-04-11") }, "dispute.date.early"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := cmd
			c.change(&bad)
			given.When(bad).ThenError(t, faulty(c.code))
		})
	}
}

func TestARequestIsLinkedToItsRelease(t *testing.T) {
	made := record
	made.Release, made.Digest = 3, linked.Digest
	cmd := dispute.Link{By: clerk, Made: made, Release: 3}
	given := requests.Given(requested(request()), verified, decided(dispute.Granted))
	given.When(cmd).Then(t, linked)
	requests.Given(requested(request()), verified, decided(dispute.Granted), linked).When(cmd).ThenNothing(t)
	requests.Given(requested(request()), verified, decided(dispute.Refused)).When(cmd).ThenError(t, faulty("dispute.stage"))
	requests.Given(requested(request()), verified).When(cmd).ThenError(t, faulty("dispute.stage"))
	for name, change := range map[string]func(*dispute.Link){
		"none":              func(c *dispute.Link) { c.Made = dispute.Record{} },
		"that of before":    func(c *dispute.Link) { c.Made.Release, c.Release = 2, 2 },
		"another record's":  func(c *dispute.Link) { c.Made.Disclosure = "penalty.p2" },
		"not that which is": func(c *dispute.Link) { c.Release = 4 },
	} {
		t.Run(name, func(t *testing.T) {
			bad := cmd
			change(&bad)
			given.When(bad).ThenError(t, faulty("dispute.release.none"))
		})
	}
	cmd.By = stranger
	given.When(cmd).ThenError(t, faulty("dispute.authority.foreign"))
}

func TestDrop(t *testing.T) {
	cmd := dispute.Drop{By: clerk, Today: today, Reason: "已知悉", On: day("2026-04-13")}
	requests.Given(requested(request())).When(cmd).Then(t, dropped)
	requests.Given(requested(request()), verified).When(cmd).Then(t, dropped)
	requests.Given(requested(request()), dropped).When(cmd).ThenNothing(t)
	requests.Given(requested(request()), verified, decided(dispute.Refused)).When(cmd).ThenError(t, faulty("dispute.stage"))
	cmd.On = day("2026-04-09")
	requests.Given(requested(request())).When(cmd).ThenError(t, faulty("dispute.date.early"))
}

func TestStages(t *testing.T) {
	s := dispute.State{}
	for _, step := range []struct {
		e    dispute.Event
		want dispute.Stage
	}{
		{requested(request()), dispute.Received}, {verified, dispute.Checked}, {decided(dispute.Granted), dispute.Promised}, {linked, dispute.Closed},
	} {
		if s = dispute.Decider.Evolve(s, step.e); s.Stage() != step.want || s.Stage().Label() == string(step.want) {
			t.Errorf("%T: %s", step.e, s.Stage())
		}
	}
}
