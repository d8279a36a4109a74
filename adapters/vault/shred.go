package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Shred destroys a person's key; see grpcapi.Vault. The transaction is the act: from its commit on nothing opens. The file is
// then written anew and its log emptied, so that no byte of the key, the lookup or a ciphertext is left in either; that this
// is due is kept in the file, so that a process that ends between the two is made good at the next opening.
func (s *Store) Shred(ctx context.Context, person string) error {
	err := s.write(ctx, "shred", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO shredded (person) VALUES (?) ON CONFLICT DO NOTHING`, person)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, statement := range []string{
			`UPDATE person SET key = zeroblob(length(key)), lookup = randomblob(length(lookup)) WHERE id = ?`,
			`DELETE FROM person WHERE id = ?`,
			`UPDATE item SET body = zeroblob(length(body)) WHERE id IN (SELECT item FROM item_person WHERE person = ?) AND body IS NOT NULL`,
			`UPDATE item SET body = NULL WHERE id IN (SELECT item FROM item_person WHERE person = ?)`,
		} {
			if _, err := tx.ExecContext(ctx, statement, person); err != nil {
				return err
			}
		}
		return set(ctx, tx, settingRewrite, []byte{1})
	})
	if err != nil {
		return err
	}
	return s.rewriteIfDue(ctx)
}

// rewriteIfDue ends a shredding of which the file still may hold traces.
func (s *Store) rewriteIfDue(ctx context.Context) error {
	due, err := s.setting(ctx, settingRewrite)
	if err != nil || due == nil {
		return err
	}
	if err := s.rewrite(ctx); err != nil {
		return err
	}
	return s.write(ctx, "end a shredding", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM setting WHERE name = ?`, settingRewrite)
		return err
	})
}

// rewrite leaves nothing in the file and its log but what the tables hold. secure_delete puts zeros over deleted rows; but
// the log keeps former pages, and SQLite does not promise that no page of the file has a copy of a row that was moved.
func (s *Store) rewrite(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("vault: write the file anew: %w", err)
	}
	busy, err := s.emptyLog(ctx)
	if err != nil {
		return fmt.Errorf("vault: empty the log: %w", err)
	}
	if busy {
		return errors.New("vault: empty the log: somebody reads it; shred again")
	}
	return nil
}

// emptyLog moves the write-ahead log into the file and cuts it off, unless somebody reads it: a backup may take long, and is
// not waited for as other work is.
func (s *Store) emptyLog(ctx context.Context) (busy bool, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 500`); err != nil {
		return false, err
	}
	var held, frames, done int
	err = conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&held, &frames, &done)
	_, after := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA busy_timeout = `+busyTimeout)
	return held != 0, errors.Join(err, after)
}

// Shredded tells whether the person was shredded.
func (s *Store) Shredded(ctx context.Context, person string) (bool, error) {
	var n int
	err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM shredded WHERE person = ?`, person).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("vault: shredded: %w", err)
	}
	return n > 0, nil
}

// Applied is the place in the log up to which shreddings were carried out, empty at first: an opaque text of the caller's.
func (s *Store) Applied(ctx context.Context) (string, error) {
	at, err := s.setting(ctx, settingApplied)
	return string(at), err
}

// Apply notes that the shreddings up to a place in the log were carried out.
func (s *Store) Apply(ctx context.Context, at string) error {
	return s.write(ctx, "note the position", func(tx *sql.Tx) error { return set(ctx, tx, settingApplied, []byte(at)) })
}

// Empty tells that the vault holds no person and no text, and never did.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var empty bool
	err := s.db.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM person) AND NOT EXISTS (SELECT 1 FROM item)`).Scan(&empty)
	if err != nil {
		return false, fmt.Errorf("vault: empty: %w", err)
	}
	return empty, nil
}
