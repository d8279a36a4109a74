package sortition_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

// tampering is one thing done to the vector replacements.json and where it must be noticed.
type tampering struct {
	name  string
	do    func(b *sortition.Bundle)
	step  sortition.Step
	field string
}

func tamperings() []tampering {
	return append(tamperingsOfInputs(), tamperingsOfResults()...)
}

// textTampering is one thing done to the text of a vector.
type textTampering struct {
	base     string
	name     string
	old, new string // the first of the old becomes the new; an empty old is the end
	step     sortition.Step
}

// cutOff as the new text drops everything from the old one on.
const cutOff = "\x00"

func textTamperings() []textTampering {
	return append(tamperingsOfTheForm(), tamperingsOfTheBeacon()...)
}

func tamperingsOfTheForm() []textTampering {
	const nobody, form = "nobody.json", sortition.StepForm
	return []textTampering{
		{nobody, "a member twice", `"number": 1`, `"number": 1, "number": 1`, form},
		{nobody, "a member in capitals", `"number": 1`, `"Number": 1`, form},
		{nobody, "a member of another form", `"number": 1`, `"number": 1, "weight": 1`, form},
		{nobody, "a member of a stratum twice", `"count": 3`, `"count": 3, "count": 3`, form},
		{nobody, "null for a list", `"subjects": []`, `"subjects": null`, form},
		{nobody, "null for a number", `"workload_cap": 0`, `"workload_cap": null`, form},
		{nobody, "an object for a list", `"subjects": []`, `"subjects": {}`, form},
		{nobody, "a list for a text", `"line": "food"`, `"line": ["food"]`, form},
		{nobody, "a text for a number", `"number": 1`, `"number": "1"`, form},
		{nobody, "a number for a text", `"line": "food"`, `"line": 7`, form},
		{nobody, "a fraction", `"number": 1`, `"number": 1.0`, form},
		{nobody, "an exponent", `"number": 1`, `"number": 1e0`, form},
		{nobody, "a negative number", `"number": 1`, `"number": -1`, form},
		{nobody, "a leading zero", `"number": 1`, `"number": 01`, form},
		{nobody, "a number beyond 64 bits", `"workload_cap": 0`, `"workload_cap": 18446744073709551616`, form},
		{nobody, "a short digest", `"seed": "`, `"seed": "0`, form},
		{nobody, "a digest in capitals", `"subject_root": "e3b0c442`, `"subject_root": "E3B0C442`, form},
		{nobody, "a short nonce", `"nonce": "0`, `"nonce": "`, form},
		{nobody, "half of a surrogate pair", `"line": "food"`, `"line": "\ud842"`, form},
		{nobody, "bytes that are not UTF-8", `"line": "food"`, "\"line\": \"\xff\"", form},
		{nobody, "a control character", `"line": "food"`, "\"line\": \"\x01\"", form},
		{nobody, "an escape that is none", `"line": "food"`, `"line": "\x41"`, form},
		{nobody, "a comment", `{`, `{ /* drawn again */`, form},
		{nobody, "a comma at the end of a list", `"selected": []`, `"selected": [],`, form},
		{nobody, "a byte order mark", `{`, "\ufeff{", form},
		{nobody, "text after the end", ``, ` {}`, form},
		{nobody, "cut off", `"seed"`, cutOff, form},
		{nobody, "no draw id", `"draw_id": "draw-nobody",`, ``, sortition.StepTerms},
		{nobody, "an empty list left out", `"exclusions": [],`, ``, ""},
		{"pool-files.json", "a wrong count of a pool file", `"count": 24`, `"count": 23`, sortition.StepPool},
		{"pool-files.json", "a pool file and a list", `"subjects_file"`, `"subjects": [], "subjects_file"`, sortition.StepPool},
	}
}

func tamperingsOfTheBeacon() []textTampering {
	const both = "both.json"
	return []textTampering{
		{both, "recorded when the value was known", `13:14:59.9Z`, `13:15:00Z`, sortition.StepNotBefore},
		{both, "recorded in local time", `13:14:59.9Z`, `13:14:59.9+08:00`, sortition.StepNotBefore},
		{both, "a fraction after a comma", `13:14:59.9Z`, `13:14:59,9Z`, sortition.StepNotBefore},
		{both, "a fraction of ten digits", `59.999999999Z`, `59.9999999999Z`, sortition.StepNotBefore},
		{both, "an hour of one digit", `13:14:59.9Z`, `3:14:59.9Z`, sortition.StepNotBefore},
		{both, "a leap second", `13:14:59.9Z`, `13:14:60Z`, sortition.StepNotBefore},
		{both, "recorded on a day that is none", `2026-05-03T13:14:59.9Z`, `2026-02-29T13:14:59.9Z`, sortition.StepNotBefore},
		{both, "a later not before", `13:15:00Z`, `13:15:01Z`, sortition.StepTerms},
		{both, "another source", `体彩大乐透`, `福彩双色球`, sortition.StepTerms},
		{both, "another value", `352d31322d`, `362d31322d`, sortition.StepSeed},
		{both, "no value", `352d31322d31392d32332d33332d322d39`, ``, sortition.StepBeacon},
		{both, "a value of an odd length", `352d31322d`, `52d31322d`, sortition.StepForm},
		{"lottery.json", "recorded after the lottery", `2026-05-03T08:00:00.5Z`, `2026-05-04T08:00:00Z`, sortition.StepNotBefore},
		{"lottery.json", "recorded at no time", `2026-05-03T08:00:00.5Z`, `yesterday`, sortition.StepNotBefore},
		{"entered.json", "entered before the lottery", `2026-05-03T15:00:00.25Z`, `2026-05-03T13:14:59Z`, sortition.StepBeacon},
		{"entered.json", "entered at no time", `2026-05-03T15:00:00.25Z`, `tomorrow`, sortition.StepBeacon},
		{"entered.json", "entered by nobody", `"SCJG"`, `""`, sortition.StepBeacon},
		{"entered.json", "entered the same once", `33332d322d39",
    "entered_at": "2026-05-03T15`, `33332d322d38",
    "entered_at": "2026-05-03T15`, sortition.StepBeacon},
		{"entered.json", "a member of an entry of another name", `"entered_at"`, `"at"`, sortition.StepForm},
	}
}

// tamperedVector is a vector that must be found out, or that only looks as if.
type tamperedVector struct {
	vector
	field    string // where, if that is told
	document []byte
}

func tampered(t *testing.T) []tamperedVector {
	t.Helper()
	var list []tamperedVector
	add := func(name, base, field string, step sortition.Step, document []byte) {
		v := vector{File: "tampered/" + strings.ReplaceAll(name, " ", "-") + ".json", Step: step, Valid: step == "", What: base + ": " + name}
		list = append(list, tamperedVector{vector: v, field: field, document: document})
	}
	document, _ := readBundle(t, bundlePath("replacements.json"))
	for _, test := range tamperings() {
		b, err := sortition.DecodeBundle(document)
		if err != nil {
			t.Fatal(err)
		}
		test.do(&b)
		text, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			t.Fatal(err)
		}
		add(test.name, "replacements.json", test.field, test.step, compact.Bytes())
	}
	for _, test := range textTamperings() {
		text, err := io.ReadAll(openBundle(t, test.base))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(text, []byte(test.old))
		switch {
		case test.old == "":
			text = append(text, test.new...)
		case at < 0:
			t.Fatalf("%s: nothing to change", test.name)
		case test.new == cutOff:
			text = text[:at]
		default:
			text = slices.Concat(text[:at], []byte(test.new), text[at+len(test.old):])
		}
		add(test.name, test.base, "", test.step, text)
	}
	return list
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
	for _, test := range tampered(t) {
		published, err := sortition.ReadBundle(bytes.NewReader(test.document))
		if err == nil {
			_, err = published.Verify(sortition.Options{Open: openPool})
		}
		var difference *sortition.StepError
		switch {
		case test.Valid && err != nil:
			t.Errorf("%s: error %v", test.What, err)
		case test.Valid:
		case !errors.As(err, &difference):
			t.Errorf("%s: error %v", test.What, err)
		case difference.Step != test.Step || !strings.Contains(difference.Field, test.field):
			t.Errorf("%s: noticed as %v, want step %s, field %s", test.What, err, test.Step, test.field)
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
