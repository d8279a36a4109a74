package fairness

import (
	"iter"
	"slices"
	"sort"
	"strings"
)

// Subjects yields every subject that was in a pool, by id.
func (s *Study) Subjects() iter.Seq[Unit] { return s.subjects.all() }

// Inspectors yields every inspector who could have been sent, by id.
func (s *Study) Inspectors() iter.Seq[Unit] { return s.inspectors.all() }

func (u *units) all() iter.Seq[Unit] {
	return func(yield func(Unit) bool) {
		for _, at := range u.sorted() {
			if u.chances[at] == 0 {
				continue
			}
			unit := Unit{
				ID: u.ids[at], Chances: uint64(u.chances[at]), Drawn: uint64(u.drawn[at]),
				Expected: uint64(u.expected[at]), over: int64(u.drawn[at])*nano - u.expected[at], //nolint:gosec // not negative
			}
			if !yield(unit) {
				return
			}
		}
	}
}

// sorted gives the places by id.
func (u *units) sorted() []int32 {
	places := make([]int32, len(u.ids))
	for i := range places {
		places[i] = int32(i) //nolint:gosec // fewer than 2^31 fit into memory
	}
	slices.SortFunc(places, func(a, b int32) int { return strings.Compare(u.ids[a], u.ids[b]) })
	return places
}

// Pairs yields every pair of inspectors who could have been sent together, by their ids; none if there are more than MostPaired
// inspectors.
func (s *Study) Pairs() iter.Seq[Unit] {
	return func(yield func(Unit) bool) {
		places := s.inspectors.sorted()
		for i, a := range places {
			for _, b := range places[i+1:] {
				unit, possible := s.crews.unit(pairOf(a, b))
				unit.ID, unit.With = s.inspectors.ids[a], s.inspectors.ids[b]
				if possible && !yield(unit) {
					return
				}
			}
			if s.crews.expected == nil {
				return
			}
		}
	}
}

func (c *crews) unit(p pair) (Unit, bool) {
	if c.expected == nil || !c.possible[p.place()] {
		return Unit{}, false
	}
	unit := Unit{Expected: uint64(c.expected[p.place()]), over: -c.expected[p.place()]} //nolint:gosec // not negative
	if j := c.together[p]; j != nil {
		unit.Drawn = uint64(j.times)
		unit.over += int64(j.times) * nano
	}
	return unit, true
}

// eachPair gives what the tests ask of every pair that could have been sent together.
func (s *Study) eachPair(each func(at int, t tally)) {
	for at, possible := range s.crews.possible {
		if !possible {
			continue
		}
		t := tally{expected: s.crews.expected[at]}
		if j := s.crews.together[pairAt(at)]; j != nil {
			t.drawn = uint64(j.times - j.certain)
			t.expected -= int64(j.certain) * nano
		}
		t.chances = s.crews.sent
		each(at, t)
	}
}

func (s *Study) pairName(at int) string {
	names := []string{s.inspectors.ids[pairAt(at)[0]], s.inspectors.ids[pairAt(at)[1]]}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// pairAt is the pair of a place: the larger number is the last whose pairs begin at the place or before.
func pairAt(at int) pair {
	larger := sort.Search(MostPaired, func(b int) bool { return b*(b-1)/2 > at }) - 1
	return pair{int32(at - larger*(larger-1)/2), int32(larger)} //nolint:gosec // below MostPaired
}
