package vault

import (
	"context"
	"database/sql"
	"fmt"
)

// Shred destroys a person's key; see grpcapi.Vault. The transaction is the act: from its commit on nothing opens. The file is
// then written anew and its log emptied, so that no byte of the key, the lookup or a ciphertext is left in either; a process
// that ends between the two is made good by the next Shred of the person, which the keeper of the log asks for.
func (s *Store) Shred(ctx context.Context, person string) error {
	err := s.write(ctx, "shred", func(tx *sql.Tx) error {
		for _, statement := range []string{
			`INSERT INTO shredded (person) VALUES (?) ON CONFLICT DO NOTHING`,
			`UPDATE person SET key = zeroblob(length(key)), lookup = randomblob(length(lookup)) WHERE id = ?`,
			`DELETE FROM person WHERE id = ?`,
			`UPDATE item SET body = zeroblob(length(body)) WHERE id IN (SELECT item FROM item_person WHERE person = ?) AND body IS NOT NULL`,
			`UPDATE item SET body = NULL WHERE id IN (SELECT item FROM item_person WHERE person = ?)`,
		} {
			if _, err := tx.ExecContext(ctx, statement, person); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.rewrite(ctx)
}

// rewrite leaves nothing in the file and its log but what the tables hold: secure_delete puts zeros over deleted rows, but
// rows move from page to page and leave copies where they were.
func (s *Store) rewrite(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("vault: write the file anew: %w", err)
	}
	var busy, frames, done int
	if err := s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &done); err != nil {
		return fmt.Errorf("vault: empty the log: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("vault: empty the log: somebody reads it; shred again")
	}
	return nil
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
