package webhook

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
	"time"

	_ "modernc.org/sqlite" // the driver registers itself; nothing else of it is used
)

//go:embed schema/sqlite.sql
var schema string

const (
	schemaVersion = 1
	application   = 0x4d4a5748 // "MJWH", so that no other file is taken for it
)

// Open opens or makes the file. A file of a newer schema is refused.
func Open(ctx context.Context, path string, keys Keys, clock func() time.Time) (*Store, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // SQLite gives its log the mode of the file
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("webhook: open: %w", err)
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)"}, "_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("webhook: open: %w", err)
	}
	connections := max(4, 2*runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := &Store{db: db, q: db, keys: keys, clock: clock}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func (s *Store) migrate(ctx context.Context) error {
	return s.write(ctx, "migrate", func(tx querier) error {
		var app, version int
		if err := tx.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
			return err
		}
		switch {
		case app != application && (app != 0 || version != 0):
			return fmt.Errorf("the file belongs to another application (id %#x)", app)
		case version > schemaVersion:
			return fmt.Errorf("the file has schema %d, this program knows %d: use a newer program", version, schemaVersion)
		case version == schemaVersion:
			return nil
		}
		_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, schemaVersion))
		return err
	})
}
