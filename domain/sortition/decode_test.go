package sortition_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestDecodeTakesOneReading(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		``:                                      "unexpected EOF",
		`{`:                                     "unexpected EOF",
		`[]`:                                    "bundle: must not be a list",
		`{"version":"a","version":"b"}`:         "version: must be a member of the form, given once",
		`{"Version":"a"}`:                       "Version: must be a member of the form, given once",
		`{"strata":[{"name":"a"},{"Count":1}]}`: "strata[1].Count: must be a member of the form",
		`{"beacon":{"value":"0","extra":{}}}`:   "beacon.extra: must be a member of the form",
		`{"beacon":{"value":"0"}}`:              "even number of hexadecimal digits",
		`{"seed":"AB"}`:                         "must be 64 hexadecimal digits",
		`{"seed":"` + strings.Repeat("A", 64) + `"}`: "must be lower-case hexadecimal digits",
		`{"seed":{}}`:                           "seed: must not be an object",
		`{"seed":[1]}`:                          "seed: must not be a list",
		`{"reveals":[{"nonce":"00"}]}`:          "must be 64 hexadecimal digits",
		`{"number":-1}`:                         "number",
		`{"number":1.5}`:                        "number",
		`{"workload_cap":18446744073709551616}`: "workload_cap",
		`{"version":"a"} {}`:                    "after top-level value",
		"{\"version\":\"\xff\"}":                "must be UTF-8",
		`{"version":1}`:                         "version",
	}
	for document, want := range tests {
		if _, err := sortition.DecodeBundle([]byte(document)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want %q", document, err, want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("testdata", "draw-v1-*.json"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no vectors: %v", err)
	}
	for _, path := range paths {
		document, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		b, err := sortition.DecodeBundle(document)
		if err != nil {
			return
		}
		_, err = sortition.Verify(b, sortition.Options{Beacons: []sortition.BeaconVerifier{source{}}})
		again, encodeErr := b.Encode()
		if encodeErr != nil {
			t.Fatalf("what was decoded does not encode: %v", encodeErr)
		}
		back, decodeErr := sortition.DecodeBundle(again)
		if decodeErr != nil {
			t.Fatalf("what was encoded does not decode: %v", decodeErr)
		}
		_, errAgain := sortition.Verify(back, sortition.Options{Beacons: []sortition.BeaconVerifier{source{}}})
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Errorf("verified as %v, then as %v", err, errAgain)
		}
	})
}

func FuzzReadPools(f *testing.F) {
	f.Add([]byte(`{"id":"a\"","stratum":"A","district":"330102"}` + "\n"))
	f.Add([]byte(`{"id":"b","department":"d","licence_valid_until":"2026-01-01","lines":["a"],"districts":["000000"]}` + "\n"))
	f.Add([]byte(`{"inspector":"i","subject":"s"}` + "\n"))
	f.Fuzz(func(t *testing.T, lines []byte) {
		rewriteSubjects(t, lines)
		rewriteInspectors(t, lines)
		rewriteConflicts(t, lines)
	})
}

func rewriteSubjects(t *testing.T, lines []byte) {
	t.Helper()
	var out strings.Builder
	_, file, err := sortition.WriteSubjects(&out, sortition.ReadSubjects(strings.NewReader(string(lines))))
	if err == nil && (out.String() != string(lines) || file.Count != uint64(strings.Count(out.String(), "\n"))) {
		t.Errorf("read %q, wrote %q", lines, out.String())
	}
}

func rewriteInspectors(t *testing.T, lines []byte) {
	t.Helper()
	var out strings.Builder
	_, _, err := sortition.WriteInspectors(&out, sortition.ReadInspectors(strings.NewReader(string(lines))))
	if err == nil && out.String() != string(lines) {
		t.Errorf("read %q, wrote %q", lines, out.String())
	}
}

func rewriteConflicts(t *testing.T, lines []byte) {
	t.Helper()
	var out strings.Builder
	_, _, err := sortition.WriteConflicts(&out, sortition.ReadConflicts(strings.NewReader(string(lines))))
	if err == nil && out.String() != string(lines) {
		t.Errorf("read %q, wrote %q", lines, out.String())
	}
}
