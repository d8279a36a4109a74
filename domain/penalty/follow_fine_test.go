package penalty_test

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

func TestNotify(t *testing.T) {
	cmd := penalty.Notify{By: clerk, Today: today, On: today}
	bare, told := penalty.Served{On: decidedOn.AddDays(1)}, penalty.Notified{On: today}
	given := scenario.Given(decided(decision()), bare)
	given.When(cmd).Then(t, told)
	scenario.Given(decided(decision()), bare, told).When(cmd).ThenNothing(t)
	scenario.Given(decided(decision())).When(cmd).ThenError(t, faulty("penalty.notice.unserved"))
	scenario.Given(decided(decision()), penalty.Served{On: decidedOn, PublicationNotice: true}).When(cmd).ThenError(t, faulty("penalty.notice.given"))
	scenario.Given(decided(decision()), bare, revoked).When(cmd).ThenError(t, faulty("penalty.revoked"))
	scenario.When(cmd).ThenError(t, faulty("penalty.missing"))
	for code, change := range map[string]func(*penalty.Notify){
		"penalty.authority.foreign": func(c *penalty.Notify) { c.By = stranger },
		"penalty.date.order":        func(c *penalty.Notify) { c.On = decidedOn },
		"penalty.date.future":       func(c *penalty.Notify) { c.On = today.AddDays(1) },
		"penalty.required":          func(c *penalty.Notify) { c.On = calendar.Date{} },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	cmd.On = decidedOn.AddDays(2)
	scenario.Given(decided(decision()), bare, told).When(cmd).ThenError(t, faulty("penalty.notice.given"))
}

func TestWhatIsReadyForThePublic(t *testing.T) {
	old := decision(func(d *penalty.Decided) { d.DecidedOn = day("2021-08-31") })
	first := decision(func(d *penalty.Decided) { d.DecidedOn = day("2021-09-01") })
	row := decision(func(d *penalty.Decided) { d.SourceRow = &penalty.SourceRow{FileDigest: "ab", Line: 1} })
	bare := penalty.Served{On: decidedOn}
	for name, c := range map[string]struct {
		history []penalty.Event
		code    string
	}{
		"nothing":                    {nil, ""},
		"decided":                    {[]penalty.Event{decided(decision())}, "penalty.publish.unserved"},
		"served without the notice":  {[]penalty.Event{decided(decision()), bare}, "penalty.publish.notice"},
		"told later":                 {[]penalty.Event{decided(decision()), bare, penalty.Notified{On: today}}, ""},
		"served with the notice":     {[]penalty.Event{decided(decision()), penalty.Served{On: decidedOn, PublicationNotice: true}}, ""},
		"decided before Order 45":    {[]penalty.Event{decided(old)}, ""},
		"on the first day of it":     {[]penalty.Event{decided(first)}, "penalty.publish.unserved"},
		"a decision of an older one": {[]penalty.Event{decided(row)}, ""},
	} {
		f := fold(c.history...).Unready()
		if c.code == "" && f != nil || c.code != "" && (f == nil || f.Code != c.code) {
			t.Errorf("%s: %v, want %q", name, f, c.code)
		}
	}
}

func TestServeSetsTheLastDayForPaying(t *testing.T) {
	cmd := penalty.Serve{By: clerk, Today: today, On: decidedOn, PayBy: decidedOn.AddDays(30)}
	scenario.Given(decided(decision())).When(cmd).Then(t, penalty.Served{On: decidedOn, PayBy: decidedOn.AddDays(30)})
	cmd.PayBy = decidedOn.AddDays(-1)
	scenario.Given(decided(decision())).When(cmd).ThenError(t, faulty("penalty.date.order"))
}

// Two equal payments of one day are one until their receipts tell them apart.
func TestEqualPaymentsAreToldApart(t *testing.T) {
	pay := func(receipt string) penalty.RecordPerformance {
		return penalty.RecordPerformance{By: clerk, Today: today, Performance: penalty.Performed{
			Kind: penalty.Paid, AmountFen: 50000, On: today, ReceiptNo: receipt,
		}}
	}
	bare, first := pay("").Performance, pay("票〔1〕").Performance
	scenario.Given(decided(decision()), bare).When(pay("")).ThenNothing(t)
	scenario.Given(decided(decision()), bare).When(pay("票〔1〕")).Then(t, first)
	given := scenario.Given(decided(decision()), first)
	given.When(pay("票〔1〕")).ThenNothing(t)
	given.When(pay("票2")).Then(t, pay("票2").Performance)
	given.When(pay("票[1]")).ThenError(t, faulty("penalty.receipt.used"))
	other := pay("票〔1〕")
	other.Performance.AmountFen = 1
	given.When(other).ThenError(t, faulty("penalty.receipt.used"))
	scenario.Given(decided(decision())).When(pay("1\n2")).ThenError(t, faulty("penalty.text.control"))
	scenario.Given(decided(decision())).When(pay("11010519491231002X")).ThenError(t, faulty("penalty.personal_data"))
	many := []penalty.Event{decided(decision())}
	for i := range 500 {
		many = append(many, penalty.Performed{Kind: penalty.OtherDone, On: today, ReceiptNo: fmt.Sprint(i)})
	}
	scenario.Given(many...).When(pay("501")).ThenError(t, faulty("penalty.performance.number"))
}

func TestGrantInstalments(t *testing.T) {
	grant := penalty.InstalmentsGranted{
		Instalments: []penalty.Instalment{{today.AddDays(30), 120000}, {today.AddDays(60), 80000}}, Reason: "经济困难", DocumentNo: "1号", On: today,
	}
	cmd := penalty.GrantInstalments{By: clerk, Today: today, Grant: grant}
	given := scenario.Given(decided(decision()))
	given.When(cmd).Then(t, grant)
	scenario.Given(decided(decision()), grant).When(cmd).ThenNothing(t)
	later := cmd
	later.Grant.Instalments = []penalty.Instalment{{today.AddDays(90), 200000}}
	scenario.Given(decided(decision()), grant).When(later).Then(t, later.Grant)
	scenario.Given(decided(decision()), amended).When(cmd).ThenError(t, faulty("penalty.instalments"))
	scenario.Given(decided(decision()), revoked).When(cmd).ThenError(t, faulty("penalty.revoked"))
	scenario.When(cmd).ThenError(t, faulty("penalty.missing"))
	for name, c := range map[string]struct {
		code   string
		change func(*penalty.GrantInstalments)
	}{
		"none":               {"penalty.instalments", func(c *penalty.GrantInstalments) { c.Grant.Instalments = nil }},
		"less than the fine": {"penalty.instalments", func(c *penalty.GrantInstalments) { c.Grant.Instalments = grant.Instalments[:1] }},
		"on one day": {"penalty.instalments", func(c *penalty.GrantInstalments) {
			c.Grant.Instalments = []penalty.Instalment{{today.AddDays(30), 100000}, {today.AddDays(30), 100000}}
		}},
		"nothing to pay": {"penalty.instalments", func(c *penalty.GrantInstalments) {
			c.Grant.Instalments = []penalty.Instalment{{today.AddDays(30), 200000}, {today.AddDays(40), 0}}
		}},
		"before the grant": {"penalty.instalments", func(c *penalty.GrantInstalments) { c.Grant.Instalments = []penalty.Instalment{{today, 200000}} }},
		"no reason":        {"penalty.required", func(c *penalty.GrantInstalments) { c.Grant.Reason = "" }},
		"tomorrow":         {"penalty.date.future", func(c *penalty.GrantInstalments) { c.Grant.On = today.AddDays(1) }},
		"a stranger":       {"penalty.authority.foreign", func(c *penalty.GrantInstalments) { c.By = stranger }},
	} {
		t.Run(name, func(t *testing.T) {
			bad := cmd
			c.change(&bad)
			given.When(bad).ThenError(t, faulty(c.code))
		})
	}
}

func TestChallenge(t *testing.T) {
	open := penalty.Challenged{Kind: penalty.Reconsideration, DocumentNo: "复议1号", From: decidedOn.AddDays(1)}
	over := open
	over.Until = today
	cmd := func(c penalty.Challenged) penalty.Challenge {
		return penalty.Challenge{By: clerk, Today: today, Challenge: c}
	}
	given := scenario.Given(decided(decision()), open)
	scenario.Given(decided(decision())).When(cmd(open)).Then(t, open)
	given.When(cmd(open)).ThenNothing(t)
	given.When(cmd(over)).Then(t, over)
	closed := scenario.Given(decided(decision()), open, over)
	closed.When(cmd(over)).ThenNothing(t)
	again := over
	again.Until = today.AddDays(-1)
	closed.When(cmd(again)).ThenError(t, faulty("penalty.challenge.other"))
	if s := fold(decided(decision()), open, over); len(s.Challenges) != 1 || s.Challenges[0] != over {
		t.Errorf("challenges %v", s.Challenges)
	}
	scenario.When(cmd(open)).ThenError(t, faulty("penalty.missing"))
	foreign := cmd(open)
	foreign.By = stranger
	given.When(foreign).ThenError(t, faulty("penalty.authority.foreign"))
	for code, change := range map[string]func(*penalty.Challenged){
		"penalty.challenge.kind":  func(c *penalty.Challenged) { c.Kind = "complaint" },
		"penalty.required":        func(c *penalty.Challenged) { c.DocumentNo = "" },
		"penalty.date.early":      func(c *penalty.Challenged) { c.From = decidedOn.AddDays(-1) },
		"penalty.date.order":      func(c *penalty.Challenged) { c.Until = decidedOn },
		"penalty.date.future":     func(c *penalty.Challenged) { c.Until = today.AddDays(1) },
		"penalty.challenge.other": func(c *penalty.Challenged) { c.From = today },
	} {
		bad := open
		change(&bad)
		given.When(cmd(bad)).ThenError(t, faulty(code))
	}
	many := []penalty.Event{decided(decision())}
	for i := range 20 {
		many = append(many, penalty.Challenged{Kind: penalty.Litigation, DocumentNo: fmt.Sprint(i), From: decidedOn})
	}
	scenario.Given(many...).When(cmd(open)).ThenError(t, func(err error) bool {
		return hasCode(err, "penalty.challenge.number") && domain.KindOf(err) == domain.TooLarge
	})
}
