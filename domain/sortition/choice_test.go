package sortition_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// TestChoicesAreThoseOfTheRules draws by the rules and hears of the same eligible inspectors, by a count of its own.
func TestChoicesAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	var subjects []sortition.Subject
	for i := range 40 {
		subjects = append(subjects, sortition.Subject{ID: fmt.Sprintf("s%02d", i), Stratum: "A", District: []string{"540121", "540221"}[i%2]})
	}
	inspector := func(id, until, district string) sortition.Inspector {
		return sortition.Inspector{ID: id, Department: "d", LicenceValidUntil: until, Lines: []string{"food"}, Districts: []string{district}}
	}
	inspectors := []sortition.Inspector{
		inspector("a", "2027-01-01", "540000"), inspector("b", "2027-01-01", "540100"), inspector("c", "2027-01-01", "540000"),
		inspector("d", "2026-01-01", "540000"), inspector("e", "2027-01-01", "540200"),
	}
	conflicts := []sortition.Conflict{{Inspector: "a", Subject: "s04"}, {Inspector: "a", Subject: "s05"}}
	pools := sortition.SortedPools(subjects, inspectors, conflicts)
	frozen, err := sortition.Freeze(pools)
	if err != nil {
		t.Fatal(err)
	}
	terms := sortition.Terms{
		DrawID: "T-1", TaskID: "T", Line: "food", WindowEnd: "2026-12-31", WorkloadCap: 9, Strata: []sortition.Stratum{{Name: "A", Count: 20}},
		Departments: []sortition.Department{{Name: "d", TeamSize: 2}},
		SubjectRoot: frozen.Subjects.Root, InspectorRoot: frozen.Inspectors.Root, ConflictRoot: frozen.Conflicts.Root,
	}
	result, err := sortition.Draw(terms, pools, nil, []sortition.Reveal{{Party: "p", Nonce: sortition.Nonce{7}}})
	if err != nil {
		t.Fatal(err)
	}
	load, at, short := map[string]int{}, 0, 0
	err = sortition.Choices(terms, pools, result.Selected, func(s sortition.Selection, choices []sortition.Choice) error {
		if len(choices) != 1 || !slices.Equal(choices[0].Roster, []string{"a", "b", "c", "e"}) {
			t.Fatalf("%+v", choices)
		}
		team, eligible := named(choices[0], choices[0].Team), named(choices[0], choices[0].Eligible)
		if s.Subject != result.Selected[at].Subject || !slices.Equal(team, result.Selected[at].Teams[0].Inspectors) {
			t.Errorf("subject %d: %v, %v", at, s, choices)
		}
		at++
		var want []string
		for _, id := range []string{"a", "b", "c", "e"} {
			related := id == "a" && (s.Subject == "s04" || s.Subject == "s05")
			elsewhere := id == "b" && (s.Subject[2]-'0')%2 == 1 || id == "e" && (s.Subject[2]-'0')%2 == 0
			if !elsewhere && !related && load[id] < 9 {
				want = append(want, id)
			}
		}
		if !slices.Equal(eligible, want) {
			t.Errorf("%s: eligible %v, want %v", s.Subject, eligible, want)
		}
		for _, id := range team {
			load[id]++
		}
		if len(team) == 0 {
			short++
		}
		return nil
	})
	if err != nil || at != 20 || short == 0 || short == 20 {
		t.Errorf("%d subjects, %d short, %v", at, short, err)
	}
	stop := errors.New("enough")
	if err := sortition.Choices(terms, pools, result.Selected, func(sortition.Selection, []sortition.Choice) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the caller: %v", err)
	}
	terms.Line = ""
	if err := sortition.Choices(terms, pools, nil, nil); err == nil {
		t.Error("terms that leave a choice open are taken")
	}
}

func named(c sortition.Choice, places []int) []string {
	var ids []string
	for _, at := range places {
		ids = append(ids, c.Roster[at])
	}
	return ids
}
