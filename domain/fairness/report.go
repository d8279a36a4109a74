package fairness

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// Rate is how often, in parts per million, a fair set of draws is flagged at most: the rates of the tests added up.
const Rate = 10_000

// The tests.
const (
	Order      = "order"      // 次序: where the selected stand in the list
	Repeats    = "repeats"    // 重复: whether those selected before are selected again
	Crews      = "crews"      // 搭配: whether inspectors who were together before are together again
	Spared     = "spared"     // 漏抽: subjects that are never selected, or hardly
	Singled    = "singled"    // 频抽: subjects that are selected too often
	Inspectors = "inspectors" // 检查人员: inspectors who are sent too often or too seldom
	Pairs      = "pairs"      // 固定搭档: pairs of inspectors who are sent together too often
)

// Test is one question and its answer. Numbers with places have six, rounded down; p-values are parts per million, rounded up.
type Test struct {
	Name      string
	Cases     uint64 // what it rests on: gaps, selections, crews, or units
	Statistic string
	Expected  string // of the statistic, if chance decides
	P         uint64 // how often chance gives as much or more, at most
	Smallest  uint64 // the smallest p that these draws could have given: above the rate, the test is blind
	Rate      uint64 // flagged at this p or below
	Flagged   bool
	Visible   uint64 // of the tests by unit: units that would be flagged by themselves, had they always or never been drawn
	Unit      string // of the tests by unit: the one that adds most; two of a pair with a blank between
	Chinese   string
	English   string
}

// Cited names a draw that was counted.
type Cited struct {
	DrawID       string
	TaskID       string
	Number       uint64
	SHA256       sortition.Digest
	Candidates   uint64
	Selected     uint64
	Replacements uint64
}

// Stratum adds up one stratum over all draws.
type Stratum struct {
	Name       string
	Draws      uint64
	Candidates uint64
	Selected   uint64
}

// Report is all that a set of draws comes to.
type Report struct {
	Draws         []Cited // in the order in which they count
	Aborted       uint64
	Open          uint64 // neither drawn nor aborted yet
	Replacements  uint64 // not part of any test: see the package
	Candidates    uint64 // places in pools
	Selected      uint64
	Subjects      uint64 // that were in a pool
	Covered       uint64 // of these, drawn at least once
	CoveredByLot  string // expected of Covered
	CoveragePPM   uint64
	Strata        []Stratum // by name
	Tests         []Test
	Flagged       bool
	Inspectors    uint64 // who could have been sent
	Pairs         uint64 // who could have been sent together; 0 if there are too many inspectors to count them
	MostDrawn     []Unit // subjects drawn most above expectation, and most below
	LeastDrawn    []Unit
	MostSent      []Unit // inspectors
	LeastSent     []Unit
	MostTogether  []Unit // pairs
	LeastTogether []Unit
}

// Report gives the figures.
func (s *Study) Report() Report {
	r := Report{
		Draws: slices.Clone(s.cited), Aborted: s.aborted, Open: s.open, Replacements: s.replaced,
		Subjects: uint64(len(s.subjects.ids)), CoveredByLot: Decimal(uint64(s.repeats.firsts)), //nolint:gosec // not negative
	}
	for _, d := range s.cited {
		r.Candidates += d.Candidates
		r.Selected += d.Selected
	}
	for _, n := range s.subjects.drawn {
		if n > 0 {
			r.Covered++
		}
	}
	if r.Subjects > 0 {
		r.CoveragePPM = r.Covered * 1_000_000 / r.Subjects
	}
	for _, l := range s.strata {
		r.Strata = append(r.Strata, *l)
	}
	slices.SortFunc(r.Strata, func(a, b Stratum) int { return strings.Compare(a.Name, b.Name) })
	r.MostDrawn, r.LeastDrawn = extremes(s.Subjects())
	r.MostSent, r.LeastSent = extremes(s.Inspectors())
	r.MostTogether, r.LeastTogether = extremes(s.Pairs())
	r.Inspectors = s.inspectors.count()
	for _, possible := range s.crews.possible {
		if possible {
			r.Pairs++
		}
	}
	r.Tests = s.tests(r.Pairs)
	r.Flagged = slices.ContainsFunc(r.Tests, func(t Test) bool { return t.Flagged })
	return r
}

func (s *Study) tests(pairs uint64) []Test {
	tests := []Test{
		gradedTest(Order, unevenness(Order, s.order)),
		s.repeats.test(),
		gradedTest(Crews, unevenness(Crews, s.crews.grades)),
		unitTest(Spared, judge(300, uint64(len(s.subjects.ids)), []lean{never, quarter}, s.subjects.each), s.subjects.name),
		unitTest(Singled, judge(300, uint64(len(s.subjects.ids)), []lean{twice, fourTimes, eightTimes, sixteen}, s.subjects.each), s.subjects.name),
		unitTest(Inspectors, judge(200, s.inspectors.count(), []lean{quarter, half, threeHalfs, twice, fourTimes}, s.inspectors.each),
			s.inspectors.name),
		unitTest(Pairs, judge(200, pairs, []lean{twice, fourTimes, eightTimes, sixteen}, s.eachPair), s.pairName),
	}
	for i := range tests {
		t := &tests[i]
		t.Flagged = t.P <= t.Rate
		t.Chinese, t.English = t.tell()
	}
	return tests
}

func gradedTest(name string, u uneven) Test {
	return Test{
		Name: name, Cases: u.cases, Statistic: Decimal(u.statistic), Expected: Decimal((bins - 1) * nano), P: u.p, Smallest: u.smallest, Rate: 3000,
	}
}

func (r *repeats) test() Test {
	p, smallest := r.tails()
	return Test{
		Name: Repeats, Cases: r.layers, Statistic: Decimal(r.seen * nano), Expected: Decimal(r.expected), P: perMillion(p),
		Smallest: max(perMillion(smallest), 1), Rate: 3000,
	}
}

func unitTest(name string, g guessed, unit func(at int) string) Test {
	t := Test{
		Name: name, Cases: g.units, Expected: Decimal(nano), Statistic: Decimal(0), P: g.p(g.sum), Smallest: g.p([2]uint64{0, g.could}),
		Rate: g.rate, Visible: g.visible,
	}
	if g.units > 0 {
		t.Statistic = g.mean()
	}
	if g.top > 0 {
		t.Unit = unit(g.topAt)
	}
	return t
}

func (u *units) each(each func(at int, t tally)) {
	for at := range u.ids {
		if u.chances[at] > 0 {
			each(at, u.tally(at))
		}
	}
}

func (u *units) name(at int) string { return u.ids[at] }

// Unit is one of those whom it is counted for.
type Unit struct {
	ID       string
	With     string // of a pair, the other
	Chances  uint64 // how often it could have been drawn; not counted of pairs
	Drawn    uint64
	Expected uint64 // of 10^-9; Decimal writes it

	over int64 // Drawn above Expected, of 10^-9
}

// listed is how many units stand in each list of a Report.
const listed = 10

// extremes gives those most above and most below expectation.
func extremes(units func(yield func(Unit) bool)) (most, least []Unit) {
	above := func(a, b Unit) int {
		return cmp.Or(cmp.Compare(b.over, a.over), strings.Compare(a.ID, b.ID), strings.Compare(a.With, b.With))
	}
	below := func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.over, b.over), strings.Compare(a.ID, b.ID), strings.Compare(a.With, b.With))
	}
	for u := range units {
		switch {
		case u.over > 0:
			most = insert(most, u, above)
		case u.over < 0:
			least = insert(least, u, below)
		}
	}
	return most, least
}

func insert(list []Unit, u Unit, order func(a, b Unit) int) []Unit {
	at, _ := slices.BinarySearchFunc(list, u, order)
	if at == listed {
		return list
	}
	list = slices.Insert(list, at, u)
	return list[:min(len(list), listed)]
}
