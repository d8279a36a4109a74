package postgrestest

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/domain/es/estest/ratio"
)

// Worked is the processor time of the server's processes so far, those that ended included; zero where the system does not tell.
func (c *Cluster) Worked(t testing.TB) time.Duration {
	t.Helper()
	running, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal("postgrestest: ", err)
	}
	server := c.server.Process.Pid
	p, _ := ratio.ProcessOf(server)
	worked := p.Worked + p.Ended
	for _, name := range running {
		pid, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			continue // another file
		}
		if p, there := ratio.ProcessOf(pid); there && p.Parent == server {
			worked += p.Worked
		}
	}
	return worked
}
