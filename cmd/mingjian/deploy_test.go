package main

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

var writeSettings = flag.Bool("write-settings", false, "write deploy/settings.txt anew")

// The list of settings that deploy/ is checked against (make lint-deploy) is what serve takes.
func TestListOfSettings(t *testing.T) {
	t.Parallel()
	var names []string
	serve := subcommand(t, "serve")
	serve.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			names = append(names, "MINGJIAN_"+strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")))
		}
	})
	slices.Sort(names)
	list := strings.Join(names, "\n") + "\n"
	path := filepath.Join("..", "..", "deploy", "settings.txt")
	if *writeSettings {
		if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != list {
		t.Errorf("%s is not what serve takes (%v); go test ./cmd/mingjian -run ListOfSettings -write-settings writes it", path, err)
	}
}

func subcommand(t *testing.T, args ...string) *cobra.Command {
	t.Helper()
	c, _, err := newRoot(terminal{getenv: func(string) string { return "" }}).Find(args)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What deploy/ has the program do, the program takes: commands of containers, probes, and lines of the text.
func TestDeploymentsCallWhatThereIs(t *testing.T) {
	t.Parallel()
	calls := map[string]string{} // by where they stand
	root := filepath.Join("..", "..", "deploy")
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch name := filepath.Base(path); {
		case filepath.Dir(path) == filepath.Join(root, "compose"):
			composeCalls(t, path, text, calls)
			textCalls(path, text, calls)
		case name == "Dockerfile":
			for n, list := range regexp.MustCompile(`CMD (\[.*\])`).FindAllSubmatch(text, -1) {
				var args []string
				if err := json.Unmarshal(list[1], &args); err != nil {
					t.Errorf("%s: %v", path, err)
				}
				calls[path+string(rune('0'+n))] = typed(args)
			}
		case name == "README.md", name == "INTEGRATORS.md", name == "NOTES.txt":
			textCalls(path, text, calls)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for where, call := range calls {
		c, rest, err := newRoot(terminal{getenv: func(string) string { return "" }}).Find(strings.Fields(call)[1:])
		if err == nil {
			err = c.ParseFlags(rest)
		}
		if err == nil {
			err = c.ValidateArgs(c.Flags().Args())
		}
		if err != nil || !c.HasParent() {
			t.Errorf("%s: %q: %v", where, call, err)
		}
	}
	if len(calls) < 10 {
		t.Errorf("only %d calls were found: %v", len(calls), calls)
	}
}

// typed is a call as one would type it.
func typed(args []string) string {
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "/mingjian" || a == "mingjian" })
	return "mingjian " + strings.Join(args, " ")
}

// composeCalls are the command and the probe of our own service.
func composeCalls(t *testing.T, path string, text []byte, calls map[string]string) {
	t.Helper()
	var file struct {
		Services map[string]struct {
			Image       string
			Command     []string
			Healthcheck struct{ Test []string }
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	for name, s := range file.Services {
		if strings.HasPrefix(s.Image, "mingjian:") {
			calls[path+" command of "+name] = typed(s.Command)
			calls[path+" probe of "+name] = typed(s.Healthcheck.Test[1:])
		}
	}
}

// textCalls are the commands that a text shows: lines that call the program, by itself or in a container.
func textCalls(path string, text []byte, calls map[string]string) {
	shown := regexp.MustCompile("(?m)(?:^|[ /`])mingjian ((?:serve|token|vault|backup|restore|verify|projection|health|rules|import|feed|bus|exchange|gap)\\b[^#|>;`\"\n]*)")
	for _, call := range shown.FindAllSubmatch(text, -1) {
		calls[path+": "+string(call[1])] = "mingjian " + strings.TrimRight(strings.TrimSpace(string(call[1])), `\;`)
	}
}

// TestFiguresNameTheirCommands holds the commands of the table of figures to the benchmarks and flags that there are.
func TestFiguresNameTheirCommands(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "deploy", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begun := strings.Cut(string(text), "<!-- FIGURES")
	figures, _, ended := strings.Cut(rest, "<!-- END OF FIGURES -->")
	calls := regexp.MustCompile(`make bench BENCH=(\S+) BENCH_PKGS=([^\s\x60]+)(?: BENCH_FLAGS='([^']*)')?`).FindAllStringSubmatch(figures, -1)
	if !begun || !ended || len(calls) == 0 {
		t.Fatalf("%d commands are named", len(calls))
	}
	for _, c := range calls {
		files, err := filepath.Glob(filepath.Join(root, c[2], "*_test.go"))
		found := false
		for _, name := range files {
			code, err := os.ReadFile(name) //nolint:gosec // of the tree
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(code), "func Benchmark"+c[1]+"(")
		}
		if err != nil || !found {
			t.Errorf("%s has no benchmark %s, %v", c[2], c[1], err)
		}
		for _, f := range regexp.MustCompile(`(?:^| )-([a-z]+)`).FindAllStringSubmatch(c[3], -1) {
			if flag.Lookup(f[1]) == nil && flag.Lookup("test."+f[1]) == nil {
				t.Errorf("no benchmark takes -%s", f[1])
			}
		}
	}
}
