package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/esdb"
	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
)

const variable = "MINGJIAN_TEST_ESDB"

// cases counts how the cases ended.
type cases struct{ passed, failed, skipped atomic.Int64 }

var counted cases

func TestMain(m *testing.M) {
	if os.Getenv(variable) == "" {
		fmt.Printf("Set %s to the URL of an EventStoreDB or KurrentDB server (22.6 or later) to test the store on it, such as\n"+
			"  %[1]s=esdb://admin:PASSWORD@host1:2113,host2:2113,host3:2113?tls=true&tlsCaFile=ca.crt\n"+
			"The server's maximum append size must be 4 MiB or more. Streams of a new namespace are written and left there.\n"+
			"Nothing was tested.\n", variable)
		if Standalone != "" {
			os.Exit(2)
		}
		os.Exit(m.Run())
	}
	code := m.Run()
	fmt.Printf("%d cases passed, %d failed, %d skipped; server %s\n",
		counted.passed.Load(), counted.failed.Load(), counted.skipped.Load(), version())
	os.Exit(code)
}

// version is the server's.
func version() string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := esdb.Open(ctx, os.Getenv(variable), esdb.Options{Namespace: namespace()})
	if err != nil {
		return "unknown: " + err.Error()
	}
	defer s.Close()
	return s.ServerVersion()
}

func namespace() string { return fmt.Sprintf("mjtest%x.", rand.Uint64()) }

// server makes stores on the server named, each in a namespace of its own.
func server(t *testing.T) estest.Factory {
	return func(tt *testing.T) *estest.Subject {
		opt := esdb.Options{Namespace: namespace()}
		tt.Cleanup(func() {
			switch {
			case tt.Failed():
				counted.failed.Add(1)
			case tt.Skipped():
				counted.skipped.Add(1)
			default:
				counted.passed.Add(1)
			}
		})
		open := func() *esdb.Store {
			s, err := esdb.Open(t.Context(), os.Getenv(variable), opt)
			if err != nil {
				tt.Fatal(err)
			}
			return s
		}
		s := open()
		tt.Cleanup(func() { _ = s.Close() })
		return &estest.Subject{Log: s, Reopen: func() estest.Log {
			_ = s.Close()
			s = open()
			return s
		}}
	}
}

var features = estest.Features{PerStream: true, Trusting: true}

func TestServerKeepsTheContract(t *testing.T) {
	named(t)
	estest.StoreSuite(t, server(t), features)
}

func TestServerAgainstTheFake(t *testing.T) {
	named(t)
	estest.Metamorphic(t, server(t), features)
}

// named skips without a server. That is no failure anywhere: no package of a real one can be had where the tests run, and
// below the same tests are held to the test cluster.
func named(t *testing.T) {
	t.Helper()
	if os.Getenv(variable) == "" {
		t.Skip(variable + " names no server")
	}
}

// The program itself, on a cluster that keeps the protocol, and on one that takes no large append.
func TestTheProgram(t *testing.T) {
	if os.Getenv(variable) != "" {
		t.Skip("this is the program")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]struct {
		cluster esdbtest.Options
		args    []string
		says    string
	}{
		"right": {esdbtest.Options{}, []string{"-rapid.checks=20"}, `^PASS\n\d\d cases passed, 0 failed, 2 skipped; server 24\.10\.0\n$`},
		"small": {esdbtest.Options{MaxAppend: 1 << 20}, []string{"-test.run=Contract/Append"}, `FAIL\n\d\d cases passed, 1 failed, 0 skipped; server 24\.10\.0\n$`},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), program, run.args...)
			cmd.Env = append(os.Environ(), variable+"="+esdbtest.Start(t, run.cluster).URL())
			out, err := cmd.CombinedOutput()
			if (err == nil) != (name == "right") || !regexp.MustCompile(run.says).Match(out) {
				t.Fatalf("ended with %v and said:\n%s", err, out)
			}
		})
	}
}
