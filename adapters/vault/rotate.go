package vault

import (
	"context"
	"errors"
	"fmt"
)

// rotateBatch is how many keys are wrapped anew within one transaction.
const rotateBatch = 256

// Rotate wraps all keys by a new master key and destroys the former ones. A rotation that was cut off goes on where it was:
// its target is kept in the tables, and former master keys are destroyed when nothing needs them any more. No other process may
// have the file open; those that have a schema open must use the same master keys, not copies of them. rewrapped hears how many keys are done; nil for nobody.
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
		if err := s.rewrapAll(ctx, master, rewrapped); err != nil {
			return "", err
		}
		// The former wrapping goes before the former master key.
		due, err := s.tables.due(ctx, s.q)
		if err == nil {
			err = s.tables.rewrite(ctx, due)
		}
		if err != nil {
			return "", err
		}
		if done, err := s.retire(ctx, master); err != nil || done {
			return master, err
		}
	}
}

func (s *Store) rewrapAll(ctx context.Context, master string, rewrapped func(n int)) error {
	for {
		n, err := s.rewrapSome(ctx, master)
		if err != nil || n == 0 {
			return err
		}
		if rewrapped != nil {
			rewrapped(n)
		}
	}
}

// retire destroys the former master keys and ends the rotation, unless somebody became known under one of them meanwhile.
func (s *Store) retire(ctx context.Context, master string) (done bool, err error) {
	err = s.write(ctx, "end the rotation", func(tx querier) error {
		left, err := wrappedOtherwise(ctx, tx, master)
		if err != nil || len(left) > 0 {
			return err
		}
		if err := s.keys.Retire(ctx, master); err != nil {
			return fmt.Errorf("destroy the former master keys: %w", err)
		}
		done = true
		_, err = tx.ExecContext(ctx, `DELETE FROM setting WHERE name = ?`, settingTarget)
		return err
	})
	return done, err
}

// target is the master key of this rotation: that of one which was cut off, else a new one.
func (s *Store) target(ctx context.Context) (master string, err error) {
	err = s.write(ctx, "begin a rotation", func(tx querier) error {
		was, err := get(ctx, tx, settingTarget)
		if err != nil || was != nil {
			master = string(was)
			return err
		}
		if master, err = s.keys.Rotate(ctx); err != nil {
			return fmt.Errorf("make a master key: %w", err)
		}
		return set(ctx, tx, settingTarget, []byte(master))
	})
	return master, err
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
	return s.write(ctx, "keep the index key", func(tx querier) error {
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
	some, err := wrappedOtherwise(ctx, s.q, master)
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
	return len(some), s.write(ctx, "rewrap keys", func(tx querier) error {
		for _, k := range some {
			// A person who was shredded meanwhile has no row, and gets none.
			if _, err := tx.ExecContext(ctx, `UPDATE person SET key = ?, master = ? WHERE id = ? AND master = ?`, k.key, master, k.person, k.master); err != nil {
				return err
			}
		}
		return nil
	})
}

func wrappedOtherwise(ctx context.Context, q querier, master string) (some []wrappedKey, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, master, key FROM person WHERE master < ? UNION ALL SELECT id, master, key FROM person WHERE master > ? LIMIT ?`,
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
