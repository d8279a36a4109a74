package sortition_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// redraw makes a bundle again from its inputs alone, through the functions that an authority uses.
func redraw(t fataler, from sortition.Bundle) sortition.Bundle {
	t.Helper()
	pools := sortition.SortedPools(from.Subjects, from.Inspectors, from.Conflicts)
	frozen, err := sortition.Freeze(pools)
	if err != nil {
		t.Fatal(err)
	}
	made := from
	made.SubjectRoot, made.InspectorRoot, made.ConflictRoot = frozen.Subjects.Root, frozen.Inspectors.Root, frozen.Conflicts.Root
	terms := made.DrawTerms()
	made.Commitments = nil
	for _, commitment := range from.Commitments {
		for _, reveal := range from.Reveals {
			if reveal.Party == commitment.Party {
				commitment.Commitment = sortition.Seal(terms.Digest(), reveal.Party, reveal.Nonce)
				if err := sortition.CheckReveal(terms.Digest(), commitment, reveal); err != nil {
					t.Fatal(err)
				}
			}
		}
		made.Commitments = append(made.Commitments, commitment)
	}
	var value []byte
	if from.Beacon != nil {
		value = from.Beacon.Value
	}
	result, err := sortition.Draw(terms, pools, value, from.Reveals)
	if err != nil {
		t.Fatal(err)
	}
	made.Terms, made.Seed, made.Selected = result.Terms, result.Seed, result.Selected
	made.Replacements = nil
	for _, wanted := range from.Replacements {
		r, err := sortition.Replace(terms, pools, result.Seed, made.Replacements, wanted.SubjectOut, wanted.Reason)
		if err != nil {
			t.Fatal(err)
		}
		made.Replacements = append(made.Replacements, r)
	}
	return made
}

func checkVector(t *testing.T, path string) {
	t.Helper()
	document, b := readBundle(t, path)
	report, err := sortition.Verify(b, sortition.Options{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if report.Terms != b.Terms || report.Seed != b.Seed || report.Selected != len(b.Selected) ||
		report.Replacements != len(b.Replacements) || report.Subjects != uint64(len(b.Subjects)) {
		t.Errorf("%s: report %+v", path, report)
	}
	again, err := redraw(t, b).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, document) {
		t.Errorf("%s: drawn again it is\n%s", path, again)
	}
}

func TestWorkedExample(t *testing.T) {
	t.Parallel()
	checkVector(t, sharedFile(t, "draw-v1-small.json"))
}

func TestOwnVectors(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("testdata", "draw-v1-*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, path := range paths {
		checkVector(t, path)
	}
}

// fataler is what a test and a property have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
}
