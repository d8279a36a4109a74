package sortition_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mingjian-ledger/mingjian/domain/sortition"
)

func TestDecodeTakesOneReading(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		``:                                      "unexpected EOF",
		`{`:                                     "unexpected EOF",
		`[]`:                                    "bundle: must be an object",
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
		`{"version":"a"} {}`:                    "bundle: must have nothing after its object",
		"{\"version\":\"\xff\"}":                "must be UTF-8",
		`{"version":1}`:                         "version: must be as in the form",
		`{"version":null}`:                      "version: must not be null",
		`{"subjects":null}`:                     "subjects: must be a list",
		`{"strata":{}}`:                         "strata: must be a list",
		`{"subjects":[{"id":"a","id":"b"}]}`:    "subjects[0].id: must be a member of the form, given once",
		`{"subjects":[{"id":"a"} {"id":"b"}]}`:  "a JSON document",
		`{"subjects":[]`:                        "unexpected EOF",
		`{"version":"\ud800"}`:                  "version: must have no half of a surrogate pair",
		`{"version":"\ud800\u0041"}`:            "half of a surrogate pair",
		`{"version":"\udc00"}`:                  "half of a surrogate pair",
		"{\"version\":\"\xe4\xb8":               "must be UTF-8",
	}
	for document, want := range tests {
		_, err := sortition.DecodeBundle([]byte(document))
		var difference *sortition.StepError
		if !errors.As(err, &difference) || difference.Step != sortition.StepForm || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want %q", document, err, want)
		}
		_, streamed := sortition.ReadBundle(iotest.OneByteReader(strings.NewReader(document)))
		if streamed == nil || streamed.Error() != err.Error() {
			t.Errorf("%.60s: read as a stream: %v, want %v", document, streamed, err)
		}
	}
	for _, document := range []string{`{"version":"\ud840\udfb7"}`, `{"version":"\\ud800"}`, `{"version":"𠮷中é\u0000"}`} {
		if _, err := sortition.DecodeBundle([]byte(document)); err != nil {
			t.Errorf("%s: %v", document, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	paths, err := filepath.Glob(bundlePath("*.json"))
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
		_, err = sortition.Verify(b, sortition.Options{Sources: []sortition.Source{source{}, dashes{}}})
		again, encodeErr := b.Encode()
		if encodeErr != nil {
			t.Fatalf("what was decoded does not encode: %v", encodeErr)
		}
		back, decodeErr := sortition.DecodeBundle(again)
		if decodeErr != nil {
			t.Fatalf("what was encoded does not decode: %v", decodeErr)
		}
		_, errAgain := sortition.Verify(back, sortition.Options{Sources: []sortition.Source{source{}, dashes{}}})
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
