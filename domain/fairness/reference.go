package fairness

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// bins is how many grades a place that chance gives falls into, each as likely as the others.
const bins = 16

const (
	references = 1999 // how often chance is asked what it would have given
	enough     = 60   // as many that are as uneven leave no doubt
)

// uneven is Pearson's statistic of how unevenly cases fall into grades, and its p-value.
type uneven struct {
	cases     uint64
	statistic uint64 // of 10^-9; bins-1 on average
	p         uint64 // parts per million, rounded up
	smallest  uint64 // that so many cases could have given
}

// unevenness compares counts with what chance gives: sums of squares of as many cases, each in the grade that the next four
// bits of a stream say, which is seeded with the counts themselves. One in N references, the counts among them, would be as
// uneven; that makes p exact for any number of cases.
func unevenness(purpose string, counts [bins]uint64) uneven {
	var u uneven
	text := []byte{}
	squares := uint64(0)
	for _, n := range counts {
		u.cases += n
		squares += n * n
		text = binary.BigEndian.AppendUint64(text, n)
	}
	if u.cases == 0 {
		u.p, u.smallest = 1_000_000, 1_000_000
		return u
	}
	u.statistic = times(squares*bins, nano, u.cases) - u.cases*nano
	u.smallest = 1_000_000 / (references + 1)
	if u.cases < 5 { // all in one grade is not rarer than this
		u.smallest = max(u.smallest, (1_000_000+pow(bins, u.cases-1)-1)/pow(bins, u.cases-1))
	}
	asUneven, made := 0, 0
	digits := newChance("reference/"+purpose, sha256.Sum256(text))
	for made < references && asUneven < enough {
		made++
		if digits.squares(u.cases) >= squares {
			asUneven++
		}
	}
	if asUneven == enough {
		u.p = ceil(1_000_000*enough, uint64(made))
	} else {
		u.p = ceil(1_000_000*uint64(asUneven+1), references+1)
	}
	return u
}

// squares gives the sum of squares of so many cases in grades that chance chose. It begins with a new block.
func (c *chance) squares(cases uint64) uint64 {
	var counts [bins]uint64
	for cases > 0 {
		c.refill()
		for _, pair := range c.block {
			counts[pair>>4]++
			if cases--; cases == 0 {
				break
			}
			counts[pair&15]++
			if cases--; cases == 0 {
				break
			}
		}
	}
	c.used = sha256.Size
	sum := uint64(0)
	for _, n := range counts {
		sum += n * n
	}
	return sum
}

func ceil(a, b uint64) uint64 { return (a + b - 1) / b }

func pow(base, exponent uint64) uint64 {
	n := uint64(1)
	for range exponent {
		n *= base
	}
	return n
}

// gaps walks through a stratum in canonical order and grades the gap before each selected candidate.
type gaps struct {
	left, toDraw uint64 // candidates not passed yet, selected ones among them
	lasting      uint64 // probability that the gap is at least as long as it is
}

// pass takes the next candidate. Of a selected one it gives the grade of its gap, unless there was no other choice.
func (g *gaps) pass(selected bool, key sortition.Digest, stratum, subject string) (grade int, known bool) {
	longer := times(g.lasting, g.left-g.toDraw, g.left)
	choice := g.toDraw < g.left || g.lasting < one
	g.left--
	if !selected {
		g.lasting = longer
		return 0, false
	}
	place := longer
	if choice {
		place += times(g.lasting-longer, newChance("order", key, stratum, subject).part(), one)
	}
	g.toDraw--
	g.lasting = one
	high, _ := bits.Mul64(place, bins<<2)
	return int(high), choice
}
