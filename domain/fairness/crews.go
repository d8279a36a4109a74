package fairness

import (
	"encoding/binary"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// MostPaired is how many inspectors there may be for pairs to be counted.
const MostPaired = 4096

// crews compares the inspectors who were sent together with those whom chance could have sent.
type crews struct {
	grades   [bins]uint64
	sent     uint64            // subjects to which anybody was sent
	together map[pair]*joint   // pairs that were sent together
	expected []int64           // of all pairs, in 10^-9, see pair.place
	possible []bool            // pairs that could have been sent together
	groups   map[string]*group // of the draw under way, by who was eligible
	last     *group
}

// pair is two inspectors, the one with the smaller number first.
type pair [2]int32

func pairOf(a, b int32) pair { return pair{min(a, b), max(a, b)} }

func (p pair) place() int { return int(p[1])*int(p[1]-1)/2 + int(p[0]) }

// joint is how often a pair was sent together, and how often there was no other choice.
type joint struct{ times, certain uint32 }

// squad is a department's choice for one subject: any size of the eligible.
type squad struct {
	eligible []int32
	size     int
}

func (q squad) free() bool { return q.size < len(q.eligible) }

// group is subjects for which the same inspectors were eligible.
type group struct {
	squads []squad
	times  int64
}

func newCrews() crews { return crews{together: map[pair]*joint{}} }

func (c *crews) add(inspectors *units, b sortition.Bundle, pools sortition.Pools, key sortition.Digest) error {
	c.groups, c.last = map[string]*group{}, nil
	var rosters [][]int32
	var squads []squad
	var crew []int32
	err := sortition.Choices(b.DrawTerms(), pools, b.Selected, func(s sortition.Selection, choices []sortition.Choice) error {
		if rosters == nil {
			rosters = numbered(inspectors, choices)
			squads = make([]squad, len(choices))
		}
		crew = crew[:0]
		for i, choice := range choices {
			q := &squads[i]
			q.size, q.eligible = len(choice.Team), q.eligible[:0]
			if q.size == 0 {
				continue // nobody was sent
			}
			for _, at := range choice.Eligible {
				q.eligible = append(q.eligible, rosters[i][at])
			}
			for _, at := range choice.Team {
				crew = append(crew, rosters[i][at])
			}
		}
		c.compare(squads, crew, newChance("crews", key, s.Subject))
		c.send(inspectors, squads, crew)
		return nil
	})
	if err != nil {
		return err
	}
	c.settle(inspectors)
	return nil
}

// numbered gives the places of the departments' inspectors among the units.
func numbered(inspectors *units, choices []sortition.Choice) [][]int32 {
	rosters := make([][]int32, len(choices))
	for i, choice := range choices {
		for _, id := range choice.Roster {
			rosters[i] = append(rosters[i], inspectors.of(id))
		}
	}
	return rosters
}

// compare grades a crew among fifteen that chance could have sent as well, by how often its members were together before.
func (c *crews) compare(squads []squad, crew []int32, random *chance) {
	if len(crew) < 2 || !slices.ContainsFunc(squads, squad.free) {
		return
	}
	score := c.familiar(crew)
	less, same := 0, 0
	other := make([]int32, 0, len(crew))
	for range bins - 1 {
		other = other[:0]
		for _, q := range squads {
			other = q.some(other, random)
		}
		switch others := c.familiar(other); {
		case others < score:
			less++
		case others == score:
			same++
		}
	}
	c.grades[less+random.below(same+1)]++
}

// some adds a team that chance chooses. The exchanges that choose it are taken back, so that each begins with the order of ids.
func (q squad) some(to []int32, random *chance) []int32 {
	var exchanged [8]int
	places := exchanged[:0]
	for i := range q.size {
		j := i + random.below(len(q.eligible)-i)
		q.eligible[i], q.eligible[j] = q.eligible[j], q.eligible[i]
		places = append(places, j)
	}
	to = append(to, q.eligible[:q.size]...)
	for i, j := range slices.Backward(places) {
		q.eligible[i], q.eligible[j] = q.eligible[j], q.eligible[i]
	}
	return to
}

func (c *crews) familiar(crew []int32) uint64 {
	score := uint64(0)
	for i, a := range crew {
		for _, b := range crew[:i] {
			if j := c.together[pairOf(a, b)]; j != nil {
				score += uint64(j.times)
			}
		}
	}
	return score
}

// send takes note of who went.
func (c *crews) send(inspectors *units, squads []squad, crew []int32) {
	if len(crew) == 0 {
		return
	}
	c.sent++
	g := c.group(squads)
	g.times++
	for _, at := range crew {
		inspectors.drawn[at]++
	}
	from := 0
	for i, q := range squads {
		for a := from; a < from+q.size; a++ {
			c.join(crew[a], crew[a+1:from+q.size], !q.free())
			rest := from + q.size
			for _, next := range squads[i+1:] {
				c.join(crew[a], crew[rest:rest+next.size], !q.free() && !next.free())
				rest += next.size
			}
		}
		from += q.size
	}
}

// group finds the group of those who were eligible, which mostly is the last one.
func (c *crews) group(squads []squad) *group {
	if c.last != nil && slices.EqualFunc(c.last.squads, squads, squad.equal) {
		return c.last
	}
	var name []byte
	for _, q := range squads {
		name = binary.AppendUvarint(binary.AppendUvarint(name, uint64(q.size)), uint64(len(q.eligible))) //nolint:gosec // not negative
		for _, at := range q.eligible {
			name = binary.AppendUvarint(name, uint64(at)) //nolint:gosec // not negative
		}
	}
	g := c.groups[string(name)]
	if g == nil {
		g = &group{}
		for _, q := range squads {
			g.squads = append(g.squads, squad{eligible: slices.Clone(q.eligible), size: q.size})
		}
		c.groups[string(name)] = g
	}
	c.last = g
	return g
}

func (q squad) equal(other squad) bool {
	return q.size == other.size && slices.Equal(q.eligible, other.eligible)
}

func (c *crews) join(a int32, others []int32, certain bool) {
	for _, b := range others {
		j := c.together[pairOf(a, b)]
		if j == nil {
			j = &joint{}
			c.together[pairOf(a, b)] = j
		}
		j.times++
		if certain {
			j.certain++
		}
	}
}

// settle adds what was to be expected in the draw that ends: once for each group.
func (c *crews) settle(inspectors *units) {
	if n := len(inspectors.ids); n <= MostPaired {
		more := n*(n-1)/2 - len(c.expected)
		c.expected = append(c.expected, make([]int64, more)...)
		c.possible = append(c.possible, make([]bool, more)...)
	} else {
		c.expected, c.possible = nil, nil
	}
	for _, g := range c.groups {
		for i, q := range g.squads {
			size, all := int64(q.size), int64(len(q.eligible))
			for k, at := range q.eligible {
				inspectors.occasion(at, g.times, size*nano/all)
				if c.expected == nil {
					continue
				}
				if all > 1 {
					c.expect(at, q.eligible[:k], g.times, size*(size-1)*nano/(all*(all-1)))
				}
				for _, next := range g.squads[i+1:] {
					if next.size == 0 {
						continue
					}
					c.expect(at, next.eligible, g.times, size*int64(next.size)*nano/(all*int64(len(next.eligible))))
				}
			}
		}
	}
	c.groups, c.last = nil, nil
}

func (c *crews) expect(a int32, others []int32, times, share int64) {
	if share == 0 {
		return
	}
	for _, b := range others {
		at := pairOf(a, b).place()
		c.expected[at] += times * share
		c.possible[at] = true
	}
}
