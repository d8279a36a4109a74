package webhook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// ErrNotEmpty refuses to mix two stores.
var ErrNotEmpty = errors.New("webhook: there are endpoints already")

// Backup copies the store, as it is at one moment, to a new SQLite file, whatever it is in: secrets sealed, never a master key. It is
// taken before the log, so that no place is beyond that. The file is on disk when Backup returns, its entry in the folder is the caller's to
// sync. A file that exists is an error.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("webhook: back up to %s: %w", path, errors.Join(err, fs.ErrExist))
	}
	if err := s.copyTo(ctx, path); err != nil {
		return fmt.Errorf("webhook: back up to %s: %w", path, err)
	}
	f, err := os.Open(path)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close()) // SQLite leaves that out here
	}
	if err != nil {
		return fmt.Errorf("webhook: back up to %s: %w", path, err)
	}
	return nil
}

func (s *Store) copyTo(ctx context.Context, path string) error {
	if !s.shared {
		if err := os.WriteFile(path, nil, 0o600); err != nil { // SQLite takes an empty file for a new one
			return err
		}
		_, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, path)
		return err
	}
	to, err := Open(ctx, path, s.keys, s.clock)
	if err != nil {
		return err
	}
	return errors.Join(to.take(ctx, s), to.Close())
}

// Restore brings in a backup, or nothing of it, and halts it. A store that has endpoints is ErrNotEmpty.
func (s *Store) Restore(ctx context.Context, path string) error {
	from, err := Open(ctx, path, s.keys, s.clock)
	if err != nil {
		return err
	}
	if err := errors.Join(s.take(ctx, from), from.Close()); err != nil {
		return fmt.Errorf("webhook: restore from %s: %w", path, err)
	}
	return s.Halt(ctx)
}

// Halt pauses all endpoints of a ledger that was restored: the one that was backed up may still push, and only its operator knows which
// of them goes on. Nothing is lost by it.
func (s *Store) Halt(ctx context.Context) error {
	const reason = "台账由备份恢复，确认由本系统继续推送后再恢复 · restored from a backup: resume it where this ledger takes the other's place"
	return s.write(ctx, "halt", func(tx querier) error {
		ids, err := collect(ctx, tx, scanID, `SELECT id FROM endpoint WHERE state = ?`, stateActive)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := stand(ctx, tx, id, statePaused, reason); err != nil {
				return err
			}
			if err := enter(ctx, tx, id, s.clock().UTC(), "", actPaused, reason); err != nil {
				return err
			}
		}
		return nil
	})
}

// Vacant tells whether there are no endpoints.
func (s *Store) Vacant(ctx context.Context) (bool, error) { return vacant(ctx, s.q) }

func vacant(ctx context.Context, q querier) (is bool, err error) {
	if err = q.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM endpoint)`).Scan(&is); err != nil {
		return false, fmt.Errorf("webhook: vacant: %w", err)
	}
	return is, nil
}

// copied are the tables with their columns.
func copied() map[string]string {
	return map[string]string{
		"endpoint": endpointColumns + ", attempts, acts",
		"secret":   "endpoint, number, command, master, sealed, public, created_at, until",
		"waiting":  "endpoint, sequence, disclosure, tries, since, due",
		"attempt":  "endpoint, number, sequence, disclosure, message, try, at, outcome, status, took",
		"act":      "endpoint, number, at, account, act, reason",
	}
}

// take copies another store, as it is at one moment, in one transaction.
func (s *Store) take(ctx context.Context, from *Store) error {
	return s.write(ctx, "copy", func(to querier) (err error) {
		if is, err := vacant(ctx, to); err != nil || !is {
			return errors.Join(err, ErrNotEmpty)
		}
		once := &sql.TxOptions{ReadOnly: true}
		if from.shared {
			once.Isolation = sql.LevelRepeatableRead
		}
		tx, err := from.db.BeginTx(ctx, once)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, tx.Rollback()) }() // nothing was written
		for table, columns := range copied() {
			if err := takeTable(ctx, to, tx, table, columns); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		return nil
	})
}

func takeTable(ctx context.Context, to querier, from *sql.Tx, table, columns string) (err error) {
	rows, err := from.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %s`, columns, table)) //nolint:gosec // from the list above
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
