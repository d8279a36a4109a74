package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Settings of a vault.
const (
	settingIndex   = "index_key"    // wrapped
	settingMaster  = "index_master" // name of the master key that wrapped it
	settingApplied = "applied"      // position in the log
	settingTarget  = "rotating_to"  // name of the master key of a rotation under way
	settingRewrite = "rewrite_due"  // the file may hold traces of a shredding
)

// normal is the form in which numbers are compared.
func normal(number string) string {
	return strings.ReplaceAll(domain.NormalName(number), "-", "")
}

// Person names a person; see grpcapi.Vault.
func (s *Store) Person(ctx context.Context, idNumber string) (string, error) {
	number := normal(idNumber)
	if number == "" {
		return "", missing("number", "证件号码不能为空", "an identity number is required")
	}
	index, err := s.indexKey(ctx, true)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, index)
	mac.Write([]byte(number))
	lookup := mac.Sum(nil)
	var id string
	switch err := s.db.QueryRowContext(ctx, `SELECT id FROM person WHERE lookup = ?`, lookup).Scan(&id); {
	case err == nil:
		return id, nil
	case !errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("vault: find a person: %w", err)
	}
	id = uuid.NewString()
	wrapped, master, err := s.keys.Wrap(ctx, random(keySize), bind("person", id))
	if err != nil {
		return "", fmt.Errorf("vault: wrap a person's key: %w", err)
	}
	err = s.write(ctx, "make a person known", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO person (id, lookup, master, key) VALUES (?, ?, ?, ?) ON CONFLICT (lookup) DO NOTHING`,
			id, lookup, master, wrapped); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT id FROM person WHERE lookup = ?`, lookup).Scan(&id) // somebody's who was faster
	})
	return id, err
}

// indexKey unwraps the key of the index, once. Unless it is to make one, a vault that has none yet answers none.
func (s *Store) indexKey(ctx context.Context, fresh bool) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil {
		return s.index, ctx.Err()
	}
	wrapped, err := s.setting(ctx, settingIndex)
	if err != nil {
		return nil, err
	}
	if wrapped == nil {
		if !fresh {
			return nil, nil
		}
		return s.makeIndex(ctx)
	}
	master, err := s.setting(ctx, settingMaster)
	if err != nil {
		return nil, err
	}
	index, err := s.keys.Unwrap(ctx, wrapped, string(master), bind("index"))
	if err != nil {
		return nil, fmt.Errorf("vault: unwrap the index key: %w", err)
	}
	s.index = index
	return index, nil
}

func (s *Store) makeIndex(ctx context.Context) ([]byte, error) {
	index := random(keySize)
	wrapped, master, err := s.keys.Wrap(ctx, index, bind("index"))
	if err != nil {
		return nil, fmt.Errorf("vault: wrap the index key: %w", err)
	}
	err = s.write(ctx, "keep the index key", func(tx *sql.Tx) error {
		return errors.Join(set(ctx, tx, settingIndex, wrapped), set(ctx, tx, settingMaster, []byte(master)))
	})
	if err != nil {
		return nil, err
	}
	s.index = index
	return index, nil
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// setting is the value of a setting, nil if it has none.
func (s *Store) setting(ctx context.Context, name string) ([]byte, error) {
	return get(ctx, s.db, name)
}

func get(ctx context.Context, q querier, name string) (value []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = ?`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("vault: setting %s: %w", name, err)
	}
	return value, nil
}

func set(ctx context.Context, tx *sql.Tx, name string, value []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
