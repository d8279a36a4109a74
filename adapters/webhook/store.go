package webhook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Store keeps endpoints, what waits for them and what became of it.
type Store struct {
	db     *sql.DB
	q      querier // db
	shared bool    // it is a schema of PostgreSQL: others may write at the same time, and parameters are $1, $2 and so on
	keys   Keys
	clock  func() time.Time
}

// Shared tells whether other processes may use the store at the same time.
func (s *Store) Shared() bool { return s.shared }

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// querier is a database or a transaction, in which each "?" is the next parameter.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *Store) over(q querier) querier {
	if s.shared {
		return numbered{q}
	}
	return q
}

// numbered gives parameters their numbers.
type numbered struct{ q querier }

func number(query string) string {
	var b strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

func (n numbered) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return n.q.ExecContext(ctx, number(query), args...)
}

func (n numbered) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return n.q.QueryRowContext(ctx, number(query), args...)
}

func (n numbered) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return n.q.QueryContext(ctx, number(query), args...)
}

// write runs a transaction; one waits for the other, in whatever process.
func (s *Store) write(ctx context.Context, what string, do func(querier) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("webhook: %s: %w", what, err)
	}
	q := s.over(tx)
	if s.shared {
		_, err = tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('mingjian writes the webhooks', 0))`)
	}
	if err == nil {
		err = do(q)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("webhook: %s: %w", what, err), ended(tx))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("webhook: %s: %w", what, err)
	}
	return nil
}

// ended rolls a transaction back, which the end of its context may have done.
func ended(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// Instants are stored as milliseconds, the zero time as 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// collect reads all rows.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

type scanner interface{ Scan(into ...any) error }
