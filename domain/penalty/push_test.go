package penalty_test

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

var (
	pushed   = penalty.Pushed{Province: "64", Authority: "某省市场监督管理局", On: decidedOn.AddDays(1), Channel: "公示系统"}
	received = penalty.PushReceived{ReceiptNo: "回执1", On: decidedOn.AddDays(2)}
	shown    = penalty.PushPublished{On: decidedOn.AddDays(3), Address: "https://example.org/1"}
)

func TestPush(t *testing.T) {
	cmd := penalty.Push{By: clerk, Today: today, Push: pushed}
	given := scenario.Given(decided(decision()))
	given.When(cmd).Then(t, pushed)
	scenario.Given(decided(decision()), pushed).When(cmd).ThenNothing(t)
	again := cmd
	again.Push.Authority = "该省另一机关"
	scenario.Given(decided(decision()), pushed).When(again).Then(t, again.Push)
	scenario.Given(decided(decision()), pushed, received).When(again).ThenError(t, faulty("penalty.push.received"))
	scenario.When(cmd).ThenError(t, faulty("penalty.missing"))
	scenario.Given(decided(decision()), revoked).When(cmd).ThenError(t, faulty("penalty.publish.revoked"))
	warned := decision(func(d *penalty.Decided) {
		d.Kinds, d.FineFen, d.ConfiscatedFen = []penalty.Kind{penalty.Warning}, 0, 0
	})
	scenario.Given(decided(warned)).When(cmd).ThenError(t, faulty("penalty.publish.warning"))
	for code, change := range map[string]func(*penalty.Push){
		"penalty.authority.foreign": func(c *penalty.Push) { c.By = stranger },
		"penalty.province.form":     func(c *penalty.Push) { c.Push.Province = "宁夏" },
		"penalty.required":          func(c *penalty.Push) { c.Push.Authority = "" },
		"penalty.date.early":        func(c *penalty.Push) { c.Push.On = decidedOn.AddDays(-1) },
		"penalty.date.future":       func(c *penalty.Push) { c.Push.On = today.AddDays(1) },
		"penalty.text.control":      func(c *penalty.Push) { c.Push.Channel = "\x00" },
		"penalty.personal_data":     func(c *penalty.Push) { c.Push.Channel = "11010519491231002X" },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	elsewhere := decision(func(d *penalty.Decided) { d.Parties[0].Province, d.Parties[0].ProvinceSource = "32", penalty.FromCode })
	scenario.Given(decided(elsewhere)).When(cmd).ThenError(t, faulty("penalty.push.province"))
	cmd.Push.Province = "32"
	scenario.Given(decided(elsewhere)).When(cmd).Then(t, cmd.Push)
}

func TestPushIsReceivedAndPublished(t *testing.T) {
	history := []penalty.Event{decided(decision())}
	receive := penalty.ReceivePush{By: clerk, Today: today, Receipt: received}
	publish := penalty.PublishPush{By: clerk, Today: today, Publication: shown}
	scenario.Given(history...).When(receive).ThenError(t, faulty("penalty.push.none"))
	history = append(history, pushed)
	scenario.Given(history...).When(publish).ThenError(t, faulty("penalty.push.unreceived"))
	scenario.Given(history...).When(receive).Then(t, received)
	for code, change := range map[string]func(*penalty.ReceivePush){
		"penalty.required":          func(c *penalty.ReceivePush) { c.Receipt.ReceiptNo = "" },
		"penalty.date.order":        func(c *penalty.ReceivePush) { c.Receipt.On = decidedOn },
		"penalty.date.future":       func(c *penalty.ReceivePush) { c.Receipt.On = today.AddDays(1) },
		"penalty.authority.foreign": func(c *penalty.ReceivePush) { c.By = stranger },
	} {
		bad := receive
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	history = append(history, received)
	scenario.Given(history...).When(receive).ThenNothing(t)
	scenario.Given(history...).When(publish).Then(t, shown)
	receive.Receipt.ReceiptNo = "回执2"
	scenario.Given(history...).When(receive).ThenError(t, faulty("penalty.push.received"))
	for code, change := range map[string]func(*penalty.PublishPush){
		"penalty.date.order":        func(c *penalty.PublishPush) { c.Publication.On = decidedOn },
		"penalty.date.future":       func(c *penalty.PublishPush) { c.Publication.On = today.AddDays(1) },
		"penalty.required":          func(c *penalty.PublishPush) { c.Publication.On = calendar.Date{} },
		"penalty.authority.foreign": func(c *penalty.PublishPush) { c.By = stranger },
	} {
		bad := publish
		change(&bad)
		scenario.Given(history...).When(bad).ThenError(t, faulty(code))
	}
	history = append(history, shown)
	scenario.Given(history...).When(publish).ThenNothing(t)
	publish.Publication.Address = ""
	scenario.Given(history...).When(publish).ThenError(t, faulty("penalty.push.published"))
}

// The province of a registration is what somebody said it is, and where that is from.
func TestWhereAPartyIsRegistered(t *testing.T) {
	for name, c := range map[string]struct {
		province string
		source   penalty.ProvinceSource
		code     string
	}{
		"not said":                       {"", "", ""},
		"of the code":                    {"32", penalty.FromCode, ""},
		"of the code of another":         {"64", penalty.FromCode, "penalty.province.code"},
		"of the registration authority":  {"64", penalty.FromRegistration, ""},
		"without where it is from":       {"64", "", "penalty.province.source"},
		"from nowhere known":             {"64", "guess", "penalty.province.source"},
		"from the authority, but none":   {"", penalty.FromRegistration, "penalty.province.form"},
		"not two digits":                 {"640000", penalty.FromRegistration, "penalty.province.form"},
		"no such beginning of a code":    {"95", penalty.FromRegistration, "penalty.province.form"},
		"registered by the State itself": {"10", penalty.FromRegistration, ""},
	} {
		d := decision(func(d *penalty.Decided) { d.Parties[0].Province, d.Parties[0].ProvinceSource = c.province, c.source })
		_, err := penalty.Decider.Decide(penalty.State{}, penalty.Decide{By: clerk, Today: today, Decision: d})
		if c.code == "" && err != nil || c.code != "" && !hasCode(err, c.code) {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	nameless := decision(func(d *penalty.Decided) {
		d.Parties[0].Subject, d.Parties[0].Province, d.Parties[0].ProvinceSource = "", "32", penalty.FromCode
	})
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: nameless}).ThenError(t, faulty("penalty.province.code"))
}

func TestDaysFromFilingToDecision(t *testing.T) {
	for filed, want := range map[string]string{
		"": "", "2026-03-16": "", "2025-12-16": "",
		"2025-12-14": "", // the ninetieth day is a Saturday, so that Monday is the last
		"2025-12-13": "penalty.decided.late",
	} {
		d := decision(func(d *penalty.Decided) {
			if filed != "" {
				d.FiledOn = day(filed)
			}
		})
		events, err := penalty.Decider.Decide(penalty.State{}, penalty.Decide{By: clerk, Today: today, Decision: d})
		if err != nil || doubted(events[0].(penalty.Decided).Doubts, "penalty.decided.late") != (want != "") {
			t.Errorf("filed on %q: %v, %v", filed, events, err)
		}
	}
	late := decision(func(d *penalty.Decided) { d.FiledOn = decidedOn.AddDays(1) })
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: late}).ThenError(t, faulty("penalty.filed_on.late"))
	late.FiledOn = today.AddDays(1)
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: late}).ThenError(t, faulty("penalty.date.future"))
	same := decision(func(d *penalty.Decided) { d.FiledOn = decidedOn })
	scenario.Given(decided(decision())).When(penalty.Decide{By: clerk, Today: today, Decision: same}).ThenError(t, func(err error) bool {
		f, ok := errors.AsType[*domain.Fault](err)
		return ok && f.Code == "penalty.exists" && f.Field == "filed_on"
	})
}
