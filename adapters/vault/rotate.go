package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// rotateBatch is how many keys are wrapped anew within one transaction.
const rotateBatch = 256

// Rotate wraps all keys by a new master key and destroys the former ones. A rotation that was cut off goes on where it was:
// its target is kept in the file, and former master keys are destroyed when nothing needs them any more. No other process
// may have the vault open. rewrapped hears how many keys are done; nil for nobody.
func (s *Store) Rotate(ctx context.Context, rewrapped func(n int)) (master string, err error) {
	if _, err := s.indexKey(ctx, true); err != nil {
		return "", err
	}
	if master, err = s.target(ctx); err != nil {
		return "", err
	}
	if err := s.rewrapIndex(ctx, master); err != nil {
		return "", err
	}
	for {
		n, err := s.rewrapSome(ctx, master)
		if err != nil {
			return "", err
		}
		if n == 0 {
			break
		}
		if rewrapped != nil {
			rewrapped(n)
		}
	}
	if err := s.rewrite(ctx); err != nil { // the former wrapping goes before the former master key
		return "", err
	}
	if err := s.keys.Retire(ctx, master); err != nil {
		return "", fmt.Errorf("vault: destroy the former master keys: %w", err)
	}
	return master, s.write(ctx, "end the rotation", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM setting WHERE name = ?`, settingTarget)
		return err
	})
}

// target is the master key of this rotation: that of one which was cut off, else a new one.
func (s *Store) target(ctx context.Context) (string, error) {
	was, err := s.setting(ctx, settingTarget)
	if err != nil || was != nil {
		return string(was), err
	}
	master, err := s.keys.Rotate(ctx)
	if err != nil {
		return "", fmt.Errorf("vault: make a master key: %w", err)
	}
	return master, s.write(ctx, "begin a rotation", func(tx *sql.Tx) error { return set(ctx, tx, settingTarget, []byte(master)) })
}

func (s *Store) rewrapIndex(ctx context.Context, master string) error {
	index, err := s.indexKey(ctx, false)
	if err != nil {
		return err
	}
	wrapped, by, err := s.keys.Wrap(ctx, index, bind("index"))
	if err := errors.Join(err, newest(by, master)); err != nil {
		return err
	}
	return s.write(ctx, "keep the index key", func(tx *sql.Tx) error {
		return errors.Join(set(ctx, tx, settingIndex, wrapped), set(ctx, tx, settingMaster, []byte(master)))
	})
}

func newest(by, master string) error {
	if by == master {
		return nil
	}
	return fmt.Errorf("vault: the newest master key is %s, not %s, to which this rotation goes", by, master)
}

type wrappedKey struct {
	person, master string
	key            []byte
}

// rewrapSome wraps some keys that aren't wrapped by the master key yet.
func (s *Store) rewrapSome(ctx context.Context, master string) (int, error) {
	some, err := s.wrappedOtherwise(ctx, master)
	if err != nil {
		return 0, err
	}
	for i, k := range some {
		key, err := s.keys.Unwrap(ctx, k.key, k.master, bind("person", k.person))
		if err != nil {
			return 0, fmt.Errorf("vault: unwrap the key of %s: %w", k.person, err)
		}
		wrapped, by, err := s.keys.Wrap(ctx, key, bind("person", k.person))
		if err := errors.Join(err, newest(by, master)); err != nil {
			return 0, err
		}
		some[i].key = wrapped
	}
	return len(some), s.write(ctx, "rewrap keys", func(tx *sql.Tx) error {
		for _, k := range some {
			// A person who was shredded meanwhile has no row, and gets none.
			if _, err := tx.ExecContext(ctx, `UPDATE person SET key = ?, master = ? WHERE id = ? AND master = ?`, k.key, master, k.person, k.master); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) wrappedOtherwise(ctx context.Context, master string) (some []wrappedKey, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, master, key FROM person WHERE master < ? UNION ALL SELECT id, master, key FROM person WHERE master > ? LIMIT ?`,
		master, master, rotateBatch)
	if err != nil {
		return nil, fmt.Errorf("vault: find keys to rewrap: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k wrappedKey
		if err := rows.Scan(&k.person, &k.master, &k.key); err != nil {
			return nil, fmt.Errorf("vault: find keys to rewrap: %w", err)
		}
		some = append(some, k)
	}
	return some, rows.Err()
}
