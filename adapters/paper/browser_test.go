package paper_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tool finds the first of several programs; without one the test is skipped, or fails where all tests are required.
func tool(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("MINGJIAN_TEST_REQUIRE") != "" {
		t.Fatalf("%s is required", names[0])
	}
	t.Skipf("%s is not installed, so no page is printed", names[0])
	return ""
}

var a4 = regexp.MustCompile(`Page size:\s+59[45]\.?\d* x 84[12]\.?\d* pts \(A4\)`)

// TestABrowserPrintsTheWholePaper prints both papers as an office does and reads the PDF: nothing is cut off at an edge or lost
// between two pages, and each department's sheet begins a page of its own.
func TestABrowserPrintsTheWholePaper(t *testing.T) {
	t.Parallel()
	browser, reader, info := tool(t, "chromium", "chromium-browser", "google-chrome"), tool(t, "pdftotext"), tool(t, "pdfinfo")
	if fonts := run(t, tool(t, "fc-list"), ":lang=zh-cn"); fonts == "" {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") != "" {
			t.Fatal("a Chinese font is required")
		}
		t.Skip("no Chinese font is installed, so no page is printed")
	}
	long := joint()
	for range 5 { // several pages of lines
		long.GetItems()[0].CheckList = append(long.GetItems()[0].GetCheckList(), long.GetItems()[0].GetCheckList()...)
	}
	for name, page := range map[string]string{"notice": render(t, ofNotice, joint()), "sheet": render(t, ofSheet, long)} {
		dir := t.TempDir()
		from, to := filepath.Join(dir, name+".html"), filepath.Join(dir, name+".pdf")
		if err := os.WriteFile(from, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
			"--no-pdf-header-footer", "--print-to-pdf="+to, "file://"+from)
		if said := run(t, info, to); !a4.MatchString(said) {
			t.Errorf("%s: %s", name, said)
		}
		printed := run(t, reader, "-enc", "UTF-8", to, "-")
		said, _ := text(t, page)
		_, said, _ = strings.Cut(said, " ") // the title is no part of the paper
		want, got := characters(said), characters(printed)
		for r, n := range want {
			if got[r] < n { // headings of tables are repeated on each page
				t.Errorf("%s: %d times %q on the paper, of %d", name, got[r], r, n)
			}
		}
		for _, leaf := range strings.Split(printed, "\f") {
			if n := strings.Count(leaf, "检查编号"); n > 1 {
				t.Errorf("%s: %d sheets begin on one page", name, n)
			}
		}
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var said, faults strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &faults
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, faults.String())
	}
	return said.String()
}

// characters counts those that are seen. A reader of PDF gives cells line by line, so that words of two may be mixed; and it may
// name a glyph by the character of another one of the same look.
func characters(s string) map[rune]int {
	out := map[rune]int{}
	for _, r := range norm.NFKC.String(s) {
		if !unicode.IsSpace(r) && !unicode.IsControl(r) {
			out[r]++
		}
	}
	return out
}
