package identity_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
)

func TestBackupWhileInUse(t *testing.T) { everywhere(t, backupWhileInUse) }

func backupWhileInUse(t *testing.T, at string) {
	c := &clock{time.Unix(1_800_000_000, 0)}
	server, operator := open(t, at, c), open(t, at, c)
	_, before, err := server.Create(t.Context(), planner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ended, _, err := server.Create(t.Context(), planner(), time.Hour)
	if err == nil {
		err = server.Revoke(t.Context(), ended.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "a copy?.db")
	if err := operator.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if err := operator.Backup(t.Context(), to); !errors.Is(err, os.ErrExist) {
		t.Errorf("over a file that exists: %v", err)
	}
	if left, err := filepath.Glob(to + "-*"); err != nil || len(left) > 0 {
		t.Errorf("beside the copy: %v, %v", left, err)
	}
	want, err := server.List(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	_, after, err := server.Create(t.Context(), planner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	everywhere(t, func(t *testing.T, at string) {
		restored := open(t, at, c)
		if err := restored.Restore(t.Context(), copied(t, to)); err != nil {
			t.Fatal(err)
		}
		if got, err := restored.List(t.Context(), 10); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v\n%s", err, cmp.Diff(want, got))
		}
		if a, err := restored.Authenticate(t.Context(), before); err != nil || !cmp.Equal(a, planner()) {
			t.Errorf("a token of before the backup: %+v, %v", a, err)
		}
		refused(t, restored, after, "a token of after the backup")
		if err := restored.Restore(t.Context(), copied(t, to)); !errors.Is(err, identity.ErrNotEmpty) {
			t.Errorf("into a store with tokens: %v", err)
		}
	})
}

// copied is a copy of a backup, since who opens it may write it.
func copied(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestABackupThatCannotBeReadRestoresNothing(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1_800_000_000, 0)}
	s := open(t, postgrestest.New(t), c)
	spoilt := filepath.Join(t.TempDir(), "spoilt.db")
	if err := os.WriteFile(spoilt, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Restore(t.Context(), spoilt); err == nil {
		t.Error("it was taken")
	}
	if got, err := s.List(t.Context(), 10); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
