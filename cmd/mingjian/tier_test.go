package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

// spill writes each table of stores in PostgreSQL into a file below dir, in the server's binary form, in which texts and bytes
// stand as they are; it answers how many. A search of files then sees them too.
func spill(t testing.TB, c config, dir string) (tables int) {
	t.Helper()
	if c.viewsAt().local() {
		return 0
	}
	conn, err := pgx.Connect(t.Context(), c.Views.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }() // it was read
	rows, err := conn.Query(t.Context(), `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname LIKE 'mingjian%'`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) == 0 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	for _, name := range names {
		f, err := os.Create(filepath.Join(dir, "table "+name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.PgConn().CopyTo(t.Context(), f, `COPY `+name+` TO STDOUT (FORMAT binary)`)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return len(names)
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
