package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Backup copies the vault, as it is at one moment, to a new SQLite file, whatever it is in: ciphertexts and wrapped keys, never
// a master key. The file is on disk when Backup returns, its entry in the folder is the caller's to sync. A file that exists is
// an error.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("vault: back up to %s: %w", path, errors.Join(err, fs.ErrExist))
	}
	if err := s.copyTo(ctx, path); err != nil {
		return fmt.Errorf("vault: back up to %s: %w", path, err)
	}
	return syncPath(path) // SQLite leaves that out here
}

func (s *Store) copyTo(ctx context.Context, path string) error {
	if !s.tables.shared() {
		if err := private(path); err != nil { // SQLite takes an empty file for a new one
			return err
		}
		_, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, path)
		return err
	}
	to, err := connect(path, s.keys, false)
	if err != nil {
		return err
	}
	if err = to.migrate(ctx); err == nil {
		err = to.write(ctx, "copy", func(tx querier) error { return take(ctx, tx, s) })
	}
	return errors.Join(err, to.Close())
}

var (
	// ErrNotEmpty refuses to mix two vaults.
	ErrNotEmpty = errors.New("vault: it is not empty")
	// ErrRestoring refuses a vault whose restoring did not come to its end.
	ErrRestoring = errors.New("vault: a restore into these stores was cut off: remove what it left, and restore again")
)

// ToRestore opens or makes a file for Restore alone, which needs no key.
func ToRestore(ctx context.Context, path string, keys KeyService) (*Store, error) {
	s, err := connect(path, keys, false)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// DatabaseToRestore takes a database for Restore alone, which needs no key.
func DatabaseToRestore(db *sql.DB, keys KeyService) *Store { return inSchema(db, keys) }

// Vacant tells whether the vault was never used, nor is being restored.
func (s *Store) Vacant(ctx context.Context) (vacant bool, err error) {
	err = s.q.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM person) AND NOT EXISTS (SELECT 1 FROM item) AND
		NOT EXISTS (SELECT 1 FROM shredded) AND NOT EXISTS (SELECT 1 FROM setting)`).Scan(&vacant)
	if err != nil {
		return false, fmt.Errorf("vault: vacant: %w", err)
	}
	return vacant, nil
}

// Restore brings in a backup, or none if path is blank, and marks the vault so that nobody opens it before Restored; so a ledger
// of which other stores are still being filled serves nobody. A vault that is not vacant is ErrNotEmpty. What was noted by
// Apply stays behind: the log that goes with the vault may have other positions.
func (s *Store) Restore(ctx context.Context, path string) error {
	vacant, err := s.Vacant(ctx)
	if err == nil && !vacant {
		err = ErrNotEmpty
	}
	if err != nil {
		return err
	}
	var from *Store
	if path != "" {
		if from, err = OpenReadOnly(ctx, path, s.keys); err != nil {
			return err
		}
	}
	err = s.write(ctx, "restore", func(tx querier) error {
		if err := set(ctx, tx, settingRestoring, []byte{1}); err != nil || from == nil {
			return err
		}
		return take(ctx, tx, from)
	})
	if from != nil {
		err = errors.Join(err, from.Close())
	}
	return err
}

// Restored ends what Restore began.
func (s *Store) Restored(ctx context.Context) error {
	return s.write(ctx, "end a restore", func(tx querier) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM setting WHERE name = ?`, settingRestoring)
		return err
	})
}

// restoring refuses what is not restored yet.
func (s *Store) restoring(ctx context.Context) error {
	mark, err := s.setting(ctx, settingRestoring)
	if err == nil && mark != nil {
		err = ErrRestoring
	}
	return err
}

// copied are the tables with what is copied of them. Whether files hold traces is a matter of the files, and positions are
// those of a log.
var copied = []struct{ table, columns, where string }{
	{"setting", "name, value", "name IN ('" + settingIndex + "', '" + settingMaster + "', '" + settingTarget + "')"},
	{"person", "id, lookup, master, key", "true"},
	{"item", "id, persons, commitment, body", "true"},
	{"item_person", "person, item", "true"},
	{"shredded", "person", "true"},
}

// take copies another vault, as it is at one moment.
func take(ctx context.Context, to querier, from *Store) (err error) {
	once := &sql.TxOptions{ReadOnly: true}
	if from.tables.shared() {
		once.Isolation = sql.LevelRepeatableRead
	}
	tx, err := from.db.BeginTx(ctx, once)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }() // nothing was written
	for _, c := range copied {
		if err := takeTable(ctx, to, tx, c.table, c.columns, c.where); err != nil {
			return fmt.Errorf("table %s: %w", c.table, err)
		}
	}
	return nil
}

func takeTable(ctx context.Context, to querier, from *sql.Tx, table, columns, where string) (err error) {
	rows, err := from.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %s WHERE %s`, columns, table, where)) //nolint:gosec // from the list above
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	n := 1 + strings.Count(columns, ",")
	insert := fmt.Sprintf(`INSERT INTO %s (%s) VALUES (?%s)`, table, columns, strings.Repeat(", ?", n-1)) //nolint:gosec // from the list above
	values, places := make([]any, n), make([]any, n)
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if _, err := to.ExecContext(ctx, insert, values...); err != nil {
			return err
		}
	}
	return rows.Err()
}
