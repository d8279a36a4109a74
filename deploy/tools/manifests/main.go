package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: lintdeploy FOLDER")
		os.Exit(2)
	}
	if n := run(context.Background(), os.Args[1], os.Stderr); n > 0 {
		fmt.Fprintf(os.Stderr, "lintdeploy: %d faults\n", n)
		os.Exit(1)
	}
}

// linter collects faults.
type linter struct {
	root     string          // the folder deploy
	settings map[string]bool // environment variables that the program takes
	metrics  map[string]bool
	faults   []string
}

func (l *linter) fault(where, format string, args ...any) {
	l.faults = append(l.faults, where+": "+fmt.Sprintf(format, args...))
}

// run checks everything and tells how many faults it wrote.
func run(ctx context.Context, root string, out io.Writer) int {
	l := &linter{root: root}
	l.settings, l.metrics = l.lines("settings.txt"), l.lines("monitoring/metrics.txt")
	l.dockerfile("Dockerfile")
	for _, tier := range []string{"embedded", "server", "cluster"} {
		file := filepath.Join("compose", tier+".yaml")
		l.compose(ctx, file)
		l.compose(ctx, file, filepath.Join("compose", "exchange.yaml"))
	}
	l.chart("helm/mingjian")
	l.alerts("helm/mingjian/alerts.yaml")
	l.dashboard("monitoring/dashboard.json")
	slices.Sort(l.faults)
	l.faults = slices.Compact(l.faults)
	for _, f := range l.faults {
		_, _ = fmt.Fprintln(out, f)
	}
	return len(l.faults)
}

func (l *linter) read(path string) []byte {
	text, err := os.ReadFile(filepath.Join(l.root, path))
	if err != nil {
		l.fault(path, "%v", err)
	}
	return text
}

// lines are those of a file, which cmd/mingjian's tests keep true.
func (l *linter) lines(path string) map[string]bool {
	out := map[string]bool{}
	for s := bufio.NewScanner(strings.NewReader(string(l.read(path)))); s.Scan(); {
		out[s.Text()] = true
	}
	return out
}

// others are the variables that parts of the program take beside its own settings.
var others = regexp.MustCompile(`^(PG[A-Z]+|OTEL_[A-Z_]+|GOMEMLIMIT|GOMAXPROCS)$`)

// setting checks the name of an environment variable of the server.
func (l *linter) setting(where, name string) {
	if !l.settings[name] && !others.MatchString(name) {
		l.fault(where, "the program has no setting %s", name)
	}
}

// pinned checks that an image has a version.
func (l *linter) pinned(where, image string) {
	name, tag, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	if strings.Contains(name, "@sha256") {
		return
	}
	if tag == "" || tag == "latest" {
		l.fault(where, "the image %s has no version", image)
	}
}
