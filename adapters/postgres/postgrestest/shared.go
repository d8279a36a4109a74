package postgrestest

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// shared is the one cluster of this test process. It ends with Main, and at the latest with the process.
var shared = sync.OnceValues(func() (*Cluster, error) { return newCluster(nil) }) //nolint:gochecknoglobals // one server a test process

// started tells whether a test asked for it.
var started atomic.Bool //nolint:gochecknoglobals // as above

// New is the URL of a new, empty database in the cluster that the tests of this process share.
func New(t testing.TB) string {
	t.Helper()
	c, err := shared()
	if err != nil {
		missing(t, err)
	}
	started.Store(true)
	return c.NewDatabase(t)
}

// Main runs the tests of a package and removes the shared cluster, if any test asked for it: TestMain of a package that calls
// New is postgrestest.Main(m).
func Main(m *testing.M) {
	os.Exit(Run(m)) //nolint:forbidigo // a TestMain ends the test process
}

// Run is Main for a TestMain that does more: it answers the code to end with.
func Run(m interface{ Run() int }) int {
	code := m.Run()
	if started.Load() {
		c, err := shared()
		if err == nil {
			err = errors.Join(c.Kill(), os.RemoveAll(c.folder))
		}
		if err != nil && code == 0 {
			code = 1
		}
	}
	return code
}
