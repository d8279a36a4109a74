package sortition_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
)

// statedOnly are the places whose content a bundle states and cannot prove, with the reason. Every other place is bound: an
// edit of it is found out, unless it says the same in another order or leaves out what is empty anyway.
func statedOnly() map[string]string {
	return map[string]string{
		"number":                     "how many draws the task had before; the terms do not hold it",
		"exclusions":                 "who did not enter the pool, and why",
		"exclusions[]":               "as above",
		"exclusions[].reason":        "as above",
		"exclusions[].count":         "as above",
		"committed_at":               "a time of record, as long as it is before the beacon",
		"commitments[].committed_at": "as above",
		"beacon.signature":           "a proof that only a verifier of the source can judge; there is none in this test",
		"replacements[].reason":      "why a subject was replaced, as long as there is a reason",
	}
}

// wishes are the places that say which replacements were made: an input of the result beside the bundle. Another list of them
// is another, equally lawful state of the same draw, such as the one before the last replacement; what follows from it is
// bound.
func wishes() []string {
	return []string{"replacements", "replacements[]", "replacements[].subject_out"}
}

// material gives a document without what it only states, its unordered lists in order: what an edit must not change
// unnoticed.
func material(t *testing.T, document []byte, replaced bool) string {
	t.Helper()
	b, err := sortition.DecodeBundle(document)
	if err != nil {
		t.Fatal(err)
	}
	if !replaced {
		b.Replacements = nil
	}
	b.Number, b.Exclusions, b.CommittedAt = 1, nil, ""
	byText := func(a, b string) int { return strings.Compare(a, b) }
	slices.SortFunc(b.Strata, func(x, y sortition.Stratum) int { return byText(x.Name, y.Name) })
	slices.SortFunc(b.Departments, func(x, y sortition.Department) int { return byText(x.Name, y.Name) })
	slices.SortFunc(b.Subjects, func(x, y sortition.Subject) int { return byText(x.ID, y.ID) })
	slices.SortFunc(b.Inspectors, func(x, y sortition.Inspector) int { return byText(x.ID, y.ID) })
	for i := range b.Inspectors {
		slices.Sort(b.Inspectors[i].Lines)
		slices.Sort(b.Inspectors[i].Districts)
	}
	slices.SortFunc(b.Conflicts, func(x, y sortition.Conflict) int {
		return byText(x.Inspector+"\x00"+x.Subject, y.Inspector+"\x00"+y.Subject)
	})
	slices.SortFunc(b.Reveals, func(x, y sortition.Reveal) int { return byText(x.Party, y.Party) })
	for i := range b.Commitments {
		b.Commitments[i].CommittedAt = ""
	}
	slices.SortFunc(b.Commitments, func(x, y sortition.Commitment) int { return byText(x.Party, y.Party) })
	for i := range b.Replacements {
		b.Replacements[i].Reason = ""
	}
	if b.Beacon != nil {
		b.Beacon.Signature = nil
	}
	text, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// follows tells whether a bundle is what its inputs and its replacements come to.
func follows(t *testing.T, b sortition.Bundle) bool {
	t.Helper()
	want, err := redraw(t, b).Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Encode()
	return err == nil && bytes.Equal(got, want)
}

// tally counts what became of edits: the steps at which they were found out, the places and kinds of those that passed.
type tally struct {
	found  map[sortition.Step]int
	passed map[string]int
}

// editAll makes single edits of a published bundle. Each must be found out, or proven immaterial: the bundle then says the
// same but for what it only states.
func (y tally) editAll(t *testing.T, base string, random *rand.Rand, edits int) {
	t.Helper()
	document, err := io.ReadAll(openBundle(t, base))
	if err != nil {
		t.Fatal(err)
	}
	editor, err := sortitiontest.NewEditor(document)
	if err != nil {
		t.Fatal(err)
	}
	want, unreplaced := material(t, document, true), material(t, document, false)
	stated := statedOnly()
	for range edits {
		edited, change, err := editor.Edit(random)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sortition.DecodeBundle(edited)
		if err == nil {
			_, err = sortition.Verify(b, sortition.Options{})
		}
		var difference *sortition.StepError
		switch {
		case errors.As(err, &difference):
			y.found[difference.Step]++
		case err != nil:
			t.Fatalf("%s, %v: %v", base, change, err)
		case material(t, edited, true) == want:
			if y.pass(change, stated) {
				continue
			}
			t.Fatalf("%s, %v: the same, though it is not stated only\n%s", base, change, edited)
		case slices.Contains(wishes(), change.Path) && material(t, edited, false) == unreplaced && follows(t, b):
			y.passed["another replacement"]++
		default:
			t.Fatalf("%s, %v: not found out\n%s", base, change, edited)
		}
	}
}

// pass counts an edit after which a bundle says the same: of what is only stated, of an order that is free, of an empty member.
func (y tally) pass(change sortitiontest.Change, stated map[string]string) bool {
	if stated[change.Path] != "" {
		y.passed[change.Path]++
		return true
	}
	y.passed[change.Kind]++
	return slices.Contains([]string{"reorder", "exchange", "leave out"}, change.Kind)
}

// TestEveryEditIsFoundOut makes ten thousand single edits.
func TestEveryEditIsFoundOut(t *testing.T) {
	t.Parallel()
	all := 10_000
	if testing.Short() {
		all = 4_000
	}
	bases := []string{"reserve.json", "lottery.json", "drand.json", "both.json", "workload.json", "single.json", "nobody.json", "licences.json"}
	y := tally{found: map[sortition.Step]int{}, passed: map[string]int{}}
	for at, base := range bases {
		y.editAll(t, base, rand.New(rand.NewPCG(2026, uint64(at))), all/len(bases))
	}
	t.Logf("found out: %v; immaterial: %v", y.found, y.passed)
	for path := range statedOnly() {
		if y.passed[path] == 0 {
			t.Errorf("no edit of %s passed: it is not stated only", path)
		}
	}
	for _, step := range []sortition.Step{sortition.StepForm, sortition.StepVersion, sortition.StepPool, sortition.StepSubjectRoot,
		sortition.StepInspectorRoot, sortition.StepConflictRoot, sortition.StepTerms, sortition.StepCommitment, sortition.StepNotBefore,
		sortition.StepBeacon, sortition.StepSeed, sortition.StepSelection, sortition.StepMatch, sortition.StepShortfall, sortition.StepReplacement} {
		if y.found[step] == 0 {
			t.Errorf("no edit was found out at step %s", step)
		}
	}
}

// TestPublishedReadsAsBundles holds the two ways to read a document to each other, over edits of all kinds.
func TestPublishedReadsAsBundles(t *testing.T) {
	t.Parallel()
	document, err := io.ReadAll(openBundle(t, "shortfalls.json"))
	if err != nil {
		t.Fatal(err)
	}
	editor, err := sortitiontest.NewEditor(document)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		edited, change, err := editor.Edit(random)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sortition.DecodeBundle(edited)
		var report, streamed sortition.Report
		if err == nil {
			report, err = sortition.Verify(b, sortition.Options{})
		}
		p, streamErr := sortition.ReadBundle(bytes.NewReader(edited))
		if streamErr == nil {
			streamed, streamErr = p.Verify(sortition.Options{})
		}
		if (err == nil) != (streamErr == nil) || err != nil && err.Error() != streamErr.Error() {
			t.Fatalf("%v: %v, as a stream %v", change, err, streamErr)
		}
		if report.Seed != streamed.Seed || report.Subjects != streamed.Subjects || report.Selected != streamed.Selected {
			t.Fatalf("%v: report %+v, as a stream %+v", change, report, streamed)
		}
	}
}
