package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Store keeps tokens in one SQLite file or in a schema of PostgreSQL, which several processes may use at once.
type Store struct {
	db       *sql.DB
	find     *sql.Stmt
	clock    func() time.Time
	numbered bool // parameters are $1, $2 and so on
}

// prepared is the store on a database whose tables are there, which it closes if it can't.
func (s *Store) prepared(ctx context.Context) (_ *Store, err error) {
	s.find, err = s.db.PrepareContext(ctx, s.query(`SELECT account, role, authority, inspector, expires_at, revoked_at FROM token WHERE hash = ?`))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("identity: prepare: %w", err), s.db.Close())
	}
	return s, nil
}

// query is a statement in the form of the database: each "?" is the next parameter.
func (s *Store) query(text string) string {
	if !s.numbered {
		return text
	}
	parts := strings.Split(text, "?")
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

// Close closes the database.
func (s *Store) Close() error { return errors.Join(s.find.Close(), s.db.Close()) }

// Create stores a new token and returns it with its secret, which can't be had again.
func (s *Store) Create(ctx context.Context, actor domain.Actor, life time.Duration) (Token, string, error) {
	t, secret, err := issue(actor, life, s.clock())
	if err != nil {
		return Token{}, "", err
	}
	hash, _ := digest(secret)
	_, err = s.db.ExecContext(ctx, s.query(`INSERT INTO token (id, hash, account, role, authority, inspector, created_at, expires_at) VALUES (?,?,?,?,?,?,?,?)`),
		t.ID, hash, actor.Account, string(actor.Role), string(actor.Authority), string(actor.Inspector), t.CreatedAt.Unix(), t.ExpiresAt.Unix())
	if err != nil {
		return Token{}, "", fmt.Errorf("identity: create token: %w", err)
	}
	return t, secret, nil
}

// Revoke ends a token now. Revoking twice keeps the first time.
func (s *Store) Revoke(ctx context.Context, id string) error {
	res, err := s.db.ExecContext(ctx, s.query(`UPDATE token SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?`), s.clock().Unix(), id)
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
	rows, err := s.db.QueryContext(ctx, s.query(`SELECT id, account, role, authority, inspector, created_at, expires_at, coalesce(revoked_at, 0)
		FROM token ORDER BY created_at DESC, id LIMIT ?`), limit)
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
