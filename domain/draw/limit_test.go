package draw

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// frozen draws 5 % of the 8 of stratum A, which is one, and 2 of the 4 of "none".
func TestADrawTakesNoMoreThanItsItemsAllow(t *testing.T) {
	t.Parallel()
	freezing := func(limit Limit, none Base) Freeze {
		a := Base{Stratum: "A", Subjects: 8, Drawn: map[string]uint64{}}
		return Freeze{By: planner, Frozen: frozen(), Limits: []Limit{{Item: "9"}, limit}, Bases: []Base{a, none}}
	}
	base := func(subjects, drawn uint64) Base {
		return Base{Stratum: "none", Subjects: subjects, Drawn: map[string]uint64{"1": drawn, "2": 4}}
	}
	item := func(ppm int64) Limit { return Limit{Item: "1", RatioPPMMax: ppm} }
	for name, c := range map[string]struct {
		cmd  Freeze
		want string // part of the refusal
	}{
		"no limit":                     {freezing(item(0), base(4, 0)), ""},
		"just as many":                 {freezing(item(500_000), base(4, 0)), ""},
		"a share is rounded up":        {freezing(item(250_001), base(4, 0)), ""},
		"a count over the limit":       {freezing(item(250_000), base(4, 0)), "stratum \"none\" at most 1; 0 were drawn before, and this draw takes 2"},
		"together with former draws":   {freezing(item(500_000), base(4, 1)), "1 were drawn before"},
		"those left out count":         {freezing(item(250_000), base(8, 0)), ""},
		"former draws of other items":  {freezing(item(500_000), base(4, 0)), ""},
		"a stratum that the other has": {freezing(item(500_000), Base{Stratum: "B", Subjects: 1, Drawn: map[string]uint64{"1": 1}}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.want == "" {
				given().When(c.cmd).Then(t, frozen())
				return
			}
			given().When(c.cmd).ThenError(t, func(err error) bool {
				f := (*domain.Fault)(nil)
				return errors.As(err, &f) && f.Code == "draw.ratio_over_item" && strings.Contains(f.EN, c.want) &&
					strings.Contains(f.EN, "item 1 allows") && strings.Contains(f.ZH, "事项1的年度抽查比例上限")
			})
		})
	}
}

func TestACountBeyondThePoolTakesThePool(t *testing.T) {
	t.Parallel()
	f := frozen()
	f.Strata[1].Count = 100
	cmd := Freeze{By: planner, Frozen: f, Limits: []Limit{{Item: "1", RatioPPMMax: sortition.Parts}},
		Bases: []Base{{Stratum: "none", Subjects: 4, Drawn: map[string]uint64{}}}}
	given().When(cmd).Then(t, f)
	cmd.Limits[0].RatioPPMMax = 999_999
	given().When(cmd).Then(t, f)
	cmd.Bases[0].Drawn["1"] = 1
	given().When(cmd).ThenError(t, refused(domain.Precondition, "draw.ratio_over_item"))
}

func TestTheBaseHoldsWhoIsLeftOutForAnEarlierCheck(t *testing.T) {
	t.Parallel()
	often := func(times int, drawn bool) []ItemChecks { return []ItemChecks{{Item: "1", Times: times, Drawn: drawn}} }
	one := func(id, class string, checks []ItemChecks) Candidate {
		return Candidate{ID: id, Kind: "enterprise", District: "540102", Status: "active", Class: class, Checks: checks}
	}
	source := &roster{candidates: []Candidate{
		one("1", "A", nil), one("2", "A", often(1, true)), one("3", "A", often(2, true)), one("4", "", often(2, false)),
		one("5", "", []ItemChecks{{Item: "2", Times: 9, Drawn: true}}), one("6", "D", often(1, true)),
	}}
	scope := Scope{Strata: []string{"A", NoStratum}, Limits: []Limit{{Item: "1", MaxPerYear: 2}, {Item: "2"}}}
	pools, err := TakePools(t.Context(), &drawtest.Memory{}, source, scope)
	if err != nil {
		t.Fatal(err)
	}
	wantBases := []Base{
		{Stratum: "A", Subjects: 3, Drawn: map[string]uint64{"1": 2}}, {Stratum: NoStratum, Subjects: 2, Drawn: map[string]uint64{"2": 1}},
	}
	if diff := cmp.Diff(wantBases, pools.Bases); diff != "" {
		t.Errorf("bases (-want +got):\n%s", diff)
	}
	wantOut := []sortition.Exclusion{{Reason: "frequency_cap_reached", Count: 2}, {Reason: "stratum_not_drawn", Count: 1}}
	if diff := cmp.Diff(wantOut, pools.Exclusions); diff != "" || pools.Subjects.Count != 3 {
		t.Errorf("%d subjects, exclusions (-want +got):\n%s", pools.Subjects.Count, diff)
	}
}
