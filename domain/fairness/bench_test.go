package fairness_test

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/fairness"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// BenchmarkMonths measures monthly draws of a county. Ten times the subjects, or the months, are to cost ten times as much.
func BenchmarkMonths(b *testing.B) {
	for _, c := range []struct{ subjects, inspectors, months int }{{2200, 60, 12}, {22_000, 60, 12}, {2200, 60, 60}, {220_000, 600, 12}} {
		b.Run(fmt.Sprintf("subjects=%d/inspectors=%d/months=%d", c.subjects, c.inspectors, c.months), func(b *testing.B) {
			w := newWorld(1)
			w.cap = uint64(1 + c.subjects/4/c.inspectors)
			w.subjects, w.inspectors = nil, nil
			for i := range c.subjects {
				w.subjects = append(w.subjects, sortition.Subject{ID: fmt.Sprintf("9154%010d", i), Stratum: []string{"A", "A", "A", "C"}[i%4], District: "540100"})
			}
			for i := range c.inspectors {
				w.inspectors = append(w.inspectors, sortition.Inspector{ID: fmt.Sprintf("I%04d", i), Department: w.department,
					LicenceValidUntil: "2099-12-31", Lines: []string{"food"}, Districts: []string{"540000"}})
			}
			given := sources(w.months(c.months))
			b.ReportAllocs()
			for b.Loop() {
				s, err := fairness.Measure(given)
				if err != nil {
					b.Fatal(err)
				}
				s.Report()
			}
		})
	}
}
