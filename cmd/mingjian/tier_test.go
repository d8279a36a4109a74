package main

import (
	"os"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/esdb/esdbtest"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

// onTier places the stores of a test's instance on the tier that MINGJIAN_TEST_TIER names: "server" for one new PostgreSQL
// database, "cluster" for that and events in EventStoreDB as its client sees it, else the data directory.
func onTier(t testing.TB, c config) config {
	t.Helper()
	switch tier := os.Getenv("MINGJIAN_TEST_TIER"); tier {
	case "", "embedded":
		return c
	case "server":
		return onDatabase(c, postgrestest.New(t))
	case "cluster":
		return onCluster(t, c)
	default:
		t.Fatalf("MINGJIAN_TEST_TIER is embedded, server or cluster, not %q", tier)
		return c
	}
}

// onDatabase places every store in one database; the master key stays where it is.
func onDatabase(c config, url string) config {
	c.Events, c.Views, c.StoreWait = location{url}, location{url}, time.Minute
	c.MasterKey = c.masterKey()
	return c
}

// onCluster is onDatabase, with events on three nodes within the test process.
func onCluster(t testing.TB, c config) config {
	t.Helper()
	c = onDatabase(c, postgrestest.New(t))
	c.Events = location{esdbtest.Start(t, esdbtest.Options{Nodes: 3}).URL()}
	return c
}

// storeArgs are the flags that lead a process of its own to the stores of a configuration.
func storeArgs(c config) []string {
	args := []string{"--data", c.Data}
	for flag, at := range map[string]location{"--events": c.Events, "--views": c.Views} {
		if at.url != "" {
			args = append(args, flag, at.url)
		}
	}
	if c.MasterKey != "" {
		args = append(args, "--master-key", c.MasterKey)
	}
	return args
}
