package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// schema is what a database file must be.
type schema struct {
	application int32  // PRAGMA application_id, so that no other file is taken for ours
	migrations  fs.FS  // numbered scripts 0001_what.sql and so on; forward only
	synchronous string // FULL: a commit is on disk; NORMAL: after a power cut the last commits may be gone
	pageSize    int    // bytes of a page of a new file; 0 for the default of SQLite, which passes over what is no size
	cacheKiB    int    // page cache of the writing connection
	checkpoint  int    // pages of the WAL after which a commit checkpoints; 0 leaves that to the owner
}

// readCacheKiB is the page cache of all reading connections of a file together. What they read stays in the page cache of the
// system anyway, while each of these fills up with the size of the file, and takes twice what it holds: the allocator rounds a
// page and what is kept beside it up to the next power of two.
const readCacheKiB = 16 << 10

// database is one open file: a single writing connection and a pool of readers.
type database struct {
	path  string
	write *sql.DB // nil when opened read-only
	read  *sql.DB
}

// NewerSchemaError says that a file was written by a newer version of this program; an older one must not touch it.
type NewerSchemaError struct {
	Path        string
	Have, Known int // schema of the file, newest schema this program knows
}

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("sqlite: %s has schema %d, this program knows %d at most: use a newer version of it", e.Path, e.Have, e.Known)
}

// ForeignFileError says that a file is a database, but not the one that was asked for.
type ForeignFileError struct {
	Path       string
	Have, Want int32 // application ids
}

func (e *ForeignFileError) Error() string {
	return fmt.Sprintf("sqlite: %s belongs to another application (id %#x, want %#x)", e.Path, uint32(e.Have), uint32(e.Want))
}

// openDatabase opens a file, which it makes or migrates unless readOnly.
func openDatabase(ctx context.Context, path string, s schema, readers int, readOnly bool) (_ *database, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db := &database{path: path}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("sqlite: open %s: %w", path, err), db.Close())
		}
	}()
	mode := "rw"
	if readOnly {
		mode = "ro"
	} else {
		db.write, err = connect(path, "rwc", 1, "page_size("+strconv.Itoa(s.pageSize)+")", "synchronous("+s.synchronous+")", "cache_size("+strconv.Itoa(-s.cacheKiB)+")",
			"wal_autocheckpoint("+strconv.Itoa(s.checkpoint)+")")
		if err != nil {
			return nil, err
		}
		if err := s.migrate(ctx, db.write, path); err != nil {
			return nil, err
		}
	}
	if db.read, err = connect(path, mode, readers, "query_only(1)", "cache_size("+strconv.Itoa(-readCacheKiB/readers)+")"); err != nil {
		return nil, err
	}
	if readOnly {
		version, err := s.inspect(ctx, db.read, path)
		if known, _ := s.scripts(); err == nil && version < len(known) {
			err = fmt.Errorf("schema %d is older than %d: open it for writing once", version, len(known))
		}
		return db, err
	}
	return db, nil
}

// connect makes a pool whose connections all have the pragmas; they belong in the DSN, since a pool may open connections at
// any time. A write transaction takes the lock at its beginning, so that it never fails half-way for want of it.
func connect(path, mode string, connections int, pragmas ...string) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"mode":    {mode},
		"_txlock": {"immediate"},
		"_dqs":    {"0"},
		"_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(MEMORY)"}, pragmas...),
	}.Encode()}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool, nil
}

// Close closes the readers and then the writer, whose end checkpoints the file.
func (db *database) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// scripts lists the migrations in order.
func (s schema) scripts() ([]string, error) {
	names, err := fs.Glob(s.migrations, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s is not number %d", name, i+1)
		}
	}
	return names, nil
}

// inspect tells the schema version of a file, zero if it holds nothing at all yet.
func (s schema) inspect(ctx context.Context, db *sql.DB, path string) (version int, err error) {
	var application int32
	var tables int
	for query, target := range map[string]any{
		"PRAGMA application_id":              &application,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, query).Scan(target); err != nil {
			return 0, fmt.Errorf("%s: %w", query, err)
		}
	}
	known, err := s.scripts()
	fresh := application == 0 && version == 0 && tables == 0
	switch {
	case err != nil:
		return 0, err
	case !fresh && application != s.application:
		return 0, &ForeignFileError{Path: path, Have: application, Want: s.application}
	case version > len(known):
		return 0, &NewerSchemaError{Path: path, Have: version, Known: len(known)}
	}
	return version, nil
}

// migrate brings a file to the newest schema, each step in a transaction of its own. Nothing is changed in a file that is
// refused, which is why the journal mode (it stays in the file) is no pragma of the connection.
func (s schema) migrate(ctx context.Context, db *sql.DB, path string) error {
	version, err := s.inspect(ctx, db, path)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return fmt.Errorf("journal mode: %w", err)
	}
	names, err := s.scripts()
	if err != nil {
		return err
	}
	for i, name := range names[version:] {
		script, err := fs.ReadFile(s.migrations, name)
		if err != nil {
			return err
		}
		if err := s.step(ctx, db, string(script), version+i+1); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return nil
}

func (s schema) step(ctx context.Context, db *sql.DB, script string, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		script,
		"PRAGMA application_id = " + strconv.Itoa(int(s.application)),
		"PRAGMA user_version = " + strconv.Itoa(version),
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}
