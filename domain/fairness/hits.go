package fairness

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Hit is how often an inspection found something, in one stratum and by one manner of inspecting (检查方式).
type Hit struct {
	Stratum   string
	Manner    string
	Inspected uint64
	Found     uint64
}

// PPM is the rate, in parts per million, rounded down.
func (h Hit) PPM() uint64 { return h.Found * 1_000_000 / max(h.Inspected, 1) }

// Result is what was published of one inspection.
type Result struct {
	Draw    string
	Subject string
	Manner  string
	Found   bool // something was found wrong
}

// Hits counts the published results of subjects that one of the draws selected or took from its reserve, by stratum, then manner.
// Other results are passed over; an error of the stream is passed on.
func (s *Study) Hits(results iter.Seq2[Result, error]) ([]Hit, error) {
	hits := map[[2]string]*Hit{}
	for result, err := range results {
		if err != nil {
			return nil, err
		}
		stratum, drawn := s.layerOf[[2]string{result.Draw, result.Subject}]
		if !drawn {
			continue
		}
		at := [2]string{stratum, result.Manner}
		if hits[at] == nil {
			hits[at] = &Hit{Stratum: stratum, Manner: result.Manner}
		}
		hits[at].Inspected++
		if result.Found {
			hits[at].Found++
		}
	}
	var list []Hit
	for _, h := range hits {
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b Hit) int {
		return cmp.Or(strings.Compare(a.Stratum, b.Stratum), strings.Compare(a.Manner, b.Manner))
	})
	return list, nil
}
