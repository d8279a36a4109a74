package sortition

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
)

func manySubjects(n int) iter.Seq2[Subject, error] {
	strata := []string{"A", "B", "C"}
	return func(yield func(Subject, error) bool) {
		for i := range n {
			if !yield(Subject{ID: fmt.Sprintf("%09d", i), Stratum: strata[i%3], District: "330102"}, nil) {
				return
			}
		}
	}
}

func layersOf(n int, wanted uint64, slack float64) []*layer {
	var layers []*layer
	for i, name := range []string{"A", "B", "C"} {
		layers = append(layers, &layer{name: name, seed: sha256.Sum256([]byte(name)), candidates: uint64((n + 2 - i) / 3), wanted: wanted, slack: slack})
	}
	return layers
}

// The limit is a guess that a second pass corrects; whatever the guess, the same candidates come out.
func TestPicksDoNotDependOnTheLimit(t *testing.T) {
	t.Parallel()
	const n = 6_000
	for _, wanted := range []uint64{0, 1, 40, 1_999, 2_000} {
		want := layersOf(n, wanted, n) // keeps all
		if err := drawLayers(want, manySubjects(n)); err != nil {
			t.Fatal(err)
		}
		for _, slack := range []float64{usualSlack, 1e-6} { // the second is nearly sure to keep too few at first
			got := layersOf(n, wanted, slack)
			if err := drawLayers(got, manySubjects(n)); err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if uint64(len(got[i].picks)) != wanted || !slices.Equal(got[i].picks, want[i].picks) {
					t.Errorf("wanted %d, slack %g: %d picks of stratum %s differ", wanted, slack, len(got[i].picks), got[i].name)
				}
			}
		}
	}
}

func TestPicksAreTheBeginningOfTheRanking(t *testing.T) {
	t.Parallel()
	const n = 20_000
	layers := layersOf(n, 500, usualSlack)
	if err := drawLayers(layers, manySubjects(n)); err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		var ids []string
		for s, err := range manySubjects(n) {
			if err == nil && s.Stratum == l.name {
				ids = append(ids, s.ID)
			}
		}
		ranking := NewRanking(l.seed, ids)
		if uint64(ranking.Len()) != l.candidates {
			t.Fatalf("%d ranked", ranking.Len())
		}
		place := 0
		var last pick
		for id, ticket := range ranking.From(0) {
			next := pick{ticket: ticket, id: id, district: "330102"}
			if place > 0 && last.compare(next) >= 0 {
				t.Fatalf("place %d is out of order", place)
			}
			if place < len(l.picks) && l.picks[place] != next {
				t.Fatalf("stratum %s, place %d: ranked %s, drawn %s", l.name, place, id, l.picks[place].id)
			}
			last = next
			place++
		}
		for id := range ranking.From(499) {
			if id != l.picks[499].id {
				t.Errorf("place 499 is %s", id)
			}
			break
		}
	}
}

func TestStreamThatChangesIsRefused(t *testing.T) {
	t.Parallel()
	for name, stream := range map[string]iter.Seq2[Subject, error]{
		"shorter": manySubjects(2_999),
		"another": Values([]Subject{{ID: "1", Stratum: "D", District: "330102"}}),
	} {
		if err := drawLayers(layersOf(3_000, 5, usualSlack), stream); !errors.Is(err, errChanged) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	broken := errors.New("broken")
	err := drawLayers(layersOf(3_000, 5, usualSlack), func(yield func(Subject, error) bool) {
		for s, err := range manySubjects(2_000) {
			if !yield(s, err) {
				return
			}
		}
		yield(Subject{}, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestFirstOfIsTheBeginningOfTheSorted(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 40; n++ {
		for _, first := range []int{1, 2, 5, 16, 17, 40} {
			if first > n {
				continue
			}
			var list []candidate
			for i := range n {
				list = append(list, candidate{officer: &officer{id: fmt.Sprint(i)}, rank: sha256.Sum256([]byte{byte(i), byte(n)})})
			}
			want := slices.SortedFunc(slices.Values(list), candidate.compare)[:first]
			if got := firstOf(list, first); !slices.Equal(got, want) {
				t.Errorf("first %d of %d are wrong", first, n)
			}
		}
	}
}

// The lists of officers by district are dropped when they grow too many; the teams stay the same.
func TestCoverForgets(t *testing.T) {
	t.Parallel()
	c := &crew{}
	b := &brigade{covering: map[string][]*officer{}}
	c.brigades = append(c.brigades, b)
	for i := range 3000 {
		b.officers = append(b.officers, &officer{id: fmt.Sprint(i), districts: []string{"000000"}})
	}
	for i := range 1000 {
		if got := len(c.cover(b, fmt.Sprintf("%06d", i))); got != 3000 {
			t.Fatalf("%d officers cover", got)
		}
	}
	held := 0
	for _, list := range b.covering {
		held += len(list)
	}
	if held > 1<<21 {
		t.Errorf("%d held", held)
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		district, other string
		want            bool
	}{
		{"540000", "540321", true}, {"000000", "540321", true}, {"540300", "540321", true}, {"540321", "540321", true},
		{"540321", "540300", false}, {"540322", "540321", false}, {"100000", "100100", true}, {"100000", "110000", false},
		{"540010", "540011", false}, {"540001", "540001", true},
	}
	for _, test := range tests {
		if got := covers(test.district, test.other); got != test.want {
			t.Errorf("%s covers %s: %v", test.district, test.other, got)
		}
	}
}
