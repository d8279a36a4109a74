package penalty_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

type change = func(*penalty.Decided)

func TestDecide(t *testing.T) {
	cmd := penalty.Decide{By: clerk, Today: today, Decision: decision()}
	scenario.When(cmd).Then(t, decided(decision()))
	scenario.Given(decided(decision())).When(cmd).ThenNothing(t)
	bracketed := cmd
	bracketed.Decision.DecisionNo = "宁市监处罚［2026］ 45号"
	scenario.Given(decided(decision())).When(bracketed).ThenNothing(t)
	scenario.When(penalty.Decide{By: stranger, Today: today, Decision: decision()}).ThenError(t, faulty("penalty.authority.foreign"))
	dearer := cmd
	dearer.Decision = decision(func(d *penalty.Decided) { d.FineFen = 300000; d.Content = "罚款3000元" })
	scenario.Given(decided(decision())).When(dearer).ThenError(t, func(err error) bool {
		return hasCode(err, "penalty.exists") && strings.Contains(err.Error(), "content, fine_fen") && domain.KindOf(err) == domain.Conflict
	})
}

// TestRulesOfADecision breaks each rule: a decision is refused for it; of a taken-over row it is refused or a doubt.
func TestRulesOfADecision(t *testing.T) {
	party := func(f func(*penalty.Party)) change {
		return func(d *penalty.Decided) { f(&d.Parties[0]) }
	}
	const kept = true
	for name, c := range map[string]struct {
		change change
		code   string
		doubt  bool
	}{
		"no number":               {func(d *penalty.Decided) { d.DecisionNo = " \u200b" }, "penalty.required", !kept},
		"no authority name":       {func(d *penalty.Decided) { d.AuthorityName = "" }, "penalty.required", !kept},
		"no date":                 {func(d *penalty.Decided) { d.DecidedOn = calendar.Date{} }, "penalty.required", !kept},
		"tomorrow":                {func(d *penalty.Decided) { d.DecidedOn = today.AddDays(1) }, "penalty.date.future", !kept},
		"no party":                {func(d *penalty.Decided) { d.Parties = nil }, "penalty.parties.number", !kept},
		"nameless party":          {party(func(p *penalty.Party) { p.Name = "\u3000" }), "penalty.required", !kept},
		"control character":       {func(d *penalty.Decided) { d.Facts = "a\x07" }, "penalty.text.control", !kept},
		"line feed in the number": {func(d *penalty.Decided) { d.DecisionNo = "1\n2" }, "penalty.text.control", !kept},
		"long content":            {func(d *penalty.Decided) { d.Content = strings.Repeat("字", 4001) }, "penalty.text.length", !kept},
		"fifty long parties": {func(d *penalty.Decided) {
			d.Parties = slices.Repeat([]penalty.Party{{Kind: penalty.Legal, Name: strings.Repeat("字", 200), LegalRepresentative: strings.Repeat("字", 200)}}, 50)
		}, "penalty.size", !kept},
		"negative fine":            {func(d *penalty.Decided) { d.FineFen = -1 }, "penalty.amount.range", !kept},
		"monstrous fine":           {func(d *penalty.Decided) { d.FineFen = 1<<53 + 1 }, "penalty.amount.range", !kept},
		"unknown kind":             {func(d *penalty.Decided) { d.Kinds = []penalty.Kind{"flogging"} }, "penalty.kinds.unknown", !kept},
		"repeated kind":            {func(d *penalty.Decided) { d.Kinds = append(d.Kinds, penalty.Fine) }, "penalty.kinds.unknown", !kept},
		"unknown procedure":        {func(d *penalty.Decided) { d.Procedure = "secret" }, "penalty.procedure.unknown", !kept},
		"unknown category":         {party(func(p *penalty.Party) { p.Kind = "x" }), "penalty.party.kind", !kept},
		"placeholder code":         {party(func(p *penalty.Party) { p.Subject = "00000000000000000X" }), "penalty.party.subject", !kept},
		"resident number as code":  {party(func(p *penalty.Party) { p.Subject = "11010519491231002X" }), "penalty.personal_data", !kept},
		"natural person with code": {party(func(p *penalty.Party) { p.Kind = penalty.Natural }), "penalty.personal_data", !kept},
		"resident number in facts": {func(d *penalty.Decided) {
			d.Facts = "当事人（身份证号：１１０１０５１９４９１２３１００２x）"
		}, "penalty.personal_data", !kept},
		"resident number as name": {party(func(p *penalty.Party) { p.Name = "张三11010519491231002X" }), "penalty.personal_data", !kept},
		"no facts":                {func(d *penalty.Decided) { d.Facts = " " }, "penalty.decision.incomplete", kept},
		"no basis":                {func(d *penalty.Decided) { d.Basis = "" }, "penalty.decision.incomplete", kept},
		"no procedure":            {func(d *penalty.Decided) { d.Procedure = "" }, "penalty.decision.incomplete", kept},
		"no category":             {party(func(p *penalty.Party) { p.Kind = "" }), "penalty.decision.incomplete", kept},
		"no kinds":                {func(d *penalty.Decided) { d.Kinds, d.FineFen, d.ConfiscatedFen = nil, 0, 0 }, "penalty.decision.incomplete", kept},
		"fine without amount":     {func(d *penalty.Decided) { d.FineFen = 0 }, "penalty.fine.amount", kept},
		"amount without fine":     {func(d *penalty.Decided) { d.Kinds = d.Kinds[1:] }, "penalty.fine.kind", kept},
		"taking without amount":   {func(d *penalty.Decided) { d.ConfiscatedFen = 0 }, "penalty.confiscated.amount", kept},
		"amount without taking":   {func(d *penalty.Decided) { d.Kinds = d.Kinds[:1] }, "penalty.confiscated.kind", kept},
		"licence not named":       {func(d *penalty.Decided) { d.Kinds = append(d.Kinds, penalty.LicenceRevoked) }, "penalty.licence.required", kept},
		"effect ends too early":   {func(d *penalty.Decided) { d.EffectiveUntil = decidedOn.AddDays(-1) }, "penalty.effective_until.early", kept},
		"92 is a sole trader's":   {party(func(p *penalty.Party) { p.Subject = "92320105780688132H" }), "penalty.party.category", kept},
		"summary with taking":     {func(d *penalty.Decided) { d.Procedure = penalty.Summary }, "penalty.summary.limit", kept},
	} {
		t.Run(name, func(t *testing.T) {
			d := decision(c.change)
			scenario.When(penalty.Decide{By: clerk, Today: today, Decision: d}).ThenError(t, faulty(c.code))
			d.SourceRow = &penalty.SourceRow{FileDigest: "ab", Line: 3}
			events, err := penalty.Decider.Decide(penalty.State{}, penalty.TakeOver{By: clerk, Today: today, Decision: d})
			if !c.doubt {
				if !hasCode(err, c.code) {
					t.Errorf("taken over: got %v, want %s", err, c.code)
				}
				return
			}
			if err != nil || len(events) != 1 {
				t.Fatalf("taken over: %d events, %v", len(events), err)
			}
			if doubts := events[0].(penalty.Decided).Doubts; !doubted(doubts, c.code) {
				t.Errorf("doubts %v, want %s", doubts, c.code)
			}
		})
	}
}

func doubted(doubts []penalty.Doubt, code string) bool {
	for _, d := range doubts {
		if d.Code == code && d.Field != "" {
			return true
		}
	}
	return false
}

func TestSummaryProcedure(t *testing.T) {
	for name, c := range map[string]struct {
		kind  penalty.PartyKind
		kinds []penalty.Kind
		fen   domain.Fen
		ok    bool
	}{
		"warning":                    {penalty.Natural, []penalty.Kind{penalty.Warning}, 0, true},
		"citizen at the limit":       {penalty.Natural, []penalty.Kind{penalty.Fine}, 200_00, true},
		"citizen over the limit":     {penalty.Natural, []penalty.Kind{penalty.Fine}, 200_01, false},
		"organisation at the limit":  {penalty.Legal, []penalty.Kind{penalty.Warning, penalty.Fine}, 3000_00, true},
		"organisation over":          {penalty.Legal, []penalty.Kind{penalty.Fine}, 3000_01, false},
		"sole trader at the limit":   {penalty.IndividualBusiness, []penalty.Kind{penalty.Fine}, 3000_00, true},
		"criticism is not a warning": {penalty.Legal, []penalty.Kind{penalty.Criticism}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := decision(func(d *penalty.Decided) {
				d.Procedure, d.Kinds, d.FineFen, d.ConfiscatedFen = penalty.Summary, c.kinds, c.fen, 0
				d.Parties = []penalty.Party{{Kind: c.kind, Name: "张三"}}
			})
			_, err := penalty.Decider.Decide(penalty.State{}, penalty.Decide{By: clerk, Today: today, Decision: d})
			if ok := !hasCode(err, "penalty.summary.limit"); ok != c.ok {
				t.Errorf("accepted %v: %v", ok, err)
			}
		})
	}
}

func TestPartiesWithoutASoundCode(t *testing.T) {
	codeless := decision(func(d *penalty.Decided) { d.Parties[0].Subject = "" })
	want := decided(codeless)
	want.Doubts = []penalty.Doubt{{Code: "penalty.party.codeless", Field: "parties[0].subject", Note: "当事人没有统一社会信用代码，不能记于市场主体名下"}}
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: codeless}).Then(t, want)

	person := decision(func(d *penalty.Decided) { d.Parties = []penalty.Party{{Kind: penalty.Natural, Name: "李四"}} })
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: person}).Then(t, decided(person))

	unsound := decision(func(d *penalty.Decided) { d.Parties[0].Subject = "91320105780688132A" })
	events, err := penalty.Decider.Decide(penalty.State{}, penalty.Decide{By: clerk, Today: today, Decision: unsound})
	if err != nil || !doubted(events[0].(penalty.Decided).Doubts, "penalty.party.code") {
		t.Errorf("a code that fails GB 32100: %v, %v", events, err)
	}
	registered := decision(func(d *penalty.Decided) { d.Parties[0].Subject = "reg:440301103448669" })
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: registered}).Then(t, decided(registered))
}

func TestTakeOver(t *testing.T) {
	row := &penalty.SourceRow{FileDigest: "ab", Line: 3}
	given := penalty.Doubt{Code: "sheet.amount.text", Field: "fine_fen", Note: "金额取自处罚内容"}
	d := decision(func(d *penalty.Decided) { d.SourceRow, d.Doubts = row, []penalty.Doubt{given} })
	cmd := penalty.TakeOver{By: clerk, Today: today, Decision: d}
	scenario.When(cmd).Then(t, decided(d))
	again := cmd
	again.Decision.SourceRow, again.Decision.Doubts = &penalty.SourceRow{FileDigest: "cd", Line: 9}, nil
	scenario.Given(decided(d)).When(again).ThenNothing(t)
	scenario.Given(decided(decision())).When(again).ThenNothing(t)
	other := cmd
	other.Decision.Basis = "另一依据"
	scenario.Given(decided(d)).When(other).ThenError(t, faulty("penalty.exists"))
	scenario.When(penalty.TakeOver{By: clerk, Today: today, Decision: decision()}).ThenError(t, faulty("penalty.required"))
	scenario.When(penalty.TakeOver{By: stranger, Today: today, Decision: d}).ThenError(t, faulty("penalty.authority.foreign"))
	many := cmd
	many.Decision.Doubts = make([]penalty.Doubt, 51)
	scenario.When(many).ThenError(t, faulty("penalty.doubts.number"))
	many.Decision.Doubts = []penalty.Doubt{{Note: "身份证号11010519491231002X"}}
	scenario.When(many).ThenError(t, faulty("penalty.personal_data"))
}

// The doubts that the rules add count too.
func TestDoubtsFitTheEvent(t *testing.T) {
	d := decision(func(d *penalty.Decided) {
		d.SourceRow = &penalty.SourceRow{FileDigest: "ab", Line: 3}
		d.Facts, d.Content = strings.Repeat("字", 5000), strings.Repeat("字", 4000)
		d.Parties = slices.Repeat([]penalty.Party{{Name: strings.Repeat("字", 80)}}, 50)
	})
	refusals := 0
	for n := range 51 {
		d.Doubts = slices.Repeat([]penalty.Doubt{{Code: "sheet", Field: "f", Note: strings.Repeat("字", 100)}}, n)
		events, err := penalty.Decider.Decide(penalty.State{}, penalty.TakeOver{By: clerk, Today: today, Decision: d})
		if f, ok := errors.AsType[*domain.Fault](err); ok && f.Code == "penalty.size" && f.Kind == domain.TooLarge && f.Field == "doubts" {
			refusals++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if data, err := json.Marshal(events[0]); err != nil || len(data) > es.MaxEvent {
			t.Errorf("with %d doubts: %d bytes, %v", n, len(data), err)
		}
	}
	if refusals == 0 || refusals == 51 {
		t.Errorf("%d of 51 refused", refusals)
	}
}

func TestTheLongestTextsAreAccepted(t *testing.T) {
	d := decision(func(d *penalty.Decided) {
		d.Violation, d.Facts, d.Basis, d.Content = strings.Repeat("字", 2000), strings.Repeat("字", 5000), strings.Repeat("字", 2048), strings.Repeat("字", 4000)
	})
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: d}).Then(t, decided(d))
	d.Facts = strings.Repeat("<", 5000)
	scenario.When(penalty.Decide{By: clerk, Today: today, Decision: d}).ThenError(t, func(err error) bool {
		f, ok := errors.AsType[*domain.Fault](err)
		return ok && f.Code == "penalty.size" && f.Field == "facts"
	})
}

func TestIDTellsDecisionsApart(t *testing.T) {
	base := penalty.ID(bureau, "宁市监处罚〔2026〕45号", "甲（集团）店", decidedOn)
	if got := penalty.ID(bureau, "宁市监处罚[2026]4５号 ", "甲(集团) 店", decidedOn); got != base {
		t.Error("brackets and width make another decision")
	}
	for name, id := range map[string]string{
		"authority": penalty.ID("x1", "宁市监处罚〔2026〕45号", "甲（集团）店", decidedOn),
		"number":    penalty.ID(bureau, "宁市监处罚〔2026〕46号", "甲（集团）店", decidedOn),
		"party":     penalty.ID(bureau, "宁市监处罚〔2026〕45号", "乙店", decidedOn),
		"date":      penalty.ID(bureau, "宁市监处罚〔2026〕45号", "甲（集团）店", today),
	} {
		if id == base {
			t.Errorf("another %s is the same decision", name)
		}
	}
}
