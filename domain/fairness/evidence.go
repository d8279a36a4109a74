package fairness

import "math/bits"

// tally is what the evidence on one unit rests on.
type tally struct {
	chances, drawn   uint64
	expected, spared int64
}

// lean is a guess of how chance was bent: this unit is drawn numerator/denominator as often as it should be. A numerator of 0
// is never.
type lean struct {
	numerator, denominator int64
	ln                     int64 // of the quotient, in 10^-9
}

// The guesses. ln(3/2) is 0.405465108.
var (
	never      = lean{0, 1, 0}
	quarter    = lean{1, 4, -2 * ln2}
	half       = lean{1, 2, -ln2}
	threeHalfs = lean{3, 2, 405_465_108}
	twice      = lean{2, 1, ln2}
	fourTimes  = lean{4, 1, 2 * ln2}
	eightTimes = lean{8, 1, 3 * ln2}
	sixteen    = lean{16, 1, 4 * ln2}
)

// evidence gives how many times likelier the guess makes what was seen than chance does, at least, in 2^-20. Where chance decides, it
// is 1 on average or less, whenever one looks and whatever the pools hang on: that is all that the tests need of it. A
// probability s of being drawn that a guess of q times turns into qs is at most e^((q-1)s) on average of q^drawn.
func (t tally) evidence(l lean) uint64 {
	if l.numerator == 0 {
		if t.drawn > 0 {
			return 0
		}
		return exp(t.spared)
	}
	return exp(int64(t.drawn)*l.ln - (l.numerator-l.denominator)*t.expected/l.denominator) //nolint:gosec // draws are few
}

// guessed is a test by evidence: the mean over all units and guesses.
type guessed struct {
	leans   []lean
	rate    uint64
	units   uint64
	sum     [2]uint64 // upper and lower half, in 2^-17
	top     uint64    // the most that one unit gave
	topAt   int
	could   uint64 // the most that one unit could have given
	visible uint64 // units that would be flagged each by itself, had it always or never been drawn
}

// judge adds up the evidence on so many units.
func judge(rate, units uint64, leans []lean, each func(func(at int, t tally))) guessed {
	g := guessed{leans: leans, rate: rate, units: units}
	each(func(at int, t tally) {
		e := g.of(t)
		var carry uint64
		g.sum[1], carry = bits.Add64(g.sum[1], e, 0)
		g.sum[0] += carry
		if e > g.top {
			g.top, g.topAt = e, at
		}
		all, none := t, t
		all.drawn, none.drawn = t.chances, 0
		could := max(g.of(all), g.of(none))
		g.could = max(g.could, could)
		if g.p([2]uint64{0, could}) <= rate {
			g.visible++
		}
	})
	return g
}

// of gives the evidence of all guesses together, in 2^-17: there are eight at most, so that the sum fits.
func (g *guessed) of(t tally) uint64 {
	sum := uint64(0)
	for _, l := range g.leans {
		sum += t.evidence(l) >> 3
	}
	return sum
}

// p gives one by the mean of the evidence, in parts per million, rounded up: that the mean reaches a number has a probability
// of one by that number at most (Markov).
func (g *guessed) p(sum [2]uint64) uint64 {
	scale := g.units * uint64(len(g.leans)) << 17
	high, low := bits.Mul64(scale, 1_000_000)
	if sum[0] > 0 || sum[1] == 0 || high >= sum[1] {
		if sum[0] > 0 {
			return 1
		}
		return 1_000_000
	}
	quotient, rest := bits.Div64(high, low, sum[1])
	if rest > 0 {
		quotient++
	}
	return min(quotient, 1_000_000)
}

// mean writes the mean of the evidence with six places, rounded down.
func (g *guessed) mean() string {
	scale := g.units * uint64(len(g.leans)) << 17
	whole, rest := bits.Div64(g.sum[0], g.sum[1], scale)
	return Decimal(min(whole, 1<<34)*nano + times(rest, nano, scale))
}
