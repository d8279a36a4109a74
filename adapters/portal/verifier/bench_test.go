package verifier_test

import (
	"fmt"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// large is a draw of many candidates: 3 % of them, two of two hundred inspectors each.
func large(t testing.TB, candidates int) []byte {
	t.Helper()
	b := sortition.Bundle{Version: sortition.Version, DrawID: "large", TaskID: "large", Number: 1, Line: "food", WindowEnd: "2026-06-30",
		Strata:      []sortition.Stratum{{Name: "A", RatioPPM: 10_000}, {Name: "B", RatioPPM: 30_000}, {Name: "C", RatioPPM: 50_000}},
		Departments: []sortition.Department{{Name: "市场监管", TeamSize: 2}}}
	for i := range candidates {
		b.Subjects = append(b.Subjects, sortition.Subject{ID: fmt.Sprintf("91%016d", i), Stratum: b.Strata[i%3].Name, District: fmt.Sprintf("3301%02d", i%13)})
	}
	for i := range 200 {
		b.Inspectors = append(b.Inspectors, sortition.Inspector{ID: fmt.Sprintf("ZF%06d", i), Department: "市场监管", LicenceValidUntil: "2027-01-01",
			Lines: []string{"food"}, Districts: []string{fmt.Sprintf("3301%02d", i%13)}})
	}
	b.Reveals = []sortition.Reveal{{Party: "bureau"}}
	b.Commitments = []sortition.Commitment{{Party: "bureau", CommittedAt: "2026-01-01T00:00:00Z"}}
	document, err := drawn(t, b).Encode()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// BenchmarkVerify tells what a verification takes in a browser.
func BenchmarkVerify(b *testing.B) {
	s := verifiertest.New(b)
	for _, candidates := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("candidates=%d", candidates), func(b *testing.B) {
			document := large(b, candidates)
			b.SetBytes(int64(len(document)))
			for b.Loop() {
				got := s.Verify(b, document)
				if !got.Valid {
					b.Fatalf("%+v", got)
				}
				b.ReportMetric(got.Milliseconds, "ms-in-the-browser")
			}
		})
	}
}
