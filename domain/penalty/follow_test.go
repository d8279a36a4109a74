package penalty_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

var (
	revoked = penalty.Revoked{Ground: penalty.GroundRevoked, Reason: "复议撤销", On: decidedOn.AddDays(2)}
	amended = penalty.Amended{
		Reason: "复议变更", Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款1000元", FineFen: 100000, On: decidedOn.AddDays(1),
	}
)

func TestServe(t *testing.T) {
	cmd := penalty.Serve{By: clerk, Today: today, On: decidedOn, PublicationNotice: true}
	served := penalty.Served{On: decidedOn, PublicationNotice: true}
	given := scenario.Given(decided(decision()))
	given.When(cmd).Then(t, served)
	scenario.Given(decided(decision()), served).When(cmd).ThenNothing(t)
	scenario.When(cmd).ThenError(t, faulty("penalty.missing"))
	scenario.Given(decided(decision()), revoked).When(cmd).ThenError(t, faulty("penalty.revoked"))
	for code, change := range map[string]func(*penalty.Serve){
		"penalty.authority.foreign": func(c *penalty.Serve) { c.By = stranger },
		"penalty.date.early":        func(c *penalty.Serve) { c.On = decidedOn.AddDays(-1) },
		"penalty.date.future":       func(c *penalty.Serve) { c.On = today.AddDays(1) },
		"penalty.required":          func(c *penalty.Serve) { c.On = calendar.Date{} },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	cmd.PublicationNotice = false
	scenario.Given(decided(decision()), served).When(cmd).ThenError(t, faulty("penalty.served.already"))
}

func TestRecordPerformance(t *testing.T) {
	pay := func(fen domain.Fen) penalty.RecordPerformance {
		return penalty.RecordPerformance{By: clerk, Today: today, Performance: penalty.Performed{Kind: penalty.Paid, AmountFen: fen, On: today}}
	}
	first := penalty.Performed{Kind: penalty.Paid, AmountFen: 150000, On: today}
	given := scenario.Given(decided(decision()))
	given.When(pay(150000)).Then(t, first)
	given.When(pay(400000)).Then(t, penalty.Performed{Kind: penalty.Paid, AmountFen: 400000, On: today})
	given.When(pay(400001)).ThenError(t, faulty("penalty.paid.amount"))
	given.When(pay(0)).ThenError(t, faulty("penalty.paid.amount"))
	paid := scenario.Given(decided(decision()), first)
	paid.When(pay(150000)).ThenNothing(t)
	paid.When(pay(250001)).ThenError(t, faulty("penalty.paid.amount"))
	scenario.Given(decided(decision()), amended).When(pay(200001)).ThenError(t, faulty("penalty.paid.amount"))
	scenario.Given(decided(decision()), revoked).When(pay(1)).ThenError(t, faulty("penalty.revoked"))
	scenario.When(pay(1)).ThenError(t, faulty("penalty.missing"))
	for code, p := range map[string]penalty.Performed{
		"penalty.performance.kind":   {Kind: "promised", On: today},
		"penalty.performance.amount": {Kind: penalty.Confiscated, On: today},
		"penalty.date.early":         {Kind: penalty.OtherDone, On: decidedOn.AddDays(-1)},
		"penalty.amount.range":       {Kind: penalty.OtherDone, AmountFen: -1, On: today},
	} {
		given.When(penalty.RecordPerformance{By: clerk, Today: today, Performance: p}).ThenError(t, faulty(code))
	}
	taken := penalty.Performed{Kind: penalty.Confiscated, AmountFen: 277, On: today}
	given.When(penalty.RecordPerformance{By: clerk, Today: today, Performance: taken}).Then(t, taken)
}

func TestAmend(t *testing.T) {
	cmd := penalty.Amend{By: clerk, Today: today, Amendment: amended}
	given := scenario.Given(decided(decision()))
	given.When(cmd).Then(t, amended)
	scenario.Given(decided(decision()), amended).When(cmd).ThenNothing(t)
	scenario.Given(decided(decision()), revoked).When(cmd).ThenError(t, faulty("penalty.revoked"))
	scenario.When(cmd).ThenError(t, faulty("penalty.missing"))
	for name, c := range map[string]struct {
		change func(*penalty.Amended)
		code   string
	}{
		"no reason":           {func(a *penalty.Amended) { a.Reason = "" }, "penalty.required"},
		"no content":          {func(a *penalty.Amended) { a.Content = "" }, "penalty.decision.incomplete"},
		"no kinds":            {func(a *penalty.Amended) { a.Kinds, a.FineFen = nil, 0 }, "penalty.decision.incomplete"},
		"fine without amount": {func(a *penalty.Amended) { a.FineFen = 0 }, "penalty.fine.amount"},
		"amount without kind": {func(a *penalty.Amended) { a.ConfiscatedFen = 1 }, "penalty.confiscated.kind"},
		"before the decision": {func(a *penalty.Amended) { a.On = decidedOn.AddDays(-1) }, "penalty.date.early"},
		"control character":   {func(a *penalty.Amended) { a.Reason = "\x00" }, "penalty.text.control"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := cmd
			c.change(&bad.Amendment)
			given.When(bad).ThenError(t, faulty(c.code))
		})
	}
}

// An amendment can't make of a summary decision what summary procedure doesn't allow.
func TestAmendingKeepsTheRulesOfTheDecision(t *testing.T) {
	summary := decision(func(d *penalty.Decided) {
		d.Procedure, d.Kinds, d.FineFen, d.ConfiscatedFen, d.Content = penalty.Summary, []penalty.Kind{penalty.Fine}, 100000, 0, "罚款1000元"
	})
	amend := func(kinds []penalty.Kind, fine domain.Fen) penalty.Amend {
		a := amended
		a.Kinds, a.FineFen, a.Content = kinds, fine, "另一内容"
		return penalty.Amend{By: clerk, Today: today, Amendment: a}
	}
	given := scenario.Given(decided(summary))
	given.When(amend([]penalty.Kind{penalty.Fine}, 3000_01)).ThenError(t, faulty("penalty.summary.limit"))
	given.When(amend([]penalty.Kind{penalty.Fine, penalty.BusinessSuspended}, 1)).ThenError(t, faulty("penalty.summary.limit"))
	lawful := amend([]penalty.Kind{penalty.Fine}, 3000_00)
	given.When(lawful).Then(t, lawful.Amendment)

	late := amended
	late.On = today
	early := amend([]penalty.Kind{penalty.Fine}, 5)
	scenario.Given(decided(decision()), late).When(early).ThenError(t, faulty("penalty.amend.order"))

	long := decision(func(d *penalty.Decided) {
		d.Parties = slices.Repeat([]penalty.Party{{Kind: penalty.Legal, Name: strings.Repeat("字", 200)}}, 50)
		d.Facts = strings.Repeat("字", 2000)
	})
	longer := early
	longer.Amendment.Content = strings.Repeat("字", 4000)
	scenario.Given(decided(long)).When(longer).ThenError(t, faulty("penalty.size"))
}

func TestRevoke(t *testing.T) {
	cmd := penalty.Revoke{By: clerk, Today: today, Revocation: revoked}
	given := scenario.Given(decided(decision()), amended)
	given.When(cmd).Then(t, revoked)
	scenario.Given(decided(decision()), revoked).When(cmd).ThenNothing(t)
	scenario.When(cmd).ThenError(t, faulty("penalty.missing"))
	for code, change := range map[string]func(*penalty.Revoke){
		"penalty.revoke.ground":     func(c *penalty.Revoke) { c.Revocation.Ground = "regretted" },
		"penalty.required":          func(c *penalty.Revoke) { c.Revocation.Reason = "" },
		"penalty.date.future":       func(c *penalty.Revoke) { c.Revocation.On = today.AddDays(1) },
		"penalty.authority.foreign": func(c *penalty.Revoke) { c.By = stranger },
	} {
		bad := cmd
		change(&bad)
		given.When(bad).ThenError(t, faulty(code))
	}
	other := cmd
	other.Revocation.Ground = penalty.GroundVoid
	scenario.Given(decided(decision()), revoked).When(other).ThenError(t, faulty("penalty.revoked"))
}

func TestStateTellsWhatIsPublic(t *testing.T) {
	warned := decision(func(d *penalty.Decided) {
		d.Kinds, d.FineFen, d.ConfiscatedFen = []penalty.Kind{penalty.Warning}, 0, 0
	})
	onTheSpot := decision(func(d *penalty.Decided) { d.Procedure = penalty.Summary })
	toWarning := penalty.Amended{Kinds: []penalty.Kind{penalty.Warning}}
	for name, c := range map[string]struct {
		history      []penalty.Event
		status, code string
	}{
		"nothing":             {nil, "in_force", "penalty.missing"},
		"decided":             {[]penalty.Event{decided(decision())}, "in_force", ""},
		"amended":             {[]penalty.Event{decided(decision()), amended}, "amended", ""},
		"amended to warning":  {[]penalty.Event{decided(decision()), toWarning}, "amended", "penalty.publish.warning"},
		"amended from warned": {[]penalty.Event{decided(warned), amended}, "amended", ""},
		"revoked":             {[]penalty.Event{decided(decision()), amended, revoked}, "revoked", "penalty.publish.revoked"},
		"warning only":        {[]penalty.Event{decided(warned)}, "in_force", "penalty.publish.warning"},
		"summary procedure":   {[]penalty.Event{decided(onTheSpot)}, "in_force", "penalty.publish.summary"},
	} {
		t.Run(name, func(t *testing.T) {
			var s penalty.State
			for _, e := range c.history {
				s = penalty.Decider.Evolve(s, e)
			}
			if got := s.Status(); got != c.status {
				t.Errorf("status %s, want %s", got, c.status)
			}
			switch f := s.Withheld(); {
			case f == nil && c.code != "", f != nil && f.Code != c.code:
				t.Errorf("withheld: %v, want %q", f, c.code)
			}
		})
	}
	s := penalty.Decider.Evolve(penalty.Decider.Evolve(penalty.State{}, decided(decision())), amended)
	if now := s.Current(); now.FineFen != 100000 || now.ConfiscatedFen != 0 || s.Decision.FineFen != 200000 {
		t.Errorf("current %v, initial %v", now, s.Decision)
	}
}
