package fairness_test

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// small are two draws that can be counted by hand: one of four subjects is drawn, then one of five, both times a; of three
// inspectors of one department two go, and the only one of the other.
func small() []sortition.Bundle {
	var list []sortition.Bundle
	for i, pool := range []string{"abcd", "abcde"} {
		b := sortition.Bundle{
			Version: sortition.Version, DrawID: fmt.Sprintf("T%d-1", i+1), TaskID: fmt.Sprintf("T%d", i+1), Number: 1, Line: "food", WindowEnd: "2026-12-31",
			Strata:      []sortition.Stratum{{Name: "A", Count: 1}},
			Departments: []sortition.Department{{Name: "消防", TeamSize: 1}, {Name: "市监", TeamSize: 2}},
			Inspectors: []sortition.Inspector{
				officer("x", "市监"), officer("y", "市监"), officer("z", "市监"), officer("f", "消防"),
				{ID: "late", Department: "市监", LicenceValidUntil: "2026-12-30", Lines: []string{"food"}, Districts: []string{"540000"}},
			},
			CommittedAt: fmt.Sprintf("2026-0%d-01T00:00:00Z", i+1),
			Selected: []sortition.Selection{{Subject: "a", Stratum: "A", Teams: []sortition.Team{
				{Department: "市监", Inspectors: []string{"y", "x"}}, {Department: "消防", Inspectors: []string{"f"}},
			}}},
		}
		for _, id := range pool {
			b.Subjects = append(b.Subjects, sortition.Subject{ID: string(id), Stratum: "A", District: "540100"})
		}
		list = append(list, b)
	}
	list[1].Replacements = []sortition.Replacement{{Number: 1, SubjectOut: "a", Reason: "closed", ReplacedBy: sortition.Selection{Subject: "e", Stratum: "A"}}}
	return list
}

func officer(id, department string) sortition.Inspector {
	return sortition.Inspector{ID: id, Department: department, LicenceValidUntil: "2027-01-01", Lines: []string{"food"}, Districts: []string{"540000"}}
}

func TestAStudyCountedByHand(t *testing.T) {
	t.Parallel()
	s, err := fairness.Measure(sources(small()))
	if err != nil {
		t.Fatal(err)
	}
	s.Undrawn(true)
	s.Undrawn(false)
	s.Undrawn(false)
	hits, err := s.Hits(results(
		fairness.Result{Draw: "T1-1", Subject: "a", Manner: "on_site", Found: true},
		fairness.Result{Draw: "T2-1", Subject: "e", Manner: "on_site"}, // from the reserve
		fairness.Result{Draw: "T2-1", Subject: "a", Manner: "online"},
		fairness.Result{Draw: "T2-1", Subject: "b", Manner: "on_site", Found: true}, // was not drawn
		fairness.Result{Draw: "T9-1", Subject: "a", Manner: "on_site", Found: true}, // not in the study
	))
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	list := func(name string, units func(yield func(fairness.Unit) bool)) {
		for u := range units {
			lines = append(lines, fmt.Sprintf("%s %s %s %d %d %s", name, u.ID, u.With, u.Chances, u.Drawn, fairness.Decimal(u.Expected)))
		}
	}
	list("subject", s.Subjects())
	list("inspector", s.Inspectors())
	list("pair", s.Pairs())
	want := []string{
		"subject a  2 2 0.450000", "subject b  2 0 0.450000", "subject c  2 0 0.450000", "subject d  2 0 0.450000", "subject e  1 0 0.200000",
		"inspector f  2 2 2.000000", "inspector x  2 2 1.333333", "inspector y  2 2 1.333333", "inspector z  2 0 1.333333",
		// Two of three go: each pair in 2·1/(3·2) of the cases, each with f in 2/3.
		"pair f x 0 2 1.333333", "pair f y 0 2 1.333333", "pair f z 0 0 1.333333",
		"pair x y 0 2 0.666666", "pair x z 0 0 0.666666", "pair y z 0 0 0.666666",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	r := s.Report()
	got := fmt.Sprint(r.Aborted, r.Open, r.Replacements, r.Candidates, r.Selected, r.Subjects, r.Covered, r.CoveragePPM, " ", r.CoveredByLot, " ", r.Inspectors, r.Pairs,
		r.Strata, hits, hits[0].PPM(), r.Flagged)
	// Expected to be covered: the first, and four fifths of the second.
	if want := "1 2 1 9 2 5 1 200000 1.800000 4 6 [{A 2 9 2}] [{A on_site 2 1} {A online 1 0}] 500000 false"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if r.MostDrawn[0].ID != "a" || r.LeastDrawn[0].ID != "b" || r.MostSent[0].ID != "x" || r.LeastSent[0].ID != "z" ||
		r.MostTogether[0].With != "y" || r.LeastTogether[0].With != "z" {
		t.Errorf("extremes: %v %v %v %v %v %v", r.MostDrawn, r.LeastDrawn, r.MostSent, r.LeastSent, r.MostTogether, r.LeastTogether)
	}
	tests(t, r, map[string]string{
		fairness.Order:   "2 ",                  // gaps; two of a grade have a p of 1 in 16 at least
		fairness.Repeats: "1 1.000000 0.200000", // one of five was drawn before
		fairness.Crews:   "2 ",
		// Never drawn: b, c, d with 1/(3/4·4/5) = 5/3, e with 5/4; hardly: e^(3/4·0.45) = 1.401, e^(3/4·0.2) = 1.162, and for a
		// e^(3/4·0.45)/16 = 0.088. Their sum, 11.704, by 2·5.
		fairness.Spared: "5 1.170",
		// a: 4·e^-0.45, 16·e^-1.35, 64·e^-3.15, 256·e^-6.75 are 2.550, 4.148, 2.743, 0.300; the others of 0.45 have
		// e^-0.45 and so on, 0.941 each, and e 1.664. The sum, 14.228, by 4·5.
		fairness.Singled: "5 0.711",
	})
}

func results(list ...fairness.Result) iter.Seq2[fairness.Result, error] {
	return func(yield func(fairness.Result, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func tests(t *testing.T, r fairness.Report, want map[string]string) {
	t.Helper()
	for _, test := range r.Tests {
		got := fmt.Sprint(test.Cases, " ", test.Statistic)
		if test.Name == fairness.Repeats {
			got += " " + test.Expected
		}
		if !strings.HasPrefix(got, want[test.Name]) {
			t.Errorf("%s: %s, want %s", test.Name, got, want[test.Name])
		}
		if test.Smallest <= test.Rate && test.Name != fairness.Repeats {
			t.Errorf("%s: two draws could not be flagged, yet the smallest p is %d", test.Name, test.Smallest)
		}
		if test.Chinese == "" || test.English == "" {
			t.Errorf("%s says nothing", test.Name)
		}
	}
}

func TestTheOrderOfTheBundlesDoesNotMatter(t *testing.T) {
	t.Parallel()
	bundles := newWorld(3).months(8)
	want := measured(t, bundles)
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable
		mixed := slices.Clone(bundles)
		random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if diff := cmp.Diff(want, measured(t, mixed), cmp.AllowUnexported(fairness.Unit{})); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestAnAbortedDrawIsCountedAndNothingElse(t *testing.T) {
	t.Parallel()
	bundles := newWorld(4).months(6)
	want := measured(t, bundles)
	s, err := fairness.Measure(sources(bundles))
	if err != nil {
		t.Fatal(err)
	}
	s.Undrawn(true)
	got := s.Report()
	if got.Aborted != 1 {
		t.Errorf("%d aborted", got.Aborted)
	}
	got.Aborted = 0
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(fairness.Unit{})); diff != "" {
		t.Error(diff)
	}
}

// TestTheFiguresStay pins a year to the last digit: published figures must not change under whoever recomputes them.
func TestTheFiguresStay(t *testing.T) {
	t.Parallel()
	var got []string
	for _, test := range measured(t, newWorld(0).months(12)).Tests {
		got = append(got, fmt.Sprint(test.Name, " ", test.Cases, " ", test.Statistic, " ", test.Expected, " ", test.P, " ", test.Smallest, " ", test.Visible))
	}
	want := []string{
		"order 312 16.512820 15.000000 363637 500 0",
		"repeats 20 147.000000 145.050000 575915 1 0",
		"crews 312 9.128205 15.000000 857143 500 0",
		"spared 220 0.835478 1.000000 1000000 1000000 0",
		"singled 220 0.418562 1.000000 1000000 1 160",
		"inspectors 14 0.100882 1.000000 1000000 1 14",
		"pairs 91 0.978258 1.000000 1000000 1 91",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingToMeasure(t *testing.T) {
	t.Parallel()
	r := measured(t, nil)
	for _, test := range r.Tests {
		if test.P != 1_000_000 || test.Smallest != 1_000_000 || test.Flagged {
			t.Errorf("%+v", test)
		}
	}
	// Where all are drawn and all are sent there is no choice to judge.
	b := small()[0]
	b.Strata[0].Count = 4
	b.Departments = b.Departments[:1]
	b.Departments[0].TeamSize = 1
	b.Departments = append(b.Departments, sortition.Department{Name: "市监", TeamSize: 3})
	b.Selected = nil
	for _, s := range b.Subjects {
		b.Selected = append(b.Selected, sortition.Selection{Subject: s.ID, Stratum: "A", Teams: []sortition.Team{
			{Department: "市监", Inspectors: []string{"x", "y", "z"}}, {Department: "消防", Inspectors: []string{"f"}},
		}})
	}
	r = measured(t, []sortition.Bundle{b})
	for _, test := range r.Tests {
		if test.P != 1_000_000 || test.Flagged {
			t.Errorf("without a choice: %+v", test)
		}
	}
	if r.CoveragePPM != 1_000_000 || r.CoveredByLot != "4.000000" {
		t.Errorf("coverage %d, by lot %s", r.CoveragePPM, r.CoveredByLot)
	}
}

func TestBundlesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(b *sortition.Bundle){
		"a subject that is no candidate":         func(b *sortition.Bundle) { b.Selected[0].Subject = "q" },
		"another stratum":                        func(b *sortition.Bundle) { b.Selected[0].Stratum = "B" },
		"too few":                                func(b *sortition.Bundle) { b.Selected = nil },
		"twice":                                  func(b *sortition.Bundle) { b.Selected = append(b.Selected, b.Selected[0]) },
		"a candidate twice":                      func(b *sortition.Bundle) { b.Subjects = append(b.Subjects, b.Subjects[0]) },
		"a stratum that the terms don't name":    func(b *sortition.Bundle) { b.Subjects[3].Stratum = "B" },
		"an inspector without a licence":         func(b *sortition.Bundle) { b.Selected[0].Teams[0].Inspectors[0] = "late" },
		"an inspector twice":                     func(b *sortition.Bundle) { b.Selected[0].Teams[0].Inspectors[0] = "x" },
		"a team too small":                       func(b *sortition.Bundle) { b.Selected[0].Teams[0].Inspectors = []string{"x"} },
		"a department too few":                   func(b *sortition.Bundle) { b.Selected[0].Teams = b.Selected[0].Teams[:1] },
		"another department":                     func(b *sortition.Bundle) { b.Selected[0].Teams[0].Department = "税务" },
		"a team in spite of a declared conflict": func(b *sortition.Bundle) { b.Conflicts = []sortition.Conflict{{Inspector: "x", Subject: "a"}} },
		"no terms":                               func(b *sortition.Bundle) { b.Line = "" },
	} {
		b := small()[0]
		change(&b)
		_, err := fairness.Measure(sources([]sortition.Bundle{b}))
		_, input := errors.AsType[*sortition.InputError](err)
		_, step := errors.AsType[*sortition.StepError](err)
		if !input && !step {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fairness.Measure(sources(append(small(), small()...))); err == nil {
		t.Error("a draw that is given twice is taken")
	}
}

// TestADepartmentThatFellShort: nobody was sent by it, so that there was nothing to choose and nobody to expect.
func TestADepartmentThatFellShort(t *testing.T) {
	t.Parallel()
	b := small()[0]
	b.Conflicts = []sortition.Conflict{{Inspector: "x", Subject: "a"}, {Inspector: "y", Subject: "a"}}
	b.Selected[0].Teams[0].Inspectors = nil
	s, err := fairness.Measure(sources([]sortition.Bundle{b}))
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(slices.Collect(s.Inspectors()), slices.Collect(s.Pairs()), s.Report().Inspectors)
	if want := "[{f  1 1 1000000000 0}] [] 1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
