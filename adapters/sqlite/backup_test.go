package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
)

func TestBackupWhileServing(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, filepath.Join(dir, "events.db"), sqlite.Options{})
	before := fill(t, s, 10, 300) // more pages than one step copies
	stop, started := make(chan struct{}), make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			if _, err := s.Append(t.Context(), testStream("live"), after(i), noted("live", i)); err != nil {
				t.Error(err)
				return
			}
			if i == 0 {
				close(started)
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	<-started
	for _, name := range []string{"a.db", "b.db"} {
		copied := filepath.Join(dir, name)
		if err := s.Backup(t.Context(), copied, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), copied, nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("over a file that exists: %v", err)
		}
	}
	close(stop)
	writer.Wait()
	all := whole(t, s)
	for _, name := range []string{"a.db", "b.db"} {
		restored := filepath.Join(t.TempDir(), "events.db")
		if err := os.Rename(filepath.Join(dir, name), restored); err != nil {
			t.Fatal(err)
		}
		c := openStore(t, restored, sqlite.Options{})
		clean(t, c)
		got := whole(t, c)
		if len(got) <= len(before) || len(got) > len(all) {
			t.Fatalf("%s has %d records; there were %d before and %d in the end", name, len(got), len(before), len(all))
		}
		for i, r := range got {
			if r.Hash() != all[i].Hash() || r.Position != all[i].Position {
				t.Fatalf("%s: record %d is another", name, i)
			}
		}
		fillMore(t, c, len(got))
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		switch f.Name() {
		case "events.db", "events.db-wal", "events.db-shm", "lock":
		default:
			t.Errorf("left behind: %s", f.Name())
		}
	}
}

// fillMore shows that a restored log goes on where it ended.
func fillMore(t *testing.T, s *sqlite.Store, length int) {
	t.Helper()
	pos, err := s.Append(t.Context(), testStream("restored"), after(0), noted("restored", 0))
	if commit, _ := pos.Pair(); err != nil || commit != uint64(length+1) {
		t.Fatalf("position %s, %v after %d records", pos, err, length)
	}
}

func TestBackupEndsWithItsContext(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "events.db"), sqlite.Options{})
	fill(t, s, 2, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(dir, "copy.db"), nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("answered %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Fatalf("left behind %v, %v", left, err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "missing", "copy.db"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("into a folder that is missing: %v", err)
	}
}
