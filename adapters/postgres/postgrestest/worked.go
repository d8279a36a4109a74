package postgrestest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Worked is the processor time of the server's processes so far, those that ended included; zero where the system does not tell.
func (c *Cluster) Worked(t testing.TB) time.Duration {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal("postgrestest: ", err)
	}
	server, ticks := strconv.Itoa(c.server.Process.Pid), 0
	for _, name := range stats {
		text, err := os.ReadFile(name) //nolint:gosec // of the system
		if err != nil {
			continue // it ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest) // from the third of proc(5) on
		if len(fields) < 15 {
			continue
		}
		count := fields[11:13] // its own
		switch {
		case name == fmt.Sprintf("/proc/%s/stat", server):
			count = fields[11:15] // and that of its children that ended
		case fields[1] != server:
			continue
		}
		for _, f := range count {
			n, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal("postgrestest: ", err)
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
