package fairness_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// exact are the tests that are flagged as often as their rates say.
var exact = []string{fairness.Order, fairness.Repeats, fairness.Crews}

// census counts what many years gave.
type census struct {
	flagged int
	below   map[string]map[uint64]int // years by test and bound of p
}

// count measures years on a few processors.
func count(t *testing.T, years int, year func(n uint64) []sortition.Bundle) census {
	t.Helper()
	c := census{below: map[string]map[uint64]int{}}
	var mine sync.Mutex
	var running sync.WaitGroup
	const helpers = 2
	for helper := range helpers {
		running.Go(func() {
			for n := helper; n < years; n += helpers {
				r := measured(t, year(uint64(n)))
				mine.Lock()
				c.take(r)
				mine.Unlock()
			}
		})
	}
	running.Wait()
	return c
}

func (c *census) take(r fairness.Report) {
	if r.Flagged {
		c.flagged++
	}
	for _, test := range r.Tests {
		if c.below[test.Name] == nil {
			c.below[test.Name] = map[uint64]int{}
		}
		for _, bound := range []uint64{test.Rate, 50_000, 500_000} {
			if test.P <= bound {
				c.below[test.Name][bound]++
			}
		}
	}
}

func (c census) within(t *testing.T, name string, bound uint64, least, most int) {
	t.Helper()
	if n := c.below[name][bound]; n < least || n > most {
		t.Errorf("%s: %d years have a p of at most %d ppm, want %d to %d", name, n, bound, least, most)
	}
}

// TestFairYearsAreFlaggedAtTheRate simulates a thousand fair years. The bounds are those of a binomial number at 1 in 1000 on
// either side.
func TestFairYearsAreFlaggedAtTheRate(t *testing.T) {
	t.Parallel()
	c := count(t, 1000, func(n uint64) []sortition.Bundle { return newWorld(n).months(12) })
	if c.flagged < 2 || c.flagged > 20 {
		t.Errorf("%d of 1000 fair years are flagged, at a rate of 9 to 10", c.flagged)
	}
	for _, name := range exact {
		c.within(t, name, 3000, 0, 9)
		c.within(t, name, 50_000, 30, 73)
		c.within(t, name, 500_000, 451, 549)
	}
	for _, name := range []string{fairness.Spared, fairness.Singled, fairness.Inspectors, fairness.Pairs} {
		c.within(t, name, 300, 0, 2)
		c.within(t, name, 50_000, 0, 50)
	}
}

// TestRealDrawsAreWhatTheTestsExpect draws by the real rules from random nonces, with subjects left out for four months once they
// were drawn: an honest bureau, whose subjects take turns more than chance among all would have it.
func TestRealDrawsAreWhatTheTestsExpect(t *testing.T) {
	t.Parallel()
	const years = 240
	c := count(t, years, func(n uint64) []sortition.Bundle {
		w := newWorld(n + 5000)
		w.resting = 4
		var year []sortition.Bundle
		for month := range 12 {
			year = append(year, w.drawn(t, month))
		}
		return year
	})
	if c.flagged > 9 {
		t.Errorf("%d of %d years of real draws are flagged", c.flagged, years)
	}
	for _, name := range exact {
		c.within(t, name, 50_000, 3, 25)
		c.within(t, name, 500_000, 96, 144)
	}
}

// everyKth takes every k-th row from a row on.
func everyKth(from func(w *world, k int) int) func(*world, int, []sortition.Subject, int) []string {
	return func(w *world, _ int, candidates []sortition.Subject, n int) []string {
		var picked []string
		k := len(candidates) / n
		for i, at := 0, from(w, k); i < n; i++ {
			picked = append(picked, candidates[(at+i*k)%len(candidates)].ID)
		}
		return picked
	}
}

// among picks n by chance from those that are left.
func among(w *world, candidates []sortition.Subject, n int, keep func(id string) bool) []string {
	var picked []string
	for _, at := range w.random.Perm(len(candidates)) {
		if id := candidates[at].ID; len(picked) < n && keep(id) {
			picked = append(picked, id)
		}
	}
	return picked
}

const (
	protectedC = "S7040" // of stratum C
	victimA    = "S0000" // of stratum A
)

func TestRiggedYearsAreFlagged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rig    func(w *world)
		months int
		want   string
	}{
		"every k-th row from a row by chance": {func(w *world) {
			w.pick = everyKth(func(w *world, k int) int { return w.random.IntN(k) })
		}, 12, fairness.Order},
		"every k-th row from the same row": {func(w *world) {
			w.pick = everyKth(func(*world, int) int { return 1 })
		}, 12, fairness.Repeats},
		"the first rows": {func(w *world) {
			w.pick = func(_ *world, _ int, candidates []sortition.Subject, n int) []string { return ids(candidates[:n]) }
		}, 12, fairness.Order},
		"by turns": {func(w *world) {
			w.pick = func(w *world, month int, candidates []sortition.Subject, n int) []string {
				rested := func(id string) bool { last, drawn := w.rested[id]; return !drawn || month-last > 8 }
				return among(w, candidates, n, rested)
			}
			w.strata[1].RatioPPM = 100_000
		}, 12, fairness.Repeats},
		"a favoured pair of inspectors": {func(w *world) {
			w.cap = 0
			w.send = func(w *world, able []string) []string {
				if w.random.IntN(10) == 0 {
					return []string{"I03", "I08"}
				}
				return w.some(able)
			}
		}, 12, fairness.Pairs},
		"an inspector who is never sent": {func(w *world) {
			w.cap = 0
			w.send = func(w *world, able []string) []string {
				return w.some(slices.DeleteFunc(slices.Clone(able), func(id string) bool { return id == "I05" }))
			}
		}, 12, fairness.Inspectors},
		"a protected subject, in four years": {func(w *world) {
			w.pick = func(w *world, _ int, candidates []sortition.Subject, n int) []string {
				return among(w, candidates, n, func(id string) bool { return id != protectedC })
			}
		}, 48, fairness.Spared},
		"a subject that is always drawn": {func(w *world) {
			w.pick = func(w *world, _ int, candidates []sortition.Subject, n int) []string {
				picked := among(w, candidates, n, func(string) bool { return true })
				if candidates[0].Stratum == "A" && !slices.Contains(picked, victimA) {
					picked[0] = victimA
				}
				return picked
			}
		}, 12, fairness.Singled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				w := newWorld(seed + 9000)
				c.rig(w)
				r := measured(t, w.months(c.months))
				if !slices.Contains(flagged(r), c.want) || !r.Flagged {
					t.Errorf("seed %d: flagged %v, want %s", seed, flagged(r), c.want)
				}
			}
		})
	}
}

func ids(list []sortition.Subject) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.ID)
	}
	return out
}

// TestWhatOneYearCannotShow: a protected subject is not flagged at once, and the report says that it could not be.
func TestWhatOneYearCannotShow(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.pick = func(w *world, _ int, candidates []sortition.Subject, n int) []string {
		return among(w, candidates, n, func(id string) bool { return id != protectedC })
	}
	for _, test := range measured(t, w.months(12)).Tests {
		if test.Name == fairness.Spared && (test.Flagged || test.Smallest <= test.Rate || test.Visible != 0) {
			t.Errorf("one year: %+v", test)
		}
	}
	longer := newWorld(1)
	for _, test := range measured(t, longer.months(48)).Tests {
		// Of the 60 subjects of stratum C, and of none of the 160 of stratum A, it would show by then.
		if got := fmt.Sprint(test.Visible, test.Smallest <= test.Rate); test.Name == fairness.Spared && got != "60 true" {
			t.Errorf("four years: %s: %+v", got, test)
		}
	}
}
