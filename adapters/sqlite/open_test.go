package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/sqlite"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/adapter"
)

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make  func(t *testing.T, path string)
		check func(error) bool
	}{
		"a newer schema": {
			func(t *testing.T, path string) { log(t, path, "PRAGMA user_version = 99") },
			func(err error) bool {
				e, ok := errors.AsType[*sqlite.NewerSchemaError](err)
				return ok && e.Have == 99 && e.Known < 99 && strings.Contains(err.Error(), "newer version")
			},
		},
		"another application's file": {
			func(t *testing.T, path string) { log(t, path, "PRAGMA application_id = 7") },
			func(err error) bool {
				e, ok := errors.AsType[*sqlite.ForeignFileError](err)
				return ok && e.Have == 7
			},
		},
		"a database without an application": {
			func(t *testing.T, path string) {
				if err := execute(t, path, "CREATE TABLE t (a)"); err != nil {
					t.Fatal(err)
				}
			},
			func(err error) bool { _, ok := errors.AsType[*sqlite.ForeignFileError](err); return ok },
		},
		"what is no database": {
			func(t *testing.T, path string) {
				if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			func(err error) bool { return err != nil && strings.Contains(err.Error(), "not a database") },
		},
		"a folder that is missing": {
			func(t *testing.T, path string) {
				if err := os.Remove(filepath.Dir(path)); err != nil {
					t.Fatal(err)
				}
			},
			func(err error) bool { return errors.Is(err, fs.ErrNotExist) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data", "events.db")
			if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			c.make(t, path)
			before, _ := os.ReadFile(path)
			for range 2 { // a refusal must not keep the folder locked
				if _, err := sqlite.Open(t.Context(), path, sqlite.Options{}); !c.check(err) {
					t.Fatalf("answered %v", err)
				}
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(before, now) {
				t.Fatal("the file was changed")
			}
		})
	}
}

// log makes an event log with one statement run on it.
func log(t *testing.T, path, statement string) {
	t.Helper()
	s := openStore(t, path, sqlite.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := execute(t, path, statement); err != nil {
		t.Fatal(err)
	}
}

func TestOneProcessWritesAFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	first := openStore(t, path, sqlite.Options{})
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if e, ok := errors.AsType[*sqlite.InUseError](err); !ok || e.Owner != fmt.Sprint(os.Getpid()) || e.Dir != filepath.Dir(path) {
		t.Fatalf("the second answered %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	openStore(t, path, sqlite.Options{})
}

func TestAClosedStore(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "events.db"), sqlite.Options{})
	fill(t, s, 1, 1)
	ended := make(chan error)
	go func() {
		for b, err := range s.Follow(t.Context(), es.Position{}) {
			if err != nil {
				ended <- err
			} else if b.CaughtUp {
				ended <- nil
			}
		}
	}()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	if err := <-ended; !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("Follow ended with %v", err)
	}
	if _, err := s.Append(t.Context(), testStream("0"), after(1), noted("0", 1)); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("append: %v", err)
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("head: %v", err)
	}
	for _, err := range s.Read(t.Context(), testStream("0"), 0) {
		if !errors.Is(err, sqlite.ErrClosed) {
			t.Errorf("read: %v", err)
		}
	}
	if err := s.Check(t.Context(), func(p adapter.Problem) { t.Error(p) }); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("check: %v", err)
	}
	if err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db"), nil); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("backup: %v", err)
	}
}

func TestAReadOnlyStoreFollowsAnotherWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	w := openStore(t, path, sqlite.Options{})
	fill(t, w, 2, 3)
	r := openStore(t, path, sqlite.Options{ReadOnly: true, Poll: time.Millisecond})
	if _, err := r.Append(t.Context(), testStream("0"), after(3), noted("0", 3)); err == nil || !strings.Contains(err.Error(), "reading only") {
		t.Fatalf("append: %v", err)
	}
	clean(t, r)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var got []es.Record
	for b, err := range r.Follow(ctx, es.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, b.Records...); len(got) >= 6 && len(got) < 16 && b.CaughtUp {
			s := es.Stream{Category: "fresh" + fmt.Sprint(len(got)), ID: "1"} // with a name the reader has not seen
			if _, err := w.Append(ctx, s, es.NoStream{}, noted(s.Category, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if len(got) == 16 {
			break
		}
	}
	head, err := r.Head(t.Context())
	if err != nil || head != es.At(16, 0) {
		t.Fatalf("head %s, %v", head, err)
	}
	for i, r := range whole(t, w) {
		if got[i].Hash() != r.Hash() {
			t.Fatalf("record %d is %s@%d, want %s@%d", i, got[i].Stream, got[i].Revision, r.Stream, r.Revision)
		}
	}
}

func TestAReadOnlyStoreMakesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := sqlite.Open(t.Context(), filepath.Join(dir, "events.db"), sqlite.Options{ReadOnly: true}); err == nil {
		t.Fatal("opened a file that is missing")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Fatalf("made %v, %v", files, err)
	}
	path := filepath.Join(dir, "events.db")
	if err := openStore(t, path, sqlite.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path, sqlite.Options{ReadOnly: true})
	if got := whole(t, s); len(got) != 0 {
		t.Fatalf("%d records", len(got))
	}
}
