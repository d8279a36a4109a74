package identity_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/adapters/postgres"
	"github.com/mingjian-ledger/mingjian/adapters/postgres/postgrestest"
	"github.com/mingjian-ledger/mingjian/domain"
)

type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func TestMain(m *testing.M) { postgrestest.Main(m) }

func open(t *testing.T, path string, c *clock) *identity.Store {
	t.Helper()
	s, err := openAt(t, path, c.read)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// openAt opens the tokens of a file or of a database's URL.
func openAt(t *testing.T, at string, now func() time.Time) (*identity.Store, error) {
	t.Helper()
	if !strings.Contains(at, "://") {
		return identity.Open(t.Context(), at, now)
	}
	scripts, err := identity.Scripts()
	if err != nil {
		return nil, err
	}
	db, err := postgres.OpenSQL(t.Context(), at, postgres.Schema{Name: identity.Schema, Scripts: scripts}, 4, false)
	if err != nil {
		return nil, err
	}
	return identity.OpenDatabase(t.Context(), db, now)
}

// everywhere runs a test on each technology; at is a new place.
func everywhere(t *testing.T, test func(t *testing.T, at string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, filepath.Join(t.TempDir(), "identity.db")) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, postgrestest.New(t)) })
}

func planner() domain.Actor {
	return domain.Actor{Account: "li.planner", Role: domain.Planner, Authority: "11540000000000001X"}
}

func TestTokenLife(t *testing.T) { everywhere(t, tokenLife) }

func tokenLife(t *testing.T, path string) {
	c := &clock{time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
	server, operator := open(t, path, c), open(t, path, c)

	tok, secret, err := operator.Create(t.Context(), planner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := server.Authenticate(t.Context(), secret); err != nil || !cmp.Equal(got, planner()) {
		t.Fatalf("a token made by another process: %+v, %v", got, err)
	}
	refused(t, server, secret[:len(secret)-1]+"_", "another secret")
	refused(t, server, "", "no secret")

	c.now = c.now.Add(time.Hour)
	refused(t, server, secret, "an expired token")
	c.now = c.now.Add(-time.Second)
	if err := operator.Revoke(t.Context(), tok.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, server, secret, "a revoked token")
	if err := operator.Revoke(t.Context(), "nobody"); domain.KindOf(err) != domain.NotFound {
		t.Fatalf("revoking an unknown token: %v", err)
	}
	list, err := server.List(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].RevokedAt.IsZero() || list[0].ID != tok.ID {
		t.Fatalf("list: %+v, %v", list, err)
	}
}

func refused(t *testing.T, s *identity.Store, secret, what string) {
	t.Helper()
	if a, err := s.Authenticate(t.Context(), secret); domain.KindOf(err) != domain.Unauthorized || !cmp.Equal(a, domain.Actor{}) {
		t.Fatalf("%s: %+v, %v", what, a, err)
	}
}

func TestSecretIsNotStored(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "identity.db")
	for at, folder := range map[string]func(*testing.T) string{
		file:                func(*testing.T) string { return filepath.Dir(file) },
		postgrestest.New(t): cluster,
	} {
		s, err := openAt(t, at, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		actor := planner()
		actor.Account = "a.planted.account"
		_, secret, err := s.Create(t.Context(), actor, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		dir := folder(t)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if holders(t, dir, actor.Account) == 0 {
			t.Fatalf("the search finds nothing of what is stored in %s: it proves nothing", dir)
		}
		if n := holders(t, dir, strings.TrimPrefix(secret, "mj_")); n > 0 {
			t.Errorf("%d files hold the secret", n)
		}
	}
}

// cluster is the folder of the scratch server, with all that it was told on disk.
func cluster(t *testing.T) (folder string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), postgrestest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), "CHECKPOINT")
	if err = errors.Join(err, conn.QueryRow(t.Context(), "SHOW data_directory").Scan(&folder), conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return folder
}

// holders counts the files below a folder that hold a text. A server makes and removes files meanwhile.
func holders(t *testing.T, folder, text string) (n int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if strings.Contains(string(b), text) {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestGrantsThatAreRefused(t *testing.T) { everywhere(t, grantsThatAreRefused) }

func grantsThatAreRefused(t *testing.T, path string) {
	s := open(t, path, &clock{time.Unix(1_800_000_000, 0)})
	for code, change := range map[string]func(*domain.Actor, *time.Duration){
		"token.account.form":         func(a *domain.Actor, _ *time.Duration) { a.Account = "张三" },
		"token.role.unknown":         func(a *domain.Actor, _ *time.Duration) { a.Role = "king" },
		"token.authority.required":   func(a *domain.Actor, _ *time.Duration) { a.Authority = "" },
		"token.authority.form":       func(a *domain.Actor, _ *time.Duration) { a.Authority = "a b" },
		"token.inspector.required":   func(a *domain.Actor, _ *time.Duration) { a.Role = domain.Inspector },
		"token.inspector.unexpected": func(a *domain.Actor, _ *time.Duration) { a.Inspector = "XZ-001" },
		"token.life.range":           func(_ *domain.Actor, d *time.Duration) { *d = 3 * 365 * 24 * time.Hour },
	} {
		a, life := planner(), time.Hour
		change(&a, &life)
		_, _, err := s.Create(t.Context(), a, life)
		if f := (*domain.Fault)(nil); !errors.As(err, &f) || f.Code != code {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	if list, err := s.List(t.Context(), 10); err != nil || len(list) != 0 {
		t.Fatalf("refused grants left %d tokens, %v", len(list), err)
	}
}

// TestTokensAreThereWhenTheServerIsBack: each call of the API looks a token up, also the first one after a failover.
func TestTokensAreThereWhenTheServerIsBack(t *testing.T) {
	t.Parallel()
	c := postgrestest.NewCluster(t)
	s := open(t, c.NewDatabase(t), &clock{time.Unix(1_800_000_000, 0)})
	_, secret, err := s.Create(t.Context(), planner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), secret); err == nil || domain.KindOf(err) == domain.Unauthorized {
		t.Errorf("without a server: %v", err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Authenticate(t.Context(), secret); err != nil || !cmp.Equal(a, planner()) {
		t.Errorf("with the server back: %+v, %v", a, err)
	}
}

func TestNewerFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "identity.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 99")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.Open(t.Context(), path, time.Now); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Fatalf("got %v", err)
	}
}
