package verifier_test

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/portal/verifier"
)

var update = flag.Bool("update", false, "write verify.html anew")

var (
	imports = regexp.MustCompile(`(?ms)^import .*?;\n`)
	exports = regexp.MustCompile(`(?m)^export `)
)

func source(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// assemble makes one page of its parts. Modules become one: what they import is there already.
func assemble(t *testing.T) string {
	t.Helper()
	var script strings.Builder
	for _, module := range []string{"sha256.js", "form.js", "draw.js", "verify.js", "words.js", "page.js"} {
		script.WriteString("\n// --- " + module + "\n")
		script.WriteString(exports.ReplaceAllString(imports.ReplaceAllString(source(t, module), ""), ""))
	}
	style := "\n" + source(t, "page.css")
	policy := "default-src 'none'; script-src '" + hash(script.String()) + "'; style-src '" + hash(style) +
		"'; connect-src 'self' http: https:; img-src data:; base-uri 'none'; form-action 'none'"
	return strings.NewReplacer("POLICY", policy, "STYLE", style, "SCRIPT", script.String()).Replace(source(t, "page.html"))
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestPageIsAssembled(t *testing.T) {
	t.Parallel()
	want := assemble(t)
	if *update {
		if err := os.WriteFile("verify.html", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := source(t, "verify.html"); got != want {
		t.Error("verify.html is not what its parts come to; -update writes it anew")
	}
	if n := strings.Count(want, "</script"); n != 1 {
		t.Errorf("%d ends of scripts", n)
	}
	if leftover := regexp.MustCompile(`(?m)^(import|export)\b`).FindString(want); leftover != "" {
		t.Errorf("the script still has an %s", leftover)
	}
	if foreign := regexp.MustCompile(`(?i)(src|href)="(https?:)?//`).FindString(want); foreign != "" {
		t.Errorf("the page loads from elsewhere: %s", foreign)
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	policy := verifier.Policy()
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'sha256-") || !strings.Contains(verifier.Page(), policy) {
		t.Errorf("policy %q", policy)
	}
	if _, err := verifier.Modules().Open("verify.js"); err != nil {
		t.Error(err)
	}
}
