package vault

import (
	"context"
	"fmt"
)

// Shred destroys a person's key; see grpcapi.Vault. The transaction is the act: from its commit on nothing opens. The
// tables are then written anew, so that no byte of the key, the lookup or a ciphertext is left in their files; that this is due
// is kept in them, so that a process that ends between the two is made good at the next opening.
func (s *Store) Shred(ctx context.Context, person string) error {
	err := s.write(ctx, "shred", func(tx querier) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO shredded (person) VALUES (?) ON CONFLICT DO NOTHING`, person)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, statement := range s.tables.erasing() {
			if _, err := tx.ExecContext(ctx, statement, person); err != nil {
				return err
			}
		}
		due, err := s.tables.due(ctx, tx)
		if err != nil {
			return err
		}
		return set(ctx, tx, settingRewrite, due)
	})
	if err != nil {
		return err
	}
	return s.rewriteIfDue(ctx)
}

// rewriteIfDue ends a shredding of which files still may hold traces.
func (s *Store) rewriteIfDue(ctx context.Context) error {
	due, err := s.setting(ctx, settingRewrite)
	if err != nil || due == nil {
		return err
	}
	if err := s.tables.rewrite(ctx, due); err != nil {
		return err
	}
	return s.write(ctx, "end a shredding", func(tx querier) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM setting WHERE name = ? AND value = ?`, settingRewrite, due) // of another one it still is
		return err
	})
}

// Shredded tells whether the person was shredded.
func (s *Store) Shredded(ctx context.Context, person string) (bool, error) {
	var n int
	err := s.q.QueryRowContext(ctx, `SELECT count(*) FROM shredded WHERE person = ?`, person).Scan(&n)
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
	return s.write(ctx, "note the position", func(tx querier) error { return set(ctx, tx, settingApplied, []byte(at)) })
}

// Empty tells that the vault holds no person and no text, and never did.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var empty bool
	err := s.q.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM person) AND NOT EXISTS (SELECT 1 FROM item)`).Scan(&empty)
	if err != nil {
		return false, fmt.Errorf("vault: empty: %w", err)
	}
	return empty, nil
}
