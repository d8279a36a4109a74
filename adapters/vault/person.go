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
	settingRewrite = "rewrite_due"  // the files may hold traces of a shredding

	settingRestoring = "restoring" // there while stores are filled from a backup
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
	switch err := s.q.QueryRowContext(ctx, `SELECT id FROM person WHERE lookup = ?`, lookup).Scan(&id); {
	case err == nil:
		return id, nil
	case !errors.Is(err, sql.ErrNoRows):
		return "", fmt.Errorf("vault: find a person: %w", err)
	}
	for {
		id, err := s.newPerson(ctx, lookup)
		if gone := (*MasterError)(nil); errors.As(err, &gone) && s.tables.shared() && ctx.Err() == nil {
			if _, current := s.wrappedIndex(ctx, s.q); current == nil {
				continue // the master key was retired meanwhile, and there is another
			}
		}
		return id, err
	}
}

// newPerson makes a person known, unless somebody was faster.
func (s *Store) newPerson(ctx context.Context, lookup []byte) (string, error) {
	id := uuid.NewString()
	wrapped, master, err := s.keys.Wrap(ctx, random(keySize), bind("person", id))
	if err != nil {
		return "", fmt.Errorf("vault: wrap a person's key: %w", err)
	}
	err = s.write(ctx, "make a person known", func(tx querier) error {
		if err := s.stillHeld(ctx, tx, wrapped, master, bind("person", id)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO person (id, lookup, master, key) VALUES (?, ?, ?, ?) ON CONFLICT (lookup) DO NOTHING`,
			id, lookup, master, wrapped); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT id FROM person WHERE lookup = ?`, lookup).Scan(&id)
	})
	return id, err
}

// stillHeld demands, while no rotation can end, that the master key of a fresh wrapping is still there, and that the key
// service has the one by which the vault goes: where other processes write, a rotation may have ended since, here or by
// another copy of the master keys.
func (s *Store) stillHeld(ctx context.Context, tx querier, wrapped []byte, master string, bound []byte) error {
	if !s.tables.shared() {
		return nil
	}
	if _, err := s.keys.Unwrap(ctx, wrapped, master, bound); err != nil {
		return err
	}
	_, err := s.wrappedIndex(ctx, tx)
	return err
}

// indexKey unwraps the key of the index, once. Unless it is to make one, a vault that has none yet answers none.
func (s *Store) indexKey(ctx context.Context, fresh bool) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil {
		return s.index, ctx.Err()
	}
	index, err := s.wrappedIndex(ctx, s.q)
	if err == nil && index == nil && fresh {
		index, err = s.makeIndex(ctx)
	}
	if err != nil {
		return nil, err
	}
	s.index = index
	return index, nil
}

// wrappedIndex unwraps the stored key of the index, nil if there is none.
func (s *Store) wrappedIndex(ctx context.Context, q querier) ([]byte, error) {
	wrapped, err := get(ctx, q, settingIndex)
	if err != nil || wrapped == nil {
		return nil, err
	}
	master, err := get(ctx, q, settingMaster)
	if err != nil {
		return nil, err
	}
	index, err := s.keys.Unwrap(ctx, wrapped, string(master), bind("index"))
	if err != nil {
		return nil, fmt.Errorf("vault: unwrap the index key: %w", err)
	}
	return index, nil
}

// makeIndex makes the key of the index, unless somebody was faster. The first master key is made within the transaction, so
// that of several processes one makes it.
func (s *Store) makeIndex(ctx context.Context) (index []byte, err error) {
	err = s.write(ctx, "keep the index key", func(tx querier) error {
		if index, err = s.wrappedIndex(ctx, tx); err != nil || index != nil {
			return err
		}
		index = random(keySize)
		wrapped, master, err := s.keys.Wrap(ctx, index, bind("index"))
		if err != nil {
			return fmt.Errorf("wrap the index key: %w", err)
		}
		return errors.Join(set(ctx, tx, settingIndex, wrapped), set(ctx, tx, settingMaster, []byte(master)))
	})
	return index, err
}

// setting is the value of a setting, nil if it has none.
func (s *Store) setting(ctx context.Context, name string) ([]byte, error) {
	return get(ctx, s.q, name)
}

func get(ctx context.Context, q querier, name string) (value []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = ?`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("vault: setting %s: %w", name, err)
	}
	return value, nil
}

func set(ctx context.Context, tx querier, name string, value []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}
