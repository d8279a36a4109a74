package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

// itself is the program as this test binary, for processes of their own.
const itself = "mingjian"

// TestMain puts itself on the path. The process of a test may be the program, or a server of the bus.
func TestMain(m *testing.M) { natstest.Main(programs{m}) }

type programs struct{ *testing.M }

func (p programs) Run() int {
	testscript.Main(scratch(p), map[string]func(){itself: main, inTheYear: serveInTheYear})
	return exitOK // it does not return
}

// scratch runs the tests and removes the database server that they may have asked for.
type scratch struct{ *testing.M }

func (s scratch) Run() int { return postgrestest.Run(s.M) }

// built is the program as users have it: without the race detector, which slows long imports down tenfold.
func built(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mingjian")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".") //nolint:gosec // this package
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}
