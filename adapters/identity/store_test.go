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

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/domain"
)

type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func open(t *testing.T, path string, c *clock) *identity.Store {
	t.Helper()
	s, err := identity.Open(t.Context(), path, c.read)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func planner() domain.Actor {
	return domain.Actor{Account: "li.planner", Role: domain.Planner, Authority: "11540000000000001X"}
}

func TestTokenLife(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "identity.db")
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

func TestBackupWhileInUse(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1_800_000_000, 0)}
	dir := t.TempDir()
	server, operator := open(t, filepath.Join(dir, "identity.db"), c), open(t, filepath.Join(dir, "identity.db"), c)
	_, before, err := server.Create(t.Context(), planner(), time.Hour)
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
	_, after, err := server.Create(t.Context(), planner(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	restored := open(t, to, c)
	if a, err := restored.Authenticate(t.Context(), before); err != nil || !cmp.Equal(a, planner()) {
		t.Errorf("a token of before the backup: %+v, %v", a, err)
	}
	refused(t, restored, after, "a token of after the backup")
}

func refused(t *testing.T, s *identity.Store, secret, what string) {
	t.Helper()
	if a, err := s.Authenticate(t.Context(), secret); domain.KindOf(err) != domain.Unauthorized || !cmp.Equal(a, domain.Actor{}) {
		t.Fatalf("%s: %+v, %v", what, a, err)
	}
}

func TestSecretIsNotStored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := identity.Open(t.Context(), filepath.Join(dir, "identity.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := s.Create(t.Context(), planner(), time.Hour)
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), secret) || strings.Contains(string(b), strings.TrimPrefix(secret, "mj_")) {
			t.Fatalf("%s holds the secret", f)
		}
	}
}

func TestGrantsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "identity.db"), &clock{time.Unix(1_800_000_000, 0)})
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
