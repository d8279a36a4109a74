package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain"
)

func TestABackupHoldsNoMasterKeyAndNothingInClear(t *testing.T) {
	everywhere(t, backupHoldsNothingInClear)
}

func backupHoldsNothingInClear(t *testing.T, fresh func() place) {
	p, to := fresh(), place{folder: t.TempDir()}
	s := p.open(t)
	const number, text = "11010119900307001A", "电话13900000000"
	id := person(t, s, number)
	sealed := seal(t, s, "item", text, id)
	gone := seal(t, s, "gone", text, person(t, s, "other"))
	left := traces(t, p, gone.Persons[0])
	if err := s.Shred(t.Context(), gone.Persons[0]); err != nil {
		t.Fatal(err)
	}
	beside, err := p.beside(t) // as the command does, while a server has it open
	if err != nil {
		t.Fatal(err)
	}
	if err := beside.Backup(t.Context(), to.file()); err != nil {
		t.Fatal(err)
	}
	closed(t, beside)
	if err := s.Backup(t.Context(), to.file()); err == nil {
		t.Error("a backup took the place of a file")
	}
	if found := to.holds(t, append(append(left, forms(number)...), forms(text)...)...); len(found) > 0 {
		t.Errorf("in the backup: %v", found)
	}
	if beside, err := filepath.Glob(to.file() + "-*"); err != nil || len(beside) > 0 {
		t.Errorf("beside the backup: %v, %v", beside, err)
	}
	if info, err := os.Stat(to.file()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := vault.Open(t.Context(), to.file(), to.keys()); err == nil {
		t.Fatal("the backup opens without the master key")
	}
	copied, err := vault.Open(t.Context(), to.file(), p.keys())
	if err != nil {
		t.Fatal(err)
	}
	opens(t, copied, sealed, text)
	closed(t, copied)
}

// toRestore opens a place as a restore does, without its key.
func (p place) toRestore(t *testing.T) *vault.Store {
	t.Helper()
	without := vault.NewKeyFile(filepath.Join(t.TempDir(), "none"), clock)
	if p.url != "" {
		return vault.DatabaseToRestore(p.database(t, false), without)
	}
	s, err := vault.ToRestore(t.Context(), p.file(), without)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestABackupGoesIntoEitherTechnology: texts open by the key of before, whoever was shredded stays so, and nobody opens the vault
// before the restore is ended.
func TestABackupGoesIntoEitherTechnology(t *testing.T) { everywhere(t, goesIntoEither) }

func goesIntoEither(t *testing.T, fresh func() place) {
	p := fresh()
	s := p.open(t)
	ada, bo := person(t, s, "11010119900307002A"), person(t, s, "11010119900307003A")
	alone, both, lost := seal(t, s, "alone", "text 1", ada), seal(t, s, "both", "text 2", ada, person(t, s, "third")), seal(t, s, "lost", "text 3", bo)
	if err := errors.Join(s.Shred(t.Context(), bo), s.Apply(t.Context(), "17")); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	everywhere(t, func(t *testing.T, fresh func() place) {
		to := fresh()
		restoring := to.toRestore(t)
		if vacant, err := restoring.Vacant(t.Context()); err != nil || !vacant {
			t.Fatalf("vacant %v, %v", vacant, err)
		}
		if err := restoring.Restore(t.Context(), backup); err != nil {
			t.Fatal(err)
		}
		if _, err := to.try(t, p.keys()); !errors.Is(err, vault.ErrRestoring) {
			t.Errorf("before its end: %v", err)
		}
		if err := restoring.Restore(t.Context(), backup); !errors.Is(err, vault.ErrNotEmpty) {
			t.Errorf("again: %v", err)
		}
		if err := restoring.Restored(t.Context()); err != nil {
			t.Fatal(err)
		}
		closed(t, restoring)
		r, err := to.try(t, p.keys())
		if err != nil {
			t.Fatal(err)
		}
		defer closed(t, r)
		opens(t, r, alone, "text 1")
		opens(t, r, both, "text 2")
		if _, err := r.Open(t.Context(), lost); domain.KindOf(err) != domain.Gone {
			t.Errorf("of somebody who was shredded: %v", err)
		}
		if again, err := r.Person(t.Context(), "11010119900307002A"); err != nil || again != ada {
			t.Errorf("%s is %s, %v", ada, again, err)
		}
		if done, err := r.Shredded(t.Context(), bo); err != nil || !done {
			t.Errorf("shredded %v, %v", done, err)
		}
		if at, err := r.Applied(t.Context()); err != nil || at != "" {
			t.Errorf("a position of another log, %q, %v", at, err)
		}
	})
}

// TestARestoreOfNothingMarksTheVaultToo is for ledgers of which no vault was ever made.
func TestARestoreOfNothingMarksTheVaultToo(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		s := p.toRestore(t)
		defer closed(t, s)
		if err := s.Restore(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := p.try(t, p.keys()); !errors.Is(err, vault.ErrRestoring) {
			t.Errorf("got %v", err)
		}
		if err := s.Restored(t.Context()); err != nil {
			t.Fatal(err)
		}
		closed(t, p.open(t))
	})
}
