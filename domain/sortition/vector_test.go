package sortition_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
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

func checkVector(t *testing.T, name string, document []byte) {
	t.Helper()
	b, err := sortition.DecodeBundle(document)
	if err != nil {
		t.Fatal(err)
	}
	report, err := sortition.Verify(b, sortition.Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if report.Terms != b.Terms || report.Seed != b.Seed || report.Selected != len(b.Selected) ||
		report.Replacements != len(b.Replacements) || report.Subjects != uint64(len(b.Subjects)) {
		t.Errorf("%s: report %+v", name, report)
	}
	again, err := redraw(t, b).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, document) {
		t.Errorf("%s: drawn again it is\n%.2000s", name, again)
	}
}

func TestWorkedExample(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(sharedFile(t, "draw-v1-small.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkVector(t, "draw-v1-small.json", document)
}

func TestOwnVectors(t *testing.T) {
	t.Parallel()
	for _, v := range drawn() {
		if v.apart {
			continue
		}
		document, err := io.ReadAll(openBundle(t, v.file))
		if err != nil {
			t.Fatal(err)
		}
		checkVector(t, v.file, document)
	}
}

// TestIndexedVectors does what a verifier in any language does with the published vectors.
func TestIndexedVectors(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"vectors.json": true, "README.md": true, "pools": true, "tampered": true}
	for _, v := range index(t) {
		seen[v.File] = true
		published, err := sortition.ReadBundle(openBundle(t, v.File))
		if err == nil {
			_, err = published.Verify(sortition.Options{Open: openPool})
		}
		var difference *sortition.StepError
		if err != nil && !errors.As(err, &difference) {
			t.Errorf("%s: %v", v.File, err)
			continue
		}
		if v.Valid != (err == nil) || err != nil && difference.Step != v.Step {
			t.Errorf("%s: error %v, want step %q", v.File, err, v.Step)
		}
	}
	for _, folder := range []string{"", "tampered"} {
		entries, err := os.ReadDir(bundlePath(folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := path.Join(folder, entry.Name()); !seen[name] {
				t.Errorf("%s is not in the index", name)
			}
		}
	}
}

// fataler is what a test and a property have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
}
