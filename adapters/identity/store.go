package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver registers itself; nothing else of it is used

	"github.com/mingjian-ledger/mingjian/domain"
)

//go:embed schema.sql
var schema string

const schemaVersion = 1

// Store keeps tokens in one SQLite file, which several processes may use at once.
type Store struct {
	db    *sql.DB
	find  *sql.Stmt
	clock func() time.Time
}

// Open opens or makes the file. A file of a newer schema is refused.
func Open(ctx context.Context, path string, clock func() time.Time) (*Store, error) {
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("identity: open: %w", err)
	}
	// Every call of the API looks a token up: a connection that is not kept is opened, set and prepared for one of them.
	connections := max(4, 2*runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := &Store{db: db, clock: clock}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.find, err = db.PrepareContext(ctx, `SELECT account, role, authority, inspector, expires_at, revoked_at FROM token WHERE hash = ?`); err != nil {
		return nil, errors.Join(fmt.Errorf("identity: prepare: %w", err), db.Close())
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("identity: migrate: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	var version int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return fmt.Errorf("identity: schema version: %w", err)
	}
	switch {
	case version > schemaVersion:
		return fmt.Errorf("identity: the file has schema %d, this program knows %d: use a newer program", version, schemaVersion)
	case version == schemaVersion:
		return nil
	}
	if _, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d;", schemaVersion)); err != nil {
		return fmt.Errorf("identity: migrate: %w", err)
	}
	return tx.Commit()
}

// Close closes the file.
func (s *Store) Close() error { return errors.Join(s.find.Close(), s.db.Close()) }

// Backup copies the tokens, as they are at one moment, to a new file, also while other processes use this one. The file is on
// disk when Backup returns, its entry in the folder is the caller's to sync. A file that exists is an error.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("identity: back up to %s: %w", path, errors.Join(err, fs.ErrExist))
	}
	if _, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("identity: back up to %s: %w", path, err)
	}
	f, err := os.Open(path)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close()) // SQLite leaves that out here
	}
	if err != nil {
		return fmt.Errorf("identity: back up to %s: %w", path, err)
	}
	return nil
}

// Create stores a new token and returns it with its secret, which can't be had again.
func (s *Store) Create(ctx context.Context, actor domain.Actor, life time.Duration) (Token, string, error) {
	t, secret, err := issue(actor, life, s.clock())
	if err != nil {
		return Token{}, "", err
	}
	hash, _ := digest(secret)
	_, err = s.db.ExecContext(ctx, `INSERT INTO token (id, hash, account, role, authority, inspector, created_at, expires_at) VALUES (?,?,?,?,?,?,?,?)`,
		t.ID, hash, actor.Account, string(actor.Role), string(actor.Authority), string(actor.Inspector), t.CreatedAt.Unix(), t.ExpiresAt.Unix())
	if err != nil {
		return Token{}, "", fmt.Errorf("identity: create token: %w", err)
	}
	return t, secret, nil
}

// Revoke ends a token now. Revoking twice keeps the first time.
func (s *Store) Revoke(ctx context.Context, id string) error {
	res, err := s.db.ExecContext(ctx, `UPDATE token SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?`, s.clock().Unix(), id)
	if err != nil {
		return fmt.Errorf("identity: revoke token: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, domain.Refuse(domain.NotFound, "token.unknown", "id", "没有该令牌", "there is no such token"))
	}
	return nil
}

// List returns all tokens, newest first, at most limit.
func (s *Store) List(ctx context.Context, limit int) ([]Token, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, account, role, authority, inspector, created_at, expires_at, coalesce(revoked_at, 0)
		FROM token ORDER BY created_at DESC, id LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("identity: list tokens: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Token
	for rows.Next() {
		var t Token
		var created, expires, revoked int64
		if err := rows.Scan(&t.ID, &t.Actor.Account, &t.Actor.Role, &t.Actor.Authority, &t.Actor.Inspector, &created, &expires, &revoked); err != nil {
			return nil, fmt.Errorf("identity: list tokens: %w", err)
		}
		t.CreatedAt, t.ExpiresAt = time.Unix(created, 0).UTC(), time.Unix(expires, 0).UTC()
		if revoked != 0 {
			t.RevokedAt = time.Unix(revoked, 0).UTC()
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Authenticate returns the actor of a bearer token; whatever is wrong with it, the answer is the same.
func (s *Store) Authenticate(ctx context.Context, secret string) (domain.Actor, error) {
	hash, ok := digest(secret)
	if !ok {
		return domain.Actor{}, unknown()
	}
	var a domain.Actor
	var expires int64
	var revoked sql.NullInt64
	err := s.find.QueryRowContext(ctx, hash).Scan(&a.Account, &a.Role, &a.Authority, &a.Inspector, &expires, &revoked)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && (revoked.Valid || s.clock().Unix() >= expires):
		return domain.Actor{}, unknown()
	case err != nil:
		return domain.Actor{}, fmt.Errorf("identity: authenticate: %w", err)
	}
	return a, nil
}

func unknown() error {
	return domain.Refuse(domain.Unauthorized, "identity.token.invalid", "", "令牌无效、已过期或已被撤销", "the token is unknown, expired or revoked")
}
