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
	"sync"

	_ "modernc.org/sqlite" // the driver registers itself; nothing else of it is used

	"github.com/mingjian-ledger/mingjian/domain"
)

//go:embed schema.sql
var schema string

const (
	schemaVersion = 1
	busyTimeout   = "10000"    // milliseconds that a write waits for another
	application   = 0x4d4a5654 // "MJVT", so that no other file is taken for a vault
)

// Store is a vault in one SQLite file. It is the grpcapi.Vault of an instance.
type Store struct {
	db       *sql.DB
	keys     KeyService
	readOnly bool

	mu    sync.Mutex
	index []byte // index key, once it was unwrapped
}

// Open opens or makes the file, and forgets persons for whom nothing was sealed. If it holds persons, the key service must
// be able to unwrap.
func Open(ctx context.Context, path string, keys KeyService) (*Store, error) {
	s, err := connect(path, keys, false)
	if err != nil {
		return nil, err
	}
	if err = s.migrate(ctx); err == nil {
		err = s.sweep(ctx)
	}
	if err == nil {
		err = s.rewriteIfDue(ctx)
	}
	if err == nil {
		_, err = s.indexKey(ctx, false)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
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
	return &Store{db: db, keys: keys, readOnly: readOnly}, nil
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
	if err := s.db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
		return 0, fmt.Errorf("vault: open: %w", err)
	}
	if err := s.db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
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
	return s.write(ctx, "migrate", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, schemaVersion))
		return err
	})
}

// sweep forgets persons for whom nothing was sealed: a crash, or a refusal, came between.
func (s *Store) sweep(ctx context.Context) error {
	return s.write(ctx, "forget persons without a text", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM person WHERE id NOT IN (SELECT person FROM item_person)`)
		return err
	})
}

// write runs a write transaction.
func (s *Store) write(ctx context.Context, what string, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	if err := do(tx); err != nil {
		return errors.Join(fmt.Errorf("vault: %s: %w", what, err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("vault: %s: %w", what, err)
	}
	return nil
}

// Close closes the file; the write-ahead log goes into it.
func (s *Store) Close() error { return s.db.Close() }

// Backup copies the vault, as it is at one moment, to a new file: ciphertexts and wrapped keys, never a master key. The file
// is on disk when Backup returns, its entry in the folder is the caller's to sync. A file that exists is an error.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("vault: back up to %s: %w", path, errors.Join(err, fs.ErrExist))
	}
	if err := private(path); err != nil { // SQLite takes an empty file for a new one
		return err
	}
	if _, err := s.db.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("vault: back up to %s: %w", path, err)
	}
	return syncPath(path) // SQLite leaves that out here
}

func missing(what, zh, en string) *domain.Fault {
	return domain.Refuse(domain.Invalid, "vault."+what, "", zh, en)
}
