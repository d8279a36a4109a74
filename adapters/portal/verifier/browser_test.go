//go:build unix

package verifier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier"
	"github.com/mingjian-ledger/mingjian/domain/sortition"
	"github.com/mingjian-ledger/mingjian/domain/sortition/sortitiontest"
)

var bundles = filepath.Join("..", "..", "..", "domain", "sortition", "testdata", "bundles")

// plan is what the driver is told to do beside the published vectors.
type plan struct {
	Pools []string   `json:"pools"` // names of pool files
	Edits []string   `json:"edits"` // documents
	Trees [][]string `json:"trees"` // leaves in hexadecimal digits
}

// said is what the verifier says of a bundle.
type said struct {
	File         string  `json:"file"`
	Valid        *bool   `json:"valid"` // nil if nothing can be said
	Step         string  `json:"step"`
	Detail       string  `json:"detail"`
	Milliseconds float64 `json:"milliseconds"`
	Report       struct {
		Terms        string
		Seed         string
		Subjects     uint64
		Inspectors   uint64
		Conflicts    uint64
		Selected     int
		Shortfalls   int
		Replacements int
	} `json:"report"`
}

// shown is what the page shows.
type shown struct {
	Valid, Step, Verdict, Notes, Text string
	Items                             int
	Focused                           bool
}

// report is what the driver posts.
type report struct {
	Error   string
	Vectors []said
	Edits   []said
	Trees   []string
	Hashes  struct {
		Wrong     int
		Ours, Web float64 // microseconds a hash
	}
	Object, Missing, Spoiled said
	Page                     struct {
		Valid, Tampered, Packed, Pools, Missing, Nonsense shown
		Unreadable                                        bool
	}
}

// drive lets a browser run the driver over a plan.
func drive(t *testing.T, p plan) report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	posted := make(chan report, 1)
	mux := http.NewServeMux()
	mux.Handle("/module/", http.StripPrefix("/module/", http.FileServerFS(verifier.Modules())))
	mux.Handle("/bundles/", http.StripPrefix("/bundles/", http.FileServer(http.Dir(bundles))))
	mux.Handle("/", http.FileServer(http.Dir("testdata")))
	mux.HandleFunc("GET /verify.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", verifier.Policy())
		_, _ = io.WriteString(w, verifier.Page())
	})
	mux.HandleFunc("GET /plan.json", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(p) })
	mux.HandleFunc("POST /report", func(_ http.ResponseWriter, r *http.Request) {
		var got report
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			got.Error = err.Error()
		}
		posted <- got
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	browser := chromium(ctx, t, server.URL+"/driver.html")
	var log bytes.Buffer
	browser.Stderr = &log
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- browser.Wait() }()
	select {
	case got := <-posted:
		cancel()
		t.Logf("the browser ended: %v", <-ended)
		if got.Error != "" {
			t.Fatalf("the driver failed: %s", got.Error)
		}
		return got
	case err := <-ended:
		t.Fatalf("the browser ended before it reported (%v, %v):\n%s", err, ctx.Err(), log.String())
	}
	return report{}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func poolNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(bundles, "pools"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// edited gives documents with single edits, and the steps at which the Go implementation finds them out, empty for none.
func edited(t *testing.T) (documents, steps []string) {
	t.Helper()
	for at, base := range []string{"reserve.json", "both.json", "lottery.json", "numbers.json", "nobody.json"} {
		document, err := os.ReadFile(filepath.Join(bundles, base))
		if err != nil {
			t.Fatal(err)
		}
		editor, err := sortitiontest.NewEditor(document)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(41, uint64(at)))
		for range 200 {
			text, _, err := editor.Edit(random)
			if err != nil {
				t.Fatal(err)
			}
			documents, steps = append(documents, string(text)), append(steps, stepOf(t, text))
		}
	}
	return documents, steps
}

func stepOf(t *testing.T, document []byte) string {
	t.Helper()
	b, err := sortition.ReadBundle(bytes.NewReader(document))
	if err == nil {
		_, err = b.Verify(sortition.Options{})
	}
	var difference *sortition.StepError
	switch {
	case errors.As(err, &difference):
		return string(difference.Step)
	case err != nil:
		t.Fatal(err)
	}
	return ""
}

func TestBothImplementationsAgree(t *testing.T) {
	t.Parallel()
	var trees []struct {
		Leaves []string
		Root   string
	}
	readJSON(t, filepath.Join(bundles, "..", "merkle.json"), &trees)
	p := plan{Pools: poolNames(t)}
	for _, tree := range trees {
		p.Trees = append(p.Trees, tree.Leaves)
	}
	var steps []string
	p.Edits, steps = edited(t)
	got := drive(t, p)

	checkVectors(t, got.Vectors)
	if len(got.Edits) != len(steps) || len(got.Trees) != len(trees) {
		t.Fatalf("%d edits and %d trees came back", len(got.Edits), len(got.Trees))
	}
	for i, s := range got.Edits {
		if s.Step != steps[i] || s.Valid == nil || *s.Valid != (steps[i] == "") {
			t.Errorf("edit %d: found out at %q (%s), here at %q:\n%s", i, s.Step, s.Detail, steps[i], p.Edits[i])
		}
	}
	for i, root := range got.Trees {
		if root != trees[i].Root {
			t.Errorf("root over %d leaves is %s, want %s", len(trees[i].Leaves), root, trees[i].Root)
		}
	}
	if got.Hashes.Wrong > 0 {
		t.Errorf("%d digests are not those of Web Crypto", got.Hashes.Wrong)
	}
	t.Logf("a hash takes %.2f µs, through Web Crypto %.2f µs", got.Hashes.Ours, got.Hashes.Web)
	if s := got.Object; s.Valid == nil || !*s.Valid {
		t.Errorf("an object instead of a text: %+v", s)
	}
	if s := got.Missing; s.Valid != nil || s.Step != "pool" {
		t.Errorf("without pool files: %+v", s)
	}
	if s := got.Spoiled; s.Valid == nil || *s.Valid || s.Step != "pool" {
		t.Errorf("with other pool files: %+v", s)
	}
	checkPage(t, got)
}

// checkVectors holds what the browser says to the index, and its figures to those of the Go implementation.
func checkVectors(t *testing.T, got []said) {
	t.Helper()
	var index []said
	readJSON(t, filepath.Join(bundles, "vectors.json"), &index)
	if len(got) != len(index) || len(index) == 0 {
		t.Fatalf("%d of %d vectors came back", len(got), len(index))
	}
	open := func(f sortition.PoolFile) (io.ReadCloser, error) {
		return os.Open(filepath.Join(bundles, "pools", f.SHA256.String()))
	}
	for i, want := range index {
		s := got[i]
		if s.File != want.File || s.Valid == nil || *s.Valid != *want.Valid || s.Step != want.Step {
			t.Errorf("%s: valid %v, step %q (%s), want step %q", want.File, s.Valid, s.Step, s.Detail, want.Step)
		}
		if strings.HasSuffix(s.File, ".gz") {
			t.Logf("%s took %.0f ms", s.File, s.Milliseconds)
			continue
		}
		if !*want.Valid {
			continue
		}
		document, err := os.Open(filepath.Join(bundles, filepath.FromSlash(want.File)))
		if err != nil {
			t.Fatal(err)
		}
		b, err := sortition.ReadBundle(document)
		if err = errors.Join(err, document.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := b.Verify(sortition.Options{Open: open})
		if err != nil {
			t.Fatal(err)
		}
		if j := s.Report; j.Terms != r.Terms.String() || j.Seed != r.Seed.String() || j.Subjects != r.Subjects || j.Inspectors != r.Inspectors ||
			j.Conflicts != r.Conflicts || j.Selected != r.Selected || j.Shortfalls != r.Shortfalls || j.Replacements != r.Replacements {
			t.Errorf("%s: report %+v, want %+v", want.File, j, r)
		}
	}
}

func checkPage(t *testing.T, got report) {
	t.Helper()
	const steps = 15
	for _, test := range []struct {
		name              string
		shown             shown
		valid, step, says string
		items             int
	}{
		{"valid", got.Page.Valid, "true", "", "核验通过", steps},
		{"tampered", got.Page.Tampered, "false", "match", "核验不通过", 13},
		{"packed", got.Page.Packed, "true", "", "10000 个对象", steps},
		{"pool files", got.Page.Pools, "true", "", "Valid:", steps},
		{"a pool file missing", got.Page.Missing, "null", "pool", "无法核验", 3},
		{"no bundle", got.Page.Nonsense, "false", "form", "NOT valid", 1},
	} {
		s := test.shown
		if s.Valid != test.valid || s.Step != test.step || s.Items != test.items || !strings.Contains(s.Text, test.says) || !s.Focused {
			t.Errorf("%s: the page shows %+v", test.name, s)
		}
	}
	if !strings.Contains(got.Page.Valid.Notes, "declares") || !got.Page.Unreadable {
		t.Errorf("notes %q; hidden for what cannot be read: %v", got.Page.Valid.Notes, got.Page.Unreadable)
	}
}

// A page that was saved works from the disk, without a server or a network.
func TestPageWorksFromADisk(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	saved := filepath.Join(t.TempDir(), "saved.html")
	if err := os.WriteFile(saved, []byte(verifier.Page()), 0o644); err != nil {
		t.Fatal(err)
	}
	browser := chromium(ctx, t, "--virtual-time-budget=10000", "--dump-dom", "file://"+saved)
	dom, err := browser.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(dom, []byte(`data-ready="true"`)) {
		t.Errorf("the page is not ready:\n%.3000s", dom)
	}
}
