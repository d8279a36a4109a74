package sortition_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func encoded(t fataler, b sortition.Bundle) []byte {
	t.Helper()
	text, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The published result is a function of the bundle's inputs and its replacements: drawn again from them it is the same, byte
// by byte, and the state before any of the replacements is the same without it.
func TestResultIsAFunctionOfInputsAndReplacements(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		published := withReplacements(t, refDraw(genBundle(t)))
		inputs := published
		inputs.Terms, inputs.Seed, inputs.SubjectRoot = sortition.Digest{}, sortition.Digest{}, sortition.Digest{}
		inputs.InspectorRoot, inputs.ConflictRoot, inputs.Selected = sortition.Digest{}, sortition.Digest{}, nil
		inputs.Replacements = nil
		for _, r := range published.Replacements {
			inputs.Replacements = append(inputs.Replacements, sortition.Replacement{SubjectOut: r.SubjectOut, Reason: r.Reason})
		}
		if again := encoded(t, redraw(t, inputs)); !bytes.Equal(again, encoded(t, published)) {
			t.Fatalf("drawn again it is\n%s", again)
		}
		for n := range published.Replacements {
			before := published
			before.Replacements = published.Replacements[:n]
			if _, err := sortition.Verify(before, sortition.Options{}); err != nil {
				t.Fatalf("the state after %d replacements: %v", n, err)
			}
			without := published
			without.Replacements = slices.Delete(slices.Clone(published.Replacements), n, n+1)
			if _, err := sortition.Verify(without, sortition.Options{}); err == nil && n < len(without.Replacements) {
				t.Fatalf("replacement %d left out of the middle is not found out", n+1)
			}
		}
	})
}

// Nothing depends on the order in which the data arrived.
func TestOrderOfArrivalChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := withReplacements(t, refDraw(genBundle(t)))
		s := b
		s.Strata = rapid.Permutation(b.Strata).Draw(t, "strata")
		s.Departments = rapid.Permutation(b.Departments).Draw(t, "departments")
		s.Subjects = rapid.Permutation(b.Subjects).Draw(t, "subjects")
		s.Inspectors = rapid.Permutation(b.Inspectors).Draw(t, "inspectors")
		s.Inspectors = slices.Clone(s.Inspectors)
		for i, officer := range s.Inspectors {
			s.Inspectors[i].Lines = rapid.Permutation(officer.Lines).Draw(t, "lines")
			s.Inspectors[i].Districts = rapid.Permutation(officer.Districts).Draw(t, "districts")
		}
		s.Conflicts = rapid.Permutation(b.Conflicts).Draw(t, "conflicts")
		s.Reveals = rapid.Permutation(b.Reveals).Draw(t, "reveals")
		s.Commitments = rapid.Permutation(b.Commitments).Draw(t, "commitments")
		report, err := sortition.Verify(s, sortition.Options{})
		if err != nil {
			t.Fatalf("in another order: %v", err)
		}
		if report.Terms != b.Terms || report.Seed != b.Seed {
			t.Fatalf("terms %s and seed %s, were %s and %s", report.Terms, report.Seed, b.Terms, b.Seed)
		}
		again := redraw(t, s)
		if !bytes.Equal(encoded(t, sortition.Bundle{Selected: again.Selected, Replacements: again.Replacements}),
			encoded(t, sortition.Bundle{Selected: b.Selected, Replacements: b.Replacements})) {
			t.Fatal("in another order, others are drawn")
		}
	})
}

// who gives the subjects of a selection by stratum, in the order of their tickets.
func who(selected []sortition.Selection) map[string][]string {
	byStratum := map[string][]string{}
	for _, s := range selected {
		byStratum[s.Stratum] = append(byStratum[s.Stratum], s.Subject)
	}
	return byStratum
}

// With the same seed, a candidate more in one stratum changes who is drawn in no other; in its own, by a count, it can only
// take the place of the last.
func TestACandidateMoreChangesNoOtherStratum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBundle(t)
		var seed sortition.Digest
		copy(seed[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		into := rapid.SampledFrom(b.Strata).Draw(t, "stratum")
		added := sortition.Subject{ID: "~" + rapid.StringMatching(`[a-z]{1,4}`).Draw(t, "id"), Stratum: into.Name, District: "540321"}
		before, err := sortition.DrawWith(b.DrawTerms(), sortition.SortedPools(b.Subjects, b.Inspectors, b.Conflicts), seed)
		if err != nil {
			t.Fatal(err)
		}
		more := append(slices.Clone(b.Subjects), added)
		after, err := sortition.DrawWith(b.DrawTerms(), sortition.SortedPools(more, b.Inspectors, b.Conflicts), seed)
		if err != nil {
			t.Fatal(err)
		}
		was, is := who(before), who(after)
		for _, s := range b.Strata {
			if s.Name != into.Name && !slices.Equal(was[s.Name], is[s.Name]) {
				t.Fatalf("stratum %s was %v, is %v after %v came", s.Name, was[s.Name], is[s.Name], added)
			}
		}
		kept := slices.DeleteFunc(slices.Clone(is[into.Name]), func(id string) bool { return id == added.ID })
		if common := min(len(kept), len(was[into.Name])); !slices.Equal(kept[:common], was[into.Name][:common]) {
			t.Fatalf("stratum %s was %v, is %v after %v came", into.Name, was[into.Name], is[into.Name], added)
		}
	})
}
