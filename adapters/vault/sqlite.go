package vault

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"

	_ "modernc.org/sqlite" // the driver registers itself; nothing else of it is used
)

//go:embed schema/sqlite.sql
var schema string

const (
	schemaVersion = 1
	busyTimeout   = "10000"    // milliseconds that a write waits for another
	application   = 0x4d4a5654 // "MJVT", so that no other file is taken for a vault
)

// Open opens or makes the file, and forgets persons for whom nothing was sealed. If it holds persons, the key service must
// be able to unwrap.
func Open(ctx context.Context, path string, keys KeyService) (*Store, error) {
	s, err := connect(path, keys, false)
	if err != nil {
		return nil, err
	}
	if err = s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s.start(ctx)
}

// OpenReadOnly opens a file beside a process that writes it, and without any key: for checks. A missing file is
// fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, path string, keys KeyService) (*Store, error) {
	if _, err := os.Lstat(path); err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	s, err := connect(path, keys, true)
	if err != nil {
		return nil, err
	}
	if version, err := s.version(ctx); err != nil || version != schemaVersion {
		return nil, errors.Join(fmt.Errorf("vault: %s has schema %d, want %d: %w", path, version, schemaVersion, err), s.Close())
	}
	return s, nil
}

// connect makes the pool. secure_delete puts zeros over what is deleted, see Shred for the rest.
func connect(path string, keys KeyService, readOnly bool) (*Store, error) {
	settings := url.Values{"_pragma": {"busy_timeout(" + busyTimeout + ")", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	if readOnly {
		settings.Set("mode", "ro")
		settings.Del("_txlock")
	} else {
		for _, pragma := range []string{"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)"} {
			settings.Add("_pragma", pragma)
		}
		if err := private(path); err != nil {
			return nil, err
		}
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: settings.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	connections := max(4, 2*runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return &Store{db: db, q: db, tables: file{db}, keys: keys}, nil
}

// private makes an empty file that only its owner may read, if there is none; SQLite gives its log the mode of the file.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("vault: open: %w", err)
	}
	return f.Close()
}

func (s *Store) version(ctx context.Context) (version int, err error) {
	var app int
	if err := s.q.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
		return 0, fmt.Errorf("vault: open: %w", err)
	}
	if err := s.q.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("vault: open: %w", err)
	}
	if app != application && (app != 0 || version != 0) {
		return 0, fmt.Errorf("vault: the file belongs to another application (id %#x)", app)
	}
	return version, nil
}

func (s *Store) migrate(ctx context.Context) error {
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > schemaVersion:
		return fmt.Errorf("vault: the file has schema %d, this program knows %d: use a newer program", version, schemaVersion)
	case version == schemaVersion:
		return nil
	}
	return s.write(ctx, "migrate", func(tx querier) error {
		_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, schemaVersion))
		return err
	})
}

// file is a vault in a SQLite file.
type file struct{ db *sql.DB }

func (file) numbered() bool { return false }
func (file) shared() bool   { return false }

// begin has nothing to do: transactions are immediate.
func (file) begin(context.Context, querier) error { return nil }

func (file) idle() string {
	return `DELETE FROM person WHERE id NOT IN (SELECT person FROM item_person)`
}

func (file) erasing() []string {
	return []string{
		`UPDATE person SET key = zeroblob(length(key)), lookup = randomblob(length(lookup)) WHERE id = ?`,
		`DELETE FROM person WHERE id = ?`,
		`UPDATE item SET body = zeroblob(length(body)) WHERE id IN (SELECT item FROM item_person WHERE person = ?) AND body IS NOT NULL`,
		`UPDATE item SET body = NULL WHERE id IN (SELECT item FROM item_person WHERE person = ?)`,
	}
}

func (file) due(context.Context, querier) ([]byte, error) { return []byte{1}, nil }

// rewrite leaves nothing in the file and its log but what the tables hold. secure_delete puts zeros over deleted rows; but
// the log keeps former pages, and SQLite does not promise that no page of the file has a copy of a row that was moved.
func (f file) rewrite(ctx context.Context, _ []byte) error {
	if _, err := f.db.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("vault: write the file anew: %w", err)
	}
	busy, err := f.emptyLog(ctx)
	if err != nil {
		return fmt.Errorf("vault: empty the log: %w", err)
	}
	if busy {
		return fmt.Errorf("vault: empty the log: %w", errRead)
	}
	return nil
}

// emptyLog moves the write-ahead log into the file and cuts it off, unless somebody reads it: a backup may take long, and is
// not waited for as other work is.
func (f file) emptyLog(ctx context.Context) (busy bool, err error) {
	conn, err := f.db.Conn(ctx)
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
