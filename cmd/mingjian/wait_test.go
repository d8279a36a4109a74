package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

// lines passes lines of a log on.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default: // nobody listens that far
	}
	return len(p), nil
}

// TestAServerThatStartsBeforeItsDatabaseWaitsForIt says meanwhile what it waits for, and not how it gets in.
func TestAServerThatStartsBeforeItsDatabaseWaitsForIt(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.NewCluster(t)
	url := strings.Replace(cluster.NewDatabase(t), "mingjian@", "mingjian:geheim@", 1)
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	c := onDatabase(config{Data: t.TempDir(), HTTP: "127.0.0.1:0", Patience: 30 * time.Second, Drain: 20 * time.Second}, url)
	said, done := make(lines, 100), make(chan error, 1)
	log := slog.New(slog.NewTextHandler(said, nil))
	served := false
	go func() {
		done <- serve(t.Context(), c, log, func(context.Context, *instance, *doors) error {
			served = true
			return nil
		})
	}()
	for line, began := "", false; !began; {
		select {
		case line = <-said:
		case err := <-done:
			t.Fatalf("it did not wait: %v", err)
		}
		if strings.Contains(line, "geheim") {
			t.Errorf("it says %s", line)
		}
		if began = strings.Contains(line, "waiting for a store") && strings.Contains(line, "store=--events"); began {
			if err := cluster.Start(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := <-done; err != nil || !served {
		t.Errorf("served %v, %v", served, err)
	}
}

// TestWhatDoesNotPassIsNotWaitedFor: a database that is not there, and a server that stays away for longer than is wanted.
func TestWhatDoesNotPassIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	cluster := postgrestest.NewCluster(t)
	missing := onDatabase(config{Data: t.TempDir()}, strings.Replace(cluster.URL("none"), "mingjian@", "mingjian:geheim@", 1))
	missing.StoreWait = time.Hour
	away := onDatabase(config{Data: t.TempDir()}, "postgres://mingjian:geheim@127.0.0.1:1/none")
	away.StoreWait = time.Millisecond
	for name, c := range map[string]config{"missing": missing, "away": away} {
		if _, err := c.openEvents(t.Context(), false); err == nil || !strings.HasPrefix(err.Error(), "--events: ") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("events that are %s: %v", name, err)
		}
		if _, err := c.openIdentity(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "--identity: ") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("tokens that are %s: %v", name, err)
		}
	}
}
