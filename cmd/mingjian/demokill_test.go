package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// childData names the data directory for TestDemoAsChild, which is no test of its own.
const childData = "MINGJIAN_TEST_DEMO_CHILD"

// TestDemoAsChild is the process that TestDemoGoesOnAfterKills kills.
func TestDemoAsChild(t *testing.T) {
	dir := os.Getenv(childData)
	if dir == "" {
		t.Skip("runs as a child of TestDemoGoesOnAfterKills alone")
	}
	code := run(t.Context(), terminal{
		args: []string{"demo", "--data", dir, "--http", "127.0.0.1:0", "--exit"}, getenv: func(string) string { return "" },
		in: strings.NewReader(""), out: os.Stdout, err: os.Stderr,
	})
	if code != exitOK {
		t.Fatalf("ended with %d", code)
	}
}

// TestDemoGoesOnAfterKills kills one demo after the other on the same directory, each a little later in the job. It does not
// run beside tests that close a directory: a process just forked holds the directory's lock a moment longer than its parent.
func TestDemoGoesOnAfterKills(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	for _, at := range []string{
		"registers 子虚市市场监督管理局", "imports 42", "publishes it as", "freezes", "commits (承诺) for 子虚市市场监督管理局", "runs the draw",
		"replaces it", "records rectified_on_order", "enters the licence", "returns (退回)", "corrects the result", "was revoked",
	} {
		killAt(t, dir, at)
	}
	runDemo(t, dir)
	if code, out, errs := command(t, "verify", "--data", dir); code != exitOK {
		t.Errorf("verify ended with %d\n%s%s", code, out, errs)
	}
	serveDemo(t, dir, func(s served) {
		checkCases(s)
		checkDraws(s)
		checkStatistics(s)
	})
}

// killAt runs the demo in a process of its own and kills it when it says so.
func killAt(t *testing.T, dir, says string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDemoAsChild$") //nolint:gosec // this test binary
	child.Env = append(os.Environ(), childData+"="+dir)
	var errs strings.Builder
	child.Stderr = &errs
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	reached, lines := false, bufio.NewScanner(out)
	var story []string
	for lines.Scan() {
		story = append(story, lines.Text())
		if reached = strings.Contains(lines.Text(), says); reached {
			break
		}
	}
	if err := child.Process.Kill(); err != nil && !reached {
		t.Fatalf("%v: %s", err, errs.String())
	}
	_ = child.Wait() // it was killed
	if !reached {
		t.Fatalf("the demo never said %q:\n%s\n%s", says, strings.Join(story, "\n"), errs.String())
	}
}
