package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTheStoryPassesOnTheClusterTier does the demonstration's job with events in EventStoreDB and the rest in PostgreSQL, in a
// folder that nothing may be written to.
func TestTheStoryPassesOnTheClusterTier(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, masterFile)
	if code, _, errs := command(t, "vault", "key", key); code != exitOK {
		t.Fatal(errs)
	}
	c := onCluster(t, config{Data: filepath.Join(dir, "nowhere"), HTTP: "127.0.0.1:0", Patience: 30 * time.Second, Drain: time.Minute, MasterKey: key})
	memory, err := openKeepsake(t.TempDir(), time.Now(), func() (bool, error) { return c.holdsLedger(t.Context()) })
	if err != nil {
		t.Fatal(err)
	}
	err = serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		if _, err := demonstrate(ctx, in, d.url(), memory, &story{out: t.Output()}); err != nil {
			return err
		}
		checkStatistics(served{t, d.url()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if there, err := c.holdsLedger(t.Context()); err != nil || !there {
		t.Errorf("a ledger is there: %v, %v", there, err)
	}
	code, out, errs := command(t, append([]string{"verify"}, storeArgs(c)...)...)
	if code != exitOK {
		t.Errorf("verify ended with %d\n%s%s", code, out, errs)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder of the key: %v, %v", left, err)
	}
}
