package fairness

import (
	"math/bits"
	"strconv"
	"strings"
)

// Numbers are whole: parts of one are counted in 2^-62, expectations and logarithms in 10^-9.
const (
	one    = uint64(1) << 62
	nano   = 1_000_000_000
	ln2    = 693_147_181 // of 10^-9
	weight = uint64(1) << 48
)

// times gives a·b/c, rounded down. The quotient must fit.
func times(a, b, c uint64) uint64 {
	high, low := bits.Mul64(a, b)
	quotient, _ := bits.Div64(high, low, c)
	return quotient
}

// minusLn gives the negative natural logarithm of a part of one that is not 0, in 10^-9: the logarithm to base 2 in 32 binary places,
// one for each squaring, times ln2.
func minusLn(part uint64) int64 {
	whole := bits.Len64(part) - 1
	mantissa := part << (63 - whole)
	fraction := uint64(0)
	for range 32 {
		mantissa, _ = bits.Mul64(mantissa, mantissa)
		fraction <<= 1
		if mantissa>>63 == 1 {
			fraction |= 1
		} else {
			mantissa <<= 1
		}
	}
	high, low := bits.Mul64(uint64(62-whole)<<32-fraction, ln2)
	return int64(high<<32 | low>>32)
}

// exp gives e^x, x in 10^-9, in 2^-20, at most 2^62.
func exp(x int64) uint64 {
	doublings := x / ln2
	rest := x % ln2
	if rest < 0 {
		doublings, rest = doublings-1, rest+ln2
	}
	y := times(uint64(rest), one, nano)
	sum, term := one, one
	for k := uint64(1); term > 0; k++ {
		term = times(term, y, one) / k
		sum += term
	}
	switch shift := doublings - 42; {
	case shift >= 0:
		return one
	case shift < -63:
		return 0
	default:
		return min(sum>>-shift, one)
	}
}

// poissonBelow gives the probability that a Poisson number of this mean, in 10^-9, is below n. By the same sum it is the
// probability that n exponential waiting times of mean 1 add up to this or more.
func poissonBelow(mean int64, n uint64) uint64 {
	mode := uint64(mean) / nano
	total, below := uint64(0), uint64(0)
	take := func(i, w uint64) {
		total += w
		if i < n {
			below += w
		}
	}
	for i, w := mode, weight; w > 0; i++ {
		take(i, w)
		w = times(w, uint64(mean), (i+1)*nano)
	}
	for i, w := mode, weight; i > 0 && w > 0; i-- {
		w = times(w, i*nano, uint64(mean))
		take(i-1, w)
	}
	return times(below, one, total)
}

// hyper is how many of the marked are among the drawn, if chance decides: weights around the most likely number.
type hyper struct {
	first, last uint64 // smallest and largest number that can be
	begin       uint64 // number that weights begin with; what lies outside them has no weight
	weights     []uint64
	total       uint64
}

// newHyper is for all candidates, the marked among them, and the drawn.
func newHyper(all, marked, drawn uint64) hyper {
	h := hyper{last: min(marked, drawn)}
	if marked+drawn > all {
		h.first = marked + drawn - all
	}
	mode := min(max(times(drawn+1, marked+1, all+2), h.first), h.last)
	rest := all - marked // those not marked; drawn-x of them are drawn
	var down []uint64
	for x, w := mode, weight; x > h.first; x-- {
		w = times(w, x*(rest+x-drawn), (marked-x+1)*(drawn-x+1))
		if w == 0 {
			break
		}
		down = append(down, w)
	}
	h.begin = mode - uint64(len(down))
	for i := len(down) - 1; i >= 0; i-- {
		h.weights = append(h.weights, down[i])
	}
	for x, w := mode, weight; ; x++ {
		h.weights = append(h.weights, w)
		if x == h.last {
			break
		}
		if w = times(w, (marked-x)*(drawn-x), (x+1)*(rest+x+1-drawn)); w == 0 {
			break
		}
	}
	for _, w := range h.weights {
		h.total += w
	}
	return h
}

func (h hyper) at(x uint64) uint64 {
	if x < h.begin || x >= h.begin+uint64(len(h.weights)) {
		return 0
	}
	return h.weights[x-h.begin]
}

// place gives the probability of less than x, and of x itself as far as share goes: a part of one that is as likely to be
// anywhere, if chance decided x and share. It is never 0 nor one.
func (h hyper) place(x, share uint64) uint64 {
	below := uint64(0)
	for i, w := range h.weights {
		if h.begin+uint64(i) < x {
			below += w
		}
	}
	part := times(below, one, h.total) + times(times(h.at(x), one, h.total), share, one)
	return min(max(part, 1), one-1)
}

// perMillion rounds a part of one up to parts per million.
func perMillion(part uint64) uint64 {
	high, low := bits.Mul64(part, 1_000_000)
	low, carry := bits.Add64(low, one-1, 0)
	quotient, _ := bits.Div64(high+carry, low, one)
	return quotient
}

// Decimal writes a number of 10^-9 with six places, rounded down.
func Decimal(n uint64) string {
	text := strconv.FormatUint(n/nano, 10) + "." + strings.Repeat("0", 6)
	places := strconv.FormatUint(n%nano/1000, 10)
	return text[:len(text)-len(places)] + places
}
