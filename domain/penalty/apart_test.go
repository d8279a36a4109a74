package penalty_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
)

// joint is one decision against three: a firm and two people of one name.
func joint() penalty.Decided {
	return decision(func(d *penalty.Decided) {
		d.Parties = append(d.Parties, penalty.Party{Kind: penalty.Natural, Name: "李四"}, penalty.Party{Kind: penalty.Natural, Name: "李 四"})
	})
}

func sentences() []*penalty.Sentence {
	return []*penalty.Sentence{
		{Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款2000元", FineFen: 200000},
		{Kinds: []penalty.Kind{penalty.Fine}, Content: "罚款500元", FineFen: 50000},
		{Kinds: []penalty.Kind{penalty.LicenceRevoked}, Content: "吊销", LicenceAffected: "健康证明 1号"},
	}
}

func TestADecisionAgainstSeveralIsARecordForEach(t *testing.T) {
	d := joint()
	list, err := penalty.Apart(d, sentences())
	if err != nil || len(list) != 3 {
		t.Fatalf("%d records, %v", len(list), err)
	}
	first := penalty.ID(d.Authority, d.DecisionNo, d.Parties[0].Name, d.DecidedOn)
	ids := map[string]bool{}
	for i, one := range list {
		events, err := penalty.Decider.Decide(penalty.State{}, penalty.Decide{By: clerk, Today: today, Decision: one})
		if err != nil || len(events) != 1 {
			t.Fatalf("record %d: %v, %v", i, events, err)
		}
		got := events[0].(penalty.Decided)
		ids[got.Penalty] = true
		if got.Penalty != penalty.RecordID(one) || got.Decision != first || got.Place != i || !slices.Equal(got.All(), d.Parties) ||
			!slices.Equal(got.Parties, d.Parties[i:i+1]) || got.FineFen != sentences()[i].FineFen || got.Content != sentences()[i].Content ||
			got.LicenceAffected != sentences()[i].LicenceAffected || got.Facts != d.Facts {
			t.Errorf("record %d: %+v", i, got)
		}
		scenario.Given(got).When(penalty.Decide{By: clerk, Today: today, Decision: one}).ThenNothing(t)
		other := one
		other.CoParties = slices.Clone(one.CoParties)
		other.CoParties[0].LegalRepresentative = "另一人"
		scenario.Given(got).When(penalty.Decide{By: clerk, Today: today, Decision: other}).ThenError(t, faulty("penalty.exists"))
	}
	for i, one := range list[0].Rest() {
		if diff := cmp.Diff(list[i+1], one, cmp.AllowUnexported(calendar.Date{})); diff != "" {
			t.Errorf("what the first record tells of record %d: %s", i+1, diff)
		}
	}
	if rest := list[1].Rest(); rest != nil {
		t.Errorf("the second record tells of %d others", len(rest))
	}
	another, err := penalty.Apart(d, append(sentences()[:2:2], &penalty.Sentence{Kinds: []penalty.Kind{penalty.Warning}, Content: "警告"}))
	list[0].Penalty = first
	scenario.Given(list[0]).When(penalty.Decide{By: clerk, Today: today, Decision: another[0]}).ThenError(t, faulty("penalty.exists"))
	if err != nil || len(ids) != 3 || !ids[first] {
		t.Errorf("ids %v, the first party's is %s, %v", ids, first, err)
	}
}

func TestADecisionAgainstOneIsItsRecord(t *testing.T) {
	d := decision()
	list, err := penalty.Apart(d, nil)
	if diff := cmp.Diff([]penalty.Decided{d}, list, cmpopts.EquateEmpty(), cmp.AllowUnexported(calendar.Date{})); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if penalty.RecordID(d) != decided(d).Penalty {
		t.Error("the id of a decision against one party changed")
	}
	own, err := penalty.Apart(d, sentences()[1:2])
	if err != nil || own[0].FineFen != 50000 || own[0].ConfiscatedFen != 0 || len(own[0].CoParties) != 0 {
		t.Errorf("%+v, %v", own, err)
	}
	if none, err := penalty.Apart(penalty.Decided{}, nil); err != nil || len(none) != 1 {
		t.Errorf("without a party: %v, %v", none, err)
	}
}

func TestWhatCannotBeTakenApart(t *testing.T) {
	warned := joint()
	warned.Kinds, warned.FineFen, warned.ConfiscatedFen, warned.Content = []penalty.Kind{penalty.Warning}, 0, 0, "警告"
	if list, err := penalty.Apart(warned, nil); err != nil || len(list) != 3 || list[2].Content != "警告" {
		t.Errorf("a warning for all: %v, %v", list, err)
	}
	if _, err := penalty.Apart(joint(), sentences()[:2]); !hasCode(err, "penalty.parties.sentence") {
		t.Errorf("an amount for all together: %v", err)
	}
	again := warned
	again.Parties = append(slices.Clone(warned.Parties), penalty.Party{Kind: penalty.Legal, Name: "另一名称", Subject: warned.Parties[0].Subject})
	if _, err := penalty.Apart(again, nil); !hasCode(err, "penalty.parties.twice") {
		t.Errorf("one code twice: %v", err)
	}
	shop := penalty.Party{Kind: penalty.IndividualBusiness, Name: "甲店"}
	again.Parties = []penalty.Party{shop, shop}
	if _, err := penalty.Apart(again, nil); !hasCode(err, "penalty.parties.twice") {
		t.Errorf("one shop twice: %v", err)
	}
	for code, change := range map[string]func(*penalty.Decided){
		"penalty.parties.joint":  func(d *penalty.Decided) { d.Parties = joint().Parties },
		"penalty.parties.place":  func(d *penalty.Decided) { d.Place = 1 },
		"penalty.parties.number": func(d *penalty.Decided) { d.CoParties = slices.Repeat(joint().Parties[1:2], 50) },
		"penalty.personal_data": func(d *penalty.Decided) {
			d.CoParties = []penalty.Party{{Kind: penalty.Natural, Name: "王五11010519491231002X"}}
		},
	} {
		scenario.When(penalty.Decide{By: clerk, Today: today, Decision: decision(change)}).ThenError(t, faulty(code))
	}
	row := decision(func(d *penalty.Decided) {
		d.Parties, d.SourceRow = joint().Parties, &penalty.SourceRow{FileDigest: "ab", Line: 1}
	})
	events, err := penalty.Decider.Decide(penalty.State{}, penalty.TakeOver{By: clerk, Today: today, Decision: row})
	if err != nil || !doubted(events[0].(penalty.Decided).Doubts, "penalty.parties.joint") || events[0].(penalty.Decided).Penalty != decided(row).Penalty {
		t.Errorf("a row against several: %v, %v", events, err)
	}
}

// The limits of summary procedure are those of each party (art. 51).
func TestSummaryLimitsAreEachPartys(t *testing.T) {
	d := joint()
	d.Procedure, d.ConfiscatedFen = penalty.Summary, 0
	for fen, ok := range map[domain.Fen]bool{200_00: true, 200_01: false} {
		fine := sentences()[1]
		fine.FineFen = fen
		list, err := penalty.Apart(d, []*penalty.Sentence{fine, fine, fine})
		if err != nil {
			t.Fatal(err)
		}
		_, err = penalty.Decider.Decide(penalty.State{}, penalty.Decide{By: clerk, Today: today, Decision: list[1]})
		if hasCode(err, "penalty.summary.limit") == ok {
			t.Errorf("%d 分 for a citizen: %v", fen, err)
		}
	}
}
