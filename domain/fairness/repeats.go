package fairness

import "github.com/mingjian-ledger/mingjian/domain/sortition"

// repeats compares, in each stratum of each draw, how many of the selected had been selected before with what chance gives.
type repeats struct {
	selected  uint64
	firsts    int64 // expected number of selected that had never been selected, in 10^-9
	layers    uint64
	seen      uint64
	expected  uint64 // of 10^-9
	few, many int64  // minus the sum of the logarithms of the places, and of those from the other end, in 10^-9
	fewest    int64  // what few would be, had each stratum given the fewest that it could
	most      int64  // what many would be, had each given the most
}

func (r *repeats) add(l *layer, key sortition.Digest) {
	again := times(l.drawn*l.before, nano, l.all)
	r.selected += l.drawn
	r.firsts += int64(l.drawn*nano - again) //nolint:gosec // again is at most drawn
	if l.drawn == 0 || l.drawn == l.all || l.before == 0 || l.before == l.all {
		return // nothing to choose, or nobody to tell apart
	}
	r.layers++
	r.seen += l.repeats
	r.expected += again
	h := newHyper(l.all, l.before, l.drawn)
	place := h.place(l.repeats, newChance("repeats", key, l.name).part())
	r.few += minusLn(place)
	r.many += minusLn(one - place)
	r.fewest += minusLn(h.place(h.first, one-1))
	r.most += minusLn(one - h.place(h.last, 0))
}

// tails gives the p-values of too few and too many repeats, and the smallest that there could have been, all of both together.
func (r *repeats) tails() (p, smallest uint64) {
	if r.layers == 0 {
		return one, one
	}
	both := func(few, many int64) uint64 {
		return min(2*min(poissonBelow(few, r.layers), poissonBelow(many, r.layers)), one)
	}
	return both(r.few, r.many), both(r.fewest, r.most)
}
