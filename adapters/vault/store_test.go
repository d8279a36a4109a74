package vault_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/adapters/grpcapi/vaulttest"
	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/adapters/vault"
	"github.com/mingjian-ledger/mingjian/domain"
)

var _ grpcapi.Vault = (*vault.Store)(nil)

func clock() time.Time { return time.Date(2026, 11, 28, 1, 0, 0, 0, time.UTC) }

func TestMain(m *testing.M) { postgrestest.Main(m) }

// place is where a vault is: in a folder with its master key, or in a database and the key in a folder.
type place struct{ folder, url string }

// everywhere runs a test on each technology; fresh makes a new place.
func everywhere(t *testing.T, test func(t *testing.T, fresh func() place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, func() place { return place{folder: t.TempDir()} })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, func() place { return place{t.TempDir(), postgrestest.New(t)} })
	})
}

func (p place) file() string { return filepath.Join(p.folder, "vault.db") }
func (p place) key() string  { return filepath.Join(p.folder, "master.key") }

func (p place) keys() *vault.KeyFile { return vault.NewKeyFile(p.key(), clock) }

func (p place) try(t *testing.T, keys vault.KeyService) (*vault.Store, error) {
	t.Helper()
	if p.url == "" {
		return vault.Open(t.Context(), p.file(), keys)
	}
	return vault.OpenDatabase(t.Context(), p.database(t, false), keys)
}

func (p place) database(t *testing.T, readOnly bool) *sql.DB {
	t.Helper()
	scripts, err := vault.Scripts()
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgres.OpenSQL(t.Context(), p.url, postgres.Schema{Name: vault.Schema, Scripts: scripts}, 8, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// beside opens the vault as a check does.
func (p place) beside(t *testing.T) (*vault.Store, error) {
	t.Helper()
	if p.url == "" {
		return vault.OpenReadOnly(t.Context(), p.file(), p.keys())
	}
	return vault.OpenDatabaseReadOnly(p.database(t, true), p.keys()), nil
}

func (p place) open(t *testing.T) *vault.Store {
	t.Helper()
	s, err := p.try(t, p.keys())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test that closes it has looked at the error
	return s
}

// raw looks at the tables behind the vault's back.
func (p place) raw(t *testing.T, query string, args ...any) *sql.DB {
	t.Helper()
	var db *sql.DB
	if p.url != "" {
		db = p.database(t, false)
	} else {
		var err error
		if db, err = sql.Open("sqlite", p.file()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = db.Close() })
	if query != "" {
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// either is a statement in the words of the technology.
func (p place) either(sqlite, postgres string) string {
	if p.url == "" {
		return sqlite
	}
	return postgres
}

func closed(t *testing.T, s *vault.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func person(t *testing.T, s *vault.Store, number string) string {
	t.Helper()
	p, err := s.Person(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func seal(t *testing.T, s *vault.Store, item, text string, persons ...string) domain.Sealed {
	t.Helper()
	sealed, err := s.Seal(t.Context(), item, persons, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func opens(t *testing.T, s *vault.Store, sealed domain.Sealed, want string) {
	t.Helper()
	if got, err := s.Open(t.Context(), sealed); err != nil || string(got) != want {
		t.Fatalf("open %s: %q, %v", sealed.Item, got, err)
	}
}

func TestStoreKeepsTheContract(t *testing.T) { everywhere(t, keepsTheContract) }

func keepsTheContract(t *testing.T, fresh func() place) {
	vaulttest.Suite(t, func(t *testing.T) vaulttest.Opened {
		p := fresh()
		s := p.open(t)
		return vaulttest.Opened{
			Vault: s,
			Again: func(t *testing.T) vaulttest.Vault { closed(t, s); return p.open(t) },
			Spoil: func(t *testing.T, item string) {
				p.raw(t, p.either(`UPDATE item SET body = CAST(substr(body, 1, length(body) - 8) || x'0000000000000000' AS BLOB) WHERE id = ?`,
					`UPDATE item SET body = substr(body, 1, length(body) - 8) || '\x0000000000000000' WHERE id = $1`), item)
			},
		}
	})
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	p := place{folder: t.TempDir()}
	s := p.open(t)
	seal(t, s, "item", "text", person(t, s, "A"))
	entries, err := os.ReadDir(p.folder)
	if err != nil || len(entries) < 3 { // the file, its log and the key
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

func TestAPersonWithoutATextIsForgottenAtTheNextOpening(t *testing.T) {
	everywhere(t, forgetsWhoHasNoText)
}

func forgetsWhoHasNoText(t *testing.T, fresh func() place) {
	p := fresh()
	s := p.open(t)
	kept, idle := person(t, s, "A"), person(t, s, "B")
	seal(t, s, "item", "text", kept)
	closed(t, s)
	if p.url != "" { // another process may be about to seal for somebody new
		s = p.open(t)
		if person(t, s, "B") != idle {
			t.Error("somebody was forgotten at once")
		}
		p.raw(t, `UPDATE person SET made_at = now() - interval '25 hours'`)
		closed(t, s)
	}
	s = p.open(t)
	if person(t, s, "A") != kept || person(t, s, "B") == idle {
		t.Error("the wrong person was forgotten")
	}
}

func TestAVaultWithPersonsDemandsItsMasterKey(t *testing.T) { everywhere(t, demandsItsMasterKey) }

func demandsItsMasterKey(t *testing.T, fresh func() place) {
	p := fresh()
	s := p.open(t)
	sealed := seal(t, s, "item", "text", person(t, s, "A"))
	closed(t, s)
	away := p.key() + ".away"
	if err := os.Rename(p.key(), away); err != nil {
		t.Fatal(err)
	}
	_, err := p.try(t, p.keys())
	var without *vault.MasterError
	if !errors.As(err, &without) || without.Where != p.key() || without.Master == "" {
		t.Fatalf("without the key file: %v", err)
	}
	if _, err := os.Stat(p.key()); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("a new master key was made over a vault that has another")
	}
	other := place{folder: t.TempDir()}
	otherKeys := other.keys()
	if _, err := otherKeys.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.try(t, otherKeys); !errors.As(err, &without) {
		t.Fatalf("with another instance's key file: %v", err)
	}
	beside, err := p.beside(t)
	if err != nil {
		t.Fatalf("for a check no key is needed: %v", err)
	}
	if _, err := beside.Open(t.Context(), sealed); !errors.As(err, &without) {
		t.Errorf("open without the key file: %v", err)
	}
	closed(t, beside)
	if err := os.Rename(away, p.key()); err != nil {
		t.Fatal(err)
	}
	opens(t, p.open(t), sealed, "text")
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"another application": `PRAGMA application_id = 7`,
		"a newer schema":      `PRAGMA application_id = 1296717396; PRAGMA user_version = 9`,
	} {
		p := place{folder: t.TempDir()}
		p.raw(t, statement)
		if s, err := vault.Open(t.Context(), p.file(), p.keys()); err == nil {
			t.Errorf("%s was opened", name)
			closed(t, s)
		}
	}
	p := place{folder: t.TempDir()}
	if _, err := vault.OpenReadOnly(t.Context(), p.file(), p.keys()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file, for reading: %v", err)
	}
}

func TestTheIndexTellsNothingWithoutItsKey(t *testing.T) { everywhere(t, indexTellsNothing) }

func indexTellsNothing(t *testing.T, fresh func() place) {
	lookups := map[string]bool{}
	for range 2 {
		p := fresh()
		s := p.open(t)
		person(t, s, "11010119900307001A")
		var lookup []byte
		if err := p.raw(t, "").QueryRowContext(t.Context(), `SELECT lookup FROM person`).Scan(&lookup); err != nil {
			t.Fatal(err)
		}
		lookups[string(lookup)] = true
	}
	if len(lookups) != 2 {
		t.Error("one number has one lookup in two vaults: it does not depend on a secret")
	}
}
