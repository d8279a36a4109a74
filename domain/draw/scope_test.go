package draw

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestScreening(t *testing.T) {
	t.Parallel()
	scope := Scope{
		Kinds: []string{"enterprise"}, Districts: []string{"540300", "540102"}, Classes: []string{"A", "none"},
		Industries: []string{"F52"}, Strata: []string{"A", "none"}, CheckedSince: calendar.MustParse("2026-01-01"),
	}
	good := Candidate{ID: "x", Kind: "enterprise", District: "540321", Status: "active", Class: "A", Industry: "F5211",
		LastChecked: calendar.MustParse("2025-12-31")}
	cases := map[string]struct {
		change func(*Scope, *Candidate)
		want   Exclusion
	}{
		"one in scope":                     {func(*Scope, *Candidate) {}, ""},
		"one never checked":                {func(_ *Scope, c *Candidate) { c.LastChecked = calendar.Date{} }, ""},
		"the district itself":              {func(_ *Scope, c *Candidate) { c.District = "540102" }, ""},
		"no class":                         {func(_ *Scope, c *Candidate) { c.Class = "" }, ""},
		"no district":                      {func(_ *Scope, c *Candidate) { c.District = "" }, DistrictUnknown},
		"a district of letters":            {func(_ *Scope, c *Candidate) { c.District = "54032x" }, DistrictUnknown},
		"another district":                 {func(_ *Scope, c *Candidate) { c.District = "540103" }, OutOfDistrict},
		"the whole country":                {func(s *Scope, _ *Candidate) { s.Districts = []string{"000000"} }, ""},
		"another kind":                     {func(_ *Scope, c *Candidate) { c.Kind = "cooperative" }, OutOfKind},
		"one that was merged into another": {func(_ *Scope, c *Candidate) { c.Succeeded, c.Status = true, "deregistered" }, HasSuccessor},
		"a deregistered one":               {func(_ *Scope, c *Candidate) { c.Status = "deregistered" }, "deregistered"},
		"one without a status":             {func(_ *Scope, c *Candidate) { c.Status = "" }, statusUnrecorded},
		"a suspended one, asked for":       {func(s *Scope, c *Candidate) { s.Statuses, c.Status = []string{"suspended"}, "suspended" }, ""},
		"an active one, not asked for":     {func(s *Scope, _ *Candidate) { s.Statuses = []string{"suspended"} }, "active"},
		"another class":                    {func(_ *Scope, c *Candidate) { c.Class = "D" }, OutOfClass},
		"another industry":                 {func(_ *Scope, c *Candidate) { c.Industry = "C13" }, OutOfIndustry},
		"a stratum that isn't drawn":       {func(s *Scope, _ *Candidate) { s.Strata = []string{"none"} }, StratumNotDrawn},
		"checked on the first day":         {func(_ *Scope, c *Candidate) { c.LastChecked = calendar.MustParse("2026-01-01") }, CheckedRecently},
		"another class within the line":    {func(s *Scope, c *Candidate) { s.LineClasses, c.LineClass = []string{"C", "D"}, "B" }, OutOfLineClass},
		"no class within the line":         {func(s *Scope, _ *Candidate) { s.LineClasses = []string{"C", "D"} }, OutOfLineClass},
		"a class within the line":          {func(s *Scope, c *Candidate) { s.LineClasses, c.LineClass = []string{"C", "none"}, "C" }, ""},
		"none within the line, asked":      {func(s *Scope, _ *Candidate) { s.LineClasses = []string{"C", "none"} }, ""},
		"no key unit":                      {func(s *Scope, _ *Candidate) { s.KeyUnits = true }, NoKeyUnit},
		"a key unit":                       {func(s *Scope, c *Candidate) { s.KeyUnits, c.KeyUnit = true, true }, ""},
		"no licence":                       {func(s *Scope, _ *Candidate) { s.Licensed = true }, NotLicensed},
		"a licence":                        {func(s *Scope, c *Candidate) { s.Licensed, c.Licensed = true, true }, ""},
		"strata of the line": {func(s *Scope, c *Candidate) {
			s.ByLineClass, s.Strata, c.LineClass = true, []string{"D"}, "D"
		}, ""},
		"another stratum of the line": {func(s *Scope, c *Candidate) {
			s.ByLineClass, s.Strata, c.LineClass = true, []string{"A"}, "D"
		}, StratumNotDrawn},
		"checked as often as allowed": {func(s *Scope, c *Candidate) {
			s.Limits, c.Checks = []Limit{{Item: "1"}, {Item: "2", MaxPerYear: 2}}, []ItemChecks{{Item: "1", Times: 9}, {Item: "2", Times: 2}}
		}, CapReached},
		"checked less often": {func(s *Scope, c *Candidate) {
			s.Limits, c.Checks = []Limit{{Item: "1", MaxPerYear: 2}, {Item: "2"}}, []ItemChecks{{Item: "1", Times: 1}, {Item: "2", Times: 9}}
		}, ""},
		"checked recently, no matter": {func(s *Scope, c *Candidate) {
			s.CheckedSince, c.LastChecked = calendar.Date{}, calendar.MustParse("2026-02-01")
		}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, candidate := scope, good
			c.change(&s, &candidate)
			if got := s.Screen(candidate); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if c.want != "" && c.want.Label() == string(c.want) {
				t.Errorf("%s has no label", c.want)
			}
		})
	}
}

func TestTheInspectorsOfAPool(t *testing.T) {
	t.Parallel()
	scope := Scope{Teams: []TeamOfOfficer{{Authority: bureau, Department: "市场监管"}}}
	good := Officer{Inspector: sortition.Inspector{ID: "XZ-001", Department: "市场监管", LicenceValidUntil: "2020-01-01"}, Authority: bureau}
	if !scope.Admits(good) {
		t.Error("an expired licence is for the draw to count")
	}
	for name, change := range map[string]func(*Officer){
		"suspended":          func(o *Officer) { o.Suspended = true },
		"without a licence":  func(o *Officer) { o.LicenceValidUntil = "" },
		"another department": func(o *Officer) { o.Department = "消防" },
		"another authority":  func(o *Officer) { o.Authority = fire },
	} {
		o := good
		change(&o)
		if scope.Admits(o) {
			t.Errorf("%s: in the pool", name)
		}
	}
}
