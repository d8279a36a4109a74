package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// root is the module's root, seen from here.
const root = "../.."

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// snippets are the fenced blocks whose info string is this.
func snippets(text, info string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+info+"\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestReadmeIsCarriedOut runs the blocks marked "sh run", and those of the guide for integrators, in one shell each against a served demo, a sandbox for the guide. A line "# → text" says what the
// command above it writes. It does not run beside other tests, as TestDemoGoesOnAfterKills does not.
func TestReadmeIsCarriedOut(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("MINGJIAN_TEST_REQUIRE") != "" {
			t.Fatalf("%s is required", tool)
		}
		t.Skipf("%s is not installed, so README.md is not tried", tool)
	}
	here := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(here, "bin", "mingjian"), ".")
	build.Stderr = t.Output()
	if err := build.Run(); err != nil {
		t.Fatalf("go build: %v", err)
	}
	deploy, err := filepath.Abs(filepath.Join(root, "deploy"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(deploy, filepath.Join(here, "deploy")); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(here, "data", "demo")
	runDemo(t, data)
	c := config{ // as mingjian demo serves it
		Data: data, HTTP: "127.0.0.1:0", Patience: 10 * time.Second, Drain: 20 * time.Second, Platforms: platforms{Names: []string{"credit_china"}},
	}
	guide, err := os.ReadFile(filepath.Join(root, "deploy", "INTEGRATORS.md"))
	if err != nil {
		t.Fatal(err)
	}
	err = serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		if err := in.group.Settle(ctx); err != nil {
			return err
		}
		address := strings.TrimPrefix(d.url(), "http://")
		tryText(t, here, address, "README.md", readme(t), 10)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Sandbox = true
	err = serve(t.Context(), c, slog.New(slog.DiscardHandler), func(_ context.Context, _ *instance, d *doors) error {
		tryText(t, here, strings.TrimPrefix(d.url(), "http://"), "INTEGRATORS.md", string(guide), 5)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tryText runs the blocks of a text, of which there are at least so many.
func tryText(t *testing.T, here, address, name, text string, least int) {
	t.Helper()
	blocks := snippets(text, "sh run")
	if len(blocks) < least {
		t.Fatalf("%s has %d runnable blocks", name, len(blocks))
	}
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	var wants []string
	for _, block := range blocks {
		for line := range strings.Lines(block) {
			want, expected := strings.CutPrefix(strings.TrimSpace(line), "# → ")
			if !expected {
				script.WriteString(line)
				continue
			}
			fmt.Fprintf(&script, "echo; echo '@@@ %d'\n", len(wants))
			wants = append(wants, want)
		}
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(script.String(), "127.0.0.1:8080", address)) //nolint:gosec // a text of ours
	shell.Dir = here
	var out, errs bytes.Buffer
	shell.Stdout, shell.Stderr = &out, &errs
	err := shell.Run()
	parts := strings.Split(out.String(), "@@@ ")
	for n, want := range wants {
		switch {
		case n >= len(parts)-1:
			t.Errorf("%s was not carried out up to %q", name, want)
		case !strings.Contains(parts[n], want):
			t.Errorf("%s promises %q, but got:\n%s", name, want, parts[n])
		}
	}
	if err != nil {
		t.Errorf("%s: %v\n%s\n%s", name, err, parts[len(parts)-1], errs.String())
	}
}

// TestReadmeNamesWhatIsThere holds the names in README.md to the program, the Makefile and the tree.
func TestReadmeNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	text := readme(t)
	flags := map[string]bool{"--data-urlencode": true} // curl's
	for _, c := range everyCommand(newRoot(terminal{getenv: func(string) string { return "" }})) {
		c.InitDefaultHelpFlag()
		c.Flags().VisitAll(func(f *pflag.Flag) { flags["--"+f.Name] = true })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { flags["--"+f.Name] = true })
	}
	for _, flag := range regexp.MustCompile(`--[a-z][a-z-]*`).FindAllString(text, -1) {
		if !flags[flag] {
			t.Errorf("README.md names %s, which no command has", flag)
		}
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)^make ([a-z-]+)|`make ([a-z-]+)`").FindAllStringSubmatch(text, -1) {
		if target := m[1] + m[2]; !bytes.Contains(makefile, []byte("\n"+target+":")) {
			t.Errorf("README.md names make %s, which the Makefile does not have", target)
		}
	}
	for _, m := range regexp.MustCompile("`((?:domain|projections|proto|adapters|cmd|deploy)[A-Za-z/]*)`|`([A-Z]+(?:\\.md)?)`").FindAllStringSubmatch(text, -1) {
		if name := m[1] + m[2]; name != "INT" && name != "TERM" {
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("README.md names %s: %v", name, err)
			}
		}
	}
	for _, block := range snippets(text, "sh") {
		for line := range strings.Lines(block) {
			if args, ok := strings.CutPrefix(strings.TrimSpace(line), "bin/mingjian "); ok {
				if code, _, errs := command(t, append(strings.Fields(args), "--help")...); code != exitOK {
					t.Errorf("bin/mingjian %s: %s", args, errs)
				}
			}
		}
	}
}

func everyCommand(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, everyCommand(sub)...)
	}
	return all
}
