package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNotEmpty refuses to mix the tokens of two stores.
var ErrNotEmpty = errors.New("identity: there are tokens already")

// Backup copies the tokens, as they are at one moment, to a new SQLite file, also while other processes use this store, whatever
// it is in. The file is on disk when Backup returns, its entry in the folder is the caller's to sync. A file that exists is an
// error.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("identity: back up to %s: %w", path, errors.Join(err, fs.ErrExist))
	}
	if err := s.copyTo(ctx, path); err != nil {
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

func (s *Store) copyTo(ctx context.Context, path string) error {
	if !s.numbered {
		_, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, path)
		return err
	}
	to, err := Open(ctx, path, s.clock)
	if err != nil {
		return err
	}
	return errors.Join(to.take(ctx, s), to.Close())
}

// Restore brings in all tokens of a backup, or none. A store that has tokens is ErrNotEmpty.
func (s *Store) Restore(ctx context.Context, path string) error {
	from, err := Open(ctx, path, s.clock)
	if err != nil {
		return err
	}
	if err := errors.Join(s.take(ctx, from), from.Close()); err != nil {
		return fmt.Errorf("identity: restore from %s: %w", path, err)
	}
	return nil
}

// take copies the tokens of another store in one transaction.
func (s *Store) take(ctx context.Context, from *Store) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	var empty bool
	if err := tx.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM token)`).Scan(&empty); err != nil {
		return err
	}
	if !empty {
		return ErrNotEmpty
	}
	rows, err := from.db.QueryContext(ctx, `SELECT id, hash, account, role, authority, inspector, created_at, expires_at, revoked_at FROM token`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	insert := s.query(`INSERT INTO token (id, hash, account, role, authority, inspector, created_at, expires_at, revoked_at) VALUES (?,?,?,?,?,?,?,?,?)`)
	for rows.Next() {
		var id, account, role, authority, inspector string
		var hash []byte
		var created, expires int64
		var revoked sql.NullInt64
		if err := rows.Scan(&id, &hash, &account, &role, &authority, &inspector, &created, &expires, &revoked); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, id, hash, account, role, authority, inspector, created, expires, revoked); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return tx.Commit()
}
