package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// sharedFile finds a file of real input, which lies beside the project and is no part of it.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, "..", "shared", "data", filepath.FromSlash(name)))
	if err == nil {
		_, err = os.Stat(path)
	}
	switch {
	case err != nil && os.Getenv("MINGJIAN_TEST_REQUIRE") == "1":
		t.Fatalf("real input is required: %v", err)
	case err != nil:
		t.Skipf("no real input: %v", err)
	}
	return path
}

// TestDrawVerifyNamesTheStep takes the worked example as published, and the copies that somebody with something to hide
// would publish.
func TestDrawVerifyNamesTheStep(t *testing.T) {
	t.Parallel()
	path := sharedFile(t, "vectors/draw-v1-small.json")
	if code, out, errs := command(t, "draw", "verify", path); code != exitOK || !strings.Contains(out, "valid: draw ") {
		t.Errorf("ended with %d\n%s%s", code, out, errs)
	}
	for name, c := range map[string]struct {
		do   func(b *sortition.Bundle)
		step sortition.Step
	}{
		"one changed ticket":   {func(b *sortition.Bundle) { b.Selected[0].Ticket[5] ^= 4 }, sortition.StepSelection},
		"a swapped inspector":  {swapInspector, sortition.StepMatch},
		"a removed candidate":  {func(b *sortition.Bundle) { b.Subjects = b.Subjects[1:] }, sortition.StepSubjectRoot},
		"another nonce":        {func(b *sortition.Bundle) { b.Reveals[0].Nonce[31] ^= 1 }, sortition.StepCommitment},
		"another beacon value": {func(b *sortition.Bundle) { b.Beacon.Value[0] ^= 1 }, sortition.StepSeed}, // the example is unsigned
		"a skipped reserve":    {func(b *sortition.Bundle) { b.Replacements[0].ReplacedBy = b.Selected[0] }, sortition.StepReplacement},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tampered(t, path, c.do, c.step)
		})
	}
}

// swapInspector puts another inspector of the roster in a team.
func swapInspector(b *sortition.Bundle) {
	team := b.Selected[0].Teams[0].Inspectors
	for _, i := range b.Inspectors {
		if !slices.Contains(team, i.ID) {
			team[0] = i.ID
			return
		}
	}
}

// tampered verifies a changed copy of a bundle, which must end with exitRefuted and the step, in words and as JSON.
func tampered(t *testing.T, path string, do func(*sortition.Bundle), step sortition.Step) {
	t.Helper()
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sortition.DecodeBundle(document)
	if err != nil {
		t.Fatal(err)
	}
	do(&b)
	changed, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	copied := write(t, filepath.Join(t.TempDir(), "bundle.json"), string(changed))
	code, out, errs := command(t, "draw", "verify", copied)
	if code != exitRefuted || !strings.Contains(errs, "is NOT valid at step "+string(step)+":") {
		t.Errorf("ended with %d, want step %s\n%s%s", code, step, out, errs)
	}
	code, out, _ = command(t, "draw", "verify", "--json", copied)
	var v verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != exitRefuted || v.Valid || v.Step != string(step) {
		t.Errorf("as JSON ended with %d: %s, %v", code, out, err)
	}
}
