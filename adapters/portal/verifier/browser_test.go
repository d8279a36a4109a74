package verifier_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier/verifiertest"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
)

var (
	sortitionData = filepath.Join("..", "..", "..", "domain", "sortition", "testdata")
	bundles       = filepath.Join(sortitionData, "bundles")
)

// TestInBrowser is one test, for one browser.
func TestInBrowser(t *testing.T) {
	t.Parallel()
	s := verifiertest.New(t)
	t.Run("parts", func(t *testing.T) { parts(t, s) })
	t.Run("vectors", func(t *testing.T) { vectors(t, s) })
	t.Run("worked example", func(t *testing.T) { workedExample(t, s) })
	t.Run("pool files", func(t *testing.T) { poolFiles(t, s) })
	t.Run("texts", func(t *testing.T) { texts(t, s) })
	t.Run("rules", func(t *testing.T) { rules(t, s) })
	t.Run("edits", func(t *testing.T) { edits(t, s) })
	t.Run("random", func(t *testing.T) { random(t, s) })
	t.Run("page", func(t *testing.T) { page(t, s) })
}

func read(t testing.TB, elements ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func readJSON(t testing.TB, into any, elements ...string) {
	t.Helper()
	if err := json.Unmarshal(read(t, elements...), into); err != nil {
		t.Fatal(err)
	}
}

// pools are the published pool files.
func pools(t testing.TB) [][]byte {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(bundles, "pools"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, entry := range entries {
		all = append(all, read(t, bundles, "pools", entry.Name()))
	}
	return all
}

// publishedPool opens one of them.
func publishedPool(f sortition.PoolFile) (io.ReadCloser, error) {
	return os.Open(filepath.Join(bundles, "pools", f.SHA256.String()))
}

// judge is the verdict of the other implementation, without proof of any source of randomness: a step, or none.
func judge(t testing.TB, document []byte, open func(sortition.PoolFile) (io.ReadCloser, error)) (string, sortition.Report) {
	t.Helper()
	if packed, err := gzip.NewReader(bytes.NewReader(document)); err == nil {
		if document, err = io.ReadAll(packed); err != nil {
			t.Fatal(err)
		}
	}
	b, err := sortition.ReadBundle(bytes.NewReader(document))
	var report sortition.Report
	if err == nil {
		report, err = b.Verify(sortition.Options{Open: open})
	}
	var difference *sortition.StepError
	switch {
	case errors.As(err, &difference):
		return string(difference.Step), report
	case err != nil:
		t.Fatal(err)
	}
	return "", report
}

// compare holds the two implementations to each other.
func compare(t testing.TB, what string, got verifiertest.Verdict, document []byte) {
	t.Helper()
	step, r := judge(t, document, publishedPool)
	if got.Missing != "" || got.Step != step || got.Valid != (step == "") {
		t.Fatalf("%s: in the browser %+v, here %q\n%.5000s", what, got, step, document)
	}
	want := verifiertest.Report{Terms: r.Terms.String(), Seed: r.Seed.String(), Subjects: r.Subjects, Inspectors: r.Inspectors,
		Conflicts: r.Conflicts, Selected: r.Selected, Shortfalls: r.Shortfalls, Replacements: r.Replacements}
	if step == "" && got.Report != want {
		t.Fatalf("%s: report in the browser %+v, here %+v", what, got.Report, want)
	}
}

// parts holds hashes to Web Crypto and trees to their roots.
func parts(t *testing.T, s *verifiertest.Session) {
	s.Handle("/test/", testModules())
	var trees []struct{ Root string }
	readJSON(t, &trees, sortitionData, "merkle.json")
	var got struct {
		Trust string
		Roots []string
	}
	s.Run(t, "/test/parts.js", &got, read(t, sortitionData, "merkle.json"))
	if got.Trust != "webcrypto" || len(got.Roots) != len(trees) {
		t.Fatalf("the hash agrees with %q; %d of %d roots came back", got.Trust, len(got.Roots), len(trees))
	}
	for i, tree := range trees {
		if got.Roots[i] != tree.Root {
			t.Errorf("tree %d has the root %s, want %s", i, got.Roots[i], tree.Root)
		}
	}
}

// vectors are judged as their index says, and reported as the other implementation does.
func vectors(t *testing.T, s *verifiertest.Session) {
	var index []struct {
		File, Step string
		Valid      bool
	}
	readJSON(t, &index, bundles, "vectors.json")
	files := pools(t)
	for _, want := range index {
		document := read(t, bundles, filepath.FromSlash(want.File))
		got := s.Verify(t, document, files...)
		if got.Valid != want.Valid || got.Step != want.Step {
			t.Errorf("%s: %+v, want valid %v, step %q", want.File, got, want.Valid, want.Step)
		}
		compare(t, want.File, got, document)
		if strings.HasSuffix(want.File, ".gz") {
			t.Logf("%s took %.0f ms", want.File, got.Milliseconds)
		}
	}
	if len(index) < 100 {
		t.Errorf("%d vectors", len(index))
	}
}

func workedExample(t *testing.T, s *verifiertest.Session) {
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "vectors", "draw-v1-small.json")
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("published vectors are required: %v", err)
		}
		t.Skipf("no published vectors here: %v", err)
	}
	document := read(t, path)
	got := s.Verify(t, document)
	if !got.Valid {
		t.Fatalf("%+v", got)
	}
	compare(t, path, got, document)
	spoiled := bytes.Replace(document, []byte(`"workload_cap": `), []byte(`"workload_cap": 1`), 1)
	if got := s.Verify(t, spoiled); bytes.Equal(spoiled, document) || got.Valid || got.Step != "terms" {
		t.Errorf("with another cap: %+v", got)
	}
}

// texts are documents that can be read in more than one way, or are just short of it.
func texts(t *testing.T, s *verifiertest.Session) {
	single := string(read(t, bundles, "single.json"))
	for name, edit := range map[string]func(string) string{
		"escapes": func(d string) string {
			return strings.Replace(d, `"draw_id": "draw-`, `"\u0064raw_\u0069d": "\u0064raw\u002d`, 1)
		},
		"a pair of escapes":  func(d string) string { return strings.Replace(d, `"draw_id": "`, `"draw_id": "\uD842\udfb7`, 1) },
		"two low halves":     func(d string) string { return strings.Replace(d, `"draw_id": "`, `"draw_id": "\udfb7\udfb7`, 1) },
		"half in a name":     func(d string) string { return strings.Replace(d, `"draw_id": "`, `"\ud842": 1, "draw_id": "`, 1) },
		"an escape cut off":  func(d string) string { return d[:strings.Index(d, "draw-")] + `\u00` },
		"no blanks":          func(d string) string { return strings.NewReplacer("\n", "", `": `, `":`).Replace(d) },
		"a form feed":        func(d string) string { return strings.Replace(d, "\n", "\f", 1) },
		"a no-break space":   func(d string) string { return strings.Replace(d, "\n", "\u00a0", 1) },
		"minus zero":         func(d string) string { return strings.Replace(d, `"workload_cap": 0`, `"workload_cap": -0`, 1) },
		"a brace for a list": func(d string) string { return strings.Replace(d, `"conflicts": []`, `"conflicts": {}`, 1) },
		"prototype":          func(d string) string { return strings.Replace(d, `"draw_id"`, `"__proto__": {}, "draw_id"`, 1) },
		"no candidates": func(d string) string {
			return strings.Replace(d, `"subjects": [`, `"subjects": [],"subjects_file": [`, 1)
		},
		"two roots":  func(d string) string { return d + d },
		"nothing":    func(string) string { return "" },
		"a list":     func(string) string { return "[]" },
		"deep":       func(string) string { return `{"subjects":` + strings.Repeat("[", 1_000_000) },
		"no stratum": func(d string) string { return strings.Replace(d, `"stratum": "全部",`, "", 1) },
	} {
		document := edit(single)
		if document == single {
			t.Errorf("%s: nothing was edited", name)
		}
		compare(t, name, s.Verify(t, []byte(document)), []byte(document))
	}
}

// edits are single ones of published bundles.
func edits(t *testing.T, s *verifiertest.Session) {
	found := map[string]int{}
	for at, base := range []string{"reserve.json", "both.json", "lottery.json", "numbers.json", "nobody.json", "shortfalls.json", "byte-order.json", "drand.json"} {
		editor, err := sortitiontest.NewEditor(read(t, bundles, base))
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(41, uint64(at)))
		for range 125 {
			document, change, err := editor.Edit(r)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Verify(t, document)
			compare(t, base+", "+change.String(), got, document)
			found[got.Step]++
		}
	}
	t.Logf("found out: %v", found)
	if len(found) < 14 {
		t.Errorf("the edits were found out at few steps: %v", found)
	}
}

// random bundles are valid in both implementations, and with one edit differ at the same step.
func random(t *testing.T, s *verifiertest.Session) {
	found := map[string]int{}
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(2026, seed))
		document, err := randomBundle(t, r).Encode()
		if err != nil {
			t.Fatal(err)
		}
		got := s.Verify(t, document)
		if !got.Valid {
			t.Fatalf("bundle %d: %+v\n%s", seed, got, document)
		}
		compare(t, "a random bundle", got, document)
		editor, err := sortitiontest.NewEditor(document)
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			edited, change, err := editor.Edit(r)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Verify(t, edited)
			compare(t, change.String(), got, edited)
			found[got.Step]++
		}
	}
	t.Logf("found out: %v", found)
	if len(found) < 12 {
		t.Errorf("the edits were found out at few steps: %v", found)
	}
}
