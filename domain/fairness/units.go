package fairness

import "strings"

// units are those of whom it is counted how often they were drawn: subjects, or inspectors.
type units struct {
	index    map[string]int32
	ids      []string
	chances  []uint32 // how often each could have been drawn
	drawn    []uint32
	certain  []uint32 // of these, how often there was no other choice
	expected []int64  // of 10^-9
	spared   []int64  // minus the logarithm of never having been drawn, in 10^-9
}

func newUnits() *units { return &units{index: map[string]int32{}} }

// of gives a unit's place, a new one the first time.
func (u *units) of(id string) int32 {
	at, known := u.index[id]
	if !known {
		at = int32(len(u.ids)) //nolint:gosec // fewer than 2^31 fit into memory
		id = strings.Clone(id)
		u.index[id], u.ids = at, append(u.ids, id)
		u.chances, u.drawn, u.certain = append(u.chances, 0), append(u.drawn, 0), append(u.certain, 0)
		u.expected, u.spared = append(u.expected, 0), append(u.spared, 0)
	}
	return at
}

// chance adds one occasion on which a unit could have been drawn.
func (u *units) chance(at int32, share, spared int64, drawn bool) {
	u.chances[at]++
	u.expected[at] += share
	u.spared[at] += spared
	if drawn {
		u.drawn[at]++
	}
	if share == nano {
		u.certain[at]++
	}
}

// tally gives what the tests ask of one: without the occasions that left no choice.
func (u *units) tally(at int) tally {
	return tally{
		chances: uint64(u.chances[at] - u.certain[at]), drawn: uint64(u.drawn[at] - u.certain[at]),
		expected: u.expected[at] - int64(u.certain[at])*nano, spared: u.spared[at],
	}
}

// occasion adds so many occasions of one share; who was drawn is counted apart.
func (u *units) occasion(at int32, n, share int64) {
	u.chances[at] += uint32(n) //nolint:gosec // as many as subjects
	u.expected[at] += n * share
	if share == nano {
		u.certain[at] += uint32(n) //nolint:gosec // as many as subjects
		return
	}
	u.spared[at] += n * minusLn(times(uint64(nano-share), one, nano))
}

// count counts those who could have been drawn at all.
func (u *units) count() uint64 {
	n := uint64(0)
	for _, chances := range u.chances {
		if chances > 0 {
			n++
		}
	}
	return n
}
