package fairness

import (
	"math"
	"math/big"
	"math/bits"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func part(n uint64) float64 { return float64(n) / float64(one) }

func TestLogarithmsAndExponentials(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{1, 0.999, 0.75, 0.5, 0.05, 1e-6, 1e-15} {
		n := uint64(x * float64(one))
		near(t, "-ln", float64(minusLn(n))/nano, -math.Log(part(n)), 5e-8)
	}
	if got := minusLn(1); got != 62*ln2 {
		t.Errorf("-ln of the smallest part: %d", got)
	}
	for _, x := range []float64{-20, -3.5, -1, 0, 0.001, 1, 2.5, 17, 25} {
		got := float64(exp(int64(x*nano))) / (1 << 20)
		near(t, "exp", got/math.Exp(x), 1, math.Max(1e-6, math.Exp(-x)/(1<<20)))
	}
	if exp(30*nano) != one || exp(1<<62) != one || exp(-100*nano) != 0 {
		t.Error("exp is not bounded")
	}
}

// TestPoisson compares with the sum, e^-m·m^i/i!.
func TestPoisson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mean float64
		n    uint64
	}{{0.5, 1}, {3, 1}, {3, 3}, {12, 12}, {40, 20}, {700, 690}, {0.001, 2}} {
		want, term := 0.0, -c.mean
		for i := range c.n {
			want += math.Exp(term)
			term += math.Log(c.mean) - math.Log(float64(i+1))
		}
		near(t, "poisson", part(poissonBelow(int64(c.mean*nano), c.n)), want, 1e-9)
	}
	if poissonBelow(nano, 0) != 0 {
		t.Error("nothing is below 0")
	}
}

// TestHyper compares with binomial coefficients.
func TestHyper(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int64{{10, 4, 3}, {10, 9, 5}, {7, 3, 6}, {2207, 300, 110}, {5, 1, 1}} {
		h := newHyper(uint64(c[0]), uint64(c[1]), uint64(c[2]))
		below := new(big.Rat)
		all := new(big.Int).Binomial(c[0], c[2])
		for x := int64(0); x <= c[2]; x++ {
			ways := new(big.Int).Mul(new(big.Int).Binomial(c[1], x), new(big.Int).Binomial(c[0]-c[1], c[2]-x))
			if c[1] < x || c[0]-c[1] < c[2]-x {
				ways.SetInt64(0)
			}
			exactly := new(big.Rat).SetFrac(ways, all)
			want, _ := new(big.Rat).Add(below, new(big.Rat).Mul(exactly, big.NewRat(1, 2))).Float64()
			if uint64(x) >= h.first && uint64(x) <= h.last {
				near(t, "place", part(h.place(uint64(x), one/2)), want, 1e-12)
			}
			below.Add(below, exactly)
		}
	}
}

// TestGapsAreGradedByTheirProbability: that the first of n selected among N has g before it or more is C(N-g,n)/C(N,n).
func TestGapsAreGradedByTheirProbability(t *testing.T) {
	t.Parallel()
	const all, drawn = 40, 3
	g := gaps{left: all, toDraw: drawn, lasting: one}
	for passed := int64(1); passed <= all-drawn; passed++ {
		g.pass(false, sortition.Digest{}, "A", "S")
		want, _ := new(big.Rat).SetFrac(new(big.Int).Binomial(all-passed, drawn), new(big.Int).Binomial(all, drawn)).Float64()
		near(t, "gap", part(g.lasting), want, 1e-15)
	}
	if grade, known := g.pass(true, sortition.Digest{}, "A", "S"); !known || grade != 0 {
		t.Errorf("the longest gap has grade %d, %v", grade, known)
	}
	if _, known := g.pass(true, sortition.Digest{}, "A", "S"); known {
		t.Error("a gap is graded where there was no choice")
	}
}

// TestGapsAreUniform runs through all selections of 3 among 7: each grade is as likely, up to v.
func TestGapsAreUniform(t *testing.T) {
	t.Parallel()
	var counts [bins]uint64
	for seed := range 2000 {
		key := sortition.Digest{byte(seed), byte(seed >> 8)}
		for set := range 1 << 7 {
			g, chosen := gaps{left: 7, toDraw: 3, lasting: one}, bits.OnesCount(uint(set))
			if chosen != 3 {
				continue
			}
			for i := range 7 {
				if grade, known := g.pass(set>>i&1 == 1, key, "A", string(rune('a'+i))); known {
					counts[grade]++
				}
			}
		}
	}
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	for grade, n := range counts {
		near(t, "share", float64(n)*bins/float64(total), 1, 0.12)
		if n == 0 {
			t.Errorf("grade %d never comes", grade)
		}
	}
}

func TestUnevenness(t *testing.T) {
	t.Parallel()
	even, odd, few := [bins]uint64{}, [bins]uint64{}, [bins]uint64{}
	for i := range even {
		even[i] = 20
	}
	odd[9], few[3] = 320, 3
	if u := unevenness("test", even); u.statistic != 0 || u.p != 1_000_000 || u.cases != 320 {
		t.Errorf("as even as can be: %+v", u)
	}
	if u := unevenness("test", odd); u.statistic != 15*320*nano || u.p != 500 || u.smallest != 500 {
		t.Errorf("all in one: %+v", u)
	}
	// Three in one grade come once in 256 times.
	if u := unevenness("test", few); u.smallest != 3907 || u.p < 1500 || u.p > 8000 {
		t.Errorf("few cases: %+v", u)
	}
	if u := unevenness("test", [bins]uint64{}); u.p != 1_000_000 || u.smallest != 1_000_000 {
		t.Errorf("no cases: %+v", u)
	}
}

func TestPlacesOfPairs(t *testing.T) {
	t.Parallel()
	at := 0
	for b := int32(1); b < 60; b++ {
		for a := range b {
			if p := pairOf(b, a); p.place() != at || pairAt(at) != p {
				t.Fatalf("%v has place %d, %d has pair %v", p, p.place(), at, pairAt(at))
			}
			at++
		}
	}
	if last := (pair{MostPaired - 2, MostPaired - 1}); pairAt(last.place()) != last {
		t.Error("the last pair is not found")
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for n, want := range map[uint64]string{0: "0.000000", 999: "0.000000", 1000: "0.000001", 12_345_678_901: "12.345678"} {
		if got := Decimal(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
	if perMillion(one) != 1_000_000 || perMillion(1) != 1 || perMillion(one/1000) != 1000 || perMillion(0) != 0 {
		t.Error("parts per million are not rounded up")
	}
}
