package sortition_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// tampering is one thing done to a valid bundle and where it must be noticed.
type tampering struct {
	name  string
	do    func(b *sortition.Bundle)
	step  sortition.Step
	field string
}

func tamperings() []tampering {
	return append(tamperingsOfInputs(), tamperingsOfResults()...)
}

func tamperingsOfInputs() []tampering {
	return []tampering{
		{"version", func(b *sortition.Bundle) { b.Version = "mingjian/draw/v2" }, sortition.StepVersion, "version"},
		{"a candidate twice", func(b *sortition.Bundle) { b.Subjects = append(b.Subjects, b.Subjects[0]) }, sortition.StepPool, "subjects["},
		{"an inspector twice", func(b *sortition.Bundle) { b.Inspectors[1].ID = b.Inspectors[0].ID }, sortition.StepPool, "inspectors["},
		{"a conflict twice", func(b *sortition.Bundle) { b.Conflicts = append(b.Conflicts, b.Conflicts[0]) }, sortition.StepPool, "conflicts["},
		{"a line twice", func(b *sortition.Bundle) { b.Inspectors[0].Lines = []string{"food", "food"} }, sortition.StepPool, "lines[1]"},
		{"a district", func(b *sortition.Bundle) { b.Subjects[0].District = "33010" }, sortition.StepPool, "district"},
		{"a removed candidate", func(b *sortition.Bundle) { b.Subjects = b.Subjects[1:] }, sortition.StepSubjectRoot, "subject_root"},
		{"another stratum of a candidate", func(b *sortition.Bundle) { b.Subjects[0].Stratum = "中风险" }, sortition.StepSubjectRoot, "subject_root"},
		{"a removed inspector", func(b *sortition.Bundle) { b.Inspectors = b.Inspectors[1:] }, sortition.StepInspectorRoot, "inspector_root"},
		{"a longer licence", func(b *sortition.Bundle) { b.Inspectors[9].LicenceValidUntil = "2030-01-01" }, sortition.StepInspectorRoot, "inspector_root"},
		{"a removed conflict", func(b *sortition.Bundle) { b.Conflicts = b.Conflicts[1:] }, sortition.StepConflictRoot, "conflict_root"},
		{"another quota", func(b *sortition.Bundle) { b.Strata[0].Count++ }, sortition.StepTerms, "terms"},
		{"a quota and a ratio", func(b *sortition.Bundle) { b.Strata[0].RatioPPM = 1 }, sortition.StepTerms, "strata[0]"},
		{"another cap", func(b *sortition.Bundle) { b.WorkloadCap = 0 }, sortition.StepTerms, "terms"},
		{"another window", func(b *sortition.Bundle) { b.WindowEnd = "2026-09-01" }, sortition.StepTerms, "terms"},
		{"no number", func(b *sortition.Bundle) { b.Number = 0 }, sortition.StepTerms, "number"},
		{"a beacon added", func(b *sortition.Bundle) {
			b.Beacon = &sortition.Beacon{BeaconTerms: sortition.BeaconTerms{Name: "x", Round: "1", NotBefore: "2027-01-01T00:00:00Z"}}
		}, sortition.StepTerms, "terms"},
		{"a value of no beacon", func(b *sortition.Bundle) { b.Beacon = &sortition.Beacon{Value: sortition.Bytes("chosen")} }, sortition.StepTerms, "beacon"},
		{"another nonce", func(b *sortition.Bundle) { b.Reveals[1].Nonce[31] ^= 1 }, sortition.StepCommitment, `commitments[0].commitment of "bureau"`},
		{"exchanged nonces", func(b *sortition.Bundle) {
			b.Reveals[0].Nonce, b.Reveals[1].Nonce = b.Reveals[1].Nonce, b.Reveals[0].Nonce
		}, sortition.StepCommitment, `commitments[0].commitment of "bureau"`},
		{"a party that does not reveal", func(b *sortition.Bundle) { b.Reveals = b.Reveals[:2] }, sortition.StepCommitment, `commitments[1].commitment of "notary"`},
		{"a party that did not commit", func(b *sortition.Bundle) { b.Commitments = b.Commitments[1:] }, sortition.StepCommitment, "reveals[1].party"},
		{"a party twice", func(b *sortition.Bundle) { b.Reveals = append(b.Reveals, b.Reveals[0]) }, sortition.StepCommitment, "reveals[3].party"},
		{"no randomness", func(b *sortition.Bundle) { b.Reveals, b.Commitments = nil, nil }, sortition.StepCommitment, "commitments"},
		{"a time that is none", func(b *sortition.Bundle) { b.Commitments[1].CommittedAt = "yesterday" }, sortition.StepNotBefore, "commitments[1].committed_at"},
		{"another seed", func(b *sortition.Bundle) { b.Seed[0] ^= 1 }, sortition.StepSeed, "seed"},
	}
}

func tamperingsOfResults() []tampering {
	return []tampering{
		{"a changed ticket", func(b *sortition.Bundle) { b.Selected[2].Ticket[5] ^= 4 }, sortition.StepSelection, "selected[2].ticket"},
		{"another subject", func(b *sortition.Bundle) { b.Selected[1].Subject = "S-001" }, sortition.StepSelection, "selected[1].subject"},
		{"another order", func(b *sortition.Bundle) { b.Selected[0], b.Selected[1] = b.Selected[1], b.Selected[0] }, sortition.StepSelection, "selected[0].subject"},
		{"one subject less", func(b *sortition.Bundle) { b.Selected = b.Selected[:5] }, sortition.StepSelection, "selected"},
		{"one subject more", func(b *sortition.Bundle) { b.Selected = append(b.Selected, b.Selected[0]) }, sortition.StepSelection, "selected"},
		{"a swapped inspector", func(b *sortition.Bundle) { b.Selected[1].Teams[1].Inspectors[0] = "ZJ-02" }, sortition.StepMatch, "selected[1].teams"},
		{"inspectors in another order", func(b *sortition.Bundle) {
			team := b.Selected[0].Teams[1].Inspectors
			team[0], team[1] = team[1], team[0]
		}, sortition.StepMatch, "selected[0].teams"},
		{"a team for a short department", func(b *sortition.Bundle) {
			b.Selected[2].Teams[2].Inspectors = []string{"XF-3", "XF-4", "XF-5"}
		}, sortition.StepMatch, "selected[2].teams"},
		{"a hidden shortfall", func(b *sortition.Bundle) { b.Selected[2].Shortfalls = nil }, sortition.StepShortfall, "selected[2].shortfalls"},
		{"another reason of a shortfall", func(b *sortition.Bundle) {
			reasons := &b.Selected[2].Shortfalls[0].Reasons
			reasons.Licence, reasons.Line = 0, 2
		}, sortition.StepShortfall, "selected[2].shortfalls"},
		{"a replacement that skips the reserve", func(b *sortition.Bundle) {
			b.Replacements[0].ReplacedBy, b.Replacements[2].ReplacedBy = b.Replacements[2].ReplacedBy, b.Replacements[0].ReplacedBy
		}, sortition.StepReplacement, "replacements[0].replaced_by.subject"},
		{"a replacement of one not selected", func(b *sortition.Bundle) { b.Replacements[1].SubjectOut = "S-001" }, sortition.StepReplacement, "replacements[1]"},
		{"a replacement of one replaced before", func(b *sortition.Bundle) { b.Replacements[2].SubjectOut = b.Replacements[0].SubjectOut }, sortition.StepReplacement, "replacements[2]"},
		{"a replacement left out", func(b *sortition.Bundle) { b.Replacements = b.Replacements[1:] }, sortition.StepReplacement, "replacements[0].number"},
		{"a replacement without reason", func(b *sortition.Bundle) { b.Replacements[0].Reason = "" }, sortition.StepReplacement, "replacements[0]"},
		{"another team of a replacement", func(b *sortition.Bundle) { b.Replacements[1].ReplacedBy.Teams[0].Inspectors = []string{"ZJ-99"} },
			sortition.StepReplacement, "replacements[1].replaced_by.teams"},
	}
}

func TestVerifyNamesTheFirstStep(t *testing.T) {
	t.Parallel()
	document, _ := readBundle(t, filepath.Join("testdata", "draw-v1-replacements.json"))
	for _, test := range tamperings() {
		b, err := sortition.DecodeBundle(document)
		if err != nil {
			t.Fatal(err)
		}
		test.do(&b)
		_, err = sortition.Verify(b, sortition.Options{})
		var difference *sortition.StepError
		if !errors.As(err, &difference) {
			t.Errorf("%s: error %v", test.name, err)
			continue
		}
		if difference.Step != test.step || !strings.Contains(difference.Field, test.field) {
			t.Errorf("%s: noticed as %v, want step %s, field %s", test.name, err, test.step, test.field)
		}
	}
}

// What the issue asks of the worked example, in its words.
func TestWorkedExampleTampered(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(sharedFile(t, "draw-v1-small.json"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, old, new string
		step           sortition.Step
	}{
		{"changed ticket", "5af18758bbf0", "5af18758bbf1", sortition.StepSelection},
		{"swapped inspector", "\"XZ-005\",\n      \"XZ-008\"", "\"XZ-002\",\n      \"XZ-008\"", sortition.StepMatch},
		{"removed candidate", "{\n   \"id\": \"91540195MA6TCRY26A\",\n   \"stratum\": \"D\",\n   \"district\": \"540195\"\n  }", "", sortition.StepSubjectRoot},
		{"another nonce", "ca978112ca1b", "ca978112ca1c", sortition.StepCommitment},
		{"another beacon value", "fe290beca108", "fe290beca109", sortition.StepSeed},
		{"skipped reserve", "\"subject\": \"91540091MA6TCT3F04\",\n    \"stratum\"", "\"subject\": \"91540195MA6TCRY26A\",\n    \"stratum\"", sortition.StepReplacement},
		{"late commit", "\"committed_at\": \"2026-11-19T02:00:00Z\"", "\"committed_at\": \"2026-11-20T08:00:00Z\"", sortition.StepNotBefore},
	}
	for _, test := range tests {
		text := strings.Replace(string(document), test.old, test.new, 1)
		if text == string(document) {
			t.Fatalf("%s: nothing to change", test.name)
		}
		b, err := sortition.DecodeBundle([]byte(strings.Replace(text, "},\n  \n ]", "}\n ]", 1)))
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		_, err = sortition.Verify(b, sortition.Options{})
		var difference *sortition.StepError
		if !errors.As(err, &difference) || difference.Step != test.step {
			t.Errorf("%s: %v, want step %s", test.name, err, test.step)
		}
	}
}
